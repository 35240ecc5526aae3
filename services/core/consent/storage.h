// When a family refuses that a record be kept: support goes on, the
// identifying record does not.
//
// What was said of that record on the ground of consent leaves linking and
// every reader's sight at once (services/disclosure), and nothing more of it is
// accepted; what is kept on another ground in law stays. A count remains that
// names nobody. Destroying the record's key comes with erasure.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/common.pb.h"
#include "services/core/decision.h"

namespace kith::core::consent {

// Not said is consent: support at early-help level is voluntary.
bool RestsOnConsent(agency::v1::LegalBasis basis);

// Of an answer about storing: takes the records out that a refusal names, and
// brings back those whose storage is allowed again.
absl::Status FollowStorage(const ledger::v1::ConsentRecorded& answer,
                           Decision& decision);

// OK unless the facts added so far keep something, on the ground of consent, of
// a record whose storage or noting down was refused. Refuse NOT_STORED
// and NOT_RECORDED, whoever speaks: a feed's report would be kept too.
// Consents and restrictions may always be recorded, and so may what accounts
// for a disclosure without consent.
absl::Status CheckKept(const Decision& decision);

}  // namespace kith::core::consent
