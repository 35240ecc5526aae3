#include "services/core/consent/consent.h"

#include "gtest/gtest.h"
#include "services/core/consent/consent_testing.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::ConsentStated;
using agency::v1::ConsentWithdrawn;
using ledger::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::PersonOf;
using testing::RefusedWith;
using testing::StatusIs;

TEST_F(ConsentTest, AnAnswerIsRecordedOnceForAllItIsAbout) {
  const auto facts = Say(Share({"mother", "child"}, "mother"));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kPractitionerKnown),
                                              IsFact(Fact::kConsentRecorded))));
  EXPECT_EQ((*facts)[1].subject, mother);
  EXPECT_THAT((*facts)[1].also_about, ElementsAre(child));
  const auto& recorded = (*facts)[1].fact.consent_recorded();
  EXPECT_THAT(recorded.records(), ElementsAre(mother, child));
  EXPECT_EQ(recorded.answered_by(), mother);
  EXPECT_EQ(recorded.recipients(0).agency(), "health");
  EXPECT_TRUE(recorded.said().about().empty());
  EXPECT_THAT(Say(Share({"mother", "child"}, "mother")),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(ConsentTest, R074R075PermissionToShareNamesRecipientsAndPurpose) {
  ConsentStated said = Share({"child"}, "mother");
  said.clear_recipients();
  EXPECT_THAT(Say(said), RefusedWith("RECIPIENTS_MISSING"));
  said = Share({"child"}, "mother");
  said.clear_purpose();
  EXPECT_THAT(Say(said), RefusedWith("PURPOSE_MISSING"));
  EXPECT_THAT(Say(Refusing(said)), IsOk());
  said.set_kind(agency::v1::CONSENT_KIND_RECORD);
  said.clear_recipients();
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(ConsentTest, R079UnderstandingIsConfirmedWhenGiving) {
  ConsentStated said = Share({"child"}, "mother");
  said.clear_understood();
  EXPECT_THAT(Say(said), RefusedWith("NOT_UNDERSTOOD"));
  said.set_understood(agency::v1::ANSWER_NO);
  EXPECT_THAT(Say(said), RefusedWith("NOT_UNDERSTOOD"));
  EXPECT_THAT(Say(Refusing(said)), IsOk());
}

TEST_F(ConsentTest, R094ThatACopyWasGivenIsSaidThenOrLater) {
  ConsentStated said = Share({"child"}, "mother");
  Given(said);
  said.set_copy_given(agency::v1::ANSWER_YES);
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentEnded),
                                              IsFact(Fact::kConsentRecorded))));
  EXPECT_EQ(facts->back().fact.consent_recorded().said().copy_given(),
            agency::v1::ANSWER_YES);
  EXPECT_EQ(Now(today), ConsentStanding::kGiven);
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
}

TEST_F(ConsentTest, WhatAReportLacksIsNoted) {
  bench.Feed("council");
  ConsentStated said = Share({"child"}, "child");
  *said.mutable_consent() = Local("", "C1");
  said.clear_understood();
  said.clear_recipients();
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded))));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-074", "R-079", "R-068"));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
}

TEST_F(ConsentTest, R068AParentAnswersForAChildUnderTwelve) {
  EXPECT_THAT(Say(Share({"child"}, "child")),
              RefusedWith("PARENT_MUST_ANSWER"));
  EXPECT_THAT(Say(Share({"child"}, "aunt")), RefusedWith("PARENT_MUST_ANSWER"));
  EXPECT_THAT(Say(Share({"child"}, "father")), IsOk());
}

TEST_F(ConsentTest, R068TheTwelfthBirthdayIsTheEdgeThoughOn29February) {
  bench.On(absl::CivilDay(2024, 2, 28));
  Judge(true);  // as reported; counts only once they are twelve
  EXPECT_THAT(Say(Share({"child"}, "child")),
              RefusedWith("PARENT_MUST_ANSWER"));
  bench.On(absl::CivilDay(2024, 2, 29));
  EXPECT_THAT(Say(Share({"child"}, "child")), IsOk());
}

TEST_F(ConsentTest, R069AYoungPersonAnswersOnceJudgedCompetent) {
  bench.On(absl::CivilDay(2025, 3, 1));
  EXPECT_THAT(Say(Share({"child"}, "child")),
              RefusedWith("COMPETENCE_NOT_JUDGED"));
  EXPECT_THAT(Say(Share({"child"}, "aunt")),
              RefusedWith("NOT_THEIRS_TO_ANSWER"));
  EXPECT_THAT(Say(Share({"child"}, "mother")), IsOk());
  Judge(true);
  EXPECT_THAT(Say(Share({"child"}, "child")), IsOk());
  ConsentStated service = Share({"child"}, "child");
  service.set_kind(agency::v1::CONSENT_KIND_SERVICE);
  EXPECT_THAT(Say(service), RefusedWith("COMPETENCE_NOT_JUDGED"));
}

TEST_F(ConsentTest, R249FromSixteenOnlyThePersonAnswers) {
  bench.On(absl::CivilDay(2028, 2, 28));
  EXPECT_THAT(Say(Share({"child"}, "mother")), IsOk());
  bench.On(absl::CivilDay(2028, 2, 29));
  EXPECT_THAT(Say(Share({"child"}, "father")),
              RefusedWith("PERSON_ANSWERS_THEMSELVES"));
  EXPECT_THAT(Say(Share({"child"}, "child")), IsOk());
  bench.Feed("council");
  ConsentStated reported = Share({"child"}, "father");
  *reported.mutable_consent() = Local("", "C1");
  const auto facts = Say(reported);
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-249"));
}

TEST_F(ConsentTest, WithoutABirthDateOnlyAKnownParentAnswersForThemselves) {
  const EntityNumber gran = bench.AddRecord("council", "gran");
  EXPECT_THAT(Say(Share({"gran"}, "gran")), RefusedWith("AGE_UNKNOWN"));
  EXPECT_THAT(Say(Share({"gran"}, "mother")), RefusedWith("AGE_UNKNOWN"));
  Relate(gran, mother);
  EXPECT_THAT(Say(Share({"gran"}, "gran")), IsOk());
}

TEST_F(ConsentTest, AParentIsKnownThroughLinkedRecords) {
  agency::v1::PersonStated said;
  const auto pupil = bench.AddRecord("school", "pupil", said);
  bench.Link({child, pupil}, true);
  ConsentStated about = Share({}, "mother");
  *about.add_about() = PersonOf(Local("school", "pupil"));
  EXPECT_THAT(Say(about), IsOk());
}

TEST_F(ConsentTest, R069NotNeededHoldsFromTwelveToFifteenOnceJudged) {
  ConsentStated said = Share({"child"}, "child");
  said.set_answer(agency::v1::CONSENT_ANSWER_NOT_NEEDED);
  said.clear_answered_by();
  EXPECT_THAT(Say(said), RefusedWith("REASON_MISSING"));
  said.set_wording("understands, and fears being stopped");
  EXPECT_THAT(Say(said), RefusedWith("NOT_NEEDED_AT_THIS_AGE"));
  bench.On(absl::CivilDay(2024, 2, 29));
  EXPECT_THAT(Say(said), RefusedWith("COMPETENCE_NOT_JUDGED"));
  Judge(true);
  EXPECT_THAT(Say(said), IsOk());
  EXPECT_EQ(Now(absl::CivilDay(2024, 2, 29)), ConsentStanding::kNotNeeded);
  bench.On(absl::CivilDay(2028, 2, 29));
  EXPECT_THAT(Say(said), RefusedWith("NOT_NEEDED_AT_THIS_AGE"));
}

TEST_F(ConsentTest, R067RefusingIsRecordedAndNothingElseFollows) {
  ConsentStated said = Refusing(Share({"child"}, "mother"));
  said.set_kind(agency::v1::CONSENT_KIND_SERVICE);
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPractitionerKnown),
                                       IsFact(Fact::kConsentRecorded))));
  EXPECT_EQ(Standing(*ConsentsOf(bench.state(), child),
                     agency::v1::CONSENT_KIND_SERVICE, "", today),
            ConsentStanding::kRefused);
  EXPECT_EQ(Now(today), ConsentStanding::kNone);  // apart
  // Who declined may accept.
  said.set_answer(agency::v1::CONSENT_ANSWER_GIVEN);
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentEnded),
                                       IsFact(Fact::kConsentRecorded))));
  EXPECT_EQ(Standing(*ConsentsOf(bench.state(), child),
                     agency::v1::CONSENT_KIND_SERVICE, "", today),
            ConsentStanding::kGiven);
}

TEST_F(ConsentTest, ALaterAnswerTakesTheEarlierOnesPlace) {
  Given(Share({"child"}, "mother"));
  bench.On(today + 10);
  const auto facts = Say(Refusing(Share({"child"}, "mother")));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentEnded),
                                              IsFact(Fact::kConsentRecorded))));
  EXPECT_EQ((*facts)[0].fact.consent_ended().withdrawn_by(), 0u);
  EXPECT_EQ(Now(today + 10), ConsentStanding::kRefused);
  EXPECT_THAT(Say(Refusing(Share({"child"}, "mother"))),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(ConsentTest, AnOlderAnswerThatComesLateTakesNobodysPlace) {
  bench.On(today + 10);
  Given(Refusing(Share({"child"}, "mother")));
  bench.On(today);
  EXPECT_THAT(Say(Share({"child"}, "mother")),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded),
                                       IsFact(Fact::kConsentEnded))));
  EXPECT_EQ(Now(today + 10), ConsentStanding::kRefused);
}

TEST_F(ConsentTest, AnotherPurposeOrOtherPeopleAreAnotherQuestion) {
  Given(Share({"child"}, "mother"));
  ConsentStated other = Refusing(Share({"child"}, "mother"));
  other.set_purpose("housing");
  ASSERT_THAT(Say(other), IsOk());
  ASSERT_THAT(Say(Refusing(Share({"mother"}, "mother"))), IsOk());
  EXPECT_EQ(Now(today), ConsentStanding::kGiven);
  EXPECT_EQ(Now(today, "housing"), ConsentStanding::kRefused);
  EXPECT_EQ(Now(today, "research"), ConsentStanding::kNone);
}

TEST_F(ConsentTest, ParentsWhoDisagreeConflict) {
  Given(Share({"child"}, "mother"));
  ASSERT_THAT(Say(Refusing(Share({"child"}, "father"))),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded))));
  EXPECT_EQ(Now(today), ConsentStanding::kConflicting);
}

TEST_F(ConsentTest, R080WhoGaveItWithdrawsItFromThenOn) {
  Given(Share({"child"}, "mother"));
  EXPECT_THAT(Say(Withdrawn("father")), RefusedWith("NOT_WHO_GAVE_IT"));
  EXPECT_THAT(Say(Withdrawn("child")), RefusedWith("NOT_WHO_GAVE_IT"));
  const auto facts = Say(Withdrawn("mother"));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentEnded))));
  EXPECT_EQ((*facts)[0].fact.consent_ended().withdrawn_by(), mother);
  EXPECT_EQ(Now(today), ConsentStanding::kWithdrawn);
  EXPECT_THAT(Say(Withdrawn("mother")), IsOkAndHolds(IsEmpty()));
}

TEST_F(ConsentTest, R080ThePersonThemselvesWithdrawsOnceCompetentOrSixteen) {
  bench.On(absl::CivilDay(2025, 3, 1));
  Given(Share({"child"}, "mother"));
  EXPECT_THAT(Say(Withdrawn("child")), RefusedWith("NOT_WHO_GAVE_IT"));
  Judge(true);
  EXPECT_THAT(Say(Withdrawn("child")), IsOk());
  Given(Share({"child"}, "mother"));
  Judge(false);
  bench.On(absl::CivilDay(2028, 2, 28));
  EXPECT_THAT(Say(Withdrawn("child")), RefusedWith("NOT_WHO_GAVE_IT"));
  bench.On(absl::CivilDay(2028, 2, 29));
  EXPECT_THAT(Say(Withdrawn("child")), IsOk());
}

// The father could answer as the mother, and let himself be told of her.
TEST_F(ConsentTest, R096R097AFamilyMemberAnswersAsThemselvesAlone) {
  As(father);
  EXPECT_THAT(Say(Share({"mother"}, "mother")), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(Refusing(Share({"child"}, "mother"))),
              RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(Share({"father"}, "father")), IsOk());
  EXPECT_THAT(Say(Share({"mother"}, "father")),
              RefusedWith("PERSON_ANSWERS_THEMSELVES"));
  As(mother);
  EXPECT_THAT(Say(Share({"mother"}, "mother")), IsOk());
  bench.Act("council", "w9", agency::v1::ROLE_FAMILY_MEMBER);  // nobody known
  EXPECT_THAT(Say(Share({"mother"}, "mother")), RefusedWith("NOT_YOURSELF"));
}

TEST_F(ConsentTest, R068AParentAnswersThemselvesForTheirChild) {
  As(father);
  EXPECT_THAT(Say(Share({"child"}, "child")), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(Share({"father", "child"}, "father")), IsOk());
  As(aunt);
  EXPECT_THAT(Say(Share({"child"}, "aunt")), RefusedWith("PARENT_MUST_ANSWER"));
}

TEST_F(ConsentTest, R080R097AFamilyMemberWithdrawsAsThemselvesAlone) {
  Given(Share({"child"}, "mother"));
  As(father);
  EXPECT_THAT(Say(Withdrawn("mother")), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(Withdrawn("father")), RefusedWith("NOT_WHO_GAVE_IT"));
  ConsentWithdrawn nobodys = Withdrawn("mother");
  nobodys.clear_withdrawn_by();
  EXPECT_THAT(Say(nobodys), RefusedWith("NOT_WHO_GAVE_IT"));
  As(mother);
  EXPECT_THAT(Say(Withdrawn("mother")), IsOk());
  EXPECT_EQ(Now(today), ConsentStanding::kWithdrawn);
}

// A machine took the father for his namesake; so does nobody who acts.
TEST_F(ConsentTest, R096NobodySpeaksByALinkThatIsNotSure) {
  const EntityNumber namesake = Add("namesake", absl::CivilDay(1980, 5, 5));
  const EntityNumber his = Add("his", absl::CivilDay(2014, 1, 1));
  Relate(namesake, his);
  Given(Share({"namesake"}, "namesake"));
  bench.Link({father, namesake});
  As(father);
  EXPECT_THAT(Say(Share({"father"}, "namesake")), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(Share({"namesake"}, "father")),
              RefusedWith("PERSON_ANSWERS_THEMSELVES"));
  EXPECT_THAT(Say(Share({"his"}, "father")), RefusedWith("PARENT_MUST_ANSWER"));
  EXPECT_THAT(Say(Withdrawn("father")), RefusedWith("NOT_WHO_GAVE_IT"));
  bench.Link({father, namesake}, true);
  EXPECT_THAT(Say(Share({"namesake"}, "father")), IsOk());
  EXPECT_THAT(Say(Share({"his"}, "father")), IsOk());
}

// Under the agency's key they would take the place of what another answered.
TEST_F(ConsentTest, R097AFamilyMemberNamesNoKeyOfAnAgency) {
  ConsentStated said = Share({"mother"}, "mother");
  *said.mutable_consent() = Local("", "C1");
  ASSERT_THAT(Say(said), IsOk());
  As(father);
  said = Refusing(Share({"father"}, "father"));
  *said.mutable_consent() = Local("", "C1");
  EXPECT_THAT(Say(said), RefusedWith("NOT_YOURS"));
  said.clear_consent();
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(ConsentTest, AStaleVersionIsReadAgain) {
  Given(Share({"child"}, "mother"));
  ConsentWithdrawn said = Withdrawn("mother");
  said.set_version(7);
  EXPECT_THAT(Say(said), StatusIs(absl::StatusCode::kAborted));
  said.set_version(1);
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(ConsentTest, AFeedMovesOnlyItsOwnConsents) {
  Given(Share({"child"}, "mother"));
  bench.Feed("health");
  EXPECT_THAT(Say(Withdrawn("mother")), RefusedWith("NOT_YOURS"));
  ConsentStated said = Share({"child"}, "mother");
  EXPECT_THAT(Say(said), RefusedWith("KEY_MISSING"));
  *said.mutable_consent() = Local("council", "C1");
  EXPECT_THAT(Say(said), RefusedWith("NOT_YOURS"));
  *said.mutable_consent() = Local("", "C1");
  EXPECT_THAT(Say(Refusing(said)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded))));
  EXPECT_EQ(Now(today), ConsentStanding::kConflicting);
}

TEST_F(ConsentTest, AFeedsConsentChangesUnderItsKey) {
  bench.Feed("health");
  ConsentStated said = Share({"child"}, "mother");
  *said.mutable_consent() = Local("", "C1");
  said.set_own_records_only(true);
  ASSERT_THAT(Say(said), IsOk());
  said.add_recipients()->set_agency("school");
  bench.On(today + 1);
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded))));
  EXPECT_TRUE((*facts)[0].fact.consent_recorded().consent().id().empty());
  const auto rows = *ConsentsOf(bench.state(), child);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].version(), 2u);
  EXPECT_FALSE(rows[0].recorded().consent().id().empty());
}

TEST_F(ConsentTest, R082AnAnswerHoldsInItsPeriodOnly) {
  ConsentStated said = Share({"child"}, "mother");
  *said.mutable_period()->mutable_until() = testing::DateOf(today + 30);
  Given(said);
  EXPECT_EQ(Now(today - 1), ConsentStanding::kNone);
  EXPECT_EQ(Now(today), ConsentStanding::kGiven);
  EXPECT_EQ(Now(today + 30), ConsentStanding::kGiven);
  EXPECT_EQ(Now(today + 31), ConsentStanding::kNone);
}

TEST_F(ConsentTest, R249AnswersAreConfirmedAnewOnTheTwelfthAndSixteenth) {
  Given(Share({"child"}, "mother"));
  const auto birth = testing::DateOf(absl::CivilDay(2012, 2, 29));
  auto row = (*ConsentsOf(bench.state(), child))[0];
  EXPECT_EQ(ReconfirmationDue(row, birth, bench.rules()),
            absl::CivilDay(2024, 2, 29));
  bench.On(absl::CivilDay(2024, 2, 29));
  ASSERT_THAT(Say(Share({"child"}, "mother")), IsOk());
  row = ConsentsOf(bench.state(), child)->back();
  EXPECT_EQ(ReconfirmationDue(row, birth, bench.rules()),
            absl::CivilDay(2028, 2, 29));
  bench.On(absl::CivilDay(2028, 2, 29));
  ASSERT_THAT(Say(Share({"child"}, "child")), IsOk());
  row = ConsentsOf(bench.state(), child)->back();
  EXPECT_EQ(ReconfirmationDue(row, birth, bench.rules()), std::nullopt);
}

TEST_F(ConsentTest, WhatMakesNoSenseIsNotRead) {
  ConsentStated said = Share({}, "mother");
  EXPECT_THAT(Say(said), RefusedWith("PART_MISSING"));
  said = Share({"child", "child"}, "mother");
  EXPECT_THAT(Say(said), RefusedWith("LISTED_TWICE"));
  said = Share({"child"}, "mother");
  said.clear_kind();
  EXPECT_THAT(Say(said), RefusedWith("CODE_UNKNOWN"));
  said = Share({"child"}, "mother");
  said.set_answer(static_cast<agency::v1::ConsentAnswer>(9));
  EXPECT_THAT(Say(said), RefusedWith("CODE_UNKNOWN"));
  said = Share({"child"}, "mother");
  said.add_classes(agency::v1::ITEM_CLASS_UNSPECIFIED);
  EXPECT_THAT(Say(said), RefusedWith("CODE_UNKNOWN"));
  said = Share({"child"}, "mother");
  said.add_recipients();
  EXPECT_THAT(Say(said), RefusedWith("RECIPIENT_EMPTY"));
  said = Share({"child"}, "mother");
  for (int i = 0; i < kRecipientsMax; ++i) {
    said.add_recipients()->set_agency("health");
  }
  EXPECT_THAT(Say(said), RefusedWith("TOO_MANY"));
}

}  // namespace
}  // namespace kith::core::consent
