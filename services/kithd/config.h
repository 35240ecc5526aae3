// What a node is told: a YAML file, and flags that stand above it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/api/server.h"
#include "services/inbox/kafka_position.h"
#include "services/relay/feed.h"
#include "wire/connection.h"

namespace kith::kithd {

// What this node tells topics of Kafka for a partnership. On one node alone:
// two would tell everything twice.
struct RelayConfig {
  bool quarantine = false;
  std::vector<relay::Feed> feeds;  // one an agency

  bool IsEmpty() const { return !quarantine && feeds.empty(); }
};

// One partnership, with a folder of its own.
struct PartnershipConfig {
  std::string name;
  std::string data;         // of databases; empty in a file: <data>/<name>
  std::string keys;         // of source keys; empty in a file: <data>/keys
  std::string checkpoints;  // where checkpoints go; empty: none may
  RelayConfig relay;
};

struct Config {
  // The only one, unless a file lists `partnerships`.
  std::string partnership = "local";
  std::string node = "node-1";  // this machine, in access records
  std::string data;             // folder of the databases; made when absent
  std::string keys;             // folder of source keys; empty: <data>/keys
  std::string checkpoints;      // where checkpoints go; empty: none may
  RelayConfig relay;            // of the only one
  std::string identity;         // folder of whom to believe (services/identity)
  // Instead of it, on a loopback address: no TLS, and callers are believed.
  bool development_plaintext = false;
  int descriptors_max = 65536;  // files and connections, at most
  api::ServerOptions grpc;
  std::string http_listen = "127.0.0.1:7490";  // metrics and health
  int workers = 16;  // threads that serve reads and writes
  int calls_waiting_max = 1000;
  int drain_seconds = 20;       // how long calls may take to end on SIGTERM
  int look_ups_per_hour = 120;  // of persons, by one practitioner
  std::string log_level = "info";

  // All that are hosted; never empty once read.
  std::vector<PartnershipConfig> partnerships;
  // Where inboxes are, unless `kafka_inboxes` is false, and where relays tell
  // notices. Without brokers: in this process, and nowhere.
  wire::Connection kafka;
  bool kafka_inboxes = true;
  bool HasKafkaInboxes() const {
    return kafka_inboxes && !kafka.brokers.empty();
  }
  // How long a caller's statement may take to reach the brokers.
  int kafka_patience_seconds = 30;
  // By partnership: what a person decided to go on without.
  std::map<std::string, inbox::AcceptedGap> accepted_gaps;
};

// What `argc` and `argv` ask for. NOT_FOUND and INVALID_ARGUMENT name file, key
// and line. `exit_code` is set, and the result CANCELLED, when the program is
// to end at once (--help, --version, a usage error that was printed).
absl::StatusOr<Config> ReadConfig(int argc, char** argv, int* exit_code);

}  // namespace kith::kithd
