// The file in which a site says how its adapters reach the brokers. YAML, all
// of it optional:
//
//   brokers: kafka1:9093,kafka2:9093
//   ca_file: /etc/kith/kafka-ca.pem           # TLS
//   certificate_file: /etc/kith/adapter.pem   # and, with its key, mutual
//   key_file: /etc/kith/adapter.key
//   user: health_feed                         # SASL/SCRAM
//   password_file: /etc/kith/kafka-password   # mode 0600
//   mechanism: SCRAM-SHA-512                  # or SCRAM-SHA-256
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "wire/connection.h"

namespace kith::adapters {

// NOT_FOUND: no such file. INVALID_ARGUMENT: it is no such file, with the line
// and the name, never the value, of what is wrong.
absl::StatusOr<wire::Connection> ReadKafkaSettings(const std::string& path);

}  // namespace kith::adapters
