// A real Apache Kafka under a test's control, run by tools/kafka.
//
// One broker serves a whole test program (`SharedBroker`): it takes five
// seconds to start, so tests use topics of their own and leave the broker
// running. It ends with the program, however that ends. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/kafka/proxy.h"

namespace kith::kafka_tests {

class Broker {
 public:
  // Why no broker can be had on this machine, in one line; empty when one can.
  // Gets the jars when they are not there yet.
  static std::optional<std::string> Missing();

  // Starts one in a folder of its own and waits until it answers. `words` are
  // further words for `tools/kafka run`. Stops the program when it does not
  // come up; its log is shown then.
  explicit Broker(std::vector<std::string> words = {});
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // host:port for clients.
  const std::string& address() const { return address_; }
  // The same broker through `proxy()`: a client that begins there stays there.
  const std::string& proxied_address() const { return proxied_address_; }
  Proxy& proxy() { return proxy_; }
  const std::string& folder() const { return folder_; }
  // host:port of a listener that `words` asked for.
  std::string AddressOf(const std::string& listener) const;

  // Asks it to end, and waits.
  void Stop();
  // kill -9. What was only in its memory is lost, the page cache is not.
  void Kill();
  // On the same ports and data; waits until it answers again.
  void Start();
  // Starts it without waiting.
  void Launch();
  void AwaitAnswer();
  // SIGSTOP: connections stay open, nothing is answered.
  void Freeze();
  void Thaw();

 private:
  std::string folder_;
  std::vector<std::string> words_;
  Proxy proxy_;
  std::string address_, proxied_address_;
  pid_t pid_ = 0;
};

// The program's broker, started at the first call.
Broker& SharedBroker();

}  // namespace kith::kafka_tests

// In a test or SetUp: goes on only where a broker can be had.
#define KITH_NEEDS_KAFKA()                                           \
  if (const auto missing = ::kith::kafka_tests::Broker::Missing()) { \
    GTEST_SKIP() << *missing;                                        \
  }                                                                  \
  static_assert(true)
