// What a node is told: a YAML file, and flags that stand above it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/api/server.h"

namespace kith::kithd {

struct Config {
  std::string partnership = "local";
  std::string node = "node-1";  // this machine, in access records
  std::string data;             // folder of the databases; made when absent
  std::string keys;             // folder of source keys; empty: <data>/keys
  std::string checkpoints;      // where checkpoints go; empty: none may
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
};

// What `argc` and `argv` ask for. NOT_FOUND and INVALID_ARGUMENT name file, key
// and line. `exit_code` is set, and the result CANCELLED, when the program is
// to end at once (--help, --version, a usage error that was printed).
absl::StatusOr<Config> ReadConfig(int argc, char** argv, int* exit_code);

}  // namespace kith::kithd
