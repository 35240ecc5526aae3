#include "services/core/consent/consent.h"

#include "gtest/gtest.h"
#include "services/core/consent/standing.h"
#include "services/core/family/family.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::consent {
namespace {

using agency::v1::ConsentStated;
using agency::v1::ConsentWithdrawn;
using agency::v1::RestrictionStated;
using ledger::v1::Fact;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::PersonOf;
using testing::RefusedWith;
using testing::StatusIs;
using testing::Text;

// A mother, a father, and a child born on 29 February 2012.
class ConsentTest : public ::testing::Test {
 protected:
  ConsentTest() {
    mother = Add("mother", absl::CivilDay(1985, 5, 5));
    father = Add("father", absl::CivilDay(1980, 5, 5));
    aunt = Add("aunt", absl::CivilDay(1982, 5, 5));
    child = Add("child", absl::CivilDay(2012, 2, 29));
    Relate(mother, child);
    Relate(father, child);
    bench.On(absl::CivilDay(2023, 3, 6));  // the child is 11
  }

  EntityNumber Add(absl::string_view id, absl::CivilDay birth) {
    agency::v1::PersonStated said;
    *said.mutable_birth_date() = testing::DateOf(birth);
    return bench.AddRecord("council", id, said);
  }
  void Relate(EntityNumber parent, EntityNumber of) {
    ledger::v1::RelationshipRow row;
    row.mutable_recorded()->set_person(parent);
    row.mutable_recorded()->set_to(of);
    row.mutable_recorded()->mutable_said()->set_kind(
        agency::v1::RELATIONSHIP_KIND_PARENT);
    PutRow(bench.state(), parent, keys::Relationship(parent, of, "council"),
           row);
  }
  void Judge(bool competent) {
    Fact fact;
    auto& judged = *fact.mutable_competence_recorded();
    judged.mutable_judgement()->set_number(bench.NextNumber());
    judged.set_record(child);
    judged.mutable_said()->set_matter("sharing");
    judged.mutable_said()->set_competent(competent);
    ASSERT_THAT(bench.Say([&](Decision& d) { return d.Add(child, {}, fact); }),
                IsOk());
  }

  static ConsentStated Share(const std::vector<std::string>& about,
                             absl::string_view answered_by) {
    auto said = Text<ConsentStated>(
        "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN "
        "recipients { agency: 'health' } purpose: 'early_help' "
        "understood: ANSWER_YES");
    for (const std::string& who : about) {
      *said.add_about() = PersonOf(Local("council", who));
    }
    *said.mutable_answered_by() = PersonOf(Local("council", answered_by));
    return said;
  }
  static ConsentStated Refusing(ConsentStated said) {
    said.set_answer(agency::v1::CONSENT_ANSWER_REFUSED);
    return said;
  }
  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  ConsentWithdrawn Withdrawn(absl::string_view by) {
    ConsentWithdrawn said;
    *said.mutable_consent() = testing::ThingWithId(last_id);
    *said.mutable_withdrawn_by() = PersonOf(Local("council", by));
    return said;
  }
  void Given(const ConsentStated& said) {
    ASSERT_THAT(Say(said), IsOk());
    ASSERT_EQ(bench.made().size(), 1u);
    last_id = bench.made()[0].id();
  }
  // The family member of that record acts.
  void As(EntityNumber member) {
    bench.Act("council", bench.IdOf(base::IdKind::kPerson, member),
              agency::v1::ROLE_FAMILY_MEMBER);
  }
  ConsentStanding Now(absl::CivilDay day,
                      absl::string_view purpose = "early_help") {
    return Standing(*ConsentsOf(bench.state(), child),
                    agency::v1::CONSENT_KIND_SHARE, purpose, day);
  }

  const absl::CivilDay today{2023, 3, 6};
  Bench bench{{Evolve, family::Evolve}};
  EntityNumber mother, father, aunt, child;
  std::string last_id;
};

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

class RestrictionTest : public ConsentTest {
 protected:
  static RestrictionStated Bars(absl::string_view who) {
    RestrictionStated said;
    *said.add_about() = PersonOf(Local("council", "child"));
    *said.add_barred()->mutable_person() = PersonOf(Local("council", who));
    said.add_classes(agency::v1::ITEM_CLASS_CONTACT);
    *said.mutable_asked_by() = PersonOf(Local("council", "mother"));
    return said;
  }
  agency::v1::RestrictionLifted Lifts(absl::string_view asked_by) {
    agency::v1::RestrictionLifted said;
    *said.mutable_restriction() = testing::ThingWithId(last_id);
    *said.mutable_asked_by() = PersonOf(Local("council", asked_by));
    said.set_reason("agreed in court");
    return said;
  }
};

TEST_F(RestrictionTest, R081SomebodyIsBarredFromSomethingForSomeTime) {
  const auto facts = Say(Bars("father"));
  ASSERT_THAT(facts, IsOk());
  ASSERT_EQ(facts->back().fact.what_case(), Fact::kRestrictionRecorded);
  const auto& recorded = facts->back().fact.restriction_recorded();
  EXPECT_EQ(recorded.barred(0).record(), father);
  EXPECT_EQ(recorded.asked_by(), mother);
  EXPECT_THAT(Say(Bars("father")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Bars("aunt")), IsOk());
}

TEST_F(RestrictionTest, R081OnlyWhoWorksWithTheFamilyRestricts) {
  bench.Act("council", "w9", agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say(Bars("father")), RefusedWith("ROLE_MAY_NOT"));
  bench.Act("council", "w9", agency::v1::ROLE_LEAD_PROFESSIONAL);
  EXPECT_THAT(Say(Bars("father")), IsOk());
}

TEST_F(RestrictionTest, WhoIsBarredDoesNotHaveItLifted) {
  ASSERT_THAT(Say(Bars("father")), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("father")), RefusedWith("BARRED_MAY_NOT_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRestrictionEnded))));
  EXPECT_THAT(Say(Lifts("mother")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Bars("father")), IsOk());  // anew
}

// What the mother wished of her own, another could have lifted, or nobody.
TEST_F(RestrictionTest, R081WhatSomebodyWishedOfTheirOwnEndsAtTheirWord) {
  RestrictionStated said = Bars("father");
  *said.mutable_about(0) = PersonOf(Local("council", "mother"));
  ASSERT_THAT(Say(said), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("aunt")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifts("child")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  auto nobodys = Lifts("mother");
  nobodys.clear_asked_by();
  EXPECT_THAT(Say(nobodys), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
}

TEST_F(RestrictionTest, R081AParentLiftsWhatTheyWishedOfThemselvesAndAChild) {
  RestrictionStated said = Bars("father");
  *said.add_about() = PersonOf(Local("council", "mother"));
  ASSERT_THAT(Say(said), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("aunt")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
}

// Any agency that saw a restriction could lift it.
TEST_F(RestrictionTest, R081WhoRecordedItLiftsItOrASafeguardingLead) {
  ASSERT_THAT(Say(Bars("father")), IsOk());
  last_id = bench.made()[0].id();
  bench.Act("health", "hv");
  EXPECT_THAT(Say(Lifts("mother")), RefusedWith("NOT_YOURS"));
  bench.Act("health", "hv", agency::v1::ROLE_LEAD_PROFESSIONAL);
  EXPECT_THAT(Say(Lifts("mother")), RefusedWith("NOT_YOURS"));  // not of theirs
  bench.Act("health", "hv", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Say(Lifts("father")), RefusedWith("BARRED_MAY_NOT_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
  bench.Act("council", "w2");
  ASSERT_THAT(Say(Bars("father")), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
}

TEST_F(RestrictionTest, AFeedsRestrictionIsItsOwn) {
  bench.Feed("health");
  RestrictionStated said;
  *said.mutable_restriction() = Local("", "restricted");
  *said.add_about() = PersonOf(Local("council", "child"));
  said.set_own_records_only(true);
  EXPECT_THAT(Say(said), IsOk());
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  bench.Feed("school");
  agency::v1::RestrictionLifted lifted;
  *lifted.mutable_restriction() =
      testing::ThingOf(Local("health", "restricted"));
  EXPECT_THAT(Say(lifted), RefusedWith("NOT_YOURS"));
  bench.Feed("health");
  EXPECT_THAT(Say(lifted), IsOk());
}

TEST_F(RestrictionTest, AConsentIsNoRestriction) {
  ASSERT_THAT(Say(Share({"child"}, "mother")), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("mother")), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace kith::core::consent
