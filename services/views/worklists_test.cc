#include "services/views/worklists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/views/page_testing.h"
#include "services/views/testing.h"

namespace kith::views {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Held;
using testing::History;
using ::testing::IsEmpty;
using testing::LabelText;
using testing::LinesOf;
using testing::Merged;
using ::testing::Not;
using testing::PartText;
using ::testing::SizeIs;

class DuplicatesTest : public ::testing::Test {
 protected:
  DuplicatesTest() {
    anna_ = history_.Person("Anna", "Smith");
    one_ = history_.Plan(history_.Family({anna_}), {anna_});
    history_.Lead(2, history_.Practitioner("council", "jo"));
    history_.Feed("school");
    ben_ = history_.Person("Ben", "Smith");
    other_family_ = history_.Family({ben_});
    other_ = history_.Plan(other_family_, {ben_});
  }

  History history_;
  EntityNumber anna_ = 0, ben_ = 0, one_ = 0, other_ = 0, other_family_ = 0;
};

// R-186: each agency sees its own side and whom to contact on the other.
TEST_F(DuplicatesTest, ShowEachAgencyItsSideAndTheHubBoth) {
  const auto number =
      history_.Duplicate(other_family_, one_, other_,
                         ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING);
  const auto pieces =
      Held(DuplicatePieces(history_.view(), number, history_.now()));
  ASSERT_THAT(pieces, SizeIs(3));
  EXPECT_EQ(LabelText(pieces[0].label), "DUPLICATE council [1] f2");
  EXPECT_EQ(LabelText(pieces[1].label), "DUPLICATE school [6] f7");
  EXPECT_EQ(PartText(pieces[1].part.sides(0)),
            "plan_id: \"l8\" family_id: \"f7\" agency: \"school\"");
  EXPECT_THAT(PartText(pieces[1].part.sides(1)),
              AllOf(HasSubstr("Name of jo"), Not(HasSubstr("plan_id")),
                    Not(HasSubstr("family_id"))));
  EXPECT_EQ(LabelText(pieces[2].label), "DUPLICATE - [1 6]");
  EXPECT_EQ(Merged(pieces).sides_size(), 2);
}

TEST_F(DuplicatesTest, OverAnUndecidedMatchAreTheHubsOnly) {
  const auto number = history_.Duplicate(
      other_family_, one_, other_, ledger::v1::DUPLICATE_LEVEL_POSSIBLE_MATCH);
  const auto pieces =
      Held(DuplicatePieces(history_.view(), number, history_.now()));
  ASSERT_THAT(pieces, SizeIs(1));
  EXPECT_EQ(pieces[0].label.agency(), "");
}

TEST_F(DuplicatesTest, StandInTheListStrongestFirstWhileTheyAreOpen) {
  const auto third = history_.Plan(other_family_, {ben_});
  history_.Duplicate(other_family_, one_, other_,
                     ledger::v1::DUPLICATE_LEVEL_NETWORK_OR_ADDRESS);  // 10
  history_.Duplicate(other_family_, one_, third,
                     ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);  // 11
  const auto ids = [&](bool include_decided) {
    std::vector<std::string> found;
    const auto page =
        Duplicates(history_.view(), include_decided, history_.now(), kAll);
    for (const auto& entry : page->entries) {
      found.push_back(entry.pieces[0].part.case_id());
    }
    return found;
  };
  EXPECT_THAT(ids(false), ElementsAre("u11", "u10"));
  history_.Add(other_family_, {}, R"(duplicate_ruled { case: 11
      decision: DUPLICATE_DECISION_DIFFERENT })");
  EXPECT_THAT(ids(false), ElementsAre("u10"));
  EXPECT_THAT(ids(true), ElementsAre("u10", "u11"));
  history_.Add(other_family_, {}, "duplicate_reopened { case: 11 }");
  EXPECT_THAT(ids(false), ElementsAre("u11", "u10"));
  history_.Add(other_family_, {}, "duplicate_gone { case: 10 }");
  EXPECT_THAT(ids(false), ElementsAre("u11"));
}

TEST(MatchesTest, WaitUntilAPersonDecides) {
  History history;
  const auto one =
      history.Person("Anna", "Smith", R"(religion: "none" addresses {
                     postcode: "NR1 1AA" protected: true })");
  const auto other = history.Person("Ann", "Smith");
  history.Judge(one, other, ledger::v1::PAIR_OUTCOME_POSSIBLE);
  const auto lines = Lines(Matches(history.view(), false, history.now(), kAll));
  EXPECT_THAT(
      lines,
      ElementsAre("MATCH - [1 2] | match_id: \"x3\" outcome: "
                  "PAIR_OUTCOME_POSSIBLE version: 1",
                  HasSubstr("MATCH - [1 2] | match_id: \"x3\" records { "
                            "record_id: \"p1\""),
                  // How to reach who must not be found stays where it is.
                  HasSubstr("CONTACT council [1] shielded"),
                  HasSubstr("record_id: \"p2\"")));
  EXPECT_THAT(lines, Each(Not(HasSubstr("religion"))));
  history.Add(other, {one}, R"(match_ruled { match { number: 3 } one: 1 other: 2
      decision: MATCH_DECISION_DIFFERENT })");
  EXPECT_THAT(Lines(Matches(history.view(), false, history.now(), kAll)),
              IsEmpty());
  EXPECT_THAT(Lines(Matches(history.view(), true, history.now(), kAll)),
              Not(IsEmpty()));
}

// A possible match showed where somebody hides by the child's record at the
// same house, by another agency's copy of the address, and by the number that
// stood beside it.
TEST(MatchesTest, R081TellNobodyWhereEitherOfThemOrTheirHouseholdHides) {
  History history;
  const std::string reached = R"(contact_points { kind: "mobile" value: "07" }
                                 addresses { postcode: "NR1 1AA" })";
  const auto mother = history.Person("Mary", "Smith", reached);
  const auto child = history.Person("Anna", "Smith", reached);
  const auto family = history.Family({mother, child});
  history.Feed("school");
  const auto pupil = history.Person("Ann", "Smith", reached);
  const auto match =
      history.Judge(child, pupil, ledger::v1::PAIR_OUTCOME_POSSIBLE);
  const auto shielded = [&] {
    std::vector<std::string> agencies;
    const auto pieces = Held(MatchPieces(history.view(), match, history.now()));
    EXPECT_EQ(LinesOf(pieces),
              Lines(Matches(history.view(), false, history.now(), kAll)));
    for (const auto& piece : pieces) {
      const bool contact =
          PartText(piece.part).find("NR1 1AA") != std::string::npos ||
          PartText(piece.part).find("07") != std::string::npos;
      EXPECT_TRUE(contact || !piece.label.shielded());
      if (!contact || !piece.label.shielded()) continue;
      EXPECT_EQ(piece.label.class_(), agency::v1::ITEM_CLASS_CONTACT);
      agencies.push_back(piece.label.agency());
    }
    return agencies;
  };
  EXPECT_THAT(shielded(), IsEmpty());
  const std::string mary = R"(names { given: "Mary" family: "Smith" } )";
  const std::string hidden =
      R"(addresses { postcode: "NR1 1AA" protected: true })";
  history.Feed("council").Restate(mother, mary + hidden);
  EXPECT_THAT(shielded(), ElementsAre("council", "school"));
  // As long as she is of the household.
  history.Left(family, mother, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(shielded(), IsEmpty());
  // By another record of one of the two.
  const auto copy = history.Person("Ann", "Smith", hidden);
  history.Link(pupil, copy);
  EXPECT_THAT(shielded(), ElementsAre("council", "school"));
}

// That the postcodes agree told the hub the one by the other.
TEST(MatchesTest, R081TellNobodyHowAddressesStandWhereOneHides) {
  History history;
  const auto child =
      history.Person("Anna", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  history.Feed("school");
  const auto pupil =
      history.Person("Ann", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto match = history.New('x');
  history.Add(pupil, {child},
              absl::StrCat("pair_judged { match { number: ", match.number(),
                           R"( id: "x3" } one: 1 other: 2
                      outcome: PAIR_OUTCOME_POSSIBLE
                      evidence { field: "birth_date" level: "equal" }
                      evidence { field: "family_name" level: "equal" }
                      evidence { field: "postcode" level: "equal" }
                      evidence { field: "twins" level: "different" } })"));
  const auto evidence = [&] {
    std::vector<std::string> told;
    for (const auto& piece :
         Held(MatchPieces(history.view(), match.number(), history.now()))) {
      for (const auto& one : piece.part.evidence()) {
        told.push_back(LabelText(piece.label) + " | " + one.field());
      }
    }
    return told;
  };
  EXPECT_THAT(
      evidence(),
      ElementsAre("MATCH - [1 2] | birth_date", "MATCH - [1 2] | family_name",
                  "MATCH - [1 2] | postcode", "MATCH - [1 2] | twins"));
  const auto mother = history.Person(
      "Mary", "Smith", R"(addresses { postcode: "NR1 1AA" protected: true })");
  const auto family = history.Family({mother, pupil});
  EXPECT_THAT(evidence(), ElementsAre("MATCH - [1 2] | birth_date",
                                      "MATCH - [1 2] | family_name",
                                      "CONTACT - [1 2] shielded | postcode",
                                      "CONTACT - [1 2] shielded | twins"));
  history.Left(family, mother, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(evidence(), Contains("MATCH - [1 2] | postcode"));
}

// Links that end by themselves are never silent.
TEST(MatchesTest, HoldALinkThatEnded) {
  History history;
  const auto one = history.Person("Anna", "Smith");
  const auto other = history.Person("Ann", "Smith");
  history.Link(one, other);
  EXPECT_THAT(Lines(Matches(history.view(), false, history.now(), kAll)),
              IsEmpty());
  history.Split(one, {other});
  EXPECT_THAT(Lines(Matches(history.view(), false, history.now(), kAll)),
              Contains(HasSubstr("PAIR_OUTCOME_NONE")));
}

}  // namespace
}  // namespace kith::views
