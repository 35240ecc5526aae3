// Sharing and reading without permission (R-075, R-083..R-089).
//
// An *override* licenses one disclosure: these people, recipients, classes and
// purpose, until a day. *Broken glass* lets one practitioner read for at most
// four hours what they may not see. Neither changes a consent. Both are acts of
// a person, never a feed's; agencies concerned are alerted (by name, in the
// fact), and another person reviews them within some days.
//
// What an override must say, whoever speaks:
//   why and on which lawful basis; what exactly, for whom, until when
//   advice sought, with a manager's for a safeguarding concern
//   that consent was sought first or why not, save for
//   safeguarding; that the family was told, or who would be put at more
//   risk and with which other agency that was decided.
// A refusal is overridden for safety or the law only.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/override.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::overriding {

inline constexpr int kRecipientsMax = 10;
inline constexpr int kAdviceMax = 10;
inline constexpr int kAgenciesMax = 10;
inline constexpr int kMembersMax = 100;
inline constexpr uint32_t kMinutesMax = 240;

// Codes of refusals: RECIPIENTS_MISSING, RECIPIENT_IN_PERSON, PURPOSE_MISSING,
// CLASSES_MISSING, UNTIL_MISSING, TOO_LONG, REASON_MISSING, BASIS_MISSING,
// ADVICE_INCOMPLETE, MANAGER_NOT_ASKED, CONSENT_NOT_SOUGHT, REFUSAL_STANDS,
// TOLD_MISSING, NOT_TOLD_UNEXPLAINED, DECIDED_ALONE. The same said again while
// it is in force changes nothing.
absl::Status Decide(const agency::v1::OverrideStated& said, Decision& decision);

// By the agency that recorded it; once. Told already: changes nothing.
absl::Status Decide(const agency::v1::OverrideTold& said, Decision& decision);

// By the safeguarding lead or privacy officer of an agency that was alerted,
// and another person than who did it or approved it (Forbid OWN_REVIEW). What
// was found not justified stays so (ALREADY_REVIEWED).
absl::Status Decide(const agency::v1::OverrideReviewed& said,
                    Decision& decision);

// Codes of refusals: SCOPE_MISSING, REASON_MISSING, NOT_URGENT, BASIS_MISSING,
// TOO_LONG, TOO_OFTEN. The same scope again while it is open changes nothing.
absl::Status Decide(const agency::v1::BreakGlassStated& said,
                    Decision& decision);
// By the safeguarding lead or privacy officer of an agency that was alerted,
// and another person (Forbid OWN_APPROVAL). Refused: NOT_SHIELDED, OVER.
absl::Status Decide(const agency::v1::BreakGlassApproved& said,
                    Decision& decision);
// By who broke it only; to anybody else it is not there.
absl::Status Decide(const agency::v1::BreakGlassEnded& said,
                    Decision& decision);

// Folds this subject's facts; others change nothing.
absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::overriding
