// The standard health service, with descriptors so that reflection can describe
// it. One state per service name, and "" for the server.
//
// Thread-safe. Watchers are told of every change; at most so many may watch.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>
#include <vector>

namespace kith::api {

class Health {
 public:
  virtual ~Health() = default;
  // All named services, and the server, serve or do not.
  virtual void SetServing(bool serving) = 0;
  // Ends all watches, so that the server can shut down.
  virtual void EndWatches() = 0;
  virtual grpc::Service* service() = 0;
};

// `services`: full names.
std::unique_ptr<Health> MakeHealth(std::vector<std::string> services);

}  // namespace kith::api
