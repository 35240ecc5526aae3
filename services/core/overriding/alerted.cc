#include "services/core/overriding/alerted.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/roles.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::overriding {
namespace {

constexpr int kReviewDays = 5;  // where the rules name none

}  // namespace

absl::StatusOr<std::vector<std::string>> AgenciesOf(
    const std::vector<EntityNumber>& records, const Decision& decision) {
  std::set<std::string> agencies = {decision.agency()};
  for (const EntityNumber record : records) {
    ASSIGN_OR_RETURN(const auto all,
                     identity::RecordsOf(decision.state(), record));
    for (const EntityNumber one : all) {
      ASSIGN_OR_RETURN(
          const auto row,
          ReadRow<ledger::v1::RecordRow>(decision.state(), keys::Record(one)));
      if (row.has_value() && !row->gone()) agencies.insert(row->agency());
    }
  }
  return std::vector<std::string>(agencies.begin(), agencies.end());
}

agency::v1::Date ReviewDue(const Decision& decision) {
  const uint32_t days = decision.rules().override_review_days();
  return ToDate(decision.day() + (days == 0 ? kReviewDays : days));
}

absl::Status CheckGrounds(agency::v1::OverrideReason reason,
                          absl::string_view wording,
                          agency::v1::LegalBasis basis,
                          const std::string& message) {
  if (!agency::v1::OverrideReason_IsValid(reason)) {
    return Senseless("CODE_UNKNOWN", "there is no such reason",
                     absl::StrCat(message, ".reason"));
  }
  if (!agency::v1::LegalBasis_IsValid(basis)) {
    return Senseless("CODE_UNKNOWN", "there is no such lawful basis",
                     absl::StrCat(message, ".basis"));
  }
  if (reason == agency::v1::OVERRIDE_REASON_UNSPECIFIED || wording.empty()) {
    return Refuse("REASON_MISSING", "the reasons are recorded",
                  {"R-083", "R-084"}, absl::StrCat(message, ".wording"));
  }
  if (basis == agency::v1::LEGAL_BASIS_UNSPECIFIED ||
      basis == agency::v1::LEGAL_BASIS_CONSENT) {
    return Refuse("BASIS_MISSING", "the lawful basis is recorded", {"R-084"},
                  absl::StrCat(message, ".basis"));
  }
  return absl::OkStatus();
}

absl::Status RequireActor(const Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  return RequireRole(
      decision,
      {agency::v1::ROLE_PRACTITIONER, agency::v1::ROLE_LEAD_PROFESSIONAL,
       agency::v1::ROLE_ACCESS_TEAM, agency::v1::ROLE_SAFEGUARDING_LEAD});
}

absl::Status RequireOverseer(
    const google::protobuf::RepeatedPtrField<std::string>& alerted,
    const Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_SAFEGUARDING_LEAD,
                                         agency::v1::ROLE_PRIVACY_OFFICER}));
  if (std::find(alerted.begin(), alerted.end(), decision.agency()) !=
      alerted.end()) {
    return absl::OkStatus();
  }
  return Forbid("NOT_YOURS", "another agency was alerted to it");
}

}  // namespace kith::core::overriding
