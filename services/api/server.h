// The gRPC listener: services, health, reflection, limits.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kith::api {

class Shell;

struct ServerOptions {
  std::string listen = "127.0.0.1:7400";  // port 0: a free one
  int message_bytes_max = 1 << 20;
  int metadata_bytes_max = 16 * 1024;
  int streams_max = 256;  // on one connection
  absl::Duration connection_idle_max = absl::Minutes(15);
  absl::Duration connection_age_max = absl::Hours(2);
  absl::Duration handshake_max = absl::Seconds(10);
};

class Server {
 public:
  // Binds and serves. `shell` must outlive it. UNAVAILABLE: the address cannot
  // be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, Shell& shell);
  virtual ~Server() = default;

  virtual int port() const = 0;
  // What health answers.
  virtual void SetServing(bool serving) = 0;
  // Takes no new calls; lets those under way end until `grace`, then cancels
  // them. Returns when all have ended.
  virtual void Drain(absl::Duration grace) = 0;
};

}  // namespace kith::api
