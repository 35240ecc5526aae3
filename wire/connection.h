// How a program of ours reaches the brokers: what an operator sets, as
// librdkafka's properties. Consumers and producers alike begin with these.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace kith::wire {

struct Connection {
  std::string brokers;  // "host:port,host:port"; empty: no Kafka
  // PEM files. A CA file means TLS; with a certificate and its key the client
  // proves itself by them.
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  // A user means SASL/SCRAM. The password is the first line of a file that
  // nobody else may read; it never stands in a flag, a setting or a log.
  std::string user;
  std::string password_file;
  std::string mechanism = "SCRAM-SHA-512";  // or SCRAM-SHA-256
};

// Names and values as librdkafka takes them. INVALID_ARGUMENT: settings that do
// not fit together. NOT_FOUND and PERMISSION_DENIED name the password file that
// cannot be read, or that others may read as well.
using Properties = std::vector<std::pair<std::string, std::string>>;
absl::StatusOr<Properties> PropertiesOf(const Connection& connection);

}  // namespace kith::wire
