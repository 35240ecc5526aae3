#include "tests/simulation/help.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace kith::simulation {
namespace {

using agency::v1::ReferralState;
using agency::v1::Statement;

// One value in twelve or six lies beyond the instrument's range.
agency::v1::Score ScoreOf(const Told& told, uint64_t number) {
  agency::v1::Score score;
  if (number % 2 == 0) {
    score.set_instrument("norfolk-scaling");
    score.set_item("w1");
    score.set_value(static_cast<int>(number / 2 % 12));
  } else {
    score.set_instrument("wf-outcome");
    score.set_item(absl::StrCat(1 + number / 2 % 21));
    score.set_value(static_cast<int>(number / 2 % 6));
  }
  score.set_phase(number / 4 % 3 == 0 ? agency::v1::SCORE_PHASE_END
                                      : agency::v1::SCORE_PHASE_BEGINNING);
  if (told.agency == "council") *score.mutable_scored_by() = PersonOf(told, 0);
  return score;
}

ReferralState StateAfter(int step, uint64_t number) {
  constexpr std::array kAnswers = {agency::v1::REFERRAL_STATE_ACCEPTED,
                                   agency::v1::REFERRAL_STATE_DECLINED,
                                   agency::v1::REFERRAL_STATE_SIGNPOSTED};
  switch (step) {
    case 0:
      return agency::v1::REFERRAL_STATE_RECEIVED;
    case 1:
      return kAnswers[number % kAnswers.size()];
    case 2:
      return agency::v1::REFERRAL_STATE_OUTCOME_TOLD;
    default:  // MADE, to which none moves, among them
      return static_cast<ReferralState>(1 + number % 7);
  }
}

}  // namespace

Statement ReferralStatement(const Told& told, int child) {
  const std::string id = absl::StrCat("r", RecordIdOf(told.family, child));
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::ReferralStated& stated = *said.mutable_referral_stated();
  *stated.mutable_referral() = LocalOf(told, id);
  *stated.add_about() = PersonOf(told, child);
  if (told.agency == "council") *stated.mutable_family() = FamilyOf(told);
  stated.set_referrer(agency::v1::REFERRER_KIND_PRACTITIONER);
  stated.set_to_agency(told.version % 4 == 3 ? "health" : "council");
  stated.set_service("family support");
  stated.set_reason(absl::StrCat("tired at school ", told.version));
  stated.set_family_agreed(told.version % 5 == 4 ? agency::v1::ANSWER_NO
                                                 : agency::v1::ANSWER_YES);
  if (told.version % 10 == 4) {
    stated.set_without_agreement_reason("asking would put the child at risk");
  }
  stated.set_state(agency::v1::REFERRAL_STATE_MADE);
  return said;
}

Statement ReferralStep(const agency::v1::ThingRef& referral, int step,
                       uint64_t number) {
  Statement said;
  agency::v1::ReferralMoved& moved = *said.mutable_referral_moved();
  *moved.mutable_referral() = referral;
  moved.set_to(StateAfter(step, number));
  switch (moved.to()) {
    case agency::v1::REFERRAL_STATE_DECLINED:
      moved.set_reason_code("full");
      if (number / 3 % 4 != 0) moved.set_reason("no places before summer");
      break;
    case agency::v1::REFERRAL_STATE_SIGNPOSTED:
      moved.set_signposted_to("the youth club");
      break;
    case agency::v1::REFERRAL_STATE_OUTCOME_TOLD:
      moved.set_outcome("offered the summer group");
      break;
    default:
      break;
  }
  return said;
}

Statement AssessmentStatement(const Told& told, int child) {
  const std::string id = absl::StrCat("a", RecordIdOf(told.family, child));
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::AssessmentStated& stated = *said.mutable_assessment_stated();
  *stated.mutable_assessment() = LocalOf(told, id);
  *stated.add_about() = PersonOf(told, child);
  if (told.agency == "council") *stated.mutable_family() = FamilyOf(told);
  stated.set_type("early_help");
  agency::v1::WorryGoal& worry = *stated.add_worries();
  worry.set_key("w1");
  worry.set_worry("misses school");
  stated.add_strengths(absl::StrCat("they laugh together ", told.version));
  for (int score = told.version; score < told.version + 2; ++score) {
    *stated.add_scores() = ScoreOf(told, static_cast<uint64_t>(score));
  }
  return said;
}

Statement ScoreStatement(const agency::v1::ThingRef& assessment,
                         const Told& told, uint64_t number) {
  Statement said;
  *said.mutable_score_given()->mutable_assessment() = assessment;
  *said.mutable_score_given()->mutable_score() = ScoreOf(told, number);
  return said;
}

}  // namespace kith::simulation
