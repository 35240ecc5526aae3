// Agreements of families and organisations, notes, what is kept from parents,
// and storage that was refused.
#include "gtest/gtest.h"
#include "services/core/consent/consent.h"
#include "services/core/family/family.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::consent {
namespace {

using agency::v1::ConsentStated;
using agency::v1::FamilyAgreementSigned;
using agency::v1::FamilyAgreementStated;
using agency::v1::RestrictionStated;
using agency::v1::SharingAgreementStated;
using agency::v1::SharingNoteStated;
using ledger::v1::Fact;
using ledger::v1::FamilyAgreementRow;
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

class AgreementTest : public ::testing::Test {
 protected:
  AgreementTest() {
    mother = Add("mother", absl::CivilDay(1985, 5, 5));
    child = Add("child", absl::CivilDay(2012, 2, 29));
    bench.AddPractitioner("council", "w1");
    bench.AddPractitioner("health", "n1");
    family = bench.AddFamily("council", "F", {mother, child});
    ledger::v1::RelationshipRow row;
    row.mutable_recorded()->set_person(mother);
    row.mutable_recorded()->set_to(child);
    row.mutable_recorded()->mutable_said()->set_kind(
        agency::v1::RELATIONSHIP_KIND_PARENT);
    PutRow(bench.state(), mother, keys::Relationship(mother, child, "council"),
           row);
  }

  EntityNumber Add(absl::string_view id, absl::CivilDay birth) {
    agency::v1::PersonStated said;
    *said.mutable_birth_date() = testing::DateOf(birth);
    return bench.AddRecord("council", id, said);
  }
  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  // As a whole statement is decided: with its basis and the check that follows.
  template <class T>
  absl::StatusOr<std::vector<NewFact>> SayUnder(agency::v1::LegalBasis basis,
                                                const T& said) {
    return bench.Say([&](Decision& d) -> absl::Status {
      d.SetBasis(basis);
      const absl::Status decided = Decide(said, d);
      return decided.ok() ? CheckKept(d) : decided;
    });
  }

  FamilyAgreementStated Agreement(const std::string& expectations) {
    FamilyAgreementStated said;
    *said.mutable_family() = testing::ThingOf(Local("council", "F"));
    for (const char* who : {"mother", "child"}) {
      *said.add_parties() = PersonOf(Local("council", who));
    }
    said.set_expectations(expectations);
    said.set_duty_explained(agency::v1::ANSWER_YES);
    return said;
  }
  FamilyAgreementSigned Signed(absl::string_view who) {
    FamilyAgreementSigned said;
    *said.mutable_agreement() = testing::ThingWithId(agreement);
    *said.mutable_signed_by() = PersonOf(Local("council", who));
    return said;
  }
  void Given(const FamilyAgreementStated& said) {
    ASSERT_THAT(Say(said), IsOk());
    ASSERT_EQ(bench.made().size(), 1u);
    agreement = bench.made()[0].id();
    number = bench.made()[0].number();
  }
  FamilyAgreementRow Row() {
    return *bench.Row<FamilyAgreementRow>(keys::FamilyAgreement(number));
  }
  static ConsentStated Storing(absl::string_view who,
                               agency::v1::ConsentAnswer answer) {
    ConsentStated said;
    said.set_kind(agency::v1::CONSENT_KIND_STORE);
    said.set_answer(answer);
    said.set_understood(agency::v1::ANSWER_YES);
    *said.add_about() = PersonOf(Local("council", who));
    *said.mutable_answered_by() = PersonOf(Local("council", who));
    return said;
  }
  static SharingNoteStated Note(const std::string& more) {
    auto said = Text<SharingNoteStated>("wording: 'spoken of' " + more);
    *said.add_about() = PersonOf(Local("council", "mother"));
    return said;
  }
  // What is kept from the family, as the child asks for.
  static RestrictionStated Withholding() {
    auto said = Text<RestrictionStated>("from_family: true");
    *said.add_about() = PersonOf(Local("council", "child"));
    *said.mutable_asked_by() = PersonOf(Local("council", "child"));
    return said;
  }
  static agency::v1::RestrictionLifted Lifted(const std::string& restriction,
                                              absl::string_view asked_by) {
    agency::v1::RestrictionLifted said;
    *said.mutable_restriction() = testing::ThingWithId(restriction);
    said.set_reason("they spoke with each other");
    if (!asked_by.empty()) {
      *said.mutable_asked_by() = PersonOf(Local("council", asked_by));
    }
    return said;
  }
  // Recorded on a day when they are thirteen and judged competent; its id.
  std::string Withheld(const RestrictionStated& said) {
    bench.On(absl::CivilDay(2025, 3, 4));
    Judge("withholding", true);
    EXPECT_THAT(Say(said), IsOk());
    return bench.made().at(0).id();
  }
  void Judge(absl::string_view matter, bool competent) {
    Fact fact;
    auto& judged = *fact.mutable_competence_recorded();
    judged.mutable_judgement()->set_number(bench.NextNumber());
    judged.set_record(child);
    judged.mutable_said()->set_matter(std::string(matter));
    judged.mutable_said()->set_competent(competent);
    ASSERT_THAT(bench.Say([&](Decision& d) { return d.Add(child, {}, fact); }),
                IsOk());
  }

  Bench bench{{Evolve, family::Evolve}};
  EntityNumber mother = 0, child = 0, family = 0, number = 0;
  std::string agreement;
};

// R-093: drafted, signed by some, valid when all have signed.
TEST_F(AgreementTest, R093EachPartySignsOnce) {
  Given(Agreement("we meet each month"));
  EXPECT_EQ(Row().signatures_size(), 0);
  EXPECT_THAT(
      Say(Signed("mother")),
      IsOkAndHolds(ElementsAre(IsFact(Fact::kFamilyAgreementSignedBy))));
  EXPECT_THAT(Say(Signed("mother")), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(Row().signatures_size(), 1);
  ASSERT_THAT(Say(Signed("child")), IsOk());
  EXPECT_EQ(Row().signatures_size(), Row().recorded().parties_size());
}

TEST_F(AgreementTest, R093WhoIsNotNamedDoesNotSign) {
  Add("aunt", absl::CivilDay(1980, 1, 1));
  Given(Agreement("we meet each month"));
  EXPECT_THAT(Say(Signed("aunt")), RefusedWith("NOT_A_PARTY"));
}

// One could sign for every party.
TEST_F(AgreementTest, R093R097AFamilyMemberSignsForThemselvesAlone) {
  Given(Agreement("we meet each month"));
  bench.Act("council", bench.IdOf(base::IdKind::kPerson, mother),
            agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say(Signed("child")), RefusedWith("NOT_YOURSELF"));
  EXPECT_EQ(Row().signatures_size(), 0);
  EXPECT_THAT(Say(Signed("mother")), IsOk());
  EXPECT_EQ(Row().signatures_size(), 1);
}

TEST_F(AgreementTest, R093ASureLinkMakesAMemberTheParty) {
  Given(Agreement("we meet each month"));
  const EntityNumber patient = bench.AddRecord("health", "patient");
  const auto signs = [&] {
    auto said = Signed("");
    *said.mutable_signed_by() = PersonOf(Local("health", "patient"));
    bench.Act("health", bench.IdOf(base::IdKind::kPerson, patient),
              agency::v1::ROLE_FAMILY_MEMBER);
    return Say(said);
  };
  bench.Link({mother, patient});
  EXPECT_THAT(signs(), RefusedWith("NOT_A_PARTY"));
  bench.Link({mother, patient}, true);
  EXPECT_THAT(signs(), IsOk());
}

TEST_F(AgreementTest, R093TheDutyToShareIsExplained) {
  auto said = Agreement("we meet each month");
  said.set_duty_explained(agency::v1::ANSWER_NO);
  EXPECT_THAT(Say(said), RefusedWith("DUTY_NOT_EXPLAINED"));
}

TEST_F(AgreementTest, R093AChangedAgreementIsSignedAnew) {
  Given(Agreement("we meet each month"));
  ASSERT_THAT(Say(Signed("mother")), IsOk());
  auto changed = Agreement("we meet each week");
  *changed.mutable_agreement() = testing::ThingWithId(agreement);
  ASSERT_THAT(Say(changed), IsOk());
  EXPECT_EQ(Row().recorded().version(), 2u);
  EXPECT_EQ(Row().signatures_size(), 0);
  EXPECT_THAT(Say(changed), IsOkAndHolds(IsEmpty()));
  auto old = Signed("mother");
  old.set_version(1);
  EXPECT_THAT(Say(old), StatusIs(absl::StatusCode::kAborted));
}

TEST_F(AgreementTest, R093AnotherAgreementTakesItsPlace) {
  Given(Agreement("we meet each month"));
  const EntityNumber first = number;
  const std::string before = agreement;
  Given(Agreement("we meet each week"));
  EXPECT_EQ(bench.Row<FamilyAgreementRow>(keys::FamilyAgreement(first))
                ->superseded_by(),
            number);
  agreement = before;
  EXPECT_THAT(Say(Signed("mother")), RefusedWith("SUPERSEDED"));
}

// R-098: recorded by the hub.
TEST_F(AgreementTest, R098TheHubRecordsAgreementsOfOrganisations) {
  const auto said = Text<SharingAgreementStated>(R"(
      agreement { system: "main" local_id: "south" } locality: "south"
      parties: "council" parties: "health")");
  EXPECT_THAT(Say(said), RefusedWith("ROLE_MAY_NOT"));
  bench.Act("council", "h1", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(Say(said), IsOkAndHolds(ElementsAre(
                             IsFact(Fact::kPractitionerKnown),
                             IsFact(Fact::kSharingAgreementRecorded))));
  EXPECT_EQ(bench.history().back().subject, 0u);
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
}

TEST_F(AgreementTest, R098AnAgreementHasTwoPartiesEachOnce) {
  bench.Act("council", "h1", agency::v1::ROLE_HUB_ADMINISTRATOR);
  for (const char* parties :
       {"parties: 'council'", "parties: 'council' parties: 'council'",
        "parties: 'council' parties: 'Not A Name'"}) {
    EXPECT_THAT(Say(Text<SharingAgreementStated>(
                    std::string("agreement { local_id: 'x' } ") + parties)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << parties;
  }
}

TEST_F(AgreementTest, R091WorriesAndTheirAnswersAreNoted) {
  EXPECT_THAT(
      Say(Note("kind: SHARING_NOTE_KIND_WORRY answer: 'it is kept apart'")),
      IsOkAndHolds(ElementsAre(IsFact(Fact::kSharingNoteRecorded))));
  EXPECT_THAT(Say(Note("")), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AgreementTest, R089TellingBeforeSharingSaysWhoAndWhy) {
  EXPECT_THAT(Say(Note("kind: SHARING_NOTE_KIND_TOLD_BEFORE")),
              RefusedWith("TELLING_INCOMPLETE"));
  EXPECT_THAT(
      Say(Note("kind: SHARING_NOTE_KIND_TOLD_BEFORE "
               "recipients { agency: 'health' } purpose: 'early_help'")),
      IsOk());
}

// What is told by word of mouth and then written down, explained again, or
// asked and not given, each under its kind.
TEST_F(AgreementTest, R095R100R104EachKindOfNoteIsRecordedAndNoOther) {
  for (const char* kind : {"EXPLAINED", "IN_WRITING", "NOT_GIVEN"}) {
    EXPECT_THAT(Say(Note(std::string("kind: SHARING_NOTE_KIND_") + kind)),
                IsOkAndHolds(ElementsAre(IsFact(Fact::kSharingNoteRecorded))))
        << kind;
  }
  EXPECT_THAT(Say(Note("kind: SHARING_NOTE_KIND_UNSPECIFIED")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// R-070: 12 to 15 with a judgement for the matter; younger not; 16 by right.
TEST_F(AgreementTest, R070AYoungPersonWithholdsWhenJudgedCompetent) {
  bench.On(absl::CivilDay(2024, 3, 1));  // 12 since that very day
  EXPECT_THAT(Say(Withholding()), RefusedWith("COMPETENCE_NOT_JUDGED"));
  Judge("withholding", false);
  EXPECT_THAT(Say(Withholding()), RefusedWith("COMPETENCE_NOT_JUDGED"));
  Judge("withholding", true);
  EXPECT_THAT(Say(Withholding()),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRestrictionRecorded))));
}

TEST_F(AgreementTest, R070BelowTwelveAPractitionerDecidesInTheirOwnName) {
  bench.On(absl::CivilDay(2024, 2, 28));
  Judge("withholding", true);
  EXPECT_THAT(Say(Withholding()), RefusedWith("TOO_YOUNG_TO_WITHHOLD"));
  auto own_name = Withholding();
  own_name.clear_asked_by();
  EXPECT_THAT(Say(own_name), IsOk());
}

TEST_F(AgreementTest, R070FromSixteenNoJudgementIsNeeded) {
  bench.On(absl::CivilDay(2028, 2, 28));
  EXPECT_THAT(Say(Withholding()), RefusedWith("COMPETENCE_NOT_JUDGED"));
  bench.On(absl::CivilDay(2028, 2, 29));
  EXPECT_THAT(Say(Withholding()), IsOk());
}

TEST_F(AgreementTest, R070NamingAParentNeedsTheJudgementToo) {
  bench.On(absl::CivilDay(2024, 3, 4));
  auto said = Withholding();
  said.set_from_family(false);
  *said.add_barred()->mutable_person() = PersonOf(Local("council", "mother"));
  EXPECT_THAT(Say(said), RefusedWith("COMPETENCE_NOT_JUDGED"));
  said.clear_barred();
  said.add_barred()->set_agency("health");
  EXPECT_THAT(Say(said), IsOk());
}

// A parent had it lifted, whom it keeps out without being named; or nobody did.
TEST_F(AgreementTest, R070WhatIsKeptFromTheFamilyEndsAtTheYoungPersonsWord) {
  const std::string kept = Withheld(Withholding());
  EXPECT_THAT(Say(Lifted(kept, "mother")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifted(kept, "")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifted(kept, "child")),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRestrictionEnded))));
  EXPECT_THAT(Say(Lifted(kept, "child")), IsOkAndHolds(IsEmpty()));
}

TEST_F(AgreementTest, R070AParentAmongThoseItIsAboutDoesNotHaveItLifted) {
  auto said = Withholding();
  *said.add_about() = PersonOf(Local("council", "mother"));
  const std::string kept = Withheld(said);
  EXPECT_THAT(Say(Lifted(kept, "mother")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifted(kept, "child")), IsOk());
}

TEST_F(AgreementTest, R070AnotherParentThanTheBarredOneHasItNotLifted) {
  const EntityNumber father = Add("father", absl::CivilDay(1983, 5, 5));
  auto said = Withholding();
  said.set_from_family(false);
  *said.add_barred()->mutable_person() = PersonOf(Local("council", "mother"));
  const std::string kept = Withheld(said);
  ASSERT_NE(father, 0u);
  EXPECT_THAT(Say(Lifted(kept, "father")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifted(kept, "child")), IsOk());
}

TEST_F(AgreementTest, R070WhatAPractitionerDecidedTheirAgencyLifts) {
  auto own_name = Withholding();
  own_name.clear_asked_by();
  const std::string kept = Withheld(own_name);
  EXPECT_THAT(Say(Lifted(kept, "mother")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  bench.Act("health", "n1");
  EXPECT_THAT(Say(Lifted(kept, "")), RefusedWith("NOT_YOURS"));
  bench.Act("council");
  EXPECT_THAT(Say(Lifted(kept, "")), IsOk());
}

TEST_F(AgreementTest, R070ASafeguardingLeadLiftsWithAReasonAlone) {
  const std::string kept = Withheld(Withholding());
  auto said = Lifted(kept, "");
  said.clear_reason();
  bench.Act("health", "n1", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Say(said), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifted(kept, "mother")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifted(kept, "")), IsOk());
}

// R-081: said otherwise under its key, it was lifted just as well.
TEST_F(AgreementTest, R070ItIsStatedOtherwiseAtTheYoungPersonsWordAlone) {
  auto said = Withholding();
  *said.mutable_restriction() = Local("", "R1");
  Withheld(said);
  said.add_classes(agency::v1::ITEM_CLASS_NEED);
  *said.mutable_asked_by() = PersonOf(Local("council", "mother"));
  EXPECT_THAT(Say(said), RefusedWith("NOT_THEIRS_TO_LIFT"));
  said.clear_asked_by();
  EXPECT_THAT(Say(said), RefusedWith("NOT_THEIRS_TO_LIFT"));
  *said.mutable_asked_by() = PersonOf(Local("council", "child"));
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRestrictionRecorded))));
}

TEST_F(AgreementTest, R070AReportThatEndsItAtNobodysWordIsNoted) {
  bench.Feed("council");
  auto said = Withholding();
  *said.mutable_restriction() = Local("", "R1");
  Withheld(said);
  agency::v1::RestrictionLifted lifted;
  *lifted.mutable_restriction() = testing::ThingOf(Local("", "R1"));
  const auto facts = Say(lifted);
  ASSERT_THAT(facts,
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRestrictionEnded))));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-070", "R-081"));
}

// R-078: the record goes, a count that names nobody remains.
TEST_F(AgreementTest, R078RefusedStorageTakesTheRecordOut) {
  const auto facts = Say(Storing("mother", agency::v1::CONSENT_ANSWER_REFUSED));
  EXPECT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded),
                                              IsFact(Fact::kRecordUnstored),
                                              IsFact(Fact::kSupportCounted))));
  EXPECT_EQ((*facts)[1].subject, mother);
  EXPECT_EQ((*facts)[2].subject, 0u);
  EXPECT_EQ((*facts)[2].fact.support_counted().agency(), "council");
}

TEST_F(AgreementTest, R078WhatHasAnotherBasisStays) {
  auto row = *bench.Row<ledger::v1::RecordRow>(keys::Record(mother));
  row.set_basis(agency::v1::LEGAL_BASIS_PUBLIC_TASK);
  PutRow(bench.state(), mother, keys::Record(mother), row);
  EXPECT_THAT(Say(Storing("mother", agency::v1::CONSENT_ANSWER_REFUSED)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded))));
}

TEST_F(AgreementTest, R078NothingMoreIsKeptButOnAnotherBasis) {
  const auto note = Note("kind: SHARING_NOTE_KIND_WORRY");
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_CONSENT, note), IsOk());
  ASSERT_THAT(Say(Storing("mother", agency::v1::CONSENT_ANSWER_REFUSED)),
              IsOk());
  auto another = note;
  another.set_wording("spoken of again");
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_CONSENT, another),
              RefusedWith("NOT_STORED"));
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_UNSPECIFIED, another),
              RefusedWith("NOT_STORED"));
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_LEGAL_OBLIGATION, another),
              IsOk());
  // Consents are always recorded.
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_CONSENT,
                       Storing("mother", agency::v1::CONSENT_ANSWER_GIVEN)),
              IsOk());
}

TEST_F(AgreementTest, R072R076RefusedRecordingStopsNewNotesOnly) {
  auto refused = Storing("mother", agency::v1::CONSENT_ANSWER_REFUSED);
  refused.set_kind(agency::v1::CONSENT_KIND_RECORD);
  EXPECT_THAT(Say(refused),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentRecorded))));
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_CONSENT,
                       Note("kind: SHARING_NOTE_KIND_WORRY")),
              RefusedWith("NOT_RECORDED"));
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_LEGAL_OBLIGATION,
                       Note("kind: SHARING_NOTE_KIND_WORRY")),
              IsOk());
  refused.set_answer(agency::v1::CONSENT_ANSWER_GIVEN);
  ASSERT_THAT(Say(refused), IsOk());
  EXPECT_THAT(SayUnder(agency::v1::LEGAL_BASIS_CONSENT,
                       Note("kind: SHARING_NOTE_KIND_EXPLAINED")),
              IsOk());
}

TEST_F(AgreementTest, R078StorageAllowedAgainBringsTheRecordBack) {
  ASSERT_THAT(Say(Storing("mother", agency::v1::CONSENT_ANSWER_REFUSED)),
              IsOk());
  // As the fold of records would have it.
  auto row = *bench.Row<ledger::v1::RecordRow>(keys::Record(mother));
  row.set_gone(true);
  row.set_unstored(true);
  PutRow(bench.state(), mother, keys::Record(mother), row);
  EXPECT_THAT(Say(Storing("mother", agency::v1::CONSENT_ANSWER_GIVEN)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kConsentEnded),
                                       IsFact(Fact::kConsentRecorded),
                                       IsFact(Fact::kRecordStated))));
}

}  // namespace
}  // namespace kith::core::consent
