#include "services/kithd/config.h"

#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/id.h"
#include "base/status.h"
#include "services/kithd/version.h"

namespace kith::kithd {
namespace {

constexpr char kAbout[] =
    "kithd serves one partnership: statements in, one family view out.\n\n"
    "  kithd --data /var/lib/kith --partnership hackney \\\n"
    "    --identity /etc/kith/identity\n\n"
    "Ends with 0 after SIGTERM or SIGINT, once all that was acknowledged is\n"
    "durable; with 1 when it cannot start or has to stop; with 2 on wrong use.";

constexpr size_t kNodeNameMax = 28;

// The keys a file may hold, and where they go.
using Setters = std::map<std::string, std::function<void(const YAML::Node&)>>;

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
    for (const auto& entry : root) {
      const std::string key = entry.first.as<std::string>();
      auto setter = setters.find(key);
      if (setter == setters.end()) {
        return At(file, entry.first.Mark(),
                  absl::StrCat("there is no setting \"", key, "\""));
      }
      setter->second(entry.second);
    }
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
  RETURN_IF_ERROR(Check(config));
  if (config.keys.empty()) config.keys = absl::StrCat(config.data, "/keys");
  return config;
}

}  // namespace kith::kithd
