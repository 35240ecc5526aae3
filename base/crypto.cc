#include "base/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <atomic>
#include <cstring>
#include <memory>

#include "base/check.h"

namespace kith::base {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;

template <auto free>
struct Free {
  template <class T>
  void operator()(T* t) const {
    free(t);
  }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;
using CipherContext =
    std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;

unsigned char* Bytes(char* text) {
  return reinterpret_cast<unsigned char*>(text);
}
const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Looking an algorithm up by name costs more than a short digest: it is done
// once for the process, and contexts live as long as their thread.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);
  KITH_CHECK(algorithm != nullptr);
  return algorithm;
}

const EVP_CIPHER* GcmAlgorithm() {
  static const EVP_CIPHER* const algorithm =
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  KITH_CHECK(algorithm != nullptr);
  return algorithm;
}

MacContext NewHmacContext() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  KITH_CHECK(algorithm != nullptr);
  MacContext context(EVP_MAC_CTX_new(algorithm));
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  KITH_CHECK(EVP_MAC_CTX_set_params(context.get(), parameters) == 1);
  return context;
}

// Contexts that know their algorithm and direction and lack key and nonce.
EVP_CIPHER_CTX* ThreadEncryption() {
  thread_local const CipherContext context = [] {
    CipherContext made(EVP_CIPHER_CTX_new());
    KITH_CHECK(EVP_EncryptInit_ex2(made.get(), GcmAlgorithm(), nullptr, nullptr,
                                   nullptr) == 1);
    return made;
  }();
  return context.get();
}

EVP_CIPHER_CTX* ThreadDecryption() {
  thread_local const CipherContext context = [] {
    CipherContext made(EVP_CIPHER_CTX_new());
    KITH_CHECK(EVP_DecryptInit_ex2(made.get(), GcmAlgorithm(), nullptr, nullptr,
                                   nullptr) == 1);
    return made;
  }();
  return context.get();
}

// Random bytes drawn ahead: one call for twelve costs more than sealing a row.
// A forked child draws its own, since a nonce must never serve twice.
class Nonces {
 public:
  Nonces() {
    static const int registered =
        pthread_atfork(nullptr, nullptr, [] { ++forks; });
    KITH_CHECK(registered == 0);
  }

  void Draw(unsigned char* nonce) {
    if (used_ == sizeof(drawn_) || forks_seen_ != forks) {
      KITH_CHECK(RAND_bytes(drawn_, sizeof(drawn_)) == 1);
      forks_seen_ = forks;
      used_ = 0;
    }
    std::memcpy(nonce, drawn_ + used_, kNonceBytes);
    used_ += kNonceBytes;
  }

 private:
  static inline std::atomic<uint64_t> forks = 0;

  unsigned char drawn_[64 * kNonceBytes];
  size_t used_ = sizeof(drawn_);
  uint64_t forks_seen_ = 0;
};

int Length(absl::string_view text) {
  KITH_CHECK(text.size() < (size_t{1} << 31));
  return static_cast<int>(text.size());
}

}  // namespace

std::string Sha256(absl::string_view bytes) {
  thread_local const DigestContext context(EVP_MD_CTX_new());
  std::string digest(kDigestBytes, '\0');
  KITH_CHECK(
      EVP_DigestInit_ex2(context.get(), Sha256Algorithm(), nullptr) == 1 &&
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
      EVP_DigestFinal_ex(context.get(), Bytes(digest.data()), nullptr) == 1);
  return digest;
}

std::string HmacSha256(absl::string_view key, absl::string_view bytes) {
  thread_local const MacContext context = NewHmacContext();
  // A null key would mean "the key of last time".
  const unsigned char empty = 0;
  const unsigned char* key_bytes = key.empty() ? &empty : Bytes(key);
  std::string mac(kDigestBytes, '\0');
  size_t length = 0;
  KITH_CHECK(EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1 &&
             EVP_MAC_update(context.get(), Bytes(bytes), bytes.size()) == 1 &&
             EVP_MAC_final(context.get(), Bytes(mac.data()), &length,
                           mac.size()) == 1 &&
             length == kDigestBytes);
  return mac;
}

std::string HkdfSha256(absl::string_view secret, absl::string_view info,
                       size_t length) {
  KITH_CHECK(length <= 255 * kDigestBytes);
  const std::string key = HmacSha256(std::string(kDigestBytes, '\0'), secret);
  std::string out;
  std::string block;
  for (char counter = 1; out.size() < length; ++counter) {
    block.append(info.data(), info.size());
    block.push_back(counter);
    block = HmacSha256(key, block);
    out += block;
  }
  out.resize(length);
  return out;
}

bool EqualInConstantTime(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() &&
         CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(size_t length) {
  std::string bytes(length, '\0');
  KITH_CHECK(RAND_bytes(Bytes(bytes.data()), Length(bytes)) == 1);
  return bytes;
}

std::string Seal(absl::string_view key, absl::string_view context,
                 absl::string_view plain) {
  std::string sealed;
  AppendSealed(key, context, plain, sealed);
  return sealed;
}

void AppendSealed(absl::string_view key, absl::string_view context,
                  absl::string_view plain, std::string& out) {
  KITH_CHECK(key.size() == kKeyBytes);
  const size_t start = out.size();
  out.resize(start + kNonceBytes + plain.size() + kTagBytes);
  unsigned char* const nonce = Bytes(out.data()) + start;
  unsigned char* const text = nonce + kNonceBytes;
  EVP_CIPHER_CTX* const cipher = ThreadEncryption();
  int length = 0;
  thread_local Nonces nonces;
  nonces.Draw(nonce);
  KITH_CHECK(
      EVP_EncryptInit_ex2(cipher, nullptr, Bytes(key), nonce, nullptr) == 1 &&
      EVP_EncryptUpdate(cipher, nullptr, &length, Bytes(context),
                        Length(context)) == 1 &&
      EVP_EncryptUpdate(cipher, text, &length, Bytes(plain), Length(plain)) ==
          1 &&
      EVP_EncryptFinal_ex(cipher, text + plain.size(), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          text + plain.size()) == 1);
}

absl::StatusOr<std::string> Unseal(absl::string_view key,
                                   absl::string_view context,
                                   absl::string_view sealed) {
  KITH_CHECK(key.size() == kKeyBytes);
  if (sealed.size() < kNonceBytes + kTagBytes) {
    return absl::DataLossError("sealed bytes are too short");
  }
  const absl::string_view text =
      sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(text.size(), '\0');
  EVP_CIPHER_CTX* const cipher = ThreadDecryption();
  int length = 0;
  KITH_CHECK(EVP_DecryptInit_ex2(cipher, nullptr, Bytes(key), Bytes(sealed),
                                 nullptr) == 1 &&
             EVP_DecryptUpdate(cipher, nullptr, &length, Bytes(context),
                               Length(context)) == 1 &&
             EVP_DecryptUpdate(cipher, Bytes(plain.data()), &length,
                               Bytes(text), Length(text)) == 1 &&
             EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, kTagBytes,
                                 tag.data()) == 1);
  unsigned char none = 0;
  if (EVP_DecryptFinal_ex(cipher, &none, &length) != 1) {
    return absl::DataLossError("sealed bytes do not fit their key and context");
  }
  return plain;
}

}  // namespace kith::base
