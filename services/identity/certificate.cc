#include "services/identity/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/status.h"

namespace kith::identity {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

absl::Status Refused(absl::string_view why) {
  return absl::UnauthenticatedError(absl::StrCat("the certificate ", why));
}

X509Ptr Parse(absl::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(bio == nullptr
                     ? nullptr
                     : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

absl::StatusOr<std::string> OnlyName(X509* certificate) {
  int critical = 0;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nullptr)));
  if (names == nullptr) return Refused("names no agency");
  if (sk_GENERAL_NAME_num(names.get()) != 1) {
    return Refused("has more than one name");
  }
  const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), 0);
  if (name->type != GEN_URI) return Refused("names no agency");
  const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                     static_cast<size_t>(ASN1_STRING_length(uri)));
}

absl::StatusOr<std::string> AgencyOf(const std::string& uri,
                                     absl::string_view trust_domain) {
  const std::string begin = absl::StrCat("spiffe://", trust_domain, "/agency/");
  if (trust_domain.empty() || !absl::StartsWith(uri, begin)) {
    return Refused("is of another trust domain");
  }
  std::string agency = uri.substr(begin.size());
  if (!base::IsName(agency)) return Refused("names no agency");
  return agency;
}

bool IsForClients(X509* certificate) {
  const uint32_t flags = X509_get_extension_flags(certificate);
  if ((flags & (EXFLAG_INVALID | EXFLAG_CA)) != 0) return false;
  // Without the extension OpenSSL allows every use, and so says all bits.
  return (flags & EXFLAG_XKUSAGE) != 0 &&
         (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0;
}

std::string KeyDigest(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return "";
  std::string digest = absl::BytesToHexString(base::Sha256(absl::string_view(
      reinterpret_cast<const char*>(der), static_cast<size_t>(size))));
  OPENSSL_free(der);
  return digest;
}

absl::StatusOr<absl::Time> TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return Refused("has no clear dates");
  return absl::FromTM(parts, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<Certificate> ReadCertificate(absl::string_view pem,
                                            absl::string_view trust_domain) {
  const X509Ptr parsed = Parse(pem);
  if (parsed == nullptr) return Refused("is missing or unreadable");
  if (!IsForClients(parsed.get())) return Refused("is not for clients");
  ASSIGN_OR_RETURN(const std::string uri, OnlyName(parsed.get()));
  Certificate certificate;
  ASSIGN_OR_RETURN(certificate.agency, AgencyOf(uri, trust_domain));
  certificate.key_digest = KeyDigest(parsed.get());
  if (certificate.key_digest.empty()) return Refused("has no clear key");
  ASSIGN_OR_RETURN(certificate.not_before,
                   TimeOf(X509_get0_notBefore(parsed.get())));
  ASSIGN_OR_RETURN(certificate.not_after,
                   TimeOf(X509_get0_notAfter(parsed.get())));
  return certificate;
}

}  // namespace kith::identity
