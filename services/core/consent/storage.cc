#include "services/core/consent/storage.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using ledger::v1::ConsentRow;
using ledger::v1::Fact;
using ledger::v1::RecordRow;

// Consents themselves, and what accounts for a disclosure without one.
bool IsAlwaysKept(const Fact& fact) {
  switch (fact.what_case()) {
    case Fact::kConsentRecorded:
    case Fact::kConsentEnded:
    case Fact::kRestrictionRecorded:
    case Fact::kRestrictionEnded:
    case Fact::kRecordUnstored:
    case Fact::kSupportCounted:
    case Fact::kRecordGone:
    case Fact::kPractitionerKnown:
    case Fact::kOverrideRecorded:
    case Fact::kFamilyTold:
    case Fact::kOverrideJudged:
    case Fact::kGlassBroken:
    case Fact::kGlassApproved:
    case Fact::kGlassMended:
      return true;
    default:
      return false;
  }
}

// An answer that a record be not kept, or not noted down, in force that day.
bool Forbids(const ConsentRow& row, agency::v1::ConsentKind kind,
             absl::CivilDay day) {
  const auto& said = row.recorded().said();
  return !row.ended() && said.kind() == kind &&
         said.answer() == agency::v1::CONSENT_ANSWER_REFUSED &&
         Covers(said.period(), day);
}

absl::Status CheckRecord(EntityNumber record, const Decision& decision) {
  ASSIGN_OR_RETURN(const auto of,
                   ReadRow<RecordRow>(decision.state(), keys::Record(record)));
  if (!of.has_value() || !of->keeping_refused()) return absl::OkStatus();
  std::vector<EntityNumber> numbers;
  RETURN_IF_ERROR(
      decision.state().Scan(keys::ConsentsAbout(record),
                            [&](absl::string_view key, absl::string_view) {
                              numbers.push_back(keys::LastNumber(key));
                              return true;
                            }));
  for (const EntityNumber number : numbers) {
    ASSIGN_OR_RETURN(
        const auto row,
        ReadRow<ConsentRow>(decision.state(), keys::Consent(number)));
    if (!row.has_value()) continue;
    if (Forbids(*row, agency::v1::CONSENT_KIND_STORE, decision.day())) {
      return Refuse("NOT_STORED", "that anything be kept of them was refused",
                    {"R-078"});
    }
    if (Forbids(*row, agency::v1::CONSENT_KIND_RECORD, decision.day())) {
      return Refuse("NOT_RECORDED",
                    "that anything be noted down of them was refused",
                    {"R-072", "R-076"});
    }
  }
  return absl::OkStatus();
}

absl::Status TakeOut(EntityNumber record, const RecordRow& row,
                     EntityNumber consent, Decision& decision) {
  Fact out;
  out.mutable_record_unstored()->set_record(record);
  out.mutable_record_unstored()->set_consent(consent);
  RETURN_IF_ERROR(decision.Add(record, {}, std::move(out)));
  Fact count;
  count.mutable_support_counted()->set_agency(row.agency());
  return decision.Add(0, {}, std::move(count));
}

// On the ground on which it was kept before, whatever the answer's own is.
absl::Status BringBack(const RecordRow& row, Decision& decision) {
  Fact fact;
  auto& stated = *fact.mutable_record_stated();
  stated.mutable_record()->set_number(row.record().number());
  *stated.mutable_said() = row.said();
  *stated.mutable_checks() = row.checks();
  const agency::v1::LegalBasis of_answer = decision.basis();
  decision.SetBasis(row.basis());
  const absl::Status added =
      decision.Add(row.record().number(), {}, std::move(fact));
  decision.SetBasis(of_answer);
  return added;
}

}  // namespace

bool RestsOnConsent(agency::v1::LegalBasis basis) {
  return basis == agency::v1::LEGAL_BASIS_UNSPECIFIED ||
         basis == agency::v1::LEGAL_BASIS_CONSENT;
}

absl::Status FollowStorage(const ledger::v1::ConsentRecorded& answer,
                           Decision& decision) {
  const auto& said = answer.said();
  if (said.kind() != agency::v1::CONSENT_KIND_STORE) return absl::OkStatus();
  const bool refused = said.answer() == agency::v1::CONSENT_ANSWER_REFUSED &&
                       Covers(said.period(), decision.day());
  for (const EntityNumber record : answer.records()) {
    ASSIGN_OR_RETURN(const auto row, ReadRow<RecordRow>(decision.state(),
                                                        keys::Record(record)));
    if (!row.has_value()) continue;
    if (refused && !row->gone() && RestsOnConsent(row->basis())) {
      RETURN_IF_ERROR(
          TakeOut(record, *row, answer.consent().number(), decision));
    }
    if (!refused && row->unstored() && CheckRecord(record, decision).ok()) {
      RETURN_IF_ERROR(BringBack(*row, decision));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKept(const Decision& decision) {
  if (!RestsOnConsent(decision.basis())) return absl::OkStatus();
  std::set<EntityNumber> subjects;
  for (const NewFact& made : decision.facts()) {
    if (IsAlwaysKept(made.fact)) continue;
    subjects.insert(made.subject);
    subjects.insert(made.also_about.begin(), made.also_about.end());
  }
  for (const EntityNumber subject : subjects) {
    RETURN_IF_ERROR(CheckRecord(subject, decision));
  }
  return absl::OkStatus();
}

}  // namespace kith::core::consent
