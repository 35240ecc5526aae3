// Delivery to a kithd over gRPC: IntakeService.Submit.
#pragma once

#include <memory>
#include <string>

#include "adapters/publisher/sink.h"

namespace kith::adapters {

// Mutual TLS, by which the server knows the agency: the texts of PEM files.
struct ClientTls {
  std::string authority;  // of the server; empty: no TLS
  std::string certificate, key;
};

// `server` is host:port. Nothing is connected before the first call. Without
// TLS, to a server in development, the caller names itself as `source` of
// `agency`.
std::unique_ptr<Sink> MakeIntakeSink(const std::string& server,
                                     const std::string& partnership,
                                     const std::string& agency,
                                     const std::string& source,
                                     const ClientTls& tls = {});

}  // namespace kith::adapters
