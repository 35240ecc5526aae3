// What overrides and broken glass have in common: who does them, who is
// alerted, and until when they are reviewed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/override.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"

namespace kith::core::overriding {

// Agencies of all records of these people, and the one that speaks; ascending,
// each once.
absl::StatusOr<std::vector<std::string>> AgenciesOf(
    const std::vector<EntityNumber>& records, const Decision& decision);

// The last day for the review of what is done now.
agency::v1::Date ReviewDue(const Decision& decision);

// Refuses what lacks its reason, words or lawful basis. Senseless: a
// code that is none.
absl::Status CheckGrounds(agency::v1::OverrideReason reason,
                          absl::string_view wording,
                          agency::v1::LegalBasis basis,
                          const std::string& message);

// The roles that may share or read without permission; somebody in person.
absl::Status RequireActor(const Decision& decision);

// Who may review and approve: the safeguarding lead or privacy officer of an
// agency that was alerted.
absl::Status RequireOverseer(
    const google::protobuf::RepeatedPtrField<std::string>& alerted,
    const Decision& decision);

}  // namespace kith::core::overriding
