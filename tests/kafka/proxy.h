// A TCP proxy between a client and the broker that can be told to fail in the
// ways networks fail. Listens on 127.0.0.1; a thread of its own moves the
// bytes. Thread-safe.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace kith::kafka_tests {

class Proxy {
 public:
  enum class Mode {
    kPass,
    // Connections are cut, new ones at once again: a network that is down.
    kCut,
    // Connections stay open and new ones are accepted, yet all bytes vanish:
    // half-open, as behind a firewall that forgot them. A connection that lost
    // bytes stays dead when the mode changes; only new ones pass.
    kBlackHole,
    // What the client says arrives, what it is answered vanishes: the worst
    // case for doing things twice.
    kDropAnswers,
  };

  Proxy();
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  int port() const { return port_; }
  void SetTarget(int port);
  void Set(Mode mode);
  // Connections accepted so far.
  uint64_t accepted() const;

 private:
  // One way of a connection: read, not yet written.
  struct Way {
    std::string bytes;
    bool ended = false;
  };
  struct Link {
    int client = -1;
    int broker = -1;
    Way to_broker, to_client;
    bool dead_to_broker = false;
    bool dead_to_client = false;
    bool closed = false;
  };

  void Run();
  void Accept();
  // Moves what can be moved from one end to the other without blocking.
  static void Move(int from, int to, Way& way, bool vanish, Link& link);
  void Wake();

  int listener_ = -1;
  int wake_[2] = {-1, -1};
  int port_ = 0;
  mutable std::mutex mutex_;
  Mode mode_ = Mode::kPass;
  int target_ = 0;
  uint64_t accepted_ = 0;
  bool stopping_ = false;
  std::list<Link> links_;
  std::thread thread_;
};

}  // namespace kith::kafka_tests
