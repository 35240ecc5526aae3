// A small HTTP listener for operators: GET of a few fixed paths, one answer a
// connection. Not for families, not for agencies.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace kith::kithd {

struct HttpAnswer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

class HttpServer {
 public:
  // Binds `listen` ("127.0.0.1:7490"; port 0: a free one) and answers on a
  // thread of its own, 64 connections at most, each within two seconds.
  // Handlers are called on that thread. INVALID_ARGUMENT: no such address;
  // UNAVAILABLE: it cannot be bound.
  using Handlers = std::map<std::string, std::function<HttpAnswer()>>;
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const std::string& listen, Handlers handlers);
  // Stops listening.
  virtual ~HttpServer() = default;

  virtual int port() const = 0;
};

}  // namespace kith::kithd
