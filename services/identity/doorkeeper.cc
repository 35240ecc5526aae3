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

bool IsSameTime(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool IsStillThere(const SmallFile& file) {
  struct stat now;
  return stat(file.path.c_str(), &now) == 0 && now.st_ino == file.stat.st_ino &&
         now.st_size == file.stat.st_size &&
         IsSameTime(now.st_mtim, file.stat.st_mtim) &&
         IsSameTime(now.st_ctim, file.stat.st_ctim);
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
                                      known->trust.files.end(), IsStillThere)) {
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
  const std::string path = absl::StrCat(folder_, "/denied");
  ASSIGN_OR_RETURN(SmallFile file, ReadSmallFile(path));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (denied_ != nullptr && denied_->text == file.bytes) return denied_;
  }
  absl::StatusOr<DenyList> list = DenyList::Parse(file.bytes);
  if (!list.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", list.status().message()));
  }
  auto fresh = std::make_shared<Denied>();
  fresh->text = std::move(file.bytes);
  fresh->list = *std::move(list);
  const std::lock_guard<std::mutex> lock(mutex_);
  denied_ = fresh;
  return std::shared_ptr<const Denied>(std::move(fresh));
}

absl::StatusOr<Certificate> Doorkeeper::Parsed(Read& read,
                                               absl::string_view pem) {
  std::string key(pem);
  {
    const std::lock_guard<std::mutex> lock(read.mutex);
    const auto found = read.certificates.find(key);
    if (found != read.certificates.end()) return found->second;
  }
  absl::StatusOr<Certificate> parsed =
      ReadCertificate(pem, read.trust.trust_domain);
  const std::lock_guard<std::mutex> lock(read.mutex);
  if (read.certificates.size() >= kCertificatesMax) read.certificates.clear();
  read.certificates.emplace(std::move(key), parsed);
  return parsed;
}

absl::StatusOr<Certificate> Doorkeeper::Admit(absl::string_view pem) {
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
  return certificate;
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
    std::erase_if(read.tokens, [now](const auto& one) {
      return !CheckTimes(one.second, now).ok();
    });
  }
  if (read.tokens.size() >= kTokensMax) read.tokens.clear();
  read.tokens.emplace(digest, verified);
  return verified;
}

absl::StatusOr<Token> Doorkeeper::Identify(const Certificate& certificate,
                                           absl::string_view token) {
  const absl::StatusOr<std::shared_ptr<Read>> read = Current();
  const absl::StatusOr<std::shared_ptr<const Denied>> denied = CurrentDenied();
  if (!read.ok() || !denied.ok()) return OutOfOrder();
  ASSIGN_OR_RETURN(Token person, Verified(**read, token));
  if (person.agency != certificate.agency) {
    return Refused("the access token is another agency's");
  }
  if ((*denied)->list.HasToken(person.id) ||
      (*denied)->list.HasPractitioner(person.agency, person.subject)) {
    return Refused("the access token is denied");
  }
  return person;
}

}  // namespace kith::identity
