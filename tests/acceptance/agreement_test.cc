// Rows about agreements: of a family with those who help it, and between the
// organisations; and about what is noted of sharing.
#include "gtest/gtest.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "tests/acceptance/readers.h"

namespace kith::acceptance {
namespace {

using agency::v1::FamilyAgreementSigned;
using agency::v1::FamilyAgreementStated;
using agency::v1::SharingNoteStated;
using ledger::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AgreementRows : public ::testing::Test {
 protected:
  AgreementRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("girl", absl::CivilDay(2010, 5, 5));
    world.Person("neighbour", absl::CivilDay(1970, 5, 5));
    world.Parent("council/mother", "council/girl");
    world.By("council", "w1");
    family =
        world.Family("F", {"council/mother", "council/girl"}, "council/mother");
  }

  FamilyAgreementStated Agreement(const std::string& expectations) {
    FamilyAgreementStated said;
    *said.mutable_family() = ThingWithId(family);
    *said.add_parties() = Person("council/mother");
    *said.add_parties() = Person("council/girl");
    said.set_expectations(expectations);
    said.set_duty_explained(agency::v1::ANSWER_YES);
    return said;
  }
  Ended Signs(const std::string& agreement, const std::string& who,
              uint32_t version = 0) {
    FamilyAgreementSigned said;
    *said.mutable_agreement() = ThingWithId(agreement);
    *said.mutable_signed_by() = Person(who);
    said.set_version(version);
    return world.Says(said);
  }
  views::Pieces<api::v1::FamilyView> FamilyPieces() {
    return views::testing::Held(
        views::FamilyPieces(world.views(), world.Number(family), world.now()));
  }
  api::v1::FamilyAgreementState StateOf(const std::string& agreement) {
    const auto shown = views::testing::Merged(FamilyPieces());
    for (const auto& one : shown.agreements()) {
      if (one.agreement_id() == agreement) return one.state();
    }
    return api::v1::FAMILY_AGREEMENT_STATE_UNSPECIFIED;
  }

  World world;
  std::string family;
};

TEST_F(AgreementRows, R093ItIsValidOnceAllHaveSignedAndNotBefore) {
  FamilyAgreementStated said = Agreement("we meet every six weeks");
  for (const auto answer :
       {agency::v1::ANSWER_UNSPECIFIED, agency::v1::ANSWER_NO}) {
    said.set_duty_explained(answer);
    EXPECT_THAT(world.Says(said), RefusedFor("DUTY_NOT_EXPLAINED", "R-093"));
  }
  said.set_duty_explained(agency::v1::ANSWER_YES);
  const Ended drafted = world.Says(said);
  ASSERT_THAT(drafted, Records(Fact::kFamilyAgreementRecorded));
  const std::string id = drafted.id();
  EXPECT_EQ(StateOf(id), api::v1::FAMILY_AGREEMENT_STATE_DRAFTED);
  EXPECT_THAT(Signs(id, "council/neighbour"),
              RefusedFor("NOT_A_PARTY", "R-093"));
  EXPECT_EQ(StateOf(id), api::v1::FAMILY_AGREEMENT_STATE_DRAFTED);
  EXPECT_THAT(Signs(id, "council/mother"),
              Records(Fact::kFamilyAgreementSignedBy));
  EXPECT_THAT(Signs(id, "council/mother"), ChangedNothing());
  EXPECT_EQ(StateOf(id), api::v1::FAMILY_AGREEMENT_STATE_PARTLY_SIGNED);
  EXPECT_THAT(Signs(id, "council/girl"),
              Records(Fact::kFamilyAgreementSignedBy));
  EXPECT_EQ(StateOf(id), api::v1::FAMILY_AGREEMENT_STATE_VALID);
}

TEST_F(AgreementRows, R093OtherWordsAreSignedAnew) {
  FamilyAgreementStated said = Agreement("we meet every six weeks");
  const std::string id = world.Says(said).id();
  ASSERT_THAT(Signs(id, "council/mother", 1), IsAccepted());
  ASSERT_THAT(Signs(id, "council/girl", 1), IsAccepted());
  *said.mutable_agreement() = ThingWithId(id);
  EXPECT_THAT(world.Says(said), ChangedNothing());
  EXPECT_EQ(StateOf(id), api::v1::FAMILY_AGREEMENT_STATE_VALID);
  said.set_expectations("we meet every month");
  EXPECT_THAT(world.Says(said), Records(Fact::kFamilyAgreementRecorded));
  EXPECT_EQ(StateOf(id), api::v1::FAMILY_AGREEMENT_STATE_DRAFTED);
  EXPECT_EQ(Signs(id, "council/mother", 1).outcome.kind(),
            ledger::v1::OUTCOME_KIND_REFUSED);  // what they saw is no more
  EXPECT_THAT(Signs(id, "council/mother", 2), IsAccepted());
}

TEST_F(AgreementRows, R093AnotherTakesItsPlace) {
  const std::string first = world.Says(Agreement("every six weeks")).id();
  const Ended second = world.Says(Agreement("every month"));
  ASSERT_THAT(second, Records(Fact::kFamilyAgreementRecorded,
                              Fact::kFamilyAgreementSuperseded));
  EXPECT_EQ(StateOf(first), api::v1::FAMILY_AGREEMENT_STATE_SUPERSEDED);
  EXPECT_THAT(Signs(first, "council/mother"),
              RefusedFor("SUPERSEDED", "R-093"));
  EXPECT_THAT(Signs(second.id(), "council/mother"), IsAccepted());
}

// Sharing without one is flagged; the family's permission it needs in any case.
TEST_F(AgreementRows, R098SharingUnderAnAgreementAndWithoutOne) {
  agency::v1::NeedStated need;
  *need.mutable_person() = Person("council/mother");
  need.set_need("debt");
  need.set_state(agency::v1::NEED_STATE_IDENTIFIED);
  ASSERT_THAT(world.Says(need), IsAccepted());
  const auto why = [&] {
    const auto nurse = PractitionerOf(world, "health/nurse");
    const auto pieces = FamilyPieces();
    for (const auto& piece : pieces) {
      if (piece.label.class_() == agency::v1::ITEM_CLASS_NEED) {
        return WhyFor(world, nurse, piece.label);
      }
    }
    return disclosure::Reason::kGone;
  };
  EXPECT_EQ(why(), disclosure::Reason::kNoPermission);
  agency::v1::ConsentStated shares;
  *shares.add_about() = Person("council/mother");
  shares.set_kind(agency::v1::CONSENT_KIND_SHARE);
  shares.set_answer(agency::v1::CONSENT_ANSWER_GIVEN);
  shares.set_understood(agency::v1::ANSWER_YES);
  shares.set_purpose("early_help");
  shares.add_recipients()->set_agency("health");
  *shares.mutable_answered_by() = Person("council/mother");
  ASSERT_THAT(world.Says(shares), IsAccepted());
  EXPECT_EQ(why(), disclosure::Reason::kSharedUnagreed);

  agency::v1::SharingAgreementStated said;
  *said.mutable_agreement() = Local("council/south");
  said.add_parties("council");
  *said.mutable_period()->mutable_from() = Day(2024, 4, 1);
  *said.mutable_period()->mutable_until() = Day(2024, 4, 30);
  EXPECT_THAT(world.Says(said), RefusedFor("ROLE_MAY_NOT", "R-262"));
  world.By("council", "admin", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(world.Says(said), IsQuarantined("PARTIES_MISSING"));
  said.add_parties("health");
  EXPECT_THAT(world.Says(said), Records(Fact::kSharingAgreementRecorded));
  EXPECT_THAT(world.Says(said), ChangedNothing());
  world.On(2024, 3, 31);
  EXPECT_EQ(why(), disclosure::Reason::kSharedUnagreed);
  world.On(2024, 4, 1);
  EXPECT_EQ(why(), disclosure::Reason::kShared);
  world.On(2024, 4, 30);
  EXPECT_EQ(why(), disclosure::Reason::kShared);
  world.On(2024, 5, 1);
  EXPECT_EQ(why(), disclosure::Reason::kSharedUnagreed);
}

TEST_F(AgreementRows, R089WhatIsToldBeforeSharingSaysWhoAndWhatFor) {
  SharingNoteStated said;
  *said.add_about() = Person("council/mother");
  said.set_kind(agency::v1::SHARING_NOTE_KIND_TOLD_BEFORE);
  said.set_wording("the nurse will know of the debts");
  said.set_purpose("early_help");
  EXPECT_THAT(world.Says(said), RefusedFor("TELLING_INCOMPLETE", "R-089"));
  said.add_recipients()->set_agency("health");
  said.clear_purpose();
  EXPECT_THAT(world.Says(said), RefusedFor("TELLING_INCOMPLETE", "R-089"));
  said.set_purpose("early_help");
  EXPECT_THAT(world.Says(said), Records(Fact::kSharingNoteRecorded));
}

// Worries and their answer, explanations, what was said aloud put in writing,
// and what was asked and not given: kept as they were worded, for whom they
// are about.
TEST_F(AgreementRows, R091R095R100R101R104WhatIsNotedOfSharingIsKeptInWords) {
  for (const auto kind : {agency::v1::SHARING_NOTE_KIND_WORRY,
                          agency::v1::SHARING_NOTE_KIND_EXPLAINED,
                          agency::v1::SHARING_NOTE_KIND_IN_WRITING,
                          agency::v1::SHARING_NOTE_KIND_NOT_GIVEN}) {
    SharingNoteStated said;
    *said.add_about() = Person("council/mother");
    said.set_kind(kind);
    EXPECT_THAT(world.Says(said), IsQuarantined("PART_MISSING"));
    said.set_wording("who else reads this?");
    said.set_answer("the nurse");
    EXPECT_THAT(world.Says(said), Records(Fact::kSharingNoteRecorded));
  }
  const auto kinds_shown_to = [&](const disclosure::Reader& reader) {
    std::vector<agency::v1::SharingNoteKind> kinds;
    const auto shown = ShownTo(world, reader, FamilyPieces());
    for (const auto& note : shown.sharing_notes()) {
      EXPECT_EQ(note.said().wording(), "who else reads this?");
      EXPECT_EQ(note.said().answer(), "the nurse");
      kinds.push_back(note.said().kind());
    }
    return kinds;
  };
  const auto all =
      ::testing::UnorderedElementsAre(agency::v1::SHARING_NOTE_KIND_WORRY,
                                      agency::v1::SHARING_NOTE_KIND_EXPLAINED,
                                      agency::v1::SHARING_NOTE_KIND_IN_WRITING,
                                      agency::v1::SHARING_NOTE_KIND_NOT_GIVEN);
  EXPECT_THAT(kinds_shown_to(PractitionerOf(world, "council/w1")), all);
  EXPECT_THAT(kinds_shown_to(MemberOf(world, "council/mother")), all);
  EXPECT_THAT(kinds_shown_to(MemberOf(world, "council/girl")), IsEmpty());
  EXPECT_THAT(kinds_shown_to(PractitionerOf(world, "health/nurse")), IsEmpty());
}

}  // namespace
}  // namespace kith::acceptance
