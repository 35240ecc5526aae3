// Delivery to a kithd over gRPC: IntakeService.Submit.
#pragma once

#include <memory>
#include <string>

#include "adapters/publisher/sink.h"

namespace kith::adapters {

// `server` is host:port. Nothing is connected before the first call. The caller
// names itself as `source` of `agency`.
std::unique_ptr<Sink> MakeIntakeSink(const std::string& server,
                                     const std::string& partnership,
                                     const std::string& agency,
                                     const std::string& source);

}  // namespace kith::adapters
