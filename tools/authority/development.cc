#include "tools/authority/development.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/status.h"
#include "kith/agency/v1/frame.pb.h"
#include "nlohmann/json.hpp"
#include "tools/authority/certificates.h"
#include "tools/authority/tokens.h"

namespace kith::authority {
namespace {

namespace fs = std::filesystem;

constexpr char kKeyId[] = "development-1";
constexpr char kAlgorithm[] = "ES256";
// So that clocks that are a little apart do not refuse a new certificate.
constexpr absl::Duration kEarlier = absl::Minutes(5);

absl::Status WriteFile(const std::string& path, const std::string& text,
                       mode_t mode) {
  const std::string fresh = absl::StrCat(path, ".new");
  const int file =
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  const bool written = file >= 0 && fchmod(file, mode) == 0 &&
                       write(file, text.data(), text.size()) ==
                           static_cast<ssize_t>(text.size());
  if (file >= 0) close(file);
  if (!written || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat(path, ": cannot be written"));
  }
  return absl::OkStatus();
}

absl::Status WriteIdentity(const std::string& path, const Identity& identity) {
  RETURN_IF_ERROR(
      WriteFile(absl::StrCat(path, ".crt"), identity.certificate, 0644));
  return WriteSecret(absl::StrCat(path, ".key"), identity.key);
}

absl::StatusOr<Identity> ReadIdentity(const std::string& path) {
  Identity identity;
  ASSIGN_OR_RETURN(identity.certificate, ReadText(absl::StrCat(path, ".crt")));
  ASSIGN_OR_RETURN(identity.key, ReadText(absl::StrCat(path, ".key")));
  return identity;
}

absl::Status MakeNode(const std::string& folder,
                      const DevelopmentOptions& options,
                      const Identity& authority, absl::Time now) {
  const std::string node = absl::StrCat(folder, "/node");
  CertificateSpec spec;
  spec.common_name = "kithd";
  spec.names = options.node_names;
  spec.extended_use = "serverAuth";
  spec.not_before = now - kEarlier;
  spec.not_after = now + options.life;
  ASSIGN_OR_RETURN(const Identity server, Issue(authority, spec));
  RETURN_IF_ERROR(WriteIdentity(absl::StrCat(node, "/server"), server));
  RETURN_IF_ERROR(WriteFile(absl::StrCat(node, "/clients.crt"),
                            authority.certificate, 0644));
  RETURN_IF_ERROR(WriteFile(absl::StrCat(node, "/denied"),
                            "# key, agency, practitioner or token\n", 0644));
  ASSIGN_OR_RETURN(const SigningKey key, MakeSigningKey(kKeyId, kAlgorithm));
  RETURN_IF_ERROR(WriteSecret(absl::StrCat(folder, "/issuer.key"), key.key));
  ASSIGN_OR_RETURN(const std::string jwk, JwkOf(key));
  return WriteFile(absl::StrCat(node, "/jwks.json"),
                   absl::StrCat("{\"keys\": [", jwk, "]}\n"), 0644);
}

// The authority, made with the node's part when it is not there.
absl::StatusOr<Identity> FindOrMakeAuthority(const std::string& folder,
                                             const DevelopmentOptions& options,
                                             absl::Time now) {
  const std::string path = absl::StrCat(folder, "/authority");
  if (fs::exists(absl::StrCat(path, ".key"))) return ReadIdentity(path);
  std::error_code error;
  fs::create_directories(absl::StrCat(folder, "/node"), error);
  fs::create_directories(absl::StrCat(folder, "/agencies"), error);
  ASSIGN_OR_RETURN(const Identity authority,
                   MakeAuthority(absl::StrCat("development authority of ",
                                              options.trust_domain),
                                 now - kEarlier, now + options.life));
  RETURN_IF_ERROR(MakeNode(folder, options, authority, now));
  RETURN_IF_ERROR(WriteIdentity(path, authority));
  return authority;
}

absl::Status MakeAgency(const std::string& folder,
                        const DevelopmentOptions& options,
                        const Identity& authority, const std::string& agency,
                        absl::Time now) {
  if (!base::IsName(agency)) {
    return absl::InvalidArgumentError(
        "an agency's name is 1 to 32 of a-z, 0-9 and _");
  }
  const std::string path = absl::StrCat(folder, "/agencies/", agency);
  if (fs::exists(absl::StrCat(path, ".key"))) return absl::OkStatus();
  CertificateSpec spec;
  spec.common_name = agency;
  spec.names = {
      absl::StrCat("URI:spiffe://", options.trust_domain, "/agency/", agency)};
  spec.not_before = now - kEarlier;
  spec.not_after = now + options.life;
  ASSIGN_OR_RETURN(const Identity made, Issue(authority, spec));
  return WriteIdentity(path, made);
}

// Every role there is, as tokens name them.
std::vector<std::string> AllRoles() {
  std::vector<std::string> names;
  const auto* all = agency::v1::Role_descriptor();
  for (int i = 0; i < all->value_count(); ++i) {
    if (all->value(i)->number() == agency::v1::ROLE_UNSPECIFIED) continue;
    names.push_back(absl::AsciiStrToLower(
        absl::StripPrefix(all->value(i)->name(), "ROLE_")));
  }
  return names;
}

absl::Status WriteSettings(const std::string& folder,
                           const std::string& trust_domain) {
  std::vector<fs::path> certificates;
  for (const auto& entry :
       fs::directory_iterator(absl::StrCat(folder, "/agencies"))) {
    if (entry.path().extension() == ".crt") {
      certificates.push_back(entry.path());
    }
  }
  std::sort(certificates.begin(), certificates.end());
  std::string text =
      absl::StrCat("trust_domain: ", trust_domain, "\nagencies:\n");
  for (const fs::path& path : certificates) {
    ASSIGN_OR_RETURN(const std::string pem, ReadText(path.string()));
    ASSIGN_OR_RETURN(const std::string digest, KeyDigestOf(pem));
    absl::StrAppend(&text, "  ", path.stem().string(), ": {keys: [", digest,
                    "]}\n");
  }
  absl::StrAppend(&text, "issuers:\n  - issuer: ", kDevelopmentIssuer,
                  "\n    audience: ", kDevelopmentAudience,
                  "\n    jwks: jwks.json\n    life_minutes_max: 1440\n",
                  "    # For development: a real issuer lists what its agency "
                  "needs.\n    roles: [",
                  absl::StrJoin(AllRoles(), ", "), "]\n");
  return WriteFile(absl::StrCat(folder, "/node/identity.yaml"), text, 0644);
}

// Of an authority that is there; else empty.
std::string TrustDomainOf(const std::string& folder) {
  const auto settings = ReadText(absl::StrCat(folder, "/node/identity.yaml"));
  if (!settings.ok()) return "";
  absl::string_view line = *settings;
  line = line.substr(0, line.find('\n'));
  return std::string(absl::StripPrefix(line, "trust_domain: "));
}

}  // namespace

absl::Status MakeDevelopment(const std::string& folder,
                             DevelopmentOptions options,
                             const std::vector<std::string>& agencies,
                             absl::Time now) {
  const std::string domain = TrustDomainOf(folder);
  if (!domain.empty()) options.trust_domain = domain;
  ASSIGN_OR_RETURN(const Identity authority,
                   FindOrMakeAuthority(folder, options, now));
  for (const std::string& agency : agencies) {
    RETURN_IF_ERROR(MakeAgency(folder, options, authority, agency, now));
  }
  return WriteSettings(folder, options.trust_domain);
}

std::string ClaimsOf(const Person& person, absl::Time now,
                     absl::Duration life) {
  nlohmann::json claims = {
      {"iss", kDevelopmentIssuer},
      {"aud", kDevelopmentAudience},
      {"iat", absl::ToUnixSeconds(now)},
      {"exp", absl::ToUnixSeconds(now + life)},
      {"jti", absl::BytesToHexString(base::RandomBytes(16))}};
  const std::pair<const char*, const std::string&> texts[] = {
      {"sub", person.subject},         {"kith_agency", person.agency},
      {"kith_role", person.role},      {"kith_person", person.person_id},
      {"name", person.name},           {"kith_profession", person.profession},
      {"kith_contact", person.contact}};
  for (const auto& [member, text] : texts) {
    if (!text.empty()) claims[member] = text;
  }
  return claims.dump();
}

absl::StatusOr<std::string> MakeDevelopmentToken(const std::string& folder,
                                                 const Person& person,
                                                 absl::Time now,
                                                 absl::Duration life) {
  SigningKey key{kKeyId, kAlgorithm, ""};
  ASSIGN_OR_RETURN(key.key, ReadText(absl::StrCat(folder, "/issuer.key")));
  return Sign(key, HeaderOf(key), ClaimsOf(person, now, life));
}

absl::Status WriteSecret(const std::string& path, const std::string& text) {
  return WriteFile(path, text, 0600);
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  }
  return text.str();
}

}  // namespace kith::authority
