#include "services/identity/doorkeeper.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/status.h"

namespace kith::identity {
namespace {

constexpr size_t kCertificatesMax = 2000;
constexpr size_t kTokensMax = 20000;

absl::Status Refused(absl::string_view why) {
  return absl::UnauthenticatedError(why);
}

// Callers learn that identity is out of order, not where files lie.
absl::Status OutOfOrder() {
  return absl::UnavailableError("identity cannot be checked at present");
}

}  // namespace

Doorkeeper::Doorkeeper(std::string folder, Now now)
    : folder_(std::move(folder)), now_(std::move(now)) {}

absl::StatusOr<std::unique_ptr<Doorkeeper>> Doorkeeper::Open(
    const std::string& folder, Now now) {
  std::unique_ptr<Doorkeeper> keeper(new Doorkeeper(folder, std::move(now)));
  RETURN_IF_ERROR(keeper->health());
  return keeper;
}

absl::Status Doorkeeper::health() {
  absl::StatusOr<std::shared_ptr<Read>> read = Current();
  if (!read.ok()) return read.status();
  return CurrentDenied().status();
}

absl::StatusOr<std::shared_ptr<Doorkeeper::Read>> Doorkeeper::Current() {
  std::shared_ptr<Read> known;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    known = read_;
  }
  if (known != nullptr && std::all_of(known->trust.files.begin(),
                                      known->trust.files.end(), IsUnchanged)) {
    return known;
  }
  auto fresh = std::make_shared<Read>();
  ASSIGN_OR_RETURN(fresh->trust, ReadTrust(folder_));
  const std::lock_guard<std::mutex> lock(mutex_);
  read_ = fresh;
  return fresh;
}

absl::StatusOr<std::shared_ptr<const Doorkeeper::Denied>>
Doorkeeper::CurrentDenied() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (denied_ != nullptr && IsUnchanged(denied_->file)) return denied_;
  }
  auto fresh = std::make_shared<Denied>();
  ASSIGN_OR_RETURN(fresh->file,
                   ReadSmallFile(absl::StrCat(folder_, "/denied")));
  absl::StatusOr<DenyList> list = DenyList::Parse(fresh->file.bytes);
  if (!list.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(fresh->file.path, ": ", list.status().message()));
  }
  fresh->list = *std::move(list);
  const std::lock_guard<std::mutex> lock(mutex_);
  denied_ = fresh;
  return std::shared_ptr<const Denied>(std::move(fresh));
}

absl::StatusOr<Certificate> Doorkeeper::Parsed(Read& read,
                                               absl::string_view pem) {
  {
    const std::lock_guard<std::mutex> lock(read.mutex);
    const auto found = read.certificates.find(pem);
    if (found != read.certificates.end()) return found->second;
  }
  absl::StatusOr<Certificate> parsed =
      ReadCertificate(pem, read.trust.trust_domain);
  const std::lock_guard<std::mutex> lock(read.mutex);
  if (read.certificates.size() >= kCertificatesMax) read.certificates.clear();
  read.certificates.emplace(pem, parsed);
  return parsed;
}

absl::StatusOr<Doorkeeper::Visitor> Doorkeeper::Admit(absl::string_view pem) {
  const absl::StatusOr<std::shared_ptr<Read>> read = Current();
  const absl::StatusOr<std::shared_ptr<const Denied>> denied = CurrentDenied();
  if (!read.ok() || !denied.ok()) return OutOfOrder();
  ASSIGN_OR_RETURN(Certificate certificate, Parsed(**read, pem));
  const absl::Time now = now_();
  if (now < certificate.not_before || now > certificate.not_after) {
    return Refused("the certificate is out of its time");
  }
  const auto agency = (*read)->trust.agencies.find(certificate.agency);
  if (agency == (*read)->trust.agencies.end() || !agency->second.enabled) {
    return Refused("the agency is not admitted");
  }
  const std::set<std::string>& keys = agency->second.keys;
  if (!keys.empty() && keys.count(certificate.key_digest) == 0) {
    return Refused("the certificate's key is not known");
  }
  if ((*denied)->list.HasKey(certificate.key_digest) ||
      (*denied)->list.HasAgency(certificate.agency)) {
    return Refused("the certificate is denied");
  }
  Visitor visitor;
  visitor.certificate_ = std::move(certificate);
  visitor.partnerships_ = agency->second.partnerships;
  visitor.read_ = *read;
  visitor.denied_ = *denied;
  return visitor;
}

absl::StatusOr<Token> Doorkeeper::Verified(Read& read,
                                           absl::string_view token) {
  if (token.size() > kTokenBytesMax) {
    return Refused("the access token is too long");
  }
  const std::string digest = base::Sha256(token);
  const absl::Time now = now_();
  {
    const std::lock_guard<std::mutex> lock(read.mutex);
    const auto found = read.tokens.find(digest);
    if (found != read.tokens.end()) {
      RETURN_IF_ERROR(CheckTimes(found->second, now));
      return found->second;
    }
  }
  ASSIGN_OR_RETURN(Token verified, VerifyToken(token, read.trust.issuers, now));
  const std::lock_guard<std::mutex> lock(read.mutex);
  if (read.tokens.size() >= kTokensMax) {
    absl::erase_if(read.tokens, [now](const auto& one) {
      return !CheckTimes(one.second, now).ok();
    });
  }
  if (read.tokens.size() >= kTokensMax) read.tokens.clear();
  read.tokens.emplace(digest, verified);
  return verified;
}

absl::StatusOr<Token> Doorkeeper::Identify(const Visitor& visitor,
                                           absl::string_view token) {
  ASSIGN_OR_RETURN(Token person, Verified(*visitor.read_, token));
  if (person.agency != visitor.certificate_.agency) {
    return Refused("the access token is another agency's");
  }
  const DenyList& denied = visitor.denied_->list;
  if (denied.HasToken(person.id) ||
      denied.HasPractitioner(person.agency, person.subject)) {
    return Refused("the access token is denied");
  }
  return person;
}

}  // namespace kith::identity
