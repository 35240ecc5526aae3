#include "services/identity/trust.h"

#include <fcntl.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <ctime>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/id.h"
#include "base/status.h"
#include "kith/agency/v1/frame.pb.h"
#include "services/identity/role_names.h"

namespace kith::identity {
namespace {

constexpr size_t kFileBytesMax = 1 << 20;
constexpr time_t kSettleSeconds = 1;
constexpr int kLifeMinutesMax = 24 * 60;

bool IsSameTime(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

absl::Status NotReadable(const std::string& path) {
  return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
}

// What yaml-cpp is told of, with its place; caught in ReadTrust.
[[noreturn]] void Wrong(const YAML::Node& node, const std::string& what) {
  throw YAML::Exception(node.Mark(), what);
}

void CheckMembers(const YAML::Node& map, const std::set<std::string>& known) {
  if (!map.IsMap()) Wrong(map, "must be lines of \"name: value\"");
  for (const auto& entry : map) {
    const auto name = entry.first.as<std::string>();
    if (known.count(name) == 0) {
      Wrong(entry.first, absl::StrCat("there is no setting \"", name, "\""));
    }
  }
}

// A list that may be left out. One name without brackets would read as none,
// which for agencies and keys means any.
YAML::Node ListOf(const YAML::Node& map, const char* member) {
  const YAML::Node list = map[member];
  if (list && !list.IsSequence()) {
    Wrong(list, absl::StrCat(member, " must be a list"));
  }
  return list;
}

Agency AgencyOf(const YAML::Node& said) {
  Agency agency;
  CheckMembers(said, {"enabled", "keys", "partnerships"});
  if (said["enabled"]) agency.enabled = said["enabled"].as<bool>();
  for (const YAML::Node& key : ListOf(said, "keys")) {
    auto digest = absl::AsciiStrToLower(key.as<std::string>());
    if (digest.size() != 64) Wrong(key, "a key is 64 hexadecimal digits");
    agency.keys.insert(std::move(digest));
  }
  for (const YAML::Node& name : ListOf(said, "partnerships")) {
    agency.partnerships.insert(name.as<std::string>());
    if (!base::IsName(name.as<std::string>())) {
      Wrong(name, "is no name of a partnership");
    }
  }
  return agency;
}

// Those that open nothing but their own agency's and what others permit it, or
// figures and connections.
std::set<std::string> RolesOfDailyWork() {
  std::set<std::string> names;
  for (const agency::v1::Role role :
       {agency::v1::ROLE_PRACTITIONER, agency::v1::ROLE_LEAD_PROFESSIONAL,
        agency::v1::ROLE_PANEL_CHAIR, agency::v1::ROLE_ACCESS_TEAM,
        agency::v1::ROLE_SAFEGUARDING_LEAD, agency::v1::ROLE_LEADERSHIP_MANAGER,
        agency::v1::ROLE_INTEGRATION_ENGINEER}) {
    names.insert(RoleName(role));
  }
  return names;
}

// Of an issuer.
std::set<std::string> RolesOf(const YAML::Node& said) {
  const YAML::Node list = ListOf(said, "roles");
  if (!list) return RolesOfDailyWork();
  std::set<std::string> names;
  for (const YAML::Node& one : list) {
    const auto name = one.as<std::string>();
    if (RoleNamed(name) == agency::v1::ROLE_UNSPECIFIED) {
      Wrong(one, absl::StrCat("there is no role \"", name, "\""));
    }
    names.insert(name);
  }
  return names;
}

// All but the keys; the file that holds them in `jwks`.
Issuer IssuerOf(const YAML::Node& said, std::string* jwks) {
  CheckMembers(said, {"issuer", "audience", "jwks", "life_minutes_max",
                      "agencies", "roles"});
  for (const char* member : {"issuer", "audience", "jwks"}) {
    if (!said[member]) Wrong(said, absl::StrCat("lacks \"", member, "\""));
  }
  Issuer issuer;
  issuer.issuer = said["issuer"].as<std::string>();
  issuer.audience = said["audience"].as<std::string>();
  const int minutes = said["life_minutes_max"].as<int>(60);
  if (minutes < 1 || minutes > kLifeMinutesMax) {
    Wrong(said, "life_minutes_max must be 1 to 1440");
  }
  issuer.life_max = absl::Minutes(minutes);
  for (const YAML::Node& agency : ListOf(said, "agencies")) {
    issuer.agencies.insert(agency.as<std::string>());
  }
  issuer.roles = RolesOf(said);
  *jwks = said["jwks"].as<std::string>();
  if (jwks->find('/') != std::string::npos) {
    Wrong(said["jwks"], "must be a file in this folder");
  }
  return issuer;
}

void ReadSettings(const YAML::Node& root, Trust* trust,
                  std::vector<std::string>* key_files) {
  CheckMembers(root, {"trust_domain", "agencies", "issuers"});
  if (!root["trust_domain"] || !root["agencies"]) {
    Wrong(root, "needs trust_domain and agencies");
  }
  trust->trust_domain = root["trust_domain"].as<std::string>();
  for (const auto& entry : root["agencies"]) {
    const auto name = entry.first.as<std::string>();
    if (!base::IsName(name)) Wrong(entry.first, "is no name of an agency");
    if (!trust->agencies.emplace(name, AgencyOf(entry.second)).second) {
      Wrong(entry.first, "two agencies have one name");
    }
  }
  std::set<std::string> names;
  for (const YAML::Node& said : root["issuers"]) {
    trust->issuers.push_back(IssuerOf(said, &key_files->emplace_back()));
    if (!names.insert(trust->issuers.back().issuer).second) {
      Wrong(said, "two issuers have one name");
    }
  }
}

}  // namespace

absl::StatusOr<SmallFile> ReadSmallFile(const std::string& path) {
  SmallFile file{path, "", {}, false};
  const int open_file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (open_file < 0) return NotReadable(path);
  const bool known = fstat(open_file, &file.stat) == 0;
  timespec now = {};
  clock_gettime(CLOCK_REALTIME, &now);
  file.settled = now.tv_sec > file.stat.st_ctim.tv_sec + kSettleSeconds;
  char some[16 * 1024];
  ssize_t size = 0;
  while (known && file.bytes.size() <= kFileBytesMax &&
         (size = read(open_file, some, sizeof(some))) > 0) {
    file.bytes.append(some, static_cast<size_t>(size));
  }
  close(open_file);
  if (!known || size < 0) return NotReadable(path);
  if (file.bytes.size() > kFileBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": is too large"));
  }
  return file;
}

bool IsUnchanged(const SmallFile& file) {
  struct stat now;
  return file.settled && stat(file.path.c_str(), &now) == 0 &&
         now.st_ino == file.stat.st_ino && now.st_size == file.stat.st_size &&
         IsSameTime(now.st_mtim, file.stat.st_mtim) &&
         IsSameTime(now.st_ctim, file.stat.st_ctim);
}

absl::StatusOr<Trust> ReadTrust(const std::string& folder) {
  Trust trust;
  std::vector<std::string> key_files;
  const std::string settings = absl::StrCat(folder, "/identity.yaml");
  ASSIGN_OR_RETURN(SmallFile text, ReadSmallFile(settings));
  try {
    ReadSettings(YAML::Load(text.bytes), &trust, &key_files);
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(settings, ":", error.mark.line + 1, ": ", error.msg));
  }
  trust.files.push_back(std::move(text));
  for (size_t i = 0; i < key_files.size(); ++i) {
    const std::string path = absl::StrCat(folder, "/", key_files[i]);
    ASSIGN_OR_RETURN(SmallFile json, ReadSmallFile(path));
    absl::StatusOr<Jwks> keys = Jwks::Parse(json.bytes);
    if (!keys.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", keys.status().message()));
    }
    trust.issuers[i].keys = *std::move(keys);
    trust.files.push_back(std::move(json));
  }
  return trust;
}

}  // namespace kith::identity
