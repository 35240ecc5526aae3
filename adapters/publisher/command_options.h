// What the adapters' commands share: their options, where they deliver to and
// how they complain. Used by command.cc and outbox_commands.cc only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "adapters/publisher/outbox.h"
#include "adapters/publisher/sink.h"

namespace kith::adapters {

inline constexpr char kExitCodes[] =
    "Exit codes:\n"
    "  0  every item accounted for, nothing to look at\n"
    "  1  done; something was refused or set aside (see the report)\n"
    "  2  the command line, the key file, the settings or the table is wrong\n"
    "  3  a file could not be read at all\n"
    "  4  server or brokers not reachable or not taking it; what is unsaid\n"
    "     waits in the outbox\n"
    "  5  the outbox is full, in use or damaged, or the disk refuses\n";

inline constexpr char kDelivery[] =
    "With --server the server answers how each statement ended. With Kafka\n"
    "(--kafka-brokers or --kafka-settings) the brokers answer only that they\n"
    "have it: it counts as delivered, and is decided when a server reads it.\n"
    "`kith source list` then shows how far the source is decided and how many\n"
    "were refused, `kith quarantine list` what was set aside.\n";

struct Options {
  std::vector<std::string> files;
  std::string partnership, agency, system, source, outbox, key_file;
  std::string key_id;
  std::string server = "127.0.0.1:7400";
  std::string tls_authority, certificate, key;  // files, for the server
  bool plaintext = false;                       // a server in development
  std::string kafka_brokers, kafka_settings;    // either: through Kafka
  std::string table, mapping, extracted_at, output = "table";
  std::string council_agency, council_system;
  uint64_t first = 0, last = 0;  // of a resend; 0: all that is kept
  bool dry_run = false;

  bool through_kafka() const {
    return !kafka_brokers.empty() || !kafka_settings.empty();
  }
};

// --server and its certificates, --kafka-brokers, --kafka-settings.
void AddDelivery(CLI::App& app, Options& options);

// INVALID_ARGUMENT and NOT_FOUND: the certificates' files or the Kafka settings
// are missing or wrong.
absl::StatusOr<std::unique_ptr<Sink>> MakeSink(const Options& options,
                                               const std::string& partnership,
                                               const std::string& source);

// Prints what is known, and not known, of what Kafka took.
void PrintDelivered(const Outbox& outbox);

// Prints the message and returns `code`.
int Complain(const std::string& program, const absl::Status& status, int code);

}  // namespace kith::adapters
