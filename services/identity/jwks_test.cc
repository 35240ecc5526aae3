#include "services/identity/jwks.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/authority/tokens.h"

namespace kith::identity {
namespace {

std::string SetOf(const std::string& keys) {
  return absl::StrCat(R"({"keys": [)", keys, "]}");
}

std::string NewJwk(const std::string& id, const std::string& algorithm) {
  return *authority::JwkOf(*authority::MakeSigningKey(id, algorithm));
}

void ExpectRefused(const std::string& json, const std::string& why) {
  const absl::Status status = Jwks::Parse(json).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), why)) << status;
}

// RFC 8037, appendix A: key, token and its signature.
constexpr char kRfcKey[] =
    R"({"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"rfc",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr char kRfcText[] =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr char kRfcSignature[] =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7"
    "sVvpAr_MuM0KAg";

TEST(JwksTest, TheSignatureOfTheStandardIsVerified) {
  const absl::StatusOr<Jwks> jwks = Jwks::Parse(SetOf(kRfcKey));
  ASSERT_TRUE(jwks.ok()) << jwks.status();
  std::string signature;
  ASSERT_TRUE(FromBase64Url(kRfcSignature, &signature));
  EXPECT_TRUE(IsSignedWith(*jwks->Find("rfc"), kRfcText, signature));
  EXPECT_FALSE(IsSignedWith(*jwks->Find("rfc"), "other", signature));
  signature[3] ^= 1;
  EXPECT_FALSE(IsSignedWith(*jwks->Find("rfc"), kRfcText, signature));
}

TEST(JwksTest, KeysOfAllThreeAlgorithmsAreFoundByTheirIds) {
  const absl::StatusOr<Jwks> jwks = Jwks::Parse(
      SetOf(absl::StrCat(NewJwk("a", "ES256"), ",", NewJwk("b", "EdDSA"), ",",
                         NewJwk("c", "RS256"))));
  ASSERT_TRUE(jwks.ok()) << jwks.status();
  EXPECT_EQ(jwks->size(), 3u);
  EXPECT_EQ(jwks->Find("a")->algorithm, Algorithm::kEs256);
  EXPECT_EQ(jwks->Find("b")->algorithm, Algorithm::kEdDsa);
  EXPECT_EQ(jwks->Find("c")->algorithm, Algorithm::kRs256);
  EXPECT_EQ(jwks->Find("d"), nullptr);
  EXPECT_EQ(jwks->Find(""), nullptr);
}

TEST(JwksTest, EachKeyHasAnIdOfItsOwn) {
  ExpectRefused(
      SetOf(absl::StrCat(NewJwk("a", "ES256"), ",", NewJwk("a", "EdDSA"))),
      "key 2 has the id of another");
  ExpectRefused(SetOf(R"({"kty": "OKP", "alg": "EdDSA"})"), "key 1 has no id");
}

TEST(JwksTest, AKeyWithoutItsOneAlgorithmIsRefused) {
  std::string no_algorithm(kRfcKey);
  no_algorithm.replace(no_algorithm.find("\"EdDSA\""), 7, "\"\"");
  ExpectRefused(SetOf(no_algorithm), "not a key for");
  std::string other(kRfcKey);
  other.replace(other.find("EdDSA"), 5, "ES256");
  ExpectRefused(SetOf(other), "not a key for");
  for (const char* name : {"HS256", "none", "RS512", "es256"}) {
    std::string unknown(kRfcKey);
    unknown.replace(unknown.find("EdDSA"), 5, name);
    ExpectRefused(SetOf(unknown), "not a key for");
  }
}

TEST(JwksTest, SecretsEncryptionKeysAndWeakKeysAreRefused) {
  ExpectRefused(SetOf(R"({"kid": "a", "kty": "oct", "alg": "HS256",
                          "k": "c2VjcmV0"})"),
                "secret");
  std::string with_secret(kRfcKey);
  with_secret.insert(1, R"("d": "AAAA",)");
  ExpectRefused(SetOf(with_secret), "secret");
  std::string for_encryption(kRfcKey);
  for_encryption.insert(1, R"("use": "enc",)");
  ExpectRefused(SetOf(for_encryption), "not for signatures");
  // 1,024 bits.
  ExpectRefused(SetOf(absl::StrCat(
                    R"({"kid": "a", "kty": "RSA", "alg": "RS256", "e": "AQAB",
                        "n": ")",
                    std::string(170, '_'), "\"}")),
                "not a key for");
}

TEST(JwksTest, APointThatIsNotOnTheCurveIsRefused) {
  const std::string zeros(43, 'A');
  ExpectRefused(SetOf(absl::StrCat(R"({"kid": "a", "kty": "EC", "crv": "P-256",
                             "alg": "ES256", "x": ")",
                                   zeros, R"(", "y": ")", zeros, "\"}")),
                "not a key for");
}

TEST(JwksTest, WhatIsNoSetIsRefused) {
  ExpectRefused("", "JSON");
  ExpectRefused("[]", "JSON");
  ExpectRefused("{}", "keys");
  ExpectRefused(R"({"keys": []})", "keys");
  ExpectRefused(R"({"keys": [7]})", "key 1 has no id");
  ExpectRefused(R"({"keys": [], "keys": []})", "JSON");
}

TEST(JwksTest, Base64UrlHasOneFormOnly) {
  std::string bytes;
  EXPECT_TRUE(FromBase64Url("AQ", &bytes));
  EXPECT_EQ(bytes, "\x01");
  EXPECT_TRUE(FromBase64Url("", &bytes));
  for (const char* text :
       {"AR", "AQ==", "A", "A Q", "AQ\n", "+Q", "/w", "A.Q"}) {
    EXPECT_FALSE(FromBase64Url(text, &bytes)) << text;
  }
}

}  // namespace
}  // namespace kith::identity
