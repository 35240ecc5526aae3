#include "services/identity/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/identity/strict_json.h"

namespace kith::identity {
namespace {

constexpr size_t kKeysMax = 64;
constexpr size_t kKeyIdMax = 200;
constexpr size_t kEcBytes = 32;  // of a coordinate, and of r and s
constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;

using nlohmann::json;

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using KeyPtr = std::shared_ptr<EVP_PKEY>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number NumberOf(absl::string_view bytes) {
  return Number(
      BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

// The bytes of a member in base64url; empty when it is not that.
std::string BytesOf(const json& jwk, const char* member) {
  std::string bytes;
  if (!FromBase64Url(TextOf(jwk, member), &bytes)) return "";
  return bytes;
}

KeyPtr FromParams(const char* kind, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr ||
      EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                        params.get()) != 1) {
    return nullptr;
  }
  KeyPtr made(key, EVP_PKEY_free);
  const Context check(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return made;
}

KeyPtr EcKey(const json& jwk) {
  const std::string x = BytesOf(jwk, "x"), y = BytesOf(jwk, "y");
  if (TextOf(jwk, "kty") != "EC" || TextOf(jwk, "crv") != "P-256" ||
      x.size() != kEcBytes || y.size() != kEcBytes) {
    return nullptr;
  }
  const std::string point = absl::StrCat("\x04", x, y);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                  "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                   point.data(), point.size());
  return FromParams("EC", builder.get());
}

KeyPtr EdKey(const json& jwk) {
  const std::string x = BytesOf(jwk, "x");
  if (TextOf(jwk, "kty") != "OKP" || TextOf(jwk, "crv") != "Ed25519" ||
      x.size() != kEcBytes) {
    return nullptr;
  }
  return KeyPtr(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(x),
                                            x.size()),
                EVP_PKEY_free);
}

KeyPtr RsaKey(const json& jwk) {
  const std::string modulus = BytesOf(jwk, "n"), exponent = BytesOf(jwk, "e");
  if (TextOf(jwk, "kty") != "RSA" || modulus.empty() || exponent.empty() ||
      modulus.size() > kRsaBitsMax / 8 || exponent.size() > 4) {
    return nullptr;
  }
  const Number n = NumberOf(modulus), e = NumberOf(exponent);
  if (BN_num_bits(n.get()) < kRsaBitsMin || !BN_is_odd(e.get()) ||
      BN_is_one(e.get())) {
    return nullptr;
  }
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return FromParams("RSA", builder.get());
}

absl::StatusOr<Key> ReadKey(const json& jwk) {
  const std::string algorithm = TextOf(jwk, "alg");
  const std::string use = TextOf(jwk, "use");
  if (jwk.contains("d") || jwk.contains("k")) {
    return absl::InvalidArgumentError("holds a secret");
  }
  if (jwk.contains("use") && use != "sig") {
    return absl::InvalidArgumentError("is not for signatures");
  }
  Key key{Algorithm::kEs256, nullptr};
  if (algorithm == "ES256") key = {Algorithm::kEs256, EcKey(jwk)};
  if (algorithm == "EdDSA") key = {Algorithm::kEdDsa, EdKey(jwk)};
  if (algorithm == "RS256") key = {Algorithm::kRs256, RsaKey(jwk)};
  if (key.key == nullptr) {
    return absl::InvalidArgumentError("is not a key for ES256, EdDSA or RS256");
  }
  return key;
}

// r and s of 32 bytes each, as OpenSSL wants them; empty: not that.
std::string DerOf(absl::string_view raw) {
  if (raw.size() != 2 * kEcBytes) return "";
  const Signature signature(ECDSA_SIG_new());
  Number r = NumberOf(raw.substr(0, kEcBytes));
  Number s = NumberOf(raw.substr(kEcBytes));
  if (ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return "";
  r.release();
  s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return "";
  std::string bytes(reinterpret_cast<const char*>(der),
                    static_cast<size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

}  // namespace

absl::string_view NameOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kEs256:
      return "ES256";
    case Algorithm::kEdDsa:
      return "EdDSA";
    case Algorithm::kRs256:
      return "RS256";
  }
  return "";
}

bool IsSignedWith(const Key& key, absl::string_view signed_text,
                  absl::string_view signature) {
  const bool is_ec = key.algorithm == Algorithm::kEs256;
  const std::string proof = is_ec ? DerOf(signature) : std::string(signature);
  if (proof.empty()) return false;
  const EVP_MD* digest =
      key.algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  const Digest context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr,
                              key.key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(proof), proof.size(),
                          Bytes(signed_text), signed_text.size()) == 1;
}

absl::StatusOr<Jwks> Jwks::Parse(absl::string_view text) {
  ASSIGN_OR_RETURN(const json set, ReadStrictJson(text));
  const auto keys = set.find("keys");
  if (keys == set.end() || !keys->is_array() || keys->empty() ||
      keys->size() > kKeysMax) {
    return absl::InvalidArgumentError("\"keys\" must list 1 to 64 keys");
  }
  Jwks jwks;
  for (size_t i = 0; i < keys->size(); ++i) {
    const json& jwk = (*keys)[i];
    const std::string id = jwk.is_object() ? TextOf(jwk, "kid") : "";
    absl::StatusOr<Key> key = absl::InvalidArgumentError("has no id");
    if (!id.empty() && id.size() <= kKeyIdMax) key = ReadKey(jwk);
    if (key.ok() && jwks.keys_.count(id) > 0) {
      key = absl::InvalidArgumentError("has the id of another");
    }
    if (!key.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("key ", i + 1, " ", key.status().message()));
    }
    jwks.keys_.emplace(id, *std::move(key));
  }
  return jwks;
}

const Key* Jwks::Find(const std::string& id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}

bool FromBase64Url(absl::string_view text, std::string* bytes) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
           c == '_';
  });
  // Written back, it must be the same: the last letter may carry bits that
  // stand for nothing, and two texts would be one token.
  return plain && absl::WebSafeBase64Unescape(text, bytes) &&
         absl::WebSafeBase64Escape(*bytes) == text;
}

}  // namespace kith::identity
