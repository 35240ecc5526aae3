// Rows about consent, by the birthdays at which who answers changes.
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "services/core/consent/standing.h"
#include "services/views/find.h"
#include "services/views/worklists.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::ConsentStated;
using core::consent::ConsentStanding;
using ledger::v1::Fact;

class ConsentRows : public ::testing::Test {
 protected:
  ConsentRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("father", absl::CivilDay(1983, 5, 5));
    // Twelve on 1 September 2024, sixteen on 1 September 2028.
    world.Person("girl", absl::CivilDay(2012, 9, 1));
    world.Parent("council/mother", "council/girl");
    world.Parent("council/father", "council/girl");
    world.By("council", "w1");
  }

  static ConsentStated Shares(
      absl::string_view answered_by,
      agency::v1::ConsentAnswer answer = agency::v1::CONSENT_ANSWER_GIVEN) {
    ConsentStated said;
    *said.add_about() = Person("council/girl");
    said.set_kind(agency::v1::CONSENT_KIND_SHARE);
    said.set_answer(answer);
    said.add_recipients()->set_agency("health");
    said.set_purpose("early_help");
    said.set_understood(agency::v1::ANSWER_YES);
    *said.mutable_answered_by() = Person(answered_by);
    return said;
  }
  agency::v1::CompetenceJudged Judgement(bool competent) {
    agency::v1::CompetenceJudged said;
    *said.mutable_person() = Person("council/girl");
    said.set_matter("sharing");
    said.set_competent(competent);
    said.set_reasons("weighed who would know and what would follow");
    return said;
  }
  ConsentStanding Standing(
      agency::v1::ConsentKind kind = agency::v1::CONSENT_KIND_SHARE) {
    return core::consent::Standing(
        *core::consent::ConsentsOf(world.state(), world.Record("council/girl")),
        kind, "early_help", world.today());
  }
  agency::v1::ConsentWithdrawn Withdraws(const std::string& consent,
                                         absl::string_view who) {
    agency::v1::ConsentWithdrawn said;
    *said.mutable_consent() = ThingWithId(consent);
    *said.mutable_withdrawn_by() = Person(who);
    return said;
  }

  void AsMember(absl::string_view who) {
    world.By("council", *views::IdOfThing(world.views(), world.Record(who)),
             agency::v1::ROLE_FAMILY_MEMBER);
  }

  World world;
};

TEST_F(ConsentRows, R067DecliningHelpIsKnownAndCostsNothing) {
  ConsentStated said =
      Shares("council/mother", agency::v1::CONSENT_ANSWER_REFUSED);
  said.set_kind(agency::v1::CONSENT_KIND_SERVICE);
  EXPECT_THAT(world.Says(said), Records(Fact::kConsentRecorded));
  EXPECT_EQ(Standing(agency::v1::CONSENT_KIND_SERVICE),
            ConsentStanding::kRefused);
}

TEST_F(ConsentRows, R068OnTheDayBeforeTwelveAParentAnswersOnly) {
  world.On(2024, 8, 31);
  EXPECT_THAT(world.Says(Judgement(true)),
              RefusedFor("TOO_YOUNG_TO_JUDGE", "R-068"));
  EXPECT_THAT(world.Says(Shares("council/girl")),
              RefusedFor("PARENT_MUST_ANSWER", "R-068"));
  EXPECT_THAT(world.Says(Shares("council/mother")), IsAccepted());
}

TEST_F(ConsentRows, R069FromTheTwelfthBirthdayAJudgementLetsThemAnswer) {
  world.On(2024, 9, 1);
  EXPECT_THAT(world.Says(Shares("council/girl")),
              RefusedFor("COMPETENCE_NOT_JUDGED", "R-069"));
  EXPECT_THAT(world.Says(Judgement(false)), Records(Fact::kCompetenceRecorded));
  EXPECT_THAT(world.Says(Shares("council/girl")),
              RefusedFor("COMPETENCE_NOT_JUDGED", "R-069"));
  world.On(2024, 9, 2);
  EXPECT_THAT(world.Says(Judgement(true)), Records(Fact::kCompetenceRecorded));
  EXPECT_THAT(world.Says(Shares("council/girl")),
              Records(Fact::kConsentRecorded));
}

TEST_F(ConsentRows, R069ThatAParentIsNotNeededIsJudgedWithReasons) {
  world.On(2024, 9, 1);
  ConsentStated said =
      Shares("council/girl", agency::v1::CONSENT_ANSWER_NOT_NEEDED);
  said.set_wording("understands, and home is where she is afraid");
  EXPECT_THAT(world.Says(said), RefusedFor("COMPETENCE_NOT_JUDGED", "R-069"));
  ASSERT_THAT(world.Says(Judgement(true)), IsAccepted());
  EXPECT_THAT(world.Says(said), Records(Fact::kConsentRecorded));
  EXPECT_EQ(Standing(), ConsentStanding::kNotNeeded);
}

TEST_F(ConsentRows, R070OnlyWhoMayJudgeJudgesAndNeverWithoutReasons) {
  world.On(2024, 9, 1);
  agency::v1::CompetenceJudged said = Judgement(true);
  said.clear_reasons();
  EXPECT_THAT(world.Says(said), ::testing::Not(IsAccepted()));
  world.By("council", "boss", agency::v1::ROLE_LEADERSHIP_MANAGER);
  EXPECT_THAT(world.Says(Judgement(true)), RefusedFor("ROLE_MAY_NOT", "R-262"));
}

TEST_F(ConsentRows, R072RecordingStoringAndSharingAreThreeAnswers) {
  ConsentStated said = Shares("council/mother");
  said.set_kind(agency::v1::CONSENT_KIND_RECORD);
  EXPECT_THAT(world.Says(said), IsAccepted());
  EXPECT_EQ(Standing(agency::v1::CONSENT_KIND_RECORD), ConsentStanding::kGiven);
  EXPECT_EQ(Standing(agency::v1::CONSENT_KIND_STORE), ConsentStanding::kNone);
  EXPECT_EQ(Standing(agency::v1::CONSENT_KIND_SHARE), ConsentStanding::kNone);
}

TEST_F(ConsentRows, R074R075SharingNamesWhoAndWhatFor) {
  ConsentStated said = Shares("council/mother");
  said.clear_recipients();
  EXPECT_THAT(world.Says(said), RefusedFor("RECIPIENTS_MISSING", "R-074"));
  said = Shares("council/mother");
  said.clear_purpose();
  EXPECT_THAT(world.Says(said), RefusedFor("PURPOSE_MISSING", "R-075"));
}

TEST_F(ConsentRows, R079ThatTheyUnderstoodIsConfirmed) {
  ConsentStated said = Shares("council/mother");
  said.set_understood(agency::v1::ANSWER_NO);
  EXPECT_THAT(world.Says(said), RefusedFor("NOT_UNDERSTOOD", "R-079"));
  said.set_understood(agency::v1::ANSWER_YES);
  EXPECT_THAT(world.Says(said), IsAccepted());
}

TEST_F(ConsentRows, R080WithdrawingTakesEffectFromThenOnAndOnce) {
  const std::string consent = world.Says(Shares("council/mother")).id();
  EXPECT_EQ(Standing(), ConsentStanding::kGiven);
  EXPECT_THAT(world.Says(Withdraws(consent, "council/father")),
              RefusedFor("NOT_WHO_GAVE_IT", "R-080"));
  EXPECT_THAT(world.Says(Withdraws(consent, "council/mother")),
              Records(Fact::kConsentEnded));
  EXPECT_EQ(Standing(), ConsentStanding::kWithdrawn);
  EXPECT_THAT(world.Says(Withdraws(consent, "council/mother")),
              ChangedNothing());
}

TEST_F(ConsentRows, R081TheLeadRecordsWhoIsBarredFromWhat) {
  agency::v1::RestrictionStated said;
  *said.add_about() = Person("council/girl");
  *said.add_barred()->mutable_person() = Person("council/father");
  said.add_classes(agency::v1::ITEM_CLASS_CONTACT);
  *said.mutable_asked_by() = Person("council/mother");
  world.By("council", "kid", agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(world.Says(said), RefusedFor("ROLE_MAY_NOT", "R-262"));
  world.By("council", "w1", agency::v1::ROLE_LEAD_PROFESSIONAL);
  const Ended ended = world.Says(said);
  EXPECT_THAT(ended, Records(Fact::kRestrictionRecorded));
  EXPECT_THAT(world.Says(said), ChangedNothing());

  agency::v1::RestrictionLifted lifted;
  *lifted.mutable_restriction() = ThingWithId(ended.id());
  *lifted.mutable_asked_by() = Person("council/father");
  EXPECT_THAT(world.Says(lifted), RefusedFor("BARRED_MAY_NOT_LIFT", "R-081"));
  *lifted.mutable_asked_by() = Person("council/mother");
  EXPECT_THAT(world.Says(lifted), Records(Fact::kRestrictionEnded));
}

// It was lifted at a parent's word, as the family is kept out without being
// named; and by whoever saw it.
TEST_F(ConsentRows, R070R081WhatIsKeptFromTheFamilyEndsAtTheYoungPersonsWord) {
  const std::string family =
      world.Family("F", {"council/mother", "council/girl"}, "council/mother");
  world.On(2024, 9, 1);
  ASSERT_THAT(world.Says(Judgement(true)), IsAccepted());
  agency::v1::RestrictionStated said;
  *said.add_about() = Person("council/girl");
  *said.mutable_asked_by() = Person("council/girl");
  said.set_from_family(true);
  agency::v1::RestrictionLifted lifted;
  *lifted.mutable_restriction() = ThingWithId(world.Says(said).id());
  for (const char* parent : {"council/mother", "council/father"}) {
    *lifted.mutable_asked_by() = Person(parent);
    EXPECT_THAT(world.Says(lifted), RefusedFor("NOT_THEIRS_TO_LIFT", "R-070"));
  }
  lifted.clear_asked_by();
  EXPECT_THAT(world.Says(lifted), RefusedFor("NOT_THEIRS_TO_LIFT", "R-070"));
  *lifted.mutable_asked_by() = Person("council/girl");
  world.By("health", "nurse", agency::v1::ROLE_LEAD_PROFESSIONAL);
  EXPECT_THAT(world.Says(lifted), RefusedFor("NOT_YOURS", "R-081"));
  agency::v1::LeadAppointed appointed;
  *appointed.mutable_family() = ThingWithId(family);
  *appointed.mutable_practitioner() = Worker("health/nurse");
  appointed.set_at(agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
  *appointed.add_agreed_by() = Person("council/mother");
  appointed.set_accepted(true);
  ASSERT_THAT(world.Says(appointed), IsAccepted());
  EXPECT_THAT(world.Says(lifted), Records(Fact::kRestrictionEnded));
}

TEST_F(ConsentRows, R082AnAnswerHasAPeriodAndALaterOneTakesItsPlace) {
  ConsentStated said = Shares("council/mother");
  *said.mutable_period()->mutable_until() = Day(2024, 4, 1);
  ASSERT_THAT(world.Says(said), IsAccepted());
  world.On(2024, 4, 1);
  EXPECT_EQ(Standing(), ConsentStanding::kGiven);
  world.On(2024, 4, 2);
  EXPECT_EQ(Standing(), ConsentStanding::kNone);
  EXPECT_THAT(world.Says(Shares("council/mother")),
              Records(Fact::kConsentEnded, Fact::kConsentRecorded));
  EXPECT_EQ(Standing(), ConsentStanding::kGiven);
}

// Whether they still agree is asked again by the day that was set; confirming
// it sets another.
TEST_F(ConsentRows, R092WhetherTheyStillAgreeIsAskedByTheDayThatWasSet) {
  const auto due_on = [&](absl::CivilDay day) {
    const auto page = views::Due(world.views(), views::DueFilter(),
                                 base::LondonMidnight(day) + absl::Hours(9),
                                 views::PageFrom());
    std::vector<std::string> due;
    for (const auto& entry : page->entries) {
      const auto& one = entry.pieces.front().part;
      if (one.kind() != "consent_recheck") continue;
      EXPECT_THAT(one.rows(), ::testing::Contains("R-092"));
      due.push_back(one.overdue() ? "overdue" : "due");
    }
    return due;
  };
  const absl::CivilDay set(2024, 6, 3);
  ConsentStated said = Shares("council/mother");
  *said.mutable_check_by() = Day(2024, 6, 3);
  ASSERT_THAT(world.Says(said), IsAccepted());
  EXPECT_THAT(due_on(set - 1), ::testing::IsEmpty());
  EXPECT_THAT(due_on(set), ::testing::ElementsAre("due"));
  EXPECT_THAT(due_on(set + 1), ::testing::ElementsAre("overdue"));
  world.On(2024, 6, 4);
  *said.mutable_check_by() = Day(2024, 8, 1);
  EXPECT_THAT(world.Says(said),
              Records(Fact::kConsentEnded, Fact::kConsentRecorded));
  EXPECT_THAT(due_on(set + 1), ::testing::IsEmpty());
  EXPECT_THAT(due_on(absl::CivilDay(2024, 8, 1)),
              ::testing::ElementsAre("due"));
}

TEST_F(ConsentRows, R097EachMemberAnswersForThemselvesAndAChildsParentForIt) {
  ConsentStated said = Shares("council/mother");
  *said.add_about() = Person("council/mother");
  said.add_recipients()->set_agency("school");
  EXPECT_THAT(world.Says(said), Records(Fact::kConsentRecorded));
  *said.add_about() = Person("council/father");
  EXPECT_THAT(world.Says(said),
              RefusedFor("PERSON_ANSWERS_THEMSELVES", "R-249"));
  said.clear_about();
  *said.add_about() = Person("council/father");
  *said.mutable_answered_by() = Person("council/father");
  EXPECT_THAT(world.Says(said), Records(Fact::kConsentRecorded));
}

// With an account of his own he could let himself be told what is hers.
TEST_F(ConsentRows, R096R097WithTheirOwnAccountNobodyAnswersForAnotherAdult) {
  ConsentStated said = Shares("council/mother");
  *said.mutable_about(0) = Person("council/mother");
  *said.mutable_recipients(0)->mutable_person() = Person("council/father");
  AsMember("council/father");
  EXPECT_THAT(world.Says(said), RefusedFor("NOT_YOURSELF", "R-096"));
  EXPECT_THAT(world.Says(Shares("council/father")),
              Records(Fact::kConsentRecorded));  // for his daughter
  AsMember("council/mother");
  const Ended given = world.Says(said);
  EXPECT_THAT(given, Records(Fact::kConsentRecorded));
  AsMember("council/father");
  EXPECT_THAT(world.Says(Withdraws(given.id(), "council/mother")),
              RefusedFor("NOT_YOURSELF", "R-097"));
  AsMember("council/mother");
  EXPECT_THAT(world.Says(Withdraws(given.id(), "council/mother")),
              Records(Fact::kConsentEnded));
}

TEST_F(ConsentRows, A5ParentsWhoDisagreeConflictAndNeitherWins) {
  ASSERT_THAT(world.Says(Shares("council/mother")), IsAccepted());
  EXPECT_THAT(
      world.Says(Shares("council/father", agency::v1::CONSENT_ANSWER_REFUSED)),
      Records(Fact::kConsentRecorded));
  EXPECT_EQ(Standing(), ConsentStanding::kConflicting);
}

TEST_F(ConsentRows, R249OnTheSixteenthBirthdayTheAnswerIsTheirs) {
  const std::string consent = world.Says(Shares("council/mother")).id();
  world.On(2028, 8, 31);
  EXPECT_THAT(world.Says(Withdraws(consent, "council/girl")),
              RefusedFor("NOT_WHO_GAVE_IT", "R-080"));
  EXPECT_THAT(world.Says(Shares("council/father")), IsAccepted());
  world.On(2028, 9, 1);
  EXPECT_THAT(world.Says(Shares("council/father")),
              RefusedFor("PERSON_ANSWERS_THEMSELVES", "R-249"));
  EXPECT_THAT(world.Says(Judgement(true)),
              RefusedFor("CAPACITY_PRESUMED", "R-069"));
  EXPECT_THAT(world.Says(Shares("council/girl")), IsAccepted());
  EXPECT_THAT(world.Says(Withdraws(consent, "council/girl")),
              Records(Fact::kConsentEnded));
}

}  // namespace
}  // namespace kith::acceptance
