// The gRPC listener: services, health, reflection, limits.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kith::api {

class Shell;

// Mutual TLS, 1.2 at least. PEM files, read again when they change: replace a
// folder of them in one piece.
struct TlsFiles {
  std::string certificate, key;    // the server's, with its chain
  std::string client_authorities;  // who certifies callers
};

struct ServerOptions {
  std::string listen = "127.0.0.1:7400";  // port 0: a free one
  std::optional<TlsFiles> tls;            // none: plaintext, on loopback only
  int message_bytes_max = 1 << 20;
  int metadata_bytes_max = 16 * 1024;
  int streams_max = 256;  // on one connection
  absl::Duration connection_idle_max = absl::Minutes(15);
  absl::Duration connection_age_max = absl::Hours(2);
  absl::Duration connection_age_grace = absl::Minutes(1);
  absl::Duration handshake_max = absl::Seconds(10);
  // A connection with calls on it that is silent for so long is asked whether
  // anybody is there, and closed when nobody answers.
  absl::Duration keepalive = absl::Minutes(1);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  // Of all connections together; beyond it gRPC reads no more of them.
  int buffered_bytes_max = 256 << 20;
};

class Server {
 public:
  // Binds and serves. `shell` must outlive it. UNAVAILABLE: the address cannot
  // be bound; INVALID_ARGUMENT: the files for TLS do not read.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const ServerOptions& options, Shell& shell);
  virtual ~Server() = default;

  virtual int port() const = 0;
  // What health answers.
  virtual void SetServing(bool serving) = 0;
  // Takes no new calls; returns as soon as those under way have ended, whatever
  // connections stay open. After `grace` it cancels them.
  virtual void Drain(absl::Duration grace) = 0;
};

}  // namespace kith::api
