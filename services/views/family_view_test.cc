#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/views/read.h"
#include "services/views/testing.h"

namespace kith::views {
namespace {

using api::v1::FamilySummary;
using api::v1::FamilyView;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Held;
using testing::History;
using ::testing::IsEmpty;
using testing::LinesOf;
using testing::Merged;
using ::testing::Not;
using testing::PartText;
using ::testing::UnorderedElementsAre;

std::vector<std::string> FamilyLines(const History& history,
                                     EntityNumber family) {
  return LinesOf(Held(FamilyPieces(history.view(), family, history.now())));
}

FamilyView WholeFamily(const History& history, EntityNumber family) {
  return Merged(Held(FamilyPieces(history.view(), family, history.now())));
}

std::vector<std::string> PeopleIds(const FamilyView& family) {
  std::vector<std::string> ids;
  for (const auto& person : family.people()) ids.push_back(person.person_id());
  return ids;
}

TEST(FamilyViewTest, NobodyAnswersForAFamilyThatIsNotThere) {
  const History history;
  const auto answer = FamilyPieces(history.view(), 99, history.now());
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer->has_value());
}

// Who somebody is, how to reach them and what they need are judged apart.
TEST(FamilyViewTest, EachRecordComesInPiecesByClass) {
  History history;
  const auto anna = history.Person("Anna", "Smith",
                                   R"(birth_date { year: 2015 month: 5 day: 6 }
         addresses { postcode: "NR1 1AA" } religion: "none")");
  const auto family = history.Family({anna});
  EXPECT_THAT(
      FamilyLines(history, family),
      ElementsAre(
          "FAMILY council [1] f2 | family_id: \"f2\"",
          "FAMILY council [1] f2 | family_id: \"f2\" members { person_id: "
          "\"p1\" said { } }",
          "IDENTITY council [1] f2 | family_id: \"f2\" people { person_id: "
          "\"p1\" records { record_id: \"p1\" agency: \"council\" said { names "
          "{ given: \"Anna\" family: \"Smith\" } birth_date { year: 2015 month:"
          " 5 day: 6 } } person_id: \"p1\" } }",
          "NEED council [1] f2 | family_id: \"f2\" people { person_id: \"p1\" "
          "records { record_id: \"p1\" agency: \"council\" said { religion: "
          "\"none\" } person_id: \"p1\" } }",
          "CONTACT council [1] f2 | family_id: \"f2\" people { person_id: "
          "\"p1\" records { record_id: \"p1\" agency: \"council\" said { "
          "addresses { postcode: \"NR1 1AA\" } } person_id: \"p1\" } }"));
}

TEST(FamilyViewTest, PiecesOfOneRecordAreOneRecordAgain) {
  History history;
  const auto anna = history.Person(
      "Anna", "Smith", R"(addresses { postcode: "NR1 1AA" } religion: "none")");
  const auto family = history.Family({anna});
  const FamilyView view = WholeFamily(history, family);
  ASSERT_EQ(view.people_size(), 1);
  ASSERT_EQ(view.people(0).records_size(), 1);
  const auto& said = view.people(0).records(0).said();
  EXPECT_EQ(said.addresses(0).postcode(), "NR1 1AA");
  EXPECT_EQ(said.religion(), "none");
  EXPECT_EQ(view.members(0).name(), "Anna Smith");
}

TEST(FamilyViewTest, FinishingTwiceChangesNothing) {
  History history;
  const auto anna = history.Person("Anna", "Smith", R"(religion: "none")");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});
  history.Add(ben, {anna}, R"(relationship_recorded { person: 2 to: 1
      said { kind: RELATIONSHIP_KIND_PARENT } })");
  FamilyView once = WholeFamily(history, family);
  FamilyView twice = once;
  Finish(&twice);
  EXPECT_EQ(once.ShortDebugString(), twice.ShortDebugString());
}

// R-081 and architecture section 6: an address that is kept from others is
// shown to nobody by way of those one lives with either.
TEST(FamilyViewTest, AProtectedAddressShieldsEverybodysContacts) {
  History history;
  const auto mother =
      history.Person("Mary", "Smith",
                     R"(addresses { postcode: "NR1 1AA" protected: true }
         addresses { postcode: "NR2 2BB" })");
  history.Feed("school");
  const auto child =
      history.Person("Anna", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto family = history.Family({mother, child});
  int contacts = 0;
  const auto pieces = Held(FamilyPieces(history.view(), family, history.now()));
  for (const auto& piece : pieces) {
    const bool contact = piece.label.class_() == agency::v1::ITEM_CLASS_CONTACT;
    EXPECT_EQ(piece.label.shielded(), contact);
    contacts += contact ? 1 : 0;
  }
  EXPECT_EQ(contacts, 3);
  // The person's own view says so too.
  const auto person = Held(PersonPieces(history.view(), child, history.now()));
  EXPECT_THAT(LinesOf(person),
              Contains(HasSubstr("CONTACT school [2] shielded")));
}

// Lines of the contacts in a family's view.
std::vector<std::string> ContactsIn(const History& history,
                                    EntityNumber family) {
  Pieces<FamilyView> contacts;
  for (auto& piece :
       Held(FamilyPieces(history.view(), family, history.now()))) {
    if (piece.label.class_() != agency::v1::ITEM_CLASS_CONTACT) continue;
    contacts.push_back(std::move(piece));
  }
  return LinesOf(contacts);
}

// A child of two families was shown with the address of both by whichever
// family nobody hides in.
TEST(FamilyViewTest, R081WhoeverHidesInAnotherFamilyOfTheirsShieldsThem) {
  History history;
  const auto father =
      history.Person("Paul", "Smith", R"(addresses { postcode: "NR3 3CC" })");
  const auto child =
      history.Person("Anna", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto mother = history.Person(
      "Mary", "Jones", R"(addresses { postcode: "NR1 1AA" protected: true })");
  const auto asked_for = history.Family({father, child});
  const auto copy = history.Feed("school").Person(
      "Ann", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto other = history.Family({mother});
  EXPECT_THAT(ContactsIn(history, asked_for),
              ElementsAre(HasSubstr("council [1] f4 |"),
                          HasSubstr("council [2] f4 |")));
  // By another record of the child's. The father does not live there.
  history.Member(other, copy);
  history.Link(child, copy, /*verified=*/false);
  const auto shielded = ElementsAre(HasSubstr("council [1] f4 |"),
                                    HasSubstr("council [2] f4 shielded |"),
                                    HasSubstr("school [5] f4 shielded |"));
  EXPECT_THAT(ContactsIn(history, asked_for), shielded);
  const auto person = Held(PersonPieces(history.view(), child, history.now()));
  EXPECT_THAT(LinesOf(person),
              Contains(HasSubstr("CONTACT council [2] shielded")));
  history.Left(other, mother, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(
      ContactsIn(history, asked_for),
      ElementsAre(HasSubstr("council [1] f4 |"), HasSubstr("council [2] f4 |"),
                  HasSubstr("school [5] f4 |")));
}

// The grandmother's number leads to whoever hides as well.
TEST(FamilyViewTest,
     R081HowToReachTheNetworkIsShieldedWithWhoeverIsInTheFamily) {
  History history;
  const auto child = history.Person("Anna", "Smith");
  const auto mother = history.Person(
      "Mary", "Jones", R"(addresses { postcode: "NR1 1AA" protected: true })");
  const auto family = history.Family({child});
  history.Add(family, {}, R"(network_recorded { entry { number: 7 id: "o7" }
      family: 3 said { name: "Gran" contact: "01603" } })");
  EXPECT_THAT(ContactsIn(history, family),
              ElementsAre(HasSubstr("CONTACT council [1] f3 |")));
  const auto other = history.Family({mother, child});
  EXPECT_THAT(ContactsIn(history, family),
              ElementsAre(AllOf(HasSubstr("CONTACT council [1] f3 shielded |"),
                                HasSubstr("01603"))));
  // Who they are is told as before.
  EXPECT_THAT(
      LinesOf(Held(FamilyPieces(history.view(), family, history.now()))),
      Contains(AllOf(HasSubstr("FAMILY council [1] f3 |"), HasSubstr("Gran"),
                     Not(HasSubstr("01603")))));
  history.Left(other, child, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(ContactsIn(history, family),
              ElementsAre(HasSubstr("CONTACT council [1] f3 |")));
  history.Member(family, mother);
  EXPECT_THAT(ContactsIn(history, family),
              Contains(AllOf(HasSubstr("shielded |"), HasSubstr("01603"))));
}

TEST(FamilyViewTest, ARestrictedRecordIsShieldedWhole) {
  History history;
  const auto anna = history.Person("Anna", "Smith", "restricted: true");
  history.Involve(anna, "gp");
  const auto family = history.Family({anna});
  const auto lines = FamilyLines(history, family);
  EXPECT_THAT(lines, Contains(HasSubstr("IDENTITY council [1] f3 shielded")));
  EXPECT_THAT(lines,
              Contains(HasSubstr("INVOLVEMENT council [1] f3 shielded")));
}

// R-003: the past stays as it was, and is no more than that.
TEST(FamilyViewTest, WhoHasLeftIsShownByNameOnly) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben =
      history.Person("Ben", "Jones", R"(addresses { postcode: "NR1 1AA" })");
  history.Involve(ben, "probation");
  const auto family = history.Family({anna, ben});
  history.Left(family, ben, absl::CivilDay(2024, 3, 10));
  history.On(absl::CivilDay(2024, 3, 9));
  EXPECT_THAT(FamilyLines(history, family), Contains(HasSubstr("INVOLVEMENT")));
  history.On(absl::CivilDay(2024, 3, 11));
  const auto lines = FamilyLines(history, family);
  EXPECT_THAT(lines, Not(Contains(HasSubstr("INVOLVEMENT"))));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("CONTACT"))));
  const FamilyView view = WholeFamily(history, family);
  EXPECT_TRUE(view.members(1).ended());
  EXPECT_EQ(view.members(1).name(), "Ben Jones");
}

TEST(FamilyViewTest, LinkedRecordsAreOnePersonAndSplitAgainApart) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const std::string alone = WholeFamily(history, family).ShortDebugString();
  history.Feed("health");
  const auto other = history.Person("Annie", "Smith");
  history.Involve(other, "health_visiting");
  history.Link(anna, other);
  const FamilyView linked = WholeFamily(history, family);
  ASSERT_THAT(PeopleIds(linked), ElementsAre("p1"));
  EXPECT_EQ(linked.people(0).records_size(), 2);
  EXPECT_EQ(linked.people(0).involvements(0).said().service(),
            "health_visiting");
  history.Split(anna, {other});
  EXPECT_EQ(WholeFamily(history, family).ShortDebugString(), alone);
}

TEST(FamilyViewTest, AFamilyThatJoinedIsReadAsTheSurvivorUntilParted) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Feed("school");
  const auto ben = history.Person("Ben", "Smith");
  const auto other = history.Family({ben});
  const std::string before = WholeFamily(history, other).ShortDebugString();
  history.Join(family, other);
  const FamilyView joined = WholeFamily(history, other);
  EXPECT_EQ(joined.family_id(), "f2");
  EXPECT_THAT(joined.joined_family_ids(), ElementsAre("f4"));
  EXPECT_THAT(PeopleIds(joined), ElementsAre("p1", "p3"));
  history.Part(family, other);
  EXPECT_EQ(WholeFamily(history, other).ShortDebugString(), before);
}

// R-004: overlapping families are both kept, and each says so.
TEST(FamilyViewTest, FamiliesThatShareAMemberSaySo) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Jones");
  const auto one = history.Family({anna});
  const auto other = history.Family({anna, ben});
  EXPECT_THAT(FamilyLines(history, one),
              Contains("FAMILY council [1] f3 | family_id: \"f3\" "
                       "overlapping_family_ids: \"f4\""));
  EXPECT_THAT(WholeFamily(history, other).overlapping_family_ids(),
              ElementsAre("f3"));
}

TEST(FamilyViewTest, TheOtherSideOfARelationshipIsDerivedFromWhatIsShown) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto mary = history.Person("Mary", "Smith");
  const auto family = history.Family({anna, mary});
  history.Add(mary, {anna}, R"(relationship_recorded { person: 2 to: 1
      said { kind: RELATIONSHIP_KIND_PARENT wording: "mum"
             parental_responsibility: ANSWER_YES } })");
  const FamilyView view = WholeFamily(history, family);
  ASSERT_EQ(view.people(0).relationships_size(), 1);
  EXPECT_EQ(PartText(view.people(0).relationships(0)),
            "person_id: \"p1\" to_person_id: \"p2\" said { kind: "
            "RELATIONSHIP_KIND_CHILD }");
  ASSERT_EQ(view.people(1).relationships_size(), 1);
  // What is withheld leaves no trace on the other side.
  FamilyView shown;
  for (const auto& piece :
       Held(FamilyPieces(history.view(), family, history.now()))) {
    if (piece.label.class_() == agency::v1::ITEM_CLASS_IDENTITY) {
      shown.MergeFrom(piece.part);
    }
  }
  Finish(&shown);
  EXPECT_THAT(shown.people(0).relationships(), IsEmpty());
}

// Rows that lead to several things of one kind used to hide all but the last.
TEST(FamilyViewTest, OfEveryRelationshipToOnePersonTheOtherSideIsKnown) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto mary = history.Person("Mary", "Smith");
  const auto john = history.Person("John", "Smith");
  for (const auto parent : {mary, john}) {
    history.Add(parent, {anna},
                absl::StrCat("relationship_recorded { person: ", parent,
                             " to: 1 said { kind: "
                             "RELATIONSHIP_KIND_PARENT } }"));
  }
  const auto person =
      Merged(Held(PersonPieces(history.view(), anna, history.now())));
  std::vector<std::string> parents;
  for (const auto& relationship : person.relationships()) {
    if (relationship.person_id() == "p1") {
      parents.push_back(relationship.to_person_id());
    }
  }
  EXPECT_THAT(parents, UnorderedElementsAre("p2", "p3"));
}

TEST(FamilyViewTest, ANetworkMembersContactIsAPieceOfItsOwn) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Add(family, {}, R"(network_recorded { entry { number: 7 id: "o7" }
      family: 2 said { name: "Gran" relationship: "grandmother"
      contact: "01603" } })");
  const auto lines = FamilyLines(history, family);
  EXPECT_THAT(lines,
              Contains("FAMILY council [1] f2 | family_id: \"f2\" network { "
                       "entry_id: \"o7\" said { name: \"Gran\" relationship: "
                       "\"grandmother\" } }"));
  EXPECT_THAT(lines, Contains("CONTACT council [1] f2 | family_id: \"f2\" "
                              "network { entry_id: \"o7\" said { contact: "
                              "\"01603\" } }"));
  const FamilyView view = WholeFamily(history, family);
  ASSERT_EQ(view.network_size(), 1);
  EXPECT_EQ(view.network(0).said().contact(), "01603");
}

TEST(FamilyViewTest, WhatIsOfSeveralPeopleIsShownOnceAndNamesThemAll) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});
  history.Consent({anna, ben}, R"(kind: CONSENT_KIND_SHARE
      answer: CONSENT_ANSWER_GIVEN recipients { agency: "school" })");
  EXPECT_THAT(FamilyLines(history, family),
              Contains("CONSENT council [1 2] | family_id: \"f3\" consents "
                       "{ consent_id: \"c4\" person_ids: \"p1\" person_ids: "
                       "\"p2\" said { kind: CONSENT_KIND_SHARE answer: "
                       "CONSENT_ANSWER_GIVEN } recipients { agency: \"school\" "
                       "} version: 1 }"));
  EXPECT_EQ(WholeFamily(history, family).consents_size(), 1);
}

TEST(FamilyViewTest, AStaySaysFromWhenItIsPrivateFostering) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Add(anna, {}, R"(fostering_stay_recorded { record: 1
      said { close_relative: ANSWER_NO
             period { from { year: 2024 month: 3 day: 1 } } } })");
  const FamilyView view = WholeFamily(history, family);
  // R-018: the 28th day, the first counted.
  EXPECT_EQ(PartText(view.people(0).needs(0).private_fostering_from()),
            "year: 2024 month: 3 day: 28");
}

TEST(FamilyViewTest, ARecordMadeInErrorIsOutOfSight) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Add(anna, {}, "record_gone { record: 1 }");
  EXPECT_THAT(FamilyLines(history, family), Not(Contains(HasSubstr("Anna"))));
}

TEST(SummaryTest, SaysNamesLeadOpenPlansAndTheEarliestReview) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Lead(family, history.Practitioner("council", "jo"));
  history.Plan(family, {anna});
  history.On(absl::CivilDay(2024, 4, 1)).Plan(family, {anna});
  const auto pieces =
      Held(SummaryPieces(history.view(), family, history.now()));
  const FamilySummary summary = Merged(pieces);
  EXPECT_EQ(PartText(summary),
            "family_id: \"f2\" member_names: \"Anna Smith\" lead { "
            "practitioner_id: \"w3\" agency: \"council\" name: \"Name of jo\" "
            "contact: \"jo@council\" } open_plan_ids: \"l6\" open_plan_ids: "
            "\"l5\" review_due { year: 2024 month: 4 day: 29 }");
}

}  // namespace
}  // namespace kith::views
