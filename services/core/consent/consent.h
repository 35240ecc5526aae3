// Consent: who may help whom, note down, keep and tell what, to whom and for
// what (R-067..R-082, R-249).
//
// Four kinds stand apart: to be helped (SERVICE) is no permission about data,
// and RECORD, STORE and SHARE are three answers. Refusing costs
// nothing: nothing follows from a refusal but that it is known. An answer takes
// effect when it is given and ends when it is withdrawn, from then on.
//
// Who answers (acts; a feed's report that does not fit is noted instead):
//   under 12           a parent
//   12 to 15           a parent; or the young person, judged competent for the
//                      matter
//   from 16            the person, nobody else
//   age not known      the person, if they are known to be somebody's parent
// NOT_NEEDED holds from 12 to 15 only, with such a judgement.
//
// A family member who acts answers, withdraws and signs as themselves alone:
// Forbid NOT_YOURSELF, family/speaking.h.
//
// A later answer of the same person about the same kind, purpose and people
// takes the place of the earlier one; answers of two people stand side by side
// (standing.h). A safeguarding override never changes a consent.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/consent.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/consent/storage.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::consent {

inline constexpr int kPeopleMax = 20;
inline constexpr int kRecipientsMax = 50;
inline constexpr int kClassesMax = 20;

// Codes of refusals: RECIPIENTS_MISSING, PURPOSE_MISSING,
// NOT_UNDERSTOOD, ANSWERER_MISSING, PARENT_MUST_ANSWER,
// COMPETENCE_NOT_JUDGED, PERSON_ANSWERS_THEMSELVES,
// NOT_THEIRS_TO_ANSWER, AGE_UNKNOWN, NOT_NEEDED_AT_THIS_AGE.
// Forbid NOT_YOURS: the key is another agency's, or a family member names one.
absl::Status Decide(const agency::v1::ConsentStated& said, Decision& decision);

// Forbid NOT_WHO_GAVE_IT: neither who answered nor the person themselves; and
// NOT_YOURS for a feed. Withdrawing again changes nothing. Stale: read again.
absl::Status Decide(const agency::v1::ConsentWithdrawn& said,
                    Decision& decision);

// Recorded by practitioners and leads.
absl::Status Decide(const agency::v1::RestrictionStated& said,
                    Decision& decision);
// Forbid NOT_YOURS, BARRED_MAY_NOT_LIFT, NOT_THEIRS_TO_LIFT: see loosening.h.
absl::Status Decide(const agency::v1::RestrictionLifted& said,
                    Decision& decision);

// Who signs is whom it names: Refuse NOT_A_PARTY. Signing again changes
// nothing; a new version needs new signatures. Stated for a family that has
// one, another takes its place.
absl::Status Decide(const agency::v1::FamilyAgreementStated& said,
                    Decision& decision);
absl::Status Decide(const agency::v1::FamilyAgreementSigned& said,
                    Decision& decision);

// Between organisations; recorded by the hub alone.
absl::Status Decide(const agency::v1::SharingAgreementStated& said,
                    Decision& decision);
// Worries, what was told before sharing, what was asked and not given.
absl::Status Decide(const agency::v1::SharingNoteStated& said,
                    Decision& decision);

// Folds this subject's facts; others change nothing.
absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::consent
