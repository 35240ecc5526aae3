#include "tools/authority/tokens.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "nlohmann/json.hpp"

namespace kith::authority {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

constexpr size_t kEcBytes = 32;
constexpr unsigned kRsaBits = 2048;

absl::Status Failed(const char* what) {
  return absl::InternalError(absl::StrCat("OpenSSL cannot ", what));
}

EVP_PKEY* Generate(const std::string& algorithm) {
  if (algorithm == "ES256") return EVP_EC_gen("P-256");
  if (algorithm == "EdDSA") {
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return algorithm == "RS256" ? EVP_RSA_gen(kRsaBits) : nullptr;
}

KeyPtr ReadKey(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

// A number of the key in base64url, of `width` bytes (0: as few as it needs).
std::string NumberOf(EVP_PKEY* key, const char* name, size_t width) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return "";
  std::string bytes(
      width > 0 ? width : static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return absl::WebSafeBase64Escape(bytes);
}

std::string RawPublic(EVP_PKEY* key) {
  std::string bytes(kEcBytes, '\0');
  size_t size = bytes.size();
  EVP_PKEY_get_raw_public_key(
      key, reinterpret_cast<unsigned char*>(bytes.data()), &size);
  return absl::WebSafeBase64Escape(bytes);
}

// OpenSSL's form of r and s, as RFC 7518 wants them.
std::string RawOf(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const Signature signature(
      d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
  std::string raw(2 * kEcBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kEcBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kEcBytes, kEcBytes);
  return raw;
}

}  // namespace

absl::StatusOr<SigningKey> MakeSigningKey(const std::string& id,
                                          const std::string& algorithm) {
  const KeyPtr key(Generate(algorithm));
  const Bio out(BIO_new(BIO_s_mem()));
  if (key == nullptr ||
      PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0,
                               nullptr, nullptr) != 1) {
    return Failed("make a signing key");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return SigningKey{id, algorithm,
                    std::string(data, static_cast<size_t>(size))};
}

absl::StatusOr<std::string> JwkOf(const SigningKey& signing) {
  const KeyPtr key = ReadKey(signing.key);
  if (key == nullptr) return Failed("read a signing key");
  nlohmann::json jwk = {
      {"kid", signing.id}, {"alg", signing.algorithm}, {"use", "sig"}};
  if (signing.algorithm == "ES256") {
    jwk["kty"] = "EC";
    jwk["crv"] = "P-256";
    jwk["x"] = NumberOf(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, kEcBytes);
    jwk["y"] = NumberOf(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kEcBytes);
  } else if (signing.algorithm == "EdDSA") {
    jwk["kty"] = "OKP";
    jwk["crv"] = "Ed25519";
    jwk["x"] = RawPublic(key.get());
  } else {
    jwk["kty"] = "RSA";
    jwk["n"] = NumberOf(key.get(), OSSL_PKEY_PARAM_RSA_N, 0);
    jwk["e"] = NumberOf(key.get(), OSSL_PKEY_PARAM_RSA_E, 0);
  }
  return jwk.dump();
}

absl::StatusOr<std::string> Sign(const SigningKey& signing,
                                 absl::string_view header,
                                 absl::string_view claims) {
  const KeyPtr key = ReadKey(signing.key);
  if (key == nullptr) return Failed("read a signing key");
  const std::string text = absl::StrCat(absl::WebSafeBase64Escape(header), ".",
                                        absl::WebSafeBase64Escape(claims));
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const EVP_MD* digest = signing.algorithm == "EdDSA" ? nullptr : EVP_sha256();
  const Digest context(EVP_MD_CTX_new());
  std::string signature(1024, '\0');  // enough for RSA of 8,192 bits
  size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key.get()) !=
          1 ||
      EVP_DigestSign(context.get(),
                     reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, text.size()) != 1) {
    return Failed("sign a token");
  }
  signature.resize(size);
  if (signing.algorithm == "ES256") signature = RawOf(signature);
  return absl::StrCat(text, ".", absl::WebSafeBase64Escape(signature));
}

std::string HeaderOf(const SigningKey& key) {
  return nlohmann::json(
             {{"alg", key.algorithm}, {"kid", key.id}, {"typ", "at+jwt"}})
      .dump();
}

}  // namespace kith::authority
