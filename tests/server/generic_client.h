// A client that knows nothing of the services but what reflection tells.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor_database.h"
#include "tests/server/test_server.h"

namespace kith::server_tests {

struct GenericAnswer {
  grpc::Status status;
  std::vector<std::string> messages;
};

// Sends `requests` to the method called "/package.Service/Method" and reads all
// answers. Ends within ten seconds.
GenericAnswer CallGeneric(grpc::Channel& channel, const std::string& method,
                          const Who& who,
                          const std::vector<std::string>& requests);

// What a server says of itself. Stops the test program when it says nonsense.
class Reflected {
 public:
  explicit Reflected(grpc::Channel& channel);

  const std::vector<std::string>& services() const { return services_; }
  // Null when the server cannot describe it.
  const google::protobuf::ServiceDescriptor* Service(
      const std::string& name) const {
    return pool_->FindServiceByName(name);
  }

 private:
  void Fetch(grpc::Channel& channel, const std::string& field,
             const std::string& value);

  std::vector<std::string> services_;
  google::protobuf::SimpleDescriptorDatabase files_;
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
};

}  // namespace kith::server_tests
