#include "services/core/assessment/assessment.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/core/assessment/scores.h"
#include "services/core/family/roles.h"
#include "services/core/family/speaking.h"
#include "services/core/keys.h"
#include "services/core/parts.h"

namespace kith::core::assessment {
namespace {

using agency::v1::AssessmentStated;
using agency::v1::Score;
using ledger::v1::AssessmentRow;
using ledger::v1::Instrument;
using ledger::v1::ScoreRecorded;
using ledger::v1::ScoreRow;

constexpr absl::string_view kKind = "assessment";
constexpr int kTextsMax = 50;
constexpr int kScoresStatedMax = 200;

absl::Status CheckWorries(const AssessmentStated& said) {
  std::set<std::string> keys;
  for (const agency::v1::WorryGoal& worry : said.worries()) {
    if (worry.key().empty() || !keys.insert(worry.key()).second) {
      return Senseless("WORRY_KEY", "each worry has a key of its own",
                       "assessment_stated.worries");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckStated(const AssessmentStated& said) {
  if (said.about().empty()) {
    return Senseless("ABOUT_NOBODY", "an assessment names nobody",
                     "assessment_stated.about");
  }
  RETURN_IF_ERROR(
      AtMost(said.worries_size(), kTextsMax, "assessment_stated.worries"));
  RETURN_IF_ERROR(
      AtMost(said.strengths_size(), kTextsMax, "assessment_stated.strengths"));
  RETURN_IF_ERROR(
      AtMost(said.scores_size(), kScoresStatedMax, "assessment_stated.scores"));
  RETURN_IF_ERROR(CheckWorries(said));
  return CheckPeriod(said.period(), "assessment_stated.period");
}

absl::Status CheckScore(const Score& said, const Decision& decision) {
  const Instrument* instrument =
      FindInstrument(decision.rules(), said.instrument());
  if (instrument == nullptr) {
    return Senseless("INSTRUMENT_UNKNOWN", "there is no such instrument",
                     "score.instrument");
  }
  if (!HasItem(*instrument, said.item())) {
    return Senseless("ITEM_UNKNOWN", "the instrument has no such item",
                     "score.item");
  }
  if (!InRange(*instrument, said.value())) {
    return Senseless("SCORE_OUT_OF_RANGE",
                     "the value is outside the instrument's range",
                     "score.value");
  }
  if (!agency::v1::ScorePhase_IsValid(said.phase())) {
    return Senseless("UNKNOWN_CODE", "there is no such phase", "score.phase");
  }
  if (!said.has_scored_on()) return absl::OkStatus();
  if (WholeDay(said.scored_on()).has_value()) return absl::OkStatus();
  return Senseless("DATE_IMPOSSIBLE", "there is no such date",
                   "score.scored_on");
}

absl::StatusOr<AssessmentRow> RowOf(const Decision& decision,
                                    EntityNumber assessment) {
  ASSIGN_OR_RETURN(
      auto row,
      ReadRow<AssessmentRow>(decision.state(), keys::Assessment(assessment)));
  if (!row.has_value()) return MissingId(kKind);
  return *std::move(row);
}

// Scored again by the same person, on the same day and in the same phase: the
// later word replaces the earlier.
bool SamePlace(const ScoreRow& row, const ScoreRecorded& now,
               EntityNumber practitioner) {
  const Score& before = row.recorded().said();
  const Score& said = now.said();
  return before.instrument() == said.instrument() &&
         before.item() == said.item() && before.phase() == said.phase() &&
         row.recorded().scored_by() == now.scored_by() &&
         (now.scored_by() != 0 || row.practitioner() == practitioner) &&
         (!said.has_scored_on() ||
          SaySame(before.scored_on(), said.scored_on()));
}

// What the fact holds, but for the score's number.
absl::StatusOr<ScoreRecorded> Resolved(const Score& said,
                                       const AssessmentRow& row,
                                       Decision& decision) {
  ScoreRecorded recorded;
  recorded.set_assessment(row.recorded().assessment().number());
  if (said.has_scored_by()) {
    ASSIGN_OR_RETURN(const EntityNumber scorer,
                     decision.Record(said.scored_by()));
    recorded.set_scored_by(scorer);
  }
  RETURN_IF_ERROR(family::RequireYourself(recorded.scored_by(),
                                          "score.scored_by", decision));
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_scored_by();
  // A feed that gives no day repeats its score at each extract: the day of the
  // first one stays (RecordScore).
  if (!said.has_scored_on() && !decision.reported()) {
    *recorded.mutable_said()->mutable_scored_on() = ToDate(decision.day());
  }
  Instrument& instrument = *recorded.mutable_instrument();
  instrument = *FindInstrument(decision.rules(), said.instrument());
  instrument.clear_items();
  return recorded;
}

absl::Status AddScore(ScoreRecorded recorded, const AssessmentRow& row,
                      Decision& decision) {
  const auto& records = row.recorded().records();
  std::vector<Subject> also(records.begin() + 1, records.end());
  if (row.recorded().family() != 0) also.push_back(row.recorded().family());
  // Whose word it is: the score stands in their history too.
  const EntityNumber scorer = recorded.scored_by();
  if (scorer != 0 &&
      std::find(records.begin(), records.end(), scorer) == records.end()) {
    also.push_back(scorer);
  }
  ledger::v1::Fact fact;
  *fact.mutable_score_recorded() = std::move(recorded);
  return decision.Add(records[0], std::move(also), std::move(fact));
}

absl::Status RecordScore(const Score& said, const AssessmentRow& row,
                         Decision& decision) {
  RETURN_IF_ERROR(CheckScore(said, decision));
  ASSIGN_OR_RETURN(const EntityNumber practitioner, decision.Actor());
  ASSIGN_OR_RETURN(ScoreRecorded recorded, Resolved(said, row, decision));
  ASSIGN_OR_RETURN(
      const auto known,
      ScoresOf(decision.state(), row.recorded().assessment().number()));
  for (const ScoreRow& before : known) {
    if (!SamePlace(before, recorded, practitioner)) continue;
    *recorded.mutable_said()->mutable_scored_on() =
        before.recorded().said().scored_on();
    if (SaySame(before.recorded().said(), recorded.said())) {
      return absl::OkStatus();
    }
    recorded.mutable_score()->set_number(before.recorded().score().number());
    break;
  }
  if (!recorded.said().has_scored_on()) {
    *recorded.mutable_said()->mutable_scored_on() = ToDate(decision.day());
  }
  RETURN_IF_ERROR(decision.Require(
      said.phase() != agency::v1::SCORE_PHASE_UNSPECIFIED,
      Refuse("PHASE_MISSING", "a score says at which phase of the work",
             {"R-061"}, "score.phase")));
  RETURN_IF_ERROR(
      decision.Require(recorded.scored_by() != 0 || practitioner != 0,
                       Refuse("SCORER_MISSING", "a score says whose it is",
                              {"R-057"}, "score.scored_by")));
  if (!recorded.has_score()) {
    if (known.size() >= static_cast<size_t>(kScoresMax)) {
      return Refuse("SCORES_TOO_MANY", "the assessment holds no more scores");
    }
    *recorded.mutable_score() = decision.NewIdentity(base::IdKind::kOther);
  }
  return AddScore(std::move(recorded), row, decision);
}

AssessmentStated Kept(const AssessmentStated& said, const Decision& decision) {
  AssessmentStated kept = said;
  kept.clear_about();
  kept.clear_family();
  kept.clear_scores();
  if (kept.has_assessment()) {
    *kept.mutable_assessment() = decision.Own(kept.assessment());
  }
  return kept;
}

// The assessment under the agency's key; empty when there is none yet.
absl::StatusOr<std::optional<AssessmentRow>> Before(
    const AssessmentStated& said, Decision& decision) {
  RETURN_IF_ERROR(CheckOwnKey(decision, said.assessment()));
  if (said.assessment().local_id().empty()) {
    return std::optional<AssessmentRow>();
  }
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Find(kKind, said.assessment()));
  if (number == 0) return std::optional<AssessmentRow>();
  ASSIGN_OR_RETURN(AssessmentRow row, RowOf(decision, number));
  return std::optional<AssessmentRow>(std::move(row));
}

absl::StatusOr<ledger::v1::AssessmentRecorded> Resolved(
    const AssessmentStated& said, Decision& decision) {
  ledger::v1::AssessmentRecorded recorded;
  ASSIGN_OR_RETURN(
      const std::vector<EntityNumber> records,
      RecordsOfAll(decision, said.about(), "assessment_stated.about"));
  for (EntityNumber record : records) recorded.add_records(record);
  if (said.has_family()) {
    ASSIGN_OR_RETURN(
        const EntityNumber family,
        decision.Thing("family", base::IdKind::kFamily, said.family()));
    recorded.set_family(family);
  }
  *recorded.mutable_said() = Kept(said, decision);
  return recorded;
}

// The number of the assessment, recorded if it is new or has changed.
absl::StatusOr<EntityNumber> RecordAssessment(const AssessmentStated& said,
                                              Decision& decision) {
  ASSIGN_OR_RETURN(const auto before, Before(said, decision));
  ASSIGN_OR_RETURN(ledger::v1::AssessmentRecorded recorded,
                   Resolved(said, decision));
  if (before.has_value()) {
    *recorded.mutable_assessment() = before->recorded().assessment();
    if (SaySame(recorded, before->recorded())) {
      return recorded.assessment().number();
    }
    recorded.mutable_assessment()->clear_id();
  } else {
    *recorded.mutable_assessment() =
        decision.NewIdentity(base::IdKind::kAssessment);
    decision.Tell(recorded.assessment());
  }
  const EntityNumber number = recorded.assessment().number();
  std::vector<Subject> also(recorded.records().begin() + 1,
                            recorded.records().end());
  if (recorded.family() != 0) also.push_back(recorded.family());
  const Subject subject = recorded.records(0);
  ledger::v1::Fact fact;
  *fact.mutable_assessment_recorded() = std::move(recorded);
  RETURN_IF_ERROR(decision.Add(subject, std::move(also), std::move(fact)));
  return number;
}

absl::Status EvolveAssessment(StateWriter& state, const ledger::v1::Fact& fact,
                              Subject subject, const KeyHash& hash) {
  const auto& recorded = fact.assessment_recorded();
  const std::string key = keys::Assessment(recorded.assessment().number());
  ASSIGN_OR_RETURN(auto row, ReadRow<AssessmentRow>(state, key));
  if (!row.has_value()) row.emplace();
  const ledger::v1::Identity known = row->recorded().assessment();
  *row->mutable_recorded() = recorded;
  if (recorded.assessment().id().empty()) {
    *row->mutable_recorded()->mutable_assessment() = known;
  } else {
    row->set_agency(fact.by().agency());
    PutNames(state, hash, kKind, recorded.said().assessment(), row->agency(),
             recorded.assessment());
  }
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

absl::Status EvolveScore(StateWriter& state, const ledger::v1::Fact& fact,
                         Subject subject) {
  const ScoreRecorded& recorded = fact.score_recorded();
  const std::string key =
      keys::Score(recorded.assessment(), recorded.score().number());
  ASSIGN_OR_RETURN(auto row, ReadRow<ScoreRow>(state, key));
  if (!row.has_value()) row.emplace();
  const ledger::v1::Identity known = row->recorded().score();
  *row->mutable_recorded() = recorded;
  if (recorded.score().id().empty()) {
    *row->mutable_recorded()->mutable_score() = known;
  }
  row->set_practitioner(fact.by().practitioner());
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

}  // namespace

absl::Status Decide(const AssessmentStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckStated(said));
  ASSIGN_OR_RETURN(const EntityNumber number, RecordAssessment(said, decision));
  ASSIGN_OR_RETURN(const AssessmentRow row, RowOf(decision, number));
  for (const Score& score : said.scores()) {
    RETURN_IF_ERROR(RecordScore(score, row, decision));
  }
  return absl::OkStatus();
}

absl::Status Decide(const agency::v1::ScoreGiven& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  ASSIGN_OR_RETURN(
      const EntityNumber number,
      decision.Thing(kKind, base::IdKind::kAssessment, said.assessment()));
  ASSIGN_OR_RETURN(const AssessmentRow row, RowOf(decision, number));
  if (decision.reported() && row.agency() != decision.agency()) {
    return Forbid("NOT_YOURS", "the assessment is another agency's");
  }
  return RecordScore(said.score(), row, decision);
}

absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash) {
  if (fact.has_assessment_recorded()) {
    return EvolveAssessment(state, fact, subject, hash);
  }
  if (fact.has_score_recorded()) return EvolveScore(state, fact, subject);
  return absl::OkStatus();
}

}  // namespace kith::core::assessment
