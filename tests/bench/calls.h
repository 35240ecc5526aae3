// Calls over gRPC as fast as they are answered, a number of them in flight.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kith::bench {

// Mutual TLS between a server and its callers: the texts of PEM files.
struct Tls {
  std::string authority;  // of both
  std::string server_certificate, server_key;
  std::string client_certificate, client_key;
};

// A server whose every method answers with so many bytes and does nothing.
class EmptyServer {
 public:
  // No `tls`: plaintext.
  EmptyServer(size_t answer_bytes, const std::optional<Tls>& tls);
  ~EmptyServer();
  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct CallLoad {
  int port = 0;
  std::optional<Tls> tls;
  std::string method;  // "/package.Service/Method"
  // Serialised requests, taken in turn; metadata for all.
  std::vector<std::string> requests;
  std::vector<std::pair<std::string, std::string>> metadata;
  int in_flight = 64;
  size_t calls = 5000;
};

struct CallFigures {
  double p50_micros = 0;
  double p99_micros = 0;
  double calls_a_second = 0;
  size_t answer_bytes = 0;  // of the last answer
};

// Stops the program when a call fails.
CallFigures MakeCalls(const CallLoad& load);

}  // namespace kith::bench
