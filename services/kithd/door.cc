#include "services/kithd/door.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/identity/trust.h"

namespace kith::kithd {

namespace {

// A feed's topic bears the agency's name alone: it tells one agency, and only
// of partnerships that this belongs to.
absl::Status CheckFeeds(const Config& config) {
  ASSIGN_OR_RETURN(const identity::Trust trust,
                   identity::ReadTrust(config.identity));
  for (const PartnershipConfig& one : config.partnerships) {
    for (const relay::Feed& feed : one.relay.feeds) {
      const auto agency = trust.agencies.find(feed.agency);
      const bool belongs =
          agency != trust.agencies.end() &&
          (agency->second.partnerships.empty()
               ? config.partnerships.size() == 1
               : agency->second.partnerships.count(one.name) > 0);
      if (belongs) continue;
      return absl::FailedPreconditionError(absl::StrCat(
          "relay: agency ", feed.agency, " is none of partnership ", one.name,
          ": name it among its partnerships in identity.yaml"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Door>> Door::Open(const engine::Clock& clock,
                                                 Config* config) {
  std::unique_ptr<Door> door(new Door);
  if (config->development_plaintext) {
    door->callers_ = api::MakeBelievedCallers();
    return door;
  }
  const std::string& folder = config->identity;
  config->grpc.tls = {absl::StrCat(folder, "/server.crt"),
                      absl::StrCat(folder, "/server.key"),
                      absl::StrCat(folder, "/clients.crt")};
  for (const std::string& file :
       {config->grpc.tls->certificate, config->grpc.tls->key,
        config->grpc.tls->client_authorities}) {
    RETURN_IF_ERROR(identity::ReadSmallFile(file).status());
  }
  RETURN_IF_ERROR(CheckFeeds(*config));
  ASSIGN_OR_RETURN(
      door->doorkeeper_,
      identity::Doorkeeper::Open(folder, [&clock] { return clock.Now(); }));
  door->callers_ = api::MakeCertifiedCallers(*door->doorkeeper_);
  return door;
}

absl::Status Door::health() const {
  return doorkeeper_ == nullptr ? absl::OkStatus() : doorkeeper_->health();
}

std::string Door::notice() const {
  if (doorkeeper_ != nullptr) return "";
  return "development: plaintext on loopback, callers are believed\n";
}

}  // namespace kith::kithd
