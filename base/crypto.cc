// The digest is called directly: EVP's way to it costs more than a short digest
// does, and statements take dozens of those (docs/decisions/0020-speed.md).
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>

#include "base/check.h"

namespace kith::base {
namespace {

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kBlockBytes = SHA256_CBLOCK;

template <auto free>
struct Free {
  template <class T>
  void operator()(T* t) const {
    free(t);
  }
};
using CipherContext =
    std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;

unsigned char* Bytes(char* text) {
  return reinterpret_cast<unsigned char*>(text);
}
const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Looking an algorithm up by name costs more than sealing a row: it is done
// once for the process, and contexts live as long as their thread.
const EVP_CIPHER* GcmAlgorithm() {
  static const EVP_CIPHER* const algorithm =
      EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  KITH_CHECK(algorithm != nullptr);
  return algorithm;
}

// A cipher that knows its algorithm and direction, and the key it was last used
// with: rows that follow each other are often of one subject, and to expand its
// key costs as much as to seal a short row.
class Cipher {
 public:
  enum class Direction { kDecrypt, kEncrypt };

  explicit Cipher(Direction direction) : context_(EVP_CIPHER_CTX_new()) {
    KITH_CHECK(EVP_CipherInit_ex2(context_.get(), GcmAlgorithm(), nullptr,
                                  nullptr, direction == Direction::kEncrypt,
                                  nullptr) == 1);
  }
  ~Cipher() { OPENSSL_cleanse(key_.data(), key_.size()); }
  Cipher(const Cipher&) = delete;

  // Ready for one message.
  EVP_CIPHER_CTX* Begin(absl::string_view key, const unsigned char* nonce) {
    KITH_CHECK(key.size() == kKeyBytes);
    const bool is_new =
        !keyed_ || std::memcmp(key.data(), key_.data(), kKeyBytes) != 0;
    KITH_CHECK(EVP_CipherInit_ex2(context_.get(), nullptr,
                                  is_new ? Bytes(key) : nullptr, nonce,
                                  /*enc=*/-1, nullptr) == 1);
    if (is_new) std::memcpy(key_.data(), key.data(), kKeyBytes);
    keyed_ = true;
    return context_.get();
  }

 private:
  const CipherContext context_;
  std::array<char, kKeyBytes> key_;
  bool keyed_ = false;
};

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

std::string Finish(SHA256_CTX& context) {
  std::string digest(kDigestBytes, '\0');
  SHA256_Final(Bytes(digest.data()), &context);
  return digest;
}

using DigestState = std::array<uint32_t, 8>;

// The state after one block: the key, filled up with zeros, over `pad`.
DigestState StateAfter(absl::string_view key, unsigned char pad) {
  std::array<unsigned char, kBlockBytes> block;
  block.fill(pad);
  for (size_t i = 0; i < key.size(); ++i) {
    block[i] ^= static_cast<unsigned char>(key[i]);
  }
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, block.data(), block.size());
  DigestState state;
  std::copy(std::begin(context.h), std::end(context.h), state.begin());
  OPENSSL_cleanse(block.data(), block.size());
  return state;
}

// As it was after that block.
SHA256_CTX ContextFrom(const DigestState& state) {
  SHA256_CTX context;
  SHA256_Init(&context);
  std::copy(state.begin(), state.end(), std::begin(context.h));
  context.Nl = kBlockBytes * 8;  // bits taken so far
  return context;
}

int Length(absl::string_view text) {
  KITH_CHECK(text.size() < (size_t{1} << 31));
  return static_cast<int>(text.size());
}

}  // namespace

std::string Sha256(absl::string_view bytes) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  return Finish(context);
}

// RFC 2104.
HmacKey::HmacKey(absl::string_view key) {
  const std::string digest =
      key.size() > kBlockBytes ? Sha256(key) : std::string();
  if (key.size() > kBlockBytes) key = digest;
  inner_ = StateAfter(key, 0x36);
  outer_ = StateAfter(key, 0x5c);
}

std::string HmacKey::Mac(absl::string_view bytes) const {
  SHA256_CTX context = ContextFrom(inner_);
  SHA256_Update(&context, bytes.data(), bytes.size());
  const std::string inner = Finish(context);
  context = ContextFrom(outer_);
  SHA256_Update(&context, inner.data(), inner.size());
  return Finish(context);
}

std::string HmacSha256(absl::string_view key, absl::string_view bytes) {
  return HmacKey(key).Mac(bytes);
}

std::string HkdfSha256(absl::string_view secret, absl::string_view info,
                       size_t length) {
  KITH_CHECK(length <= 255 * kDigestBytes);
  static const HmacKey no_salt(std::string(kDigestBytes, '\0'));
  const HmacKey key(no_salt.Mac(secret));
  std::string out;
  std::string block;
  for (char counter = 1; out.size() < length; ++counter) {
    block.append(info.data(), info.size());
    block.push_back(counter);
    block = key.Mac(block);
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
  thread_local Nonces nonces;
  nonces.Draw(nonce);
  thread_local Cipher sealing(Cipher::Direction::kEncrypt);
  EVP_CIPHER_CTX* const cipher = sealing.Begin(key, nonce);
  int length = 0;
  KITH_CHECK(EVP_EncryptUpdate(cipher, nullptr, &length, Bytes(context),
                               Length(context)) == 1 &&
             EVP_EncryptUpdate(cipher, text, &length, Bytes(plain),
                               Length(plain)) == 1 &&
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
  thread_local Cipher unsealing(Cipher::Direction::kDecrypt);
  EVP_CIPHER_CTX* const cipher = unsealing.Begin(key, Bytes(sealed));
  int length = 0;
  KITH_CHECK(EVP_DecryptUpdate(cipher, nullptr, &length, Bytes(context),
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
