#include "services/identity/token.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"
#include "tools/authority/tokens.h"

namespace kith::identity {
namespace {

using authority::SigningKey;
using nlohmann::json;

const absl::Time kNow = absl::FromUnixSeconds(1'767'225'600);

// Keys are slow to make: one of each for all tests.
const SigningKey& KeyFor(const std::string& algorithm) {
  static auto* keys = new std::map<std::string, SigningKey>;
  if (keys->count(algorithm) == 0) {
    keys->emplace(algorithm, *authority::MakeSigningKey(
                                 absl::StrCat(algorithm, "-1"), algorithm));
  }
  return keys->at(algorithm);
}

Issuer MakeIssuer(const std::string& name,
                  const std::vector<std::string>& algorithms) {
  std::vector<std::string> keys;
  for (const std::string& algorithm : algorithms) {
    keys.push_back(*authority::JwkOf(KeyFor(algorithm)));
  }
  Issuer issuer{name, "kith", absl::Hours(1), {}, {"practitioner"}, {}};
  issuer.keys = *Jwks::Parse(
      absl::StrCat(R"({"keys": [)", absl::StrJoin(keys, ","), "]}"));
  return issuer;
}

class TokenTest : public ::testing::Test {
 protected:
  static json Claims() {
    const int64_t now = absl::ToUnixSeconds(kNow);
    return {{"iss", "https://login.example"},
            {"aud", "kith"},
            {"iat", now},
            {"exp", now + 600},
            {"jti", "t-1"},
            {"sub", "w1"},
            {"kith_agency", "council"},
            {"kith_role", "practitioner"},
            {"name", "Zoë Marsh"}};
  }
  static json With(const std::string& member, const json& value) {
    json claims = Claims();
    claims[member] = value;
    return claims;
  }
  static json Without(const std::string& member) {
    json claims = Claims();
    claims.erase(member);
    return claims;
  }
  static std::string Sign(const json& claims,
                          const std::string& algorithm = "ES256") {
    const SigningKey& key = KeyFor(algorithm);
    return *authority::Sign(key, authority::HeaderOf(key), claims.dump());
  }
  static std::string SignUnder(const json& header,
                               const std::string& algorithm = "ES256") {
    return *authority::Sign(KeyFor(algorithm), header.dump(), Claims().dump());
  }
  static json Header() {
    return json::parse(authority::HeaderOf(KeyFor("ES256")));
  }

  absl::StatusOr<Token> Verify(const std::string& token) const {
    return VerifyToken(token, issuers, kNow);
  }
  void ExpectRefused(const std::string& token, const std::string& why) const {
    const absl::Status status = Verify(token).status();
    EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
    EXPECT_TRUE(absl::StrContains(status.message(), why))
        << status << " instead of " << why;
  }

  std::vector<Issuer> issuers = {
      MakeIssuer("https://login.example", {"ES256", "EdDSA", "RS256"})};
};

TEST_F(TokenTest, ItNamesThePersonWhateverTheAlgorithm) {
  for (const char* algorithm : {"ES256", "EdDSA", "RS256"}) {
    const absl::StatusOr<Token> token = Verify(Sign(Claims(), algorithm));
    ASSERT_TRUE(token.ok()) << token.status();
    EXPECT_EQ(token->agency, "council");
    EXPECT_EQ(token->subject, "w1");
    EXPECT_EQ(token->role, "practitioner");
    EXPECT_EQ(token->name, "Zoë Marsh");
    EXPECT_EQ(token->id, "t-1");
    EXPECT_EQ(token->key_id, absl::StrCat(algorithm, "-1"));
    EXPECT_EQ(token->expires, kNow + absl::Seconds(600));
  }
}

TEST_F(TokenTest, WithoutASignatureItIsRefused) {
  json header = Header();
  header["alg"] = "none";
  const std::string text =
      absl::StrCat(absl::WebSafeBase64Escape(header.dump()), ".",
                   absl::WebSafeBase64Escape(Claims().dump()), ".");
  ExpectRefused(text, "another algorithm");
  header.erase("kid");
  ExpectRefused(absl::StrCat(absl::WebSafeBase64Escape(header.dump()), ".",
                             absl::WebSafeBase64Escape(Claims().dump()), "."),
                "unknown key");
  const std::vector<std::string> parts = absl::StrSplit(Sign(Claims()), '.');
  ExpectRefused(absl::StrCat(parts[0], ".", parts[1], "."), "not signed");
}

// A public key is no secret: as the secret of an HMAC it would let anybody
// sign.
TEST_F(TokenTest, AKeyIsUsedWithItsOwnAlgorithmOnly) {
  for (const char* name : {"HS256", "EdDSA", "RS256", "ES384", "es256", ""}) {
    json header = Header();
    header["alg"] = name;
    ExpectRefused(SignUnder(header), "another algorithm");
  }
  json other_key = Header();
  other_key["kid"] = "RS256-1";
  ExpectRefused(SignUnder(other_key), "another algorithm");
  other_key["alg"] = "RS256";
  ExpectRefused(SignUnder(other_key), "not signed");
}

TEST_F(TokenTest, AHeaderThatBringsItsOwnRulesIsRefused) {
  for (const char* member :
       {"crit", "b64", "zip", "jku", "jwk", "x5u", "x5c"}) {
    json header = Header();
    header[member] = "x";
    ExpectRefused(SignUnder(header), "its own rules");
  }
}

TEST_F(TokenTest, OnlyAccessTokensAreTaken) {
  for (const char* type : {"JWT", "id+jwt", ""}) {
    json header = Header();
    header["typ"] = type;
    ExpectRefused(SignUnder(header), "another type");
  }
  json header = Header();
  header.erase("typ");
  ExpectRefused(SignUnder(header), "another type");
  header["typ"] = "application/at+jwt";
  EXPECT_TRUE(Verify(SignUnder(header)).ok());
}

TEST_F(TokenTest, AnotherServicesTokenIsRefused) {
  ExpectRefused(Sign(With("aud", "mosaic")), "another service");
  ExpectRefused(Sign(With("aud", {"mosaic", "kithx"})), "another service");
  ExpectRefused(Sign(With("aud", json::array())), "another service");
  ExpectRefused(Sign(With("aud", 7)), "another service");
  ExpectRefused(Sign(Without("aud")), "another service");
  EXPECT_TRUE(Verify(Sign(With("aud", {"mosaic", "kith"}))).ok());
}

TEST_F(TokenTest, AnIssuersKeysCountForItsOwnTokensOnly) {
  ExpectRefused(Sign(With("iss", "https://else.example")), "unknown issuer");
  ExpectRefused(Sign(Without("iss")), "unknown issuer");
  issuers = {MakeIssuer("https://login.example", {"EdDSA"}),
             MakeIssuer("https://else.example", {"ES256"})};
  ExpectRefused(Sign(Claims(), "ES256"), "unknown key");
  EXPECT_TRUE(Verify(Sign(With("iss", "https://else.example"))).ok());
}

TEST_F(TokenTest, AnIssuerVouchesForItsAgenciesOnly) {
  issuers[0].agencies = {"school"};
  ExpectRefused(Sign(Claims()), "does not vouch");
  EXPECT_TRUE(Verify(Sign(With("kith_agency", "school"))).ok());
}

// An issuer that vouched for an agency once vouched for every role there.
TEST_F(TokenTest, R262_AnIssuerVouchesForItsRolesOnly) {
  EXPECT_TRUE(Verify(Sign(Claims())).ok());
  for (const char* role :
       {"auditor", "family_member", "Practitioner", "root"}) {
    ExpectRefused(Sign(With("kith_role", role)), "vouch for this role");
  }
  issuers[0].roles = {"auditor"};
  ExpectRefused(Sign(Claims()), "vouch for this role");
  EXPECT_TRUE(Verify(Sign(With("kith_role", "auditor"))).ok());
  issuers[0].roles = {};
  ExpectRefused(Sign(Claims()), "vouch for this role");
}

TEST_F(TokenTest, OneIssuersRolesAreNotAnothers) {
  issuers.push_back(MakeIssuer("https://school.example", {"ES256"}));
  issuers[0].roles = {"auditor"};
  json minted = With("kith_role", "auditor");
  EXPECT_TRUE(Verify(Sign(minted)).ok());
  minted["iss"] = "https://school.example";
  ExpectRefused(Sign(minted), "vouch for this role");
}

TEST_F(TokenTest, ItHoldsFromItsBeginningToItsEnd) {
  const int64_t now = absl::ToUnixSeconds(kNow);
  json past = Claims();
  past["iat"] = now - 600;
  past["exp"] = now - 60;
  ExpectRefused(Sign(past), "expired");
  past["exp"] = now - 59;  // clocks may be a minute apart
  EXPECT_TRUE(Verify(Sign(past)).ok());
  json future = Claims();
  future["iat"] = now + 61;
  ExpectRefused(Sign(future), "not valid yet");
  future["iat"] = now + 60;
  EXPECT_TRUE(Verify(Sign(future)).ok());
  ExpectRefused(Sign(With("nbf", now + 61)), "not valid yet");
}

TEST_F(TokenTest, ItLivesNoLongerThanItsIssuerMayGrant) {
  const int64_t now = absl::ToUnixSeconds(kNow);
  EXPECT_TRUE(Verify(Sign(With("exp", now + 3600))).ok());
  ExpectRefused(Sign(With("exp", now + 3601)), "too long");
  ExpectRefused(Sign(With("exp", now)), "too long");
}

TEST_F(TokenTest, ATimeIsWholeSeconds) {
  for (const char* member : {"exp", "iat"}) {
    ExpectRefused(Sign(Without(member)), "lacks a time");
    ExpectRefused(Sign(With(member, "1767225600")), "lacks a time");
    ExpectRefused(Sign(With(member, 1767225600.5)), "lacks a time");
    ExpectRefused(Sign(With(member, -1)), "lacks a time");
    ExpectRefused(Sign(With(member, ~uint64_t{0})), "lacks a time");
  }
}

TEST_F(TokenTest, EachClaimThatIsNeededIsThere) {
  for (const char* member : {"jti", "sub", "kith_role"}) {
    ExpectRefused(Sign(Without(member)), "lacks a claim");
    ExpectRefused(Sign(With(member, "")), "no plain text");
    ExpectRefused(Sign(With(member, "a\nb")), "no plain text");
    ExpectRefused(Sign(With(member, 7)), "no plain text");
    ExpectRefused(Sign(With(member, std::string(201, 'x'))), "no plain text");
  }
  for (const char* member : {"jti", "sub"}) {
    EXPECT_TRUE(Verify(Sign(With(member, std::string(200, 'x')))).ok());
  }
  ExpectRefused(Sign(Without("kith_agency")), "names no agency");
  ExpectRefused(Sign(With("kith_agency", "Elm Grove!")), "names no agency");
}

TEST_F(TokenTest, NothingIsSaidTwice) {
  const SigningKey& key = KeyFor("ES256");
  std::string claims = Claims().dump();
  claims.insert(1, R"("kith_agency":"school",)");
  ExpectRefused(*authority::Sign(key, authority::HeaderOf(key), claims),
                "malformed");
  std::string header = authority::HeaderOf(key);
  header.insert(1, R"("alg":"none",)");
  ExpectRefused(*authority::Sign(key, header, Claims().dump()), "malformed");
  // Also where it is written differently, or lies deeper.
  claims = Claims().dump();
  claims.insert(1, R"("\u006bith_agency":"school",)");
  ExpectRefused(*authority::Sign(key, authority::HeaderOf(key), claims),
                "malformed");
  claims = Claims().dump();
  claims.insert(1, R"("x":{"y":1,"y":2},)");
  ExpectRefused(*authority::Sign(key, authority::HeaderOf(key), claims),
                "malformed");
}

TEST_F(TokenTest, WhatIsTooLongOrTooDeepIsRefused) {
  ExpectRefused(std::string(kTokenBytesMax + 1, 'a'), "too long");
  const SigningKey& key = KeyFor("ES256");
  const std::string deep = absl::StrCat(R"({"x":)", std::string(2000, '['),
                                        std::string(2000, ']'), "}");
  ExpectRefused(*authority::Sign(key, authority::HeaderOf(key), deep),
                "malformed");
}

TEST_F(TokenTest, AnyChangeOfALetterBreaksIt) {
  const std::string good = Sign(Claims());
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(absl::IsUnauthenticated(Verify(bad).status())) << i;
    bad.erase(i, 1);
    EXPECT_TRUE(absl::IsUnauthenticated(Verify(bad).status())) << i;
  }
}

TEST_F(TokenTest, WhatIsNoTokenIsRefused) {
  for (const char* text : {"", ".", "..", "...", "a.b.c", "e30.e30.",
                           "e30.e30.e30", "e30=.e30=.e30="}) {
    EXPECT_TRUE(absl::IsUnauthenticated(Verify(text).status())) << text;
  }
}

TEST_F(TokenTest, ARefusalSaysNothingOfItsContent) {
  for (const std::string& token :
       {Sign(With("kith_agency", "Zzyzx!")), Sign(With("iss", "Zzyzx")),
        Sign(With("aud", "Zzyzx")), Sign(With("sub", "Zzyzx\n"))}) {
    EXPECT_FALSE(absl::StrContains(Verify(token).status().message(), "Zzyzx"));
  }
}

}  // namespace
}  // namespace kith::identity
