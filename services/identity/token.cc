#include "services/identity/token.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/id.h"
#include "base/status.h"
#include "services/identity/strict_json.h"

namespace kith::identity {
namespace {

using nlohmann::json;

constexpr size_t kTextMax = 200;  // characters of one claim

absl::Status Refused(absl::string_view why) {
  return absl::UnauthenticatedError(absl::StrCat("the access token ", why));
}

absl::StatusOr<json> ReadPart(absl::string_view part) {
  std::string bytes;
  if (!FromBase64Url(part, &bytes)) return Refused("is malformed");
  absl::StatusOr<json> read = ReadStrictJson(bytes);
  if (!read.ok()) return Refused("is malformed");
  return read;
}

// Parts of the header that bring a key along or change what is signed.
bool LeadsAway(const json& header) {
  for (const char* member :
       {"crit", "b64", "zip", "jku", "jwk", "x5u", "x5c"}) {
    if (header.contains(member)) return true;
  }
  return false;
}

absl::StatusOr<const Issuer*> FindIssuer(const std::vector<Issuer>& issuers,
                                         const json& claims) {
  const std::string name = TextOf(claims, "iss");
  for (const Issuer& issuer : issuers) {
    if (issuer.issuer == name) return &issuer;
  }
  return Refused("is of an unknown issuer");
}

absl::StatusOr<const Key*> FindKey(const Issuer& issuer, const json& header) {
  const std::string type = absl::AsciiStrToLower(TextOf(header, "typ"));
  if (type != "at+jwt" && type != "application/at+jwt") {
    return Refused("is of another type");
  }
  if (LeadsAway(header)) return Refused("carries its own rules");
  const Key* key = issuer.keys.Find(TextOf(header, "kid"));
  if (key == nullptr) return Refused("is signed with an unknown key");
  if (TextOf(header, "alg") != NameOf(key->algorithm)) {
    return Refused("names another algorithm than its key's");
  }
  return key;
}

bool IsFor(const json& claims, const std::string& audience) {
  const auto said = claims.find("aud");
  if (said == claims.end()) return false;
  if (!said->is_array()) return TextOf(claims, "aud") == audience;
  return std::any_of(said->begin(), said->end(), [&](const json& one) {
    return one.is_string() && one.get<std::string>() == audience;
  });
}

// Seconds since 1970; nothing else is a time.
absl::StatusOr<absl::Time> TimeOf(const json& claims, const char* member) {
  const auto said = claims.find(member);
  if (said == claims.end() || !said->is_number_integer() ||
      said->get<int64_t>() < 0 || said->get<int64_t>() > int64_t{1} << 40) {
    return Refused("lacks a time");
  }
  return absl::FromUnixSeconds(said->get<int64_t>());
}

absl::Status ReadTimes(const json& claims, const Issuer& issuer, Token* token) {
  ASSIGN_OR_RETURN(token->expires, TimeOf(claims, "exp"));
  ASSIGN_OR_RETURN(const absl::Time issued, TimeOf(claims, "iat"));
  token->not_before = issued;
  if (claims.contains("nbf")) {
    ASSIGN_OR_RETURN(const absl::Time from, TimeOf(claims, "nbf"));
    token->not_before = std::max(issued, from);
  }
  if (token->expires <= issued || token->expires - issued > issuer.life_max) {
    return Refused("lives too long");
  }
  return absl::OkStatus();
}

// A claim of printable text; empty when absent.
absl::Status ReadText(const json& claims, const char* member,
                      std::string* out) {
  if (!claims.contains(member)) return absl::OkStatus();
  *out = TextOf(claims, member);
  const bool printable =
      std::all_of(out->begin(), out->end(), [](unsigned char c) {
        return c >= 0x20 && c != 0x7f;  // names need not be English
      });
  if (out->empty() || out->size() > kTextMax || !printable) {
    return Refused("has a claim that is no plain text");
  }
  return absl::OkStatus();
}

absl::Status ReadPerson(const json& claims, const Issuer& issuer,
                        Token* token) {
  const std::pair<const char*, std::string*> texts[] = {
      {"jti", &token->id},
      {"sub", &token->subject},
      {"kith_agency", &token->agency},
      {"kith_role", &token->role},
      {"kith_person", &token->person},
      {"name", &token->name},
      {"kith_profession", &token->profession},
      {"kith_contact", &token->contact}};
  for (const auto& [member, out] : texts) {
    RETURN_IF_ERROR(ReadText(claims, member, out));
  }
  if (token->id.empty() || token->subject.empty() || token->role.empty()) {
    return Refused("lacks a claim");
  }
  if (!base::IsName(token->agency)) return Refused("names no agency");
  if (!issuer.agencies.empty() && issuer.agencies.count(token->agency) == 0) {
    return Refused("is of an issuer that does not vouch for this agency");
  }
  if (issuer.roles.count(token->role) == 0) {
    return Refused("is of an issuer that does not vouch for this role");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTimes(const Token& token, absl::Time now) {
  if (now >= token.expires + kSkew) return Refused("has expired");
  if (now + kSkew < token.not_before) return Refused("is not valid yet");
  return absl::OkStatus();
}

absl::StatusOr<Token> VerifyToken(absl::string_view compact,
                                  const std::vector<Issuer>& issuers,
                                  absl::Time now) {
  if (compact.size() > kTokenBytesMax) return Refused("is too long");
  const std::vector<absl::string_view> parts = absl::StrSplit(compact, '.');
  if (parts.size() != 3) return Refused("is malformed");
  ASSIGN_OR_RETURN(const json header, ReadPart(parts[0]));
  ASSIGN_OR_RETURN(const json claims, ReadPart(parts[1]));
  std::string signature;
  if (!FromBase64Url(parts[2], &signature)) return Refused("is malformed");

  // The issuer's name is believed only once one of its own keys has signed.
  ASSIGN_OR_RETURN(const Issuer* issuer, FindIssuer(issuers, claims));
  ASSIGN_OR_RETURN(const Key* key, FindKey(*issuer, header));
  const absl::string_view signed_text =
      compact.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!IsSignedWith(*key, signed_text, signature)) {
    return Refused("is not signed by its issuer");
  }
  if (!IsFor(claims, issuer->audience))
    return Refused("is for another service");

  Token token;
  token.issuer = issuer->issuer;
  token.key_id = TextOf(header, "kid");
  RETURN_IF_ERROR(ReadTimes(claims, *issuer, &token));
  RETURN_IF_ERROR(ReadPerson(claims, *issuer, &token));
  RETURN_IF_ERROR(CheckTimes(token, now));
  return token;
}

}  // namespace kith::identity
