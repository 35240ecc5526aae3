#include "adapters/publisher/command_options.h"

#include <cstdio>

#include "absl/time/clock.h"
#include "adapters/publisher/intake_sink.h"
#include "adapters/publisher/kafka_settings.h"
#include "adapters/publisher/kafka_sink.h"
#include "base/status.h"

namespace kith::adapters {

void AddDelivery(CLI::App& app, Options& options) {
  CLI::Option* server =
      app.add_option("--server", options.server, "host:port of kithd")
          ->capture_default_str();
  app.add_option("--kafka-brokers", options.kafka_brokers,
                 "Through Kafka instead: host:port,host:port")
      ->excludes(server);
  app.add_option("--kafka-settings", options.kafka_settings,
                 "Through Kafka: YAML with brokers, ca_file, certificate_file, "
                 "key_file, user, password_file, mechanism")
      ->excludes(server);
}

absl::StatusOr<std::unique_ptr<Sink>> MakeSink(const Options& options,
                                               const std::string& partnership,
                                               const std::string& source) {
  if (!options.through_kafka()) {
    return MakeIntakeSink(options.server, partnership, options.agency, source);
  }
  wire::Connection connection;
  if (!options.kafka_settings.empty()) {
    ASSIGN_OR_RETURN(connection, ReadKafkaSettings(options.kafka_settings));
  }
  if (!options.kafka_brokers.empty()) {
    connection.brokers = options.kafka_brokers;
  }
  ASSIGN_OR_RETURN(const wire::Properties properties,
                   wire::PropertiesOf(connection));
  return MakeKafkaSink(properties, partnership, [] { return absl::Now(); });
}

void PrintDelivered(const Outbox& outbox) {
  const OutboxStatus status = outbox.Status();
  std::printf(
      "\nKafka has what was delivered; whether it is accepted is decided when "
      "a "
      "server\nreads it. It ends at number %llu of epoch %llu: `kith source "
      "list` shows how far\nsource %s is decided, `kith quarantine list` what "
      "was set aside.\n",
      static_cast<unsigned long long>(outbox.first_waiting() - 1),
      static_cast<unsigned long long>(status.epoch), status.source.c_str());
}

int Complain(const std::string& program, const absl::Status& status, int code) {
  std::fprintf(stderr, "%s: %s\n", program.c_str(),
               std::string(status.message()).c_str());
  return code;
}

}  // namespace kith::adapters
