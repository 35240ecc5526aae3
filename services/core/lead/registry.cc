#include "services/core/lead/registry.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"

namespace kith::core::lead {
namespace {

using ledger::v1::Fact;
using ledger::v1::LeadRow;

std::string ClaimsOf(EntityNumber family) {
  return absl::StrCat("lc/", base::BigEndian64(family));
}

// Where the claim under a key is: NumberRow, the family.
std::string PlaceKey(const KeyHash& hash, const agency::v1::LocalRef& local) {
  return ReferenceKey(hash, "lead_claim", local, local.agency());
}

std::string ClaimKey(EntityNumber family, absl::string_view place_key) {
  return absl::StrCat(ClaimsOf(family), place_key);
}

bool ByKey(const Fact& one, const Fact& other) {
  const auto key = [](const Fact& fact) {
    const auto& local = fact.lead_disputed().local();
    return std::tie(local.agency(), local.system(), local.local_id());
  };
  return key(one) < key(other);
}

}  // namespace

absl::StatusOr<std::vector<LeadRow>> OpenLeads(const StateReader& state,
                                               EntityNumber family) {
  ASSIGN_OR_RETURN(const auto group, family::Group(state, family));
  std::vector<LeadRow> open;
  for (const EntityNumber each : group) {
    ASSIGN_OR_RETURN(const auto row,
                     ReadRow<ledger::v1::FamilyRow>(state, keys::Family(each)));
    if (!row.has_value() || row->lead() == 0) continue;
    ASSIGN_OR_RETURN(auto lead,
                     ReadRow<LeadRow>(state, keys::Lead(row->lead())));
    if (lead.has_value()) open.push_back(*std::move(lead));
  }
  return open;
}

absl::StatusOr<std::vector<Fact>> Claims(const StateReader& state,
                                         EntityNumber family) {
  ASSIGN_OR_RETURN(const auto group, family::Group(state, family));
  std::vector<Fact> claims;
  bool sound = true;
  for (const EntityNumber each : group) {
    RETURN_IF_ERROR(state.Scan(ClaimsOf(each), [&](absl::string_view,
                                                   absl::string_view bytes) {
      Fact fact;
      sound = fact.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
      claims.push_back(std::move(fact));
      return sound;
    }));
    if (!sound) return absl::DataLossError("a state row does not parse");
  }
  // Keys hold hashes, whose order differs between replicas.
  std::sort(claims.begin(), claims.end(), ByKey);
  return claims;
}

absl::StatusOr<bool> IsDisputed(const StateReader& state, EntityNumber family) {
  ASSIGN_OR_RETURN(const auto open, OpenLeads(state, family));
  ASSIGN_OR_RETURN(const auto claims, Claims(state, family));
  return open.size() > 1 || !claims.empty();
}

absl::StatusOr<std::optional<Fact>> ClaimUnder(
    const StateReader& state, const KeyHash& hash,
    const agency::v1::LocalRef& local) {
  const std::string place_key = PlaceKey(hash, local);
  ASSIGN_OR_RETURN(const auto place,
                   ReadRow<ledger::v1::NumberRow>(state, place_key));
  if (!place.has_value()) return std::optional<Fact>();
  return ReadRow<Fact>(state, ClaimKey(place->number(), place_key));
}

absl::Status PutClaim(StateWriter& state, const KeyHash& hash,
                      const Fact& fact) {
  const auto& dispute = fact.lead_disputed();
  const std::string place_key = PlaceKey(hash, dispute.local());
  ASSIGN_OR_RETURN(const auto place,
                   ReadRow<ledger::v1::NumberRow>(state, place_key));
  if (place.has_value()) {
    state.Delete(ClaimKey(place->number(), place_key));
    state.Delete(place_key);
  }
  if (!dispute.open()) return absl::OkStatus();
  ledger::v1::NumberRow row;
  row.set_number(dispute.family());
  PutRow(state, dispute.family(), place_key, row);
  PutRow(state, dispute.family(), ClaimKey(dispute.family(), place_key), fact);
  return absl::OkStatus();
}

}  // namespace kith::core::lead
