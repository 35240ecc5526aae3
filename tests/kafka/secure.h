// A broker as a deployment sets it up: TLS, SASL/SCRAM and access lists.
#pragma once

#include <memory>
#include <string>

#include "tests/kafka/broker.h"
#include "tests/kafka/topics.h"
#include "tests/server/process.h"

namespace kith::kafka_tests {

struct User {
  std::string name;
  std::string password;
};

class SecureBroker {
 public:
  // With these users, who may do nothing until `Allow` (topics.h). The plain
  // listener stays open for the test's own administration, as a super user.
  explicit SecureBroker(const std::vector<User>& users);

  // For TLS and SASL.
  std::string address() const { return broker_->AddressOf("SECURE"); }
  // For the test's administration.
  const std::string& plain_address() const { return broker_->address(); }
  Broker& broker() { return *broker_; }
  const std::string& ca_file() const { return ca_file_; }
  // A file of mode 0600 that holds it.
  std::string PasswordFile(const std::string& password) const;
  // librdkafka settings of a client that proves to be `user`.
  Settings SettingsOf(const User& user) const;

 private:
  const server_tests::TestFolder folder_;
  std::string ca_file_;
  std::unique_ptr<Broker> broker_;
};

}  // namespace kith::kafka_tests
