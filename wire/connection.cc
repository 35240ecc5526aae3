#include "wire/connection.h"

#include <sys/stat.h>

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace kith::wire {
namespace {

absl::Status Check(const Connection& connection) {
  if (connection.brokers.empty()) {
    return absl::InvalidArgumentError("no Kafka broker is named");
  }
  if (connection.certificate_file.empty() != connection.key_file.empty()) {
    return absl::InvalidArgumentError(
        "a Kafka certificate and its key are named together");
  }
  if (!connection.certificate_file.empty() && connection.ca_file.empty()) {
    return absl::InvalidArgumentError(
        "a Kafka certificate needs the CA file of the brokers");
  }
  if (connection.user.empty() != connection.password_file.empty()) {
    return absl::InvalidArgumentError(
        "a Kafka user and a password file are named together");
  }
  if (connection.mechanism != "SCRAM-SHA-512" &&
      connection.mechanism != "SCRAM-SHA-256") {
    return absl::InvalidArgumentError(
        "the Kafka mechanism is SCRAM-SHA-512 or SCRAM-SHA-256");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PasswordIn(const std::string& path) {
  struct stat info = {};
  std::ifstream file(path);
  if (!file || stat(path.c_str(), &info) != 0) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  }
  if ((info.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(absl::StrCat(
        path, ": others may read this password; set its mode to 0600"));
  }
  std::string password;
  std::getline(file, password);
  absl::StripAsciiWhitespace(&password);
  if (!password.empty()) return password;
  return absl::InvalidArgumentError(absl::StrCat(path, ": holds no password"));
}

const char* ProtocolOf(const Connection& connection) {
  if (connection.user.empty()) {
    return connection.ca_file.empty() ? "plaintext" : "ssl";
  }
  return connection.ca_file.empty() ? "sasl_plaintext" : "sasl_ssl";
}

}  // namespace

absl::StatusOr<Properties> PropertiesOf(const Connection& connection) {
  RETURN_IF_ERROR(Check(connection));
  Properties properties = {{"bootstrap.servers", connection.brokers},
                           {"security.protocol", ProtocolOf(connection)}};
  if (!connection.ca_file.empty()) {
    properties.emplace_back("ssl.ca.location", connection.ca_file);
    properties.emplace_back("ssl.endpoint.identification.algorithm", "https");
  }
  if (!connection.certificate_file.empty()) {
    properties.emplace_back("ssl.certificate.location",
                            connection.certificate_file);
    properties.emplace_back("ssl.key.location", connection.key_file);
  }
  if (!connection.user.empty()) {
    ASSIGN_OR_RETURN(std::string password,
                     PasswordIn(connection.password_file));
    properties.emplace_back("sasl.mechanisms", connection.mechanism);
    properties.emplace_back("sasl.username", connection.user);
    properties.emplace_back("sasl.password", std::move(password));
  }
  return properties;
}

}  // namespace kith::wire
