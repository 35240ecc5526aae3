// Consents: what was taken back.
#include <utility>

#include "base/status.h"
#include "services/core/consent/answering.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/resolved.h"
#include "services/core/family/roles.h"
#include "services/core/family/speaking.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::ConsentWithdrawn;
using ledger::v1::ConsentRow;
using ledger::v1::Fact;

absl::Status NotWhoGaveIt() {
  return Forbid("NOT_WHO_GAVE_IT",
                "who gave it, or the person themselves, may withdraw it",
                {"R-080"}, "consent_withdrawn.withdrawn_by");
}

// Whether one of those it is about takes it back for themselves, being of an
// age and capacity to answer; where nobody is known to have answered, a parent
// may too.
absl::StatusOr<bool> MayAnswerNow(const ConsentRow& consent,
                                  EntityNumber withdrawn_by,
                                  const Decision& decision) {
  const auto& recorded = consent.recorded();
  for (const uint64_t record : recorded.records()) {
    ASSIGN_OR_RETURN(const bool self,
                     AreOnePerson(decision, record, withdrawn_by));
    if (!self && recorded.answered_by() != 0) continue;
    const absl::Status may =
        MayAnswer(decision, record, withdrawn_by, recorded.said());
    if (may.ok() || absl::IsDataLoss(may)) {
      RETURN_IF_ERROR(may);
      return true;
    }
  }
  return false;
}

absl::Status CheckWithdrawer(const ConsentRow& consent,
                             EntityNumber withdrawn_by, Decision& decision) {
  if (withdrawn_by == 0) return decision.Require(false, NotWhoGaveIt());
  const EntityNumber answered_by = consent.recorded().answered_by();
  if (answered_by != 0) {
    ASSIGN_OR_RETURN(const bool same,
                     AreOnePerson(decision, answered_by, withdrawn_by));
    if (same) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool may,
                   MayAnswerNow(consent, withdrawn_by, decision));
  return decision.Require(may, NotWhoGaveIt());
}

}  // namespace

absl::Status Decide(const ConsentWithdrawn& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  ASSIGN_OR_RETURN(
      const EntityNumber number,
      decision.Thing("consent", base::IdKind::kConsent, said.consent()));
  ASSIGN_OR_RETURN(const auto row, ReadRow<ConsentRow>(decision.state(),
                                                       keys::Consent(number)));
  // An id of a restriction has the same letter.
  if (!row.has_value()) return MissingId("consent");
  if (decision.reported() && row->agency() != decision.agency()) {
    return Forbid("NOT_YOURS", "another agency recorded this consent");
  }
  EntityNumber withdrawn_by = 0;
  if (said.has_withdrawn_by()) {
    ASSIGN_OR_RETURN(withdrawn_by, decision.Record(said.withdrawn_by()));
  }
  RETURN_IF_ERROR(family::RequireYourself(
      withdrawn_by, "consent_withdrawn.withdrawn_by", decision));
  if (row->ended()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckWithdrawer(*row, withdrawn_by, decision));
  if (said.version() != 0 && said.version() != row->version()) {
    return Stale("the consent changed since it was read");
  }
  Fact fact;
  auto& ended = *fact.mutable_consent_ended();
  ended.set_consent(number);
  ended.set_withdrawn_by(withdrawn_by);
  ended.set_wording(said.wording());
  const auto& records = row->recorded().records();
  return decision.Add(records[0], AlsoAbout({records.begin(), records.end()}),
                      std::move(fact));
}

}  // namespace kith::core::consent
