#include "tools/authority/certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/crypto.h"
#include "base/status.h"

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
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr size_t kSerialBytes = 16;

absl::Status Failed(const char* what) {
  return absl::InternalError(absl::StrCat("OpenSSL cannot ", what));
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

X509Ptr ReadX509(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

KeyPtr ReadKey(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPtr(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

absl::Status Extend(X509* certificate, X509* issuer, int kind,
                    const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  if (extension == nullptr ||
      X509_add_ext(certificate, extension.get(), -1) != 1) {
    return Failed("add an extension");
  }
  return absl::OkStatus();
}

void SetSerial(X509* certificate) {
  std::string bytes = base::RandomBytes(kSerialBytes);
  bytes[0] = static_cast<char>(bytes[0] & 0x7f);
  BIGNUM* number =
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                static_cast<int>(bytes.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

// A certificate of `key` with all but extensions and signature.
X509Ptr Begin(EVP_PKEY* key, const std::string& common_name, absl::Time from,
              absl::Time until) {
  X509Ptr made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  SetSerial(made.get());
  ASN1_TIME_set(X509_getm_notBefore(made.get()), absl::ToTimeT(from));
  ASN1_TIME_set(X509_getm_notAfter(made.get()), absl::ToTimeT(until));
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  return made;
}

absl::StatusOr<Identity> Sign(X509* certificate, X509* issuer, EVP_PKEY* key,
                              EVP_PKEY* issuer_key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  if (X509_sign(certificate, issuer_key, EVP_sha256()) == 0) {
    return Failed("sign a certificate");
  }
  const Bio out(BIO_new(BIO_s_mem())), key_out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(out.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(key_out.get(), key, nullptr, nullptr, 0, nullptr,
                               nullptr) != 1) {
    return Failed("write a certificate");
  }
  return Identity{TextOf(out.get()), TextOf(key_out.get())};
}

}  // namespace

absl::StatusOr<Identity> MakeAuthority(const std::string& common_name,
                                       absl::Time not_before,
                                       absl::Time not_after) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (key == nullptr) return Failed("make a key");
  const X509Ptr made = Begin(key.get(), common_name, not_before, not_after);
  const std::pair<int, const char*> extensions[] = {
      {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
      {NID_key_usage, "critical,keyCertSign,cRLSign"},
      {NID_subject_key_identifier, "hash"}};
  for (const auto& [kind, value] : extensions) {
    RETURN_IF_ERROR(Extend(made.get(), made.get(), kind, value));
  }
  return Sign(made.get(), made.get(), key.get(), key.get());
}

absl::StatusOr<Identity> Issue(const Identity& authority,
                               const CertificateSpec& spec) {
  const X509Ptr issuer = ReadX509(authority.certificate);
  const KeyPtr issuer_key = ReadKey(authority.key);
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (issuer == nullptr || issuer_key == nullptr || key == nullptr) {
    return Failed("read the authority");
  }
  const X509Ptr made =
      Begin(key.get(), spec.common_name, spec.not_before, spec.not_after);
  std::vector<std::pair<int, std::string>> extensions = {
      {NID_basic_constraints, "critical,CA:FALSE"},
      {NID_key_usage, "critical,digitalSignature"},
      {NID_authority_key_identifier, "keyid"}};
  if (!spec.names.empty()) {
    extensions.emplace_back(NID_subject_alt_name,
                            absl::StrJoin(spec.names, ","));
  }
  if (!spec.extended_use.empty()) {
    extensions.emplace_back(NID_ext_key_usage, spec.extended_use);
  }
  for (const auto& [kind, value] : extensions) {
    RETURN_IF_ERROR(Extend(made.get(), issuer.get(), kind, value));
  }
  return Sign(made.get(), issuer.get(), key.get(), issuer_key.get());
}

absl::StatusOr<std::string> KeyDigestOf(const std::string& certificate) {
  const X509Ptr read = ReadX509(certificate);
  if (read == nullptr) return Failed("read a certificate");
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(read.get()), &der);
  if (size <= 0) return Failed("read a certificate's key");
  std::string digest = absl::BytesToHexString(base::Sha256(absl::string_view(
      reinterpret_cast<const char*>(der), static_cast<size_t>(size))));
  OPENSSL_free(der);
  return digest;
}

}  // namespace kith::authority
