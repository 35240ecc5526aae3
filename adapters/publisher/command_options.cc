#include "adapters/publisher/command_options.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/common/text.h"
#include "adapters/publisher/intake_sink.h"
#include "adapters/publisher/kafka_settings.h"
#include "adapters/publisher/kafka_sink.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

constexpr size_t kPemBytesMax = 1 << 20;

// What proves the agency to the server; empty when --plaintext is said.
absl::StatusOr<ClientTls> ReadTls(const Options& options) {
  ClientTls tls;
  if (options.plaintext) return tls;
  const std::pair<const std::string&, std::string&> files[] = {
      {options.tls_authority, tls.authority},
      {options.certificate, tls.certificate},
      {options.key, tls.key}};
  for (const auto& [path, text] : files) {
    if (path.empty()) {
      return absl::InvalidArgumentError(
          "--tls-ca, --cert and --key are needed; --plaintext is for a server "
          "in development");
    }
    absl::StatusOr<std::string> read = ReadFile(path, kPemBytesMax);
    if (!read.ok() || read->empty()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
    }
    text = *std::move(read);
  }
  return tls;
}

void AddTls(CLI::App& app, Options& options) {
  app.add_option("--tls-ca", options.tls_authority,
                 "Who certified the server (PEM file)")
      ->envname("KITH_TLS_CA");
  app.add_option("--cert", options.certificate,
                 "The agency's certificate (PEM file)")
      ->envname("KITH_CERT");
  app.add_option("--key", options.key, "Its key (PEM file)")
      ->envname("KITH_KEY");
  app.add_flag("--plaintext", options.plaintext,
               "For a server in development: no TLS")
      ->envname("KITH_PLAINTEXT");
}

}  // namespace

void AddDelivery(CLI::App& app, Options& options) {
  CLI::Option* server =
      app.add_option("--server", options.server, "host:port of kithd")
          ->capture_default_str();
  AddTls(app, options);
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
    ASSIGN_OR_RETURN(const ClientTls tls, ReadTls(options));
    return MakeIntakeSink(options.server, partnership, options.agency, source,
                          tls);
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
