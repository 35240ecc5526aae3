#include "tools/kith/profile.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace kith::cli {
namespace {

// Where a profile's settings go; those of files are paths.
struct Seat {
  std::string* out;
  bool is_path = false;
};

}  // namespace

absl::Status ReadProfile(const std::string& file, ClientOptions* options) {
  Credentials& credentials = options->credentials;
  const std::string usual_server = ClientOptions().server;
  if (options->server == usual_server) options->server.clear();
  const std::map<std::string, Seat> seats = {
      {"server", {&options->server}},
      {"tls_ca", {&credentials.authority, true}},
      {"cert", {&credentials.certificate, true}},
      {"key", {&credentials.key, true}},
      {"token", {&credentials.token}},
      {"purpose", {&options->who.purpose}},
      {"partnership", {&options->who.partnership}}};
  const auto folder = std::filesystem::path(file).parent_path();
  try {
    for (const auto& entry : YAML::LoadFile(file)) {
      const auto seat = seats.find(entry.first.as<std::string>());
      if (seat == seats.end()) {
        throw YAML::Exception(entry.first.Mark(), "there is no such setting");
      }
      if (!seat->second.out->empty()) continue;
      const auto said = entry.second.as<std::string>();
      *seat->second.out =
          seat->second.is_path ? (folder / said).string() : said;
    }
  } catch (const YAML::BadFile&) {
    return absl::InvalidArgumentError(absl::StrCat(file, ": cannot be read"));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":", error.mark.line + 1, ": ", error.msg));
  }
  if (options->server.empty()) options->server = usual_server;
  return absl::OkStatus();
}

}  // namespace kith::cli
