// Agreements, notes, sessions held apart, panel items, refused storage; and
// what labels say of thing and legal basis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/substitute.h"
#include "base/civil_date.h"
#include "services/views/labels.h"
#include "services/views/read.h"
#include "services/views/standing.h"
#include "services/views/testing.h"
#include "services/views/worklists.h"

namespace kith::views::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class AgreementViewTest : public ::testing::Test {
 protected:
  api::v1::FamilyView Family() {
    return Merged(Held(FamilyPieces(history.view(), family, history.now())));
  }
  Pieces<api::v1::FamilyView> FamilyPiecesNow() {
    return Held(FamilyPieces(history.view(), family, history.now()));
  }
  EntityNumber Agreement() {
    const auto made = history.New('o');
    history.Add(
        family, {},
        absl::Substitute(
            R"(family_agreement_recorded { agreement { number: $0 id: "$1" }
             family: $2 parties: $3 parties: $4 version: 1
             said { expectations: "we meet" } })",
            made.number(), made.id(), family, mother, child));
    return made.number();
  }
  void Sign(EntityNumber agreement, EntityNumber party) {
    history.Add(
        family, {},
        absl::Substitute(
            R"(family_agreement_signed_by { agreement: $0 party: $1 version: 1
             signed_on { year: 2024 month: 3 day: 4 } })",
            agreement, party));
  }
  api::v1::FamilyAgreementState State() {
    return Family().agreements(0).state();
  }

  History history;
  const EntityNumber mother = history.Person("Mary", "Smith");
  const EntityNumber child = history.Person(
      "Anna", "Smith", "birth_date { year: 2012 month: 2 day: 29 }");
  const EntityNumber family = history.Family({mother, child}, mother);
};

// R-093
TEST_F(AgreementViewTest, R093AnAgreementIsValidWhenAllHaveSigned) {
  const auto agreement = Agreement();
  EXPECT_EQ(State(), api::v1::FAMILY_AGREEMENT_STATE_DRAFTED);
  Sign(agreement, mother);
  EXPECT_EQ(State(), api::v1::FAMILY_AGREEMENT_STATE_PARTLY_SIGNED);
  Sign(agreement, child);
  EXPECT_EQ(State(), api::v1::FAMILY_AGREEMENT_STATE_VALID);
  history.Add(
      family, {},
      absl::Substitute("family_agreement_superseded { agreement: $0 by: 99 }",
                       agreement));
  EXPECT_EQ(State(), api::v1::FAMILY_AGREEMENT_STATE_SUPERSEDED);
}

TEST_F(AgreementViewTest, ANoteIsOfThoseItIsAboutAndNamesWhoReceives) {
  const auto note = history.New('o');
  history.Add(
      mother, {child},
      absl::Substitute(
          R"(sharing_note_recorded { note { number: $0 id: "$1" } records: $2
           records: $3 recipients { agency: "health" }
           said { kind: SHARING_NOTE_KIND_WORRY wording: "who knows" } })",
          note.number(), note.id(), mother, child));
  const auto view = Family();
  ASSERT_EQ(view.sharing_notes_size(), 1);
  EXPECT_EQ(view.sharing_notes(0).person_ids_size(), 2);
  EXPECT_EQ(view.sharing_notes(0).recipients(0).agency(), "health");
}

// R-305: the plan's other people are not named by what was said with one.
TEST_F(AgreementViewTest, R305ASessionApartIsOfWhomItWasWithAlone) {
  const auto plan = history.Plan(family, {mother, child});
  const auto meeting = history.New('m');
  history.Add(
      family, {child},
      absl::Substitute(
          R"(meeting_recorded { meeting { number: $0 id: "$1" } family: $2
           plan: $3 family_present: $4
           said { kind: MEETING_KIND_SEPARATE_SESSION notes: "afraid" } })",
          meeting.number(), meeting.id(), family, plan, child));
  bool found = false;
  for (const auto& piece : FamilyPiecesNow()) {
    if (piece.part.meetings_size() == 0) continue;
    found = true;
    EXPECT_EQ(piece.label.class_(), agency::v1::ITEM_CLASS_CONVERSATION);
    EXPECT_THAT(piece.label.records(), ElementsAre(child));
  }
  EXPECT_TRUE(found);
}

TEST_F(AgreementViewTest, LabelsBearTheirThingAndItsBasis) {
  Fact fact = Text<Fact>(absl::Substitute(
      R"(need_recorded { need { number: 77 id: "o77" } record: $0
           said { need: "housing" } })",
      child));
  history.Add(child, {}, fact);
  const auto labels = LabelsOfThing(history.view(), 77, history.now());
  ASSERT_TRUE(labels.ok());
  ASSERT_FALSE(labels->empty());
  for (const auto& label : *labels) {
    EXPECT_EQ(label.class_(), agency::v1::ITEM_CLASS_NEED);
    EXPECT_EQ(label.thing(), 77u);
    EXPECT_EQ(label.basis(), agency::v1::LEGAL_BASIS_UNSPECIFIED);
  }
  EXPECT_THAT(*LabelsOfThing(history.view(), 9999, history.now()), IsEmpty());
}

// R-227: it leads to nobody.
TEST_F(AgreementViewTest, R227APanelItemHasNoPeopleNoFamilyAndNoAuthor) {
  const auto item = history.New('o');
  history.Add(item.number(), {},
              absl::Substitute(
                  R"(panel_item_recorded { item { number: $0 id: "$1" }
           said { question: "how to help with debt"
                  item { local_id: "case 7" } } })",
                  item.number(), item.id()));
  const auto page = PanelItems(history.view(), {});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->entries.size(), 1u);
  const auto& piece = page->entries[0].pieces[0];
  EXPECT_THAT(piece.label.records(), IsEmpty());
  EXPECT_EQ(piece.label.family(), 0u);
  EXPECT_EQ(piece.part.said().question(), "how to help with debt");
  EXPECT_FALSE(piece.part.said().has_item());
  EXPECT_EQ(Family().ShortDebugString().find("debt"), std::string::npos);
}

TEST_F(AgreementViewTest, R098AgreementsOfOrganisationsAreListed) {
  const auto agreement = history.New('o');
  history.Add(
      0, {},
      absl::Substitute(
          R"(sharing_agreement_recorded { agreement { number: $0 id: "$1" }
           said { parties: "council" parties: "health" } })",
          agreement.number(), agreement.id()));
  const auto page = SharingAgreements(history.view(), {});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->entries.size(), 1u);
  Concerned concerned;
  concerned.families.insert(family);
  const auto standing = StandingOf(history.view(), concerned, history.now());
  ASSERT_TRUE(standing.ok());
  ASSERT_EQ(standing->agreements.size(), 1u);
  EXPECT_EQ(standing->agreements[0].said().parties_size(), 2);
  EXPECT_THAT(standing->members_of_family.at(family),
              UnorderedElementsAre(mother, child));
}

TEST_F(AgreementViewTest, BirthsAreThoseOfThePersonsRecords) {
  history.Feed("school");
  const auto other = history.Person("Anna", "Smith");
  history.Link(child, other);
  Concerned concerned;
  concerned.records = {other, mother};
  const auto standing = StandingOf(history.view(), concerned, history.now());
  ASSERT_TRUE(standing.ok());
  EXPECT_EQ(standing->records.at(other).born, absl::CivilDay(2012, 2, 29));
  EXPECT_EQ(standing->records.at(mother).born, std::nullopt);
}

// R-078: found no more; a count that names nobody.
TEST_F(AgreementViewTest, R078AnUnstoredRecordIsNotFound) {
  const absl::CivilDay today = base::LondonDay(history.now());
  const auto query = Text<api::v1::PersonQuery>(
      R"(given: "Anna" family: "Smith" postcode: "NR1 1AA"
         birth_date { year: 2012 month: 2 day: 29 })");
  history.Restate(child, R"(names { given: "Anna" family: "Smith" }
      birth_date { year: 2012 month: 2 day: 29 }
      addresses { postcode: "NR1 1AA" })");
  EXPECT_THAT(*FindPersons(history.view(), query, today, history.hash()),
              ElementsAre(child));
  history.Add(child, {},
              absl::Substitute("record_unstored { record: $0 }", child));
  history.Add(0, {}, "support_counted { agency: \"council\" }");
  history.Add(0, {}, "support_counted { agency: \"council\" }");
  EXPECT_THAT(*FindPersons(history.view(), query, today, history.hash()),
              IsEmpty());
  const auto counts = UnstoredSupport(history.view());
  ASSERT_TRUE(counts.ok());
  ASSERT_EQ(counts->size(), 1u);
  EXPECT_EQ(counts->at(0).count(), 2u);
}

TEST_F(AgreementViewTest, R094WhetherACopyOfTheConsentWasGivenIsShown) {
  const auto copies = [&] {
    std::vector<agency::v1::Answer> given;
    const auto view = Family();
    for (const auto& consent : view.consents()) {
      given.push_back(consent.said().copy_given());
    }
    return given;
  };
  history.Consent({mother}, "kind: CONSENT_KIND_SHARE");
  EXPECT_THAT(copies(), ElementsAre(agency::v1::ANSWER_UNSPECIFIED));
  history.Consent({mother}, "kind: CONSENT_KIND_STORE copy_given: ANSWER_YES");
  EXPECT_THAT(copies(), UnorderedElementsAre(agency::v1::ANSWER_UNSPECIFIED,
                                             agency::v1::ANSWER_YES));
}

// R-092
TEST_F(AgreementViewTest, R092AConsentIsCheckedByItsDay) {
  history.Consent({mother}, R"(kind: CONSENT_KIND_SHARE
      answer: CONSENT_ANSWER_GIVEN check_by { year: 2024 month: 6 day: 1 })");
  const auto due_on = [&](absl::CivilDay day) {
    const auto page = Due(history.view(), {}, history.NoonOf(day), {});
    KITH_CHECK(page.ok());
    return page->entries.size();
  };
  EXPECT_EQ(due_on(absl::CivilDay(2024, 5, 31)), 0u);
  EXPECT_EQ(due_on(absl::CivilDay(2024, 6, 1)), 1u);
}

}  // namespace
}  // namespace kith::views::testing
