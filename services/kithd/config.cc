#include "services/kithd/config.h"

#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/id.h"
#include "base/status.h"
#include "services/kithd/version.h"

namespace kith::kithd {
namespace {

constexpr char kAbout[] =
    "kithd serves partnerships: statements in, one family view out.\n\n"
    "  kithd --data /var/lib/kith --partnership hackney \\\n"
    "    --identity /etc/kith/identity\n\n"
    "Ends with 0 after SIGTERM or SIGINT, once all that was acknowledged is\n"
    "durable; with 1 when it cannot start or has to stop; with 2 on wrong use.";

constexpr size_t kNodeNameMax = 28;
constexpr size_t kFeedsMax = 64;

// The keys a file may hold, and where they go.
using Setters = std::map<std::string, std::function<void(const YAML::Node&)>>;

// Throws at the first key that has no setter.
void Apply(const Setters& setters, const YAML::Node& settings) {
  if (!settings.IsMap()) {
    throw YAML::Exception(settings.Mark(),
                          "settings are lines of \"name: value\"");
  }
  for (const auto& entry : settings) {
    const std::string key = entry.first.as<std::string>();
    const auto setter = setters.find(key);
    if (setter == setters.end()) {
      throw YAML::Exception(entry.first.Mark(),
                            absl::StrCat("there is no setting \"", key, "\""));
    }
    setter->second(entry.second);
  }
}

std::function<void(const YAML::Node&)> Text(std::string& out) {
  return [&out](const YAML::Node& node) { out = node.as<std::string>(); };
}

Setters KafkaSetters(Config& config) {
  wire::Connection& kafka = config.kafka;
  return {{"brokers", Text(kafka.brokers)},
          {"ca_file", Text(kafka.ca_file)},
          {"certificate_file", Text(kafka.certificate_file)},
          {"key_file", Text(kafka.key_file)},
          {"user", Text(kafka.user)},
          {"password_file", Text(kafka.password_file)},
          {"mechanism", Text(kafka.mechanism)},
          {"inboxes",
           [&config](const YAML::Node& node) {
             config.kafka_inboxes = node.as<bool>();
           }},
          {"patience_seconds", [&config](const YAML::Node& node) {
             config.kafka_patience_seconds = node.as<int>();
           }}};
}

void ReadFeeds(const YAML::Node& list, std::vector<relay::Feed>& out) {
  if (!list.IsSequence()) {
    throw YAML::Exception(list.Mark(), "feeds are a list of \"- agency:\"");
  }
  for (const YAML::Node& entry : list) {
    relay::Feed feed;
    Apply({{"agency", Text(feed.agency)}, {"purpose", Text(feed.purpose)}},
          entry);
    if (!base::IsName(feed.agency) || !base::IsName(feed.purpose)) {
      throw YAML::Exception(entry.Mark(), "a feed has an agency and a purpose");
    }
    out.push_back(std::move(feed));
  }
}

std::function<void(const YAML::Node&)> Relay(RelayConfig& out) {
  return [&out](const YAML::Node& node) {
    Apply({{"quarantine",
            [&out](const YAML::Node& value) {
              out.quarantine = value.as<bool>();
            }},
           {"feeds",
            [&out](const YAML::Node& list) { ReadFeeds(list, out.feeds); }}},
          node);
  };
}

void ReadPartnerships(const YAML::Node& list,
                      std::vector<PartnershipConfig>& out) {
  if (!list.IsSequence()) {
    throw YAML::Exception(list.Mark(),
                          "partnerships are a list of \"- name:\"");
  }
  for (const YAML::Node& entry : list) {
    PartnershipConfig one;
    Apply({{"name", Text(one.name)},
           {"data", Text(one.data)},
           {"keys", Text(one.keys)},
           {"checkpoints", Text(one.checkpoints)},
           {"relay", Relay(one.relay)}},
          entry);
    out.push_back(std::move(one));
  }
}

Setters SettersFor(Config& config) {
  auto text = [](std::string& out) {
    return [&out](const YAML::Node& node) { out = node.as<std::string>(); };
  };
  auto number = [](int& out) {
    return [&out](const YAML::Node& node) { out = node.as<int>(); };
  };
  return {{"partnership", text(config.partnership)},
          {"node", text(config.node)},
          {"data", text(config.data)},
          {"keys", text(config.keys)},
          {"checkpoints", text(config.checkpoints)},
          {"relay", Relay(config.relay)},
          {"identity", text(config.identity)},
          {"descriptors_max", number(config.descriptors_max)},
          {"buffered_bytes_max", number(config.grpc.buffered_bytes_max)},
          {"grpc_listen", text(config.grpc.listen)},
          {"http_listen", text(config.http_listen)},
          {"message_bytes_max", number(config.grpc.message_bytes_max)},
          {"metadata_bytes_max", number(config.grpc.metadata_bytes_max)},
          {"streams_max", number(config.grpc.streams_max)},
          {"workers", number(config.workers)},
          {"calls_waiting_max", number(config.calls_waiting_max)},
          {"drain_seconds", number(config.drain_seconds)},
          {"look_ups_per_hour", number(config.look_ups_per_hour)},
          {"kafka",
           [&config](const YAML::Node& node) {
             Apply(KafkaSetters(config), node);
           }},
          {"partnerships",
           [&config](const YAML::Node& node) {
             ReadPartnerships(node, config.partnerships);
           }},
          {"log_level", text(config.log_level)}};
}

absl::Status At(const std::string& file, const YAML::Mark& mark,
                const std::string& what) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, ":", mark.line + 1, ": ", what));
}

absl::Status ReadFile(const std::string& file, Config& config) {
  const Setters setters = SettersFor(config);
  try {
    const YAML::Node root = YAML::LoadFile(file);
    if (!root.IsMap() && !root.IsNull()) {
      return At(file, root.Mark(), "settings are lines of \"name: value\"");
    }
    if (root.IsMap()) Apply(setters, root);
  } catch (const YAML::BadFile&) {
    return absl::NotFoundError(absl::StrCat(file, ": cannot be read"));
  } catch (const YAML::Exception& error) {
    return At(file, error.mark, error.msg);
  }
  return absl::OkStatus();
}

bool IsLoopback(absl::string_view listen) {
  for (const char* begin : {"127.", "localhost:", "[::1]:"}) {
    if (absl::StartsWith(listen, begin)) return true;
  }
  return false;
}

// Nobody is believed without proof but on the developer's own machine.
absl::Status CheckIdentity(const Config& config) {
  if (config.development_plaintext == !config.identity.empty()) {
    return absl::InvalidArgumentError(
        "name the folder of --identity, or --development-plaintext");
  }
  if (config.development_plaintext && !IsLoopback(config.grpc.listen)) {
    return absl::InvalidArgumentError(
        "--development-plaintext is for loopback addresses only");
  }
  if (config.descriptors_max < 256 ||
      config.grpc.buffered_bytes_max < 1 << 20) {
    return absl::InvalidArgumentError("a limit is out of range");
  }
  return absl::OkStatus();
}

// Settles what each partnership was not told.
absl::Status FillPartnerships(const CLI::Option* partnership, Config& config) {
  if (config.partnerships.empty()) {
    config.partnerships.push_back({config.partnership, config.data, config.keys,
                                   config.checkpoints, config.relay});
    return absl::OkStatus();
  }
  if (!config.relay.IsEmpty()) {
    return absl::InvalidArgumentError(
        "relay stands with each partnership where the file lists them");
  }
  if (*partnership) {
    return absl::InvalidArgumentError(
        "--partnership names the only one, but the file lists partnerships");
  }
  std::set<std::string> names, folders;
  for (PartnershipConfig& one : config.partnerships) {
    if (one.data.empty()) one.data = absl::StrCat(config.data, "/", one.name);
    if (one.keys.empty()) one.keys = absl::StrCat(one.data, "/keys");
    if (!base::IsName(one.name) || !names.insert(one.name).second ||
        !folders.insert(one.data).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "partnerships: each has a name of its own (1 to 32 of a-z, 0-9 and "
          "_) and a folder of its own: \"",
          one.name, "\""));
    }
  }
  return absl::OkStatus();
}

// "hackney=120:181"
absl::Status ReadGaps(const std::vector<std::string>& gaps, Config& config) {
  for (const std::string& text : gaps) {
    const std::vector<std::string> parts = absl::StrSplit(text, '=');
    if (parts.size() != 2) {
      return absl::InvalidArgumentError(
          "--accept-gap is PARTNERSHIP=FROM:TO, as the node's log gives it");
    }
    ASSIGN_OR_RETURN(config.accepted_gaps[parts[0]], inbox::ParseGap(parts[1]));
  }
  return absl::OkStatus();
}

absl::Status CheckRelays(const Config& config) {
  for (const PartnershipConfig& one : config.partnerships) {
    if (one.relay.IsEmpty()) continue;
    if (config.kafka.brokers.empty()) {
      return absl::InvalidArgumentError("relay: no Kafka brokers are named");
    }
    std::set<std::string> agencies;
    for (const relay::Feed& feed : one.relay.feeds) {
      if (!agencies.insert(feed.agency).second) {
        return absl::InvalidArgumentError(
            absl::StrCat("relay: one feed an agency: ", feed.agency));
      }
    }
    if (agencies.size() > kFeedsMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("relay: at most ", kFeedsMax, " feeds a node"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKafka(const Config& config) {
  if (config.kafka_patience_seconds < 1 ||
      config.kafka_patience_seconds > 300) {
    return absl::InvalidArgumentError(
        "kafka: patience_seconds must be 1 to 300");
  }
  if (config.kafka.brokers.empty()) {
    return config.kafka.user.empty() && config.kafka.ca_file.empty()
               ? absl::OkStatus()
               : absl::InvalidArgumentError("kafka: no brokers are named");
  }
  return wire::PropertiesOf(config.kafka).status();
}

absl::Status Check(const Config& config) {
  if (config.data.empty()) {
    return absl::InvalidArgumentError("--data names no folder");
  }
  RETURN_IF_ERROR(CheckIdentity(config));
  if (!base::IsName(config.partnership)) {
    return absl::InvalidArgumentError(
        "partnership: 1 to 32 of a-z, 0-9 and _, beginning with a letter");
  }
  // "api_" and this name make a source's name.
  if (!base::IsName(absl::StrReplaceAll(config.node, {{"-", "_"}})) ||
      config.node.size() > kNodeNameMax) {
    return absl::InvalidArgumentError(
        "node: 1 to 28 of a-z, 0-9, - and _, beginning with a letter");
  }
  if (config.log_level != "debug" && config.log_level != "info" &&
      config.log_level != "warn" && config.log_level != "error") {
    return absl::InvalidArgumentError(
        "log_level must be debug, info, warn or error");
  }
  if (config.workers < 1 || config.workers > 256) {
    return absl::InvalidArgumentError("workers must be 1 to 256");
  }
  if (config.calls_waiting_max < 1 || config.look_ups_per_hour < 1 ||
      config.drain_seconds < 0 || config.grpc.message_bytes_max < 1 ||
      config.grpc.metadata_bytes_max < 1 || config.grpc.streams_max < 1) {
    return absl::InvalidArgumentError("a limit is out of range");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Config> ReadConfig(int argc, char** argv, int* exit_code) {
  Config config, flags;
  std::string file;
  CLI::App app(kAbout, "kithd");
  app.set_version_flag("--version", std::string(kVersion));
  app.add_option("--config", file, "A YAML file of settings; flags win");
  auto* partnership = app.add_option("--partnership", flags.partnership,
                                     "Whose ledger this is");
  auto* node = app.add_option("--node", flags.node, "Name of this machine");
  auto* data = app.add_option("--data", flags.data, "Folder of the databases");
  auto* keys = app.add_option("--keys", flags.keys, "Folder of source keys");
  auto* checkpoints = app.add_option("--checkpoints", flags.checkpoints,
                                     "Folder that checkpoints may go to");
  auto* identity =
      app.add_option("--identity", flags.identity,
                     "Folder of certificates, agencies and token issuers");
  app.add_flag("--development-plaintext", config.development_plaintext,
               "Without TLS, on loopback: callers are believed");
  auto* listen = app.add_option("--listen", flags.grpc.listen,
                                "gRPC address; port 0: a free one");
  auto* http = app.add_option("--http", flags.http_listen,
                              "Address of /metrics, /healthz and /readyz");
  auto* kafka = app.add_option("--kafka", flags.kafka.brokers,
                               "Kafka brokers (host:port,...) of the inboxes");
  std::vector<std::string> gaps;
  app.add_option("--accept-gap", gaps,
                 "PARTNERSHIP=FROM:TO: go on without these records");
  auto* level = app.add_option("--log-level", flags.log_level,
                               "debug, info, warn or error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    *exit_code = app.exit(error) == 0 ? 0 : 2;
    return absl::CancelledError();
  }
  if (!file.empty()) RETURN_IF_ERROR(ReadFile(file, config));
  if (*partnership) config.partnership = flags.partnership;
  if (*node) config.node = flags.node;
  if (*data) config.data = flags.data;
  if (*keys) config.keys = flags.keys;
  if (*checkpoints) config.checkpoints = flags.checkpoints;
  if (*identity) config.identity = flags.identity;
  if (*listen) config.grpc.listen = flags.grpc.listen;
  if (*http) config.http_listen = flags.http_listen;
  if (*level) config.log_level = flags.log_level;
  if (*kafka) config.kafka.brokers = flags.kafka.brokers;
  RETURN_IF_ERROR(Check(config));
  if (config.keys.empty()) config.keys = absl::StrCat(config.data, "/keys");
  RETURN_IF_ERROR(CheckKafka(config));
  RETURN_IF_ERROR(ReadGaps(gaps, config));
  RETURN_IF_ERROR(FillPartnerships(partnership, config));
  RETURN_IF_ERROR(CheckRelays(config));
  return config;
}

}  // namespace kith::kithd
