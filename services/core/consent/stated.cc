// Consents: what was answered.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/consent/answering.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/resolved.h"
#include "services/core/consent/standing.h"
#include "services/core/family/dates.h"
#include "services/core/family/roles.h"
#include "services/core/family/speaking.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::ConsentStated;
using ledger::v1::ConsentRecorded;
using ledger::v1::ConsentRow;
using ledger::v1::Fact;

absl::Status CheckShape(const ConsentStated& said) {
  if (said.kind() == agency::v1::CONSENT_KIND_UNSPECIFIED ||
      !agency::v1::ConsentKind_IsValid(said.kind())) {
    return Senseless("CODE_UNKNOWN", "there is no such kind of consent",
                     "consent_stated.kind");
  }
  if (said.answer() == agency::v1::CONSENT_ANSWER_UNSPECIFIED ||
      !agency::v1::ConsentAnswer_IsValid(said.answer())) {
    return Senseless("CODE_UNKNOWN", "there is no such answer",
                     "consent_stated.answer");
  }
  RETURN_IF_ERROR(CheckClasses(said.classes(), "consent_stated.classes"));
  return CheckPeriod(said.period(), "consent_stated.period");
}

// What the answer must name to mean anything.
absl::Status CheckContent(const ConsentStated& said, Decision& decision) {
  if (said.answer() != agency::v1::CONSENT_ANSWER_GIVEN) {
    return absl::OkStatus();
  }
  if (said.kind() == agency::v1::CONSENT_KIND_SHARE) {
    RETURN_IF_ERROR(decision.Require(
        !said.recipients().empty(),
        Refuse("RECIPIENTS_MISSING", "permission is for named recipients only",
               {"R-074"}, "consent_stated.recipients")));
    RETURN_IF_ERROR(decision.Require(
        !said.purpose().empty(),
        Refuse("PURPOSE_MISSING", "permission is for a named purpose only",
               {"R-075"}, "consent_stated.purpose")));
  }
  return decision.Require(
      said.understood() == agency::v1::ANSWER_YES,
      Refuse("NOT_UNDERSTOOD", "it must be confirmed that they understood",
             {"R-079"}, "consent_stated.understood"));
}

// A rule about authority: DATA_LOSS passes, refusals are for acts.
absl::Status RequireAuthority(const absl::Status& may, Decision& decision) {
  if (absl::IsDataLoss(may)) return may;
  return decision.Require(may.ok(), may);
}

absl::Status CheckAnswerer(const ConsentStated& said,
                           const ConsentRecorded& recorded,
                           Decision& decision) {
  if (said.answer() == agency::v1::CONSENT_ANSWER_NOT_NEEDED) {
    RETURN_IF_ERROR(RequireRole(
        decision,
        {agency::v1::ROLE_PRACTITIONER, agency::v1::ROLE_LEAD_PROFESSIONAL,
         agency::v1::ROLE_SAFEGUARDING_LEAD}));
    RETURN_IF_ERROR(decision.Require(
        !said.wording().empty(),
        Refuse("REASON_MISSING", "the judgement gives its reasons", {"R-069"},
               "consent_stated.wording")));
    for (const uint64_t record : recorded.records()) {
      RETURN_IF_ERROR(RequireAuthority(
          MayDoWithoutParent(decision, record, said), decision));
    }
    return absl::OkStatus();
  }
  if (recorded.answered_by() == 0) {
    return decision.Require(
        false, Refuse("ANSWERER_MISSING", "somebody must have answered",
                      {"R-068"}, "consent_stated.answered_by"));
  }
  for (const uint64_t record : recorded.records()) {
    RETURN_IF_ERROR(RequireAuthority(
        MayAnswer(decision, record, recorded.answered_by(), said), decision));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EntityNumber>> PersonsIn(
    const StateReader& state, const ConsentRecorded& recorded) {
  std::vector<EntityNumber> persons;
  for (const uint64_t record : recorded.records()) {
    ASSIGN_OR_RETURN(const EntityNumber person,
                     identity::PersonOf(state, record));
    persons.push_back(person);
  }
  std::sort(persons.begin(), persons.end());
  return persons;
}

// Whether both are one person's answers to one question.
absl::StatusOr<bool> AnswerSame(const Decision& decision,
                                const ConsentRecorded& one,
                                const ConsentRecorded& other) {
  if (one.said().kind() != other.said().kind() ||
      one.said().purpose() != other.said().purpose() ||
      (one.answered_by() == 0) != (other.answered_by() == 0)) {
    return false;
  }
  if (one.answered_by() != 0) {
    ASSIGN_OR_RETURN(const bool same, AreOnePerson(decision, one.answered_by(),
                                                   other.answered_by()));
    if (!same) return false;
  }
  ASSIGN_OR_RETURN(const auto first, PersonsIn(decision.state(), one));
  ASSIGN_OR_RETURN(const auto second, PersonsIn(decision.state(), other));
  return first == second;
}

// Open answers of the same person to the same question, save `number`. A feed
// speaks of its own agency's only.
absl::StatusOr<std::vector<ConsentRow>> Earlier(const ConsentRecorded& recorded,
                                                EntityNumber number,
                                                const Decision& decision) {
  ASSIGN_OR_RETURN(auto rows,
                   ConsentsOf(decision.state(), recorded.records(0)));
  std::vector<ConsentRow> found;
  for (ConsentRow& row : rows) {
    if (row.ended() || row.recorded().consent().number() == number) continue;
    if (decision.reported() && row.agency() != decision.agency()) continue;
    ASSIGN_OR_RETURN(const bool same,
                     AnswerSame(decision, row.recorded(), recorded));
    if (same) found.push_back(std::move(row));
  }
  return found;
}

bool SameContent(ConsentRecorded one, ConsentRecorded other) {
  for (ConsentRecorded* each : {&one, &other}) each->clear_consent();
  return one.SerializeAsString() == other.SerializeAsString();
}

absl::Time SinceOf(const ConsentRow& row) {
  return absl::FromUnixSeconds(row.since().seconds()) +
         absl::Nanoseconds(row.since().nanos());
}

absl::Status End(const ConsentRecorded& consent, Decision& decision) {
  Fact fact;
  fact.mutable_consent_ended()->set_consent(consent.consent().number());
  return decision.Add(
      consent.records(0),
      AlsoAbout({consent.records().begin(), consent.records().end()}),
      std::move(fact));
}

absl::StatusOr<ConsentRecorded> Recorded(const ConsentStated& said,
                                         Decision& decision) {
  ConsentRecorded recorded;
  ASSIGN_OR_RETURN(const auto records, About(said.about(), decision));
  recorded.mutable_records()->Add(records.begin(), records.end());
  if (said.has_answered_by()) {
    ASSIGN_OR_RETURN(const EntityNumber answered_by,
                     decision.Record(said.answered_by()));
    recorded.set_answered_by(answered_by);
  }
  RETURN_IF_ERROR(
      Resolve(said.recipients(), decision, *recorded.mutable_recipients()));
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_about();
  recorded.mutable_said()->clear_answered_by();
  recorded.mutable_said()->clear_recipients();
  return recorded;
}

// The row under the agency's own key.
absl::StatusOr<std::optional<ConsentRow>> Keyed(const agency::v1::LocalRef& key,
                                                Decision& decision) {
  if (key.local_id().empty()) return std::optional<ConsentRow>();
  ASSIGN_OR_RETURN(const EntityNumber number, decision.Find("consent", key));
  if (number == 0) return std::optional<ConsentRow>();
  return ReadRow<ConsentRow>(decision.state(), keys::Consent(number));
}

// Records the answer; ends those it takes the place of. One that was given
// before another that is already known takes nobody's place and has ended.
absl::Status Record(ConsentRecorded recorded,
                    const std::vector<ConsentRow>& earlier,
                    Decision& decision) {
  bool outdated = false;
  for (const ConsentRow& row : earlier) {
    if (SinceOf(row) > decision.occurred_at()) {
      outdated = true;
    } else {
      RETURN_IF_ERROR(End(row.recorded(), decision));
    }
  }
  Fact fact;
  *fact.mutable_consent_recorded() = recorded;
  RETURN_IF_ERROR(decision.Add(
      recorded.records(0),
      AlsoAbout({recorded.records().begin(), recorded.records().end()}),
      std::move(fact)));
  return outdated ? End(recorded, decision) : FollowStorage(recorded, decision);
}

// The same words of the same person on the same day are a repeat; on a later
// day they confirm the answer anew.
const ConsentRow* Repeated(const ConsentRecorded& recorded,
                           const std::vector<ConsentRow>& earlier,
                           const Decision& decision) {
  for (const ConsentRow& row : earlier) {
    if (SameContent(row.recorded(), recorded) &&
        base::LondonDay(SinceOf(row)) == decision.day()) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace

absl::Status Decide(const ConsentStated& said, Decision& decision) {
  RETURN_IF_ERROR(CheckShape(said));
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckOwnKey(said.consent(), decision));
  ASSIGN_OR_RETURN(ConsentRecorded recorded, Recorded(said, decision));
  RETURN_IF_ERROR(family::RequireYourself(
      recorded.answered_by(), "consent_stated.answered_by", decision));
  ASSIGN_OR_RETURN(const auto keyed, Keyed(said.consent(), decision));
  if (keyed.has_value() && SameContent(keyed->recorded(), recorded)) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckContent(said, decision));
  RETURN_IF_ERROR(CheckAnswerer(said, recorded, decision));
  const EntityNumber number =
      keyed.has_value() ? keyed->recorded().consent().number() : 0;
  ASSIGN_OR_RETURN(const auto earlier, Earlier(recorded, number, decision));
  if (const ConsentRow* repeated = Repeated(recorded, earlier, decision)) {
    decision.Tell(repeated->recorded().consent());
    return absl::OkStatus();
  }
  if (number != 0) {
    recorded.mutable_consent()->set_number(number);
  } else {
    *recorded.mutable_consent() = decision.NewIdentity(base::IdKind::kConsent);
    decision.Tell(recorded.consent());
  }
  return Record(std::move(recorded), earlier, decision);
}

}  // namespace kith::core::consent
