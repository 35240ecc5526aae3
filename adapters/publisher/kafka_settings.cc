#include "adapters/publisher/kafka_settings.h"

#include <yaml-cpp/yaml.h>

#include "absl/strings/str_cat.h"
#include "adapters/common/text.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

constexpr size_t kFileBytesMax = 64 << 10;

constexpr std::pair<const char*, std::string wire::Connection::*> kFields[] = {
    {"brokers", &wire::Connection::brokers},
    {"ca_file", &wire::Connection::ca_file},
    {"certificate_file", &wire::Connection::certificate_file},
    {"key_file", &wire::Connection::key_file},
    {"user", &wire::Connection::user},
    {"password_file", &wire::Connection::password_file},
    {"mechanism", &wire::Connection::mechanism},
};

absl::Status Wrong(const std::string& path, const YAML::Mark& mark,
                   absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ":", mark.line + 1, ": ", what));
}

absl::Status Take(const std::string& path, const YAML::Node& name,
                  const YAML::Node& value, wire::Connection& connection) {
  for (const auto& [field, member] : kFields) {
    if (name.Scalar() != field) continue;
    if (!value.IsScalar()) {
      return Wrong(path, value.Mark(), absl::StrCat(field, " is one text"));
    }
    connection.*member = value.Scalar();
    return absl::OkStatus();
  }
  return Wrong(path, name.Mark(),
               absl::StrCat("there is no setting ", name.Scalar()));
}

}  // namespace

absl::StatusOr<wire::Connection> ReadKafkaSettings(const std::string& path) {
  auto text = ReadFile(path, kFileBytesMax);
  if (!text.ok()) {
    return absl::Status(text.status().code(),
                        absl::StrCat(path, ": ", text.status().message()));
  }
  wire::Connection connection;
  try {
    const YAML::Node root = YAML::Load(*text);
    if (!root.IsMap() && !root.IsNull()) {
      return Wrong(path, root.Mark(), "settings are lines of name: value");
    }
    for (const auto& entry : root) {
      RETURN_IF_ERROR(Take(path, entry.first, entry.second, connection));
    }
  } catch (const YAML::Exception& wrong) {
    return Wrong(path, wrong.mark, "this is no YAML");
  }
  return connection;
}

}  // namespace kith::adapters
