#include "tests/kafka/secure.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace kith::kafka_tests {
namespace {

// An authority of the test's own and a certificate for 127.0.0.1 by it; Kafka
// takes key and certificate from one PEM file.
constexpr char kCertificates[] = R"(set -e
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca \
  -keyout ca.key -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj /CN=broker \
  -keyout broker.key -out broker.csr
printf 'subjectAltName=IP:127.0.0.1' >extensions
openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
  -days 2 -extfile extensions -out broker.pem
openssl pkcs8 -topk8 -nocrypt -in broker.key -out broker.pk8
cat broker.pk8 broker.pem >keystore.pem
)";

std::vector<std::string> BrokerWords(const std::string& folder,
                                     const std::vector<User>& users) {
  std::vector<std::string> words = {"--listener", "SECURE:SASL_SSL"};
  for (const User& user : users) {
    words.insert(words.end(),
                 {"--scram", absl::StrCat(user.name, "=", user.password)});
  }
  const std::string prefix = "listener.name.secure.";
  for (const std::string& setting :
       {absl::StrCat(prefix, "ssl.keystore.type=PEM"),
        absl::StrCat(prefix, "ssl.keystore.location=", folder, "/keystore.pem"),
        absl::StrCat(prefix, "sasl.enabled.mechanisms=SCRAM-SHA-512"),
        absl::StrCat(prefix,
                     "scram-sha-512.sasl.jaas.config=org.apache.kafka.common."
                     "security.scram.ScramLoginModule required;"),
        std::string("authorizer.class.name=org.apache.kafka.metadata."
                    "authorizer.StandardAuthorizer"),
        std::string("super.users=User:ANONYMOUS")}) {
    words.insert(words.end(), {"--set", setting});
  }
  return words;
}

}  // namespace

SecureBroker::SecureBroker(const std::vector<User>& users) {
  const auto made = server_tests::RunProgram(
      {"bash", "-c", absl::StrCat("cd ", folder_.path(), "\n", kCertificates)},
      folder_.path());
  if (made.code != 0) std::fputs(made.err.c_str(), stderr);
  KITH_CHECK(made.code == 0);
  ca_file_ = absl::StrCat(folder_.path(), "/ca.pem");
  broker_ = std::make_unique<Broker>(BrokerWords(folder_.path(), users));
}

std::string SecureBroker::PasswordFile(const std::string& password) const {
  const std::string path = folder_.Write("password", password);
  chmod(path.c_str(), 0600);
  return path;
}

Settings SecureBroker::SettingsOf(const User& user) const {
  return {{"security.protocol", "sasl_ssl"},
          {"sasl.mechanisms", "SCRAM-SHA-512"},
          {"sasl.username", user.name},
          {"sasl.password", user.password},
          {"ssl.ca.location", ca_file_}};
}

}  // namespace kith::kafka_tests
