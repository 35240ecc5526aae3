// Overrides: one disclosure without permission.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/status.h"
#include "services/core/consent/resolved.h"
#include "services/core/consent/standing.h"
#include "services/core/family/dates.h"
#include "services/core/keys.h"
#include "services/core/overriding/alerted.h"
#include "services/core/overriding/overriding.h"

namespace kith::core::overriding {
namespace {

using agency::v1::OverrideStated;
using consent::ConsentStanding;
using ledger::v1::Fact;
using ledger::v1::OverrideRecorded;
using ledger::v1::OverrideRow;

constexpr int kDaysMax = 28;  // where the rules name none

bool IsForSafety(const OverrideStated& said) {
  return said.reason() == agency::v1::OVERRIDE_REASON_SAFEGUARDING ||
         said.reason() == agency::v1::OVERRIDE_REASON_THREAT_TO_LIFE;
}

absl::Status CheckShape(const OverrideStated& said) {
  if (said.recipients_size() > kRecipientsMax ||
      said.advice_size() > kAdviceMax ||
      said.decided_with_size() > kAgenciesMax) {
    return Senseless("TOO_MANY", "a list is longer than allowed");
  }
  for (const std::string& agency : said.decided_with()) {
    if (base::IsName(agency)) continue;
    return Senseless("NAME_IMPOSSIBLE", "no agency has such a name",
                     "override_stated.decided_with");
  }
  if (said.has_until()) {
    RETURN_IF_ERROR(CheckDate(said.until(), "override_stated.until"));
  }
  return consent::CheckClasses(said.classes(), "override_stated.classes");
}

// What is shared, with whom, what for and how long.
absl::Status CheckScope(const OverrideStated& said, const Decision& decision) {
  if (said.recipients().empty()) {
    return Refuse("RECIPIENTS_MISSING", "it says who will receive it",
                  {"R-089"}, "override_stated.recipients");
  }
  for (const auto& recipient : said.recipients()) {
    if (!recipient.has_person()) continue;
    return Refuse("RECIPIENT_IN_PERSON", "family members need consent",
                  {"R-096"}, "override_stated.recipients");
  }
  if (!base::IsName(said.purpose())) {
    return Refuse("PURPOSE_MISSING", "it says what for", {"R-075"},
                  "override_stated.purpose");
  }
  if (said.classes().empty()) {
    return Refuse("CLASSES_MISSING", "only what is relevant is shared",
                  {"R-090"}, "override_stated.classes");
  }
  if (!said.has_until() || LastDay(said.until()) < decision.day()) {
    return Refuse("UNTIL_MISSING", "it says until when", {"R-090"},
                  "override_stated.until");
  }
  const uint32_t days = decision.rules().override_days_max();
  if (LastDay(said.until()) > decision.day() + (days == 0 ? kDaysMax : days)) {
    return Refuse("TOO_LONG", "it licenses one disclosure, not a habit",
                  {"R-090"}, "override_stated.until");
  }
  return absl::OkStatus();
}

// Who was asked, when, and what they said.
absl::Status CheckAdvice(const OverrideStated& said, const Decision& decision) {
  bool manager = false;
  for (const auto& advice : said.advice()) {
    if (!agency::v1::AdviserKind_IsValid(advice.kind()) ||
        advice.kind() == agency::v1::ADVISER_KIND_UNSPECIFIED ||
        advice.adviser().empty() || advice.wording().empty() ||
        !IsSound(advice.on()) || !IsWhole(advice.on()) ||
        FirstDay(advice.on()) > decision.day()) {
      return Refuse("ADVICE_INCOMPLETE", "advice has who, when and what",
                    {"R-085"}, "override_stated.advice");
    }
    manager = manager || advice.kind() == agency::v1::ADVISER_KIND_MANAGER;
  }
  if (manager || said.reason() != agency::v1::OVERRIDE_REASON_SAFEGUARDING) {
    return absl::OkStatus();
  }
  return Refuse("MANAGER_NOT_ASKED",
                "a safeguarding concern is discussed with the manager first",
                {"R-086"}, "override_stated.advice");
}

// Consent comes first, save for safety.
absl::Status CheckConsent(const OverrideStated& said,
                          const OverrideRecorded& recorded,
                          const Decision& decision) {
  if (IsForSafety(said)) return absl::OkStatus();
  if (said.consent_sought() != agency::v1::ANSWER_YES &&
      said.not_sought_because().empty()) {
    return Refuse("CONSENT_NOT_SOUGHT",
                  "consent is sought first, or it is said why not", {"R-087"},
                  "override_stated.not_sought_because");
  }
  if (said.reason() == agency::v1::OVERRIDE_REASON_LEGAL_DUTY) {
    return absl::OkStatus();
  }
  for (const uint64_t record : recorded.records()) {
    ASSIGN_OR_RETURN(const auto rows,
                     consent::ConsentsOf(decision.state(), record));
    const ConsentStanding standing = consent::Standing(
        rows, agency::v1::CONSENT_KIND_SHARE, said.purpose(), decision.day());
    if (standing == ConsentStanding::kRefused ||
        standing == ConsentStanding::kConflicting ||
        standing == ConsentStanding::kWithdrawn) {
      return Refuse("REFUSAL_STANDS",
                    "a refusal is overridden for safety or the law only",
                    {"R-087"}, "override_stated.reason");
    }
  }
  return absl::OkStatus();
}

// The family is told before, or it is said why not and who agreed (R-083,
//
absl::Status CheckTold(const OverrideStated& said, const Decision& decision) {
  if (said.told() == agency::v1::ANSWER_YES) return absl::OkStatus();
  if (said.told() != agency::v1::ANSWER_NO) {
    return Refuse("TOLD_MISSING", "it says whether the family was told",
                  {"R-089"}, "override_stated.told");
  }
  if (said.not_told_because().empty()) {
    return Refuse("NOT_TOLD_UNEXPLAINED",
                  "not telling the family has a reason of its own",
                  {"R-083", "R-088"}, "override_stated.not_told_because");
  }
  const auto& others = said.decided_with();
  if (std::any_of(others.begin(), others.end(), [&](const auto& agency) {
        return agency != decision.agency();
      })) {
    return absl::OkStatus();
  }
  return Refuse("DECIDED_ALONE", "more than one agency decides not to tell",
                {"R-088"}, "override_stated.decided_with");
}

absl::Status AddAlerted(OverrideRecorded& recorded, const Decision& decision) {
  ASSIGN_OR_RETURN(const auto concerned, AgenciesOf({recorded.records().begin(),
                                                     recorded.records().end()},
                                                    decision));
  std::set<std::string> alerted(concerned.begin(), concerned.end());
  for (const auto& recipient : recorded.recipients()) {
    if (!recipient.agency().empty()) alerted.insert(recipient.agency());
    if (recipient.practitioner() == 0) continue;
    ASSIGN_OR_RETURN(
        const auto row,
        ReadRow<ledger::v1::PractitionerRow>(
            decision.state(), keys::Practitioner(recipient.practitioner())));
    if (row.has_value()) alerted.insert(row->agency());
  }
  for (const std::string& agency : alerted) recorded.add_alerted(agency);
  return absl::OkStatus();
}

absl::StatusOr<OverrideRecorded> Recorded(const OverrideStated& said,
                                          Decision& decision) {
  OverrideRecorded recorded;
  ASSIGN_OR_RETURN(const auto records, consent::About(said.about(), decision));
  recorded.mutable_records()->Add(records.begin(), records.end());
  RETURN_IF_ERROR(consent::Resolve(said.recipients(), decision,
                                   *recorded.mutable_recipients()));
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_about();
  recorded.mutable_said()->clear_recipients();
  RETURN_IF_ERROR(AddAlerted(recorded, decision));
  *recorded.mutable_review_due() = ReviewDue(decision);
  return recorded;
}

bool SameContent(OverrideRecorded one, OverrideRecorded other) {
  for (OverrideRecorded* each : {&one, &other}) {
    each->clear_override();
    each->clear_review_due();
  }
  return one.SerializeAsString() == other.SerializeAsString();
}

// The override in force that says the same; empty: none.
absl::StatusOr<std::optional<OverrideRow>> Known(
    const OverrideRecorded& recorded, const Decision& decision) {
  std::vector<EntityNumber> numbers;
  RETURN_IF_ERROR(
      decision.state().Scan(keys::OverridesAbout(recorded.records(0)),
                            [&](absl::string_view key, absl::string_view) {
                              numbers.push_back(keys::LastNumber(key));
                              return true;
                            }));
  for (const EntityNumber number : numbers) {
    ASSIGN_OR_RETURN(auto row, ReadRow<OverrideRow>(decision.state(),
                                                    keys::Override(number)));
    if (row.has_value() && !row->ended() &&
        row->agency() == decision.agency() &&
        SameContent(row->recorded(), recorded)) {
      return row;
    }
  }
  return std::optional<OverrideRow>();
}

}  // namespace

absl::Status Decide(const OverrideStated& said, Decision& decision) {
  RETURN_IF_ERROR(CheckShape(said));
  RETURN_IF_ERROR(RequireActor(decision));
  RETURN_IF_ERROR(CheckGrounds(said.reason(), said.wording(), said.basis(),
                               "override_stated"));
  RETURN_IF_ERROR(CheckScope(said, decision));
  RETURN_IF_ERROR(CheckAdvice(said, decision));
  RETURN_IF_ERROR(CheckTold(said, decision));
  ASSIGN_OR_RETURN(OverrideRecorded recorded, Recorded(said, decision));
  RETURN_IF_ERROR(CheckConsent(said, recorded, decision));
  ASSIGN_OR_RETURN(const auto known, Known(recorded, decision));
  if (known.has_value()) {
    decision.Tell(known->recorded().override());
    return absl::OkStatus();
  }
  *recorded.mutable_override() = decision.NewIdentity(base::IdKind::kOverride);
  decision.Tell(recorded.override());
  const std::vector<EntityNumber> records(recorded.records().begin(),
                                          recorded.records().end());
  Fact fact;
  *fact.mutable_override_recorded() = std::move(recorded);
  return decision.Add(records[0], consent::AlsoAbout(records), std::move(fact));
}

}  // namespace kith::core::overriding
