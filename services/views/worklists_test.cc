#include "services/views/worklists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/views/testing.h"

namespace kith::views {
namespace {

using api::v1::DueEntry;
using api::v1::FamilySummary;
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

const PageFrom kAll = {"", 200};

template <class T>
std::vector<std::string> Lines(const absl::StatusOr<Page<T>>& page) {
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> lines;
  for (const auto& entry : page->entries) {
    for (const std::string& line : LinesOf(entry.pieces)) {
      lines.push_back(line);
    }
  }
  return lines;
}

class DueTest : public ::testing::Test {
 protected:
  std::vector<std::string> DueOn(absl::CivilDay day, DueFilter filter = {}) {
    return Lines(Due(history_.view(), filter, history_.NoonOf(day), kAll));
  }
  History history_;
};

// R-174: from day 42 to day 56, overdue after; both sides of each edge.
TEST_F(DueTest, AReviewIsDueFromDay42AndOverdueAfterDay56) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Plan(family, {anna});
  const absl::CivilDay begun(2024, 3, 4);
  EXPECT_THAT(DueOn(begun + 41), IsEmpty());
  EXPECT_THAT(
      DueOn(begun + 42),
      ElementsAre("PLAN council [1] f2 | kind: \"review\" family_id: \"f2\" "
                  "about_id: \"l3\" due_from { year: 2024 month: 4 day: 15 } "
                  "due_until { year: 2024 month: 4 day: 29 } rows: \"R-174\" "
                  "agency: \"council\""));
  EXPECT_THAT(DueOn(begun + 56), ElementsAre(Not(HasSubstr("overdue"))));
  EXPECT_THAT(DueOn(begun + 57), ElementsAre(HasSubstr("overdue: true")));
  EXPECT_THAT(DueOn(begun + 56, {true, ""}), IsEmpty());
  EXPECT_THAT(DueOn(begun + 57, {true, ""}), SizeIs(1));
  EXPECT_THAT(DueOn(begun + 57, {false, "school"}), IsEmpty());
}

TEST_F(DueTest, AClosedPlanIsDueForNothing) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Plan(family, {anna});
  history_.Add(family, {}, "plan_ended { plan: 3 }");
  EXPECT_THAT(DueOn(absl::CivilDay(2025, 1, 1)), IsEmpty());
}

TEST_F(DueTest, AnActionIsListedWhenItsDayHasComeUntilItIsDone) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Plan(family, {anna}, R"(state: PLAN_STATE_DRAFT content {
      actions { key: "a" by { year: 2024 month: 3 day: 10 } }
      actions { key: "b" by { year: 2024 month: 3 day: 20 } } })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 9)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 10)),
              ElementsAre(Not(HasSubstr("overdue"))));
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 20)), SizeIs(1));
  history_.Add(family, {}, R"(action_moved { plan: 3
      said { action: "a" state: ACTION_STATE_DONE } })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 20)),
              ElementsAre(HasSubstr("day: 20")));
}

// R-018.
TEST_F(DueTest, AStayIsListedFromItsTwentyEighthDayWhileItLasts) {
  const auto anna = history_.Person("Anna", "Smith");
  history_.Add(anna, {}, R"(fostering_stay_recorded { record: 1
      said { close_relative: ANSWER_NO
             period { from { year: 2024 month: 3 day: 1 }
                      until { year: 2024 month: 4 day: 5 } } } })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 27)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 28)),
              ElementsAre(AllOf(HasSubstr("NEED council [1]"),
                                HasSubstr("private_fostering"))));
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 4, 5)), SizeIs(1));
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 4, 6)), IsEmpty());
}

// R-249: who may consent changes with age.
TEST_F(DueTest, AConsentIsAskedAgainOnTheNextBirthdayThatCounts) {
  const auto anna = history_.Person(
      "Anna", "Smith", "birth_date { year: 2012 month: 6 day: 7 }");
  const auto consent = history_.Consent(
      {anna}, "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 6, 6)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 6, 7)),
              ElementsAre(HasSubstr("consent_recheck")));
  // Asked again on that day: next at 14.
  history_.On(absl::CivilDay(2024, 6, 7));
  history_.Add(anna, {},
               absl::StrCat("consent_ended { consent: ", consent, " }"));
  history_.Consent({anna},
                   "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN");
  EXPECT_THAT(DueOn(absl::CivilDay(2026, 6, 6)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2026, 6, 7)), SizeIs(1));
}

TEST_F(DueTest, ABirthDateThatIsCorrectedMovesTheDay) {
  const auto anna = history_.Person(
      "Anna", "Smith", "birth_date { year: 2012 month: 6 day: 7 }");
  history_.Consent({anna},
                   "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN");
  history_.Restate(anna, "birth_date { year: 2012 month: 5 day: 7 }");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 5, 6)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 5, 7)), SizeIs(1));
}

TEST_F(DueTest, RowsThatAReportDoesNotMeetAreListedUntilItDoes) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Unmet({"R-109"}).Lead(family, history_.Practitioner("council", "j"));
  history_.Add(family, {}, "plan_agreed_to { plan: 99 }");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 4)), IsEmpty());
  history_.Unmet({"R-109"});
  history_.Add(family, {}, R"(lead_taken { appointment { number: 9 id: "d9" }
      family: 2 practitioner: 3 })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 4)),
              ElementsAre(AllOf(HasSubstr("INVOLVEMENT council"),
                                HasSubstr("rows: \"R-109\""))));
  history_.Add(family, {}, R"(lead_taken { appointment { number: 9 }
      family: 2 practitioner: 3 })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 4)), IsEmpty());
}

TEST_F(DueTest, ComesInPartsThatGoOnWhereTheLastEnded) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  for (int i = 0; i < 5; ++i) history_.Plan(family, {anna});
  const absl::Time later = history_.NoonOf(absl::CivilDay(2024, 6, 1));
  std::vector<std::string> seen;
  PageFrom from{"", 2};
  for (int part = 0; part < 3; ++part) {
    const auto page = Due(history_.view(), {}, later, from);
    ASSERT_TRUE(page.ok());
    for (const auto& entry : page->entries) {
      seen.push_back(entry.pieces[0].part.about_id());
    }
    from.cursor = page->next;
  }
  EXPECT_EQ(from.cursor, "");
  EXPECT_THAT(seen, ElementsAre("l3", "l4", "l5", "l6", "l7"));
  EXPECT_EQ(Due(history_.view(), {}, later, {"z", 2}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

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

std::vector<std::string> CaseloadOf(const History& history,
                                    const std::string& agency,
                                    EntityNumber practitioner = 0,
                                    PageFrom from = kAll) {
  const auto page =
      Caseload(history.view(), agency, practitioner, history.now(), from);
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> ids;
  for (const auto& entry : page->entries) {
    ids.push_back(entry.pieces[0].part.family_id());
  }
  return ids;
}

// The same, a part after the other.
std::vector<std::string> CaseloadInParts(const History& history,
                                         const std::string& agency,
                                         size_t limit) {
  std::vector<std::string> ids;
  PageFrom from{"", limit};
  do {
    const auto page = Caseload(history.view(), agency, 0, history.now(), from);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const auto& entry : page->entries) {
      ids.push_back(entry.pieces[0].part.family_id());
    }
    from.cursor = page->next;
  } while (!from.cursor.empty());
  return ids;
}

TEST(CaseloadTest, HoldsEachFamilyOnceHoweverTheAgencyWorksWithIt) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});  // 3
  history.Feed("school");
  EXPECT_THAT(CaseloadOf(history, "school"), IsEmpty());
  history.Involve(anna, "school");
  history.Involve(ben, "school");
  EXPECT_THAT(CaseloadOf(history, "school"), ElementsAre("f3"));
  history.Plan(family, {anna});
  EXPECT_THAT(CaseloadOf(history, "school"), ElementsAre("f3"));
  EXPECT_THAT(CaseloadOf(history, "council"), ElementsAre("f3"));
  EXPECT_THAT(CaseloadOf(history, "health"), IsEmpty());
}

// Only the first of the families was listed.
TEST(CaseloadTest, ReachesEveryFamilyOfWhomTheAgencyWorksWith) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  history.Family({anna, ben});
  history.Family({anna});
  history.Family({ben});
  history.Feed("health").Involve(anna, "clinic");
  EXPECT_THAT(CaseloadOf(history, "health"), ElementsAre("f3", "f4"));
  history.Feed("health").Involve(ben, "clinic");
  for (const size_t limit : {1u, 2u, 3u, 4u}) {
    EXPECT_THAT(CaseloadInParts(history, "health", limit),
                ElementsAre("f3", "f4", "f5"))
        << limit;
  }
}

TEST(CaseloadTest, ForgetsAFamilyWhenTheWorkHasEnded) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  history.Family({anna});
  history.Feed("health");
  const auto number = history.Involve(anna, "health_visiting");
  EXPECT_THAT(CaseloadOf(history, "health"), ElementsAre("f2"));
  history.Add(
      anna, {},
      absl::StrCat(
          "involvement_recorded { involvement { number: ", number,
          " } record: 1 ",
          "said { period { until { year: 2024 month: 3 day: 3 } } } }"));
  EXPECT_THAT(CaseloadOf(history, "health"), IsEmpty());
}

TEST(CaseloadTest, ReachesAFamilyThroughALinkedRecord) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  history.Family({anna});
  history.Feed("health");
  const auto record = history.Person("Anna", "Smith");
  history.Involve(record, "gp");
  EXPECT_THAT(CaseloadOf(history, "health"), IsEmpty());
  history.Link(anna, record);
  EXPECT_THAT(CaseloadOf(history, "health"), ElementsAre("f2"));
}

TEST(CaseloadTest, OfAPractitionerHoldsWhomTheyLead) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto one = history.Family({anna});
  history.Family({anna});
  const auto jo = history.Practitioner("council", "jo");
  history.Lead(one, jo);
  EXPECT_THAT(CaseloadOf(history, "council", jo), ElementsAre("f2"));
  EXPECT_THAT(CaseloadOf(history, "council"), ElementsAre("f2", "f3"));
  EXPECT_THAT(CaseloadOf(history, "council", 0, {"", 1}), ElementsAre("f2"));
}

TEST(QuarantineTest, ListsWhatWaitsAndKeepsWhatWasDecided) {
  History history;
  history.Add(9, {}, R"(frame_quarantined { item { number: 9 id: "q9" }
      reason { code: "UNREADABLE" } frame: "abc" attempts: 1
      statement { source: "feed" epoch: 1 sequence: 2 } })");
  history.Add(10, {}, R"(statement_parked { item { number: 10 id: "q10" }
      frame: "abcd" waits_for { kind: "person" ref { local_id: "x" } }
      statement { source: "feed" epoch: 1 sequence: 3 } })");
  EXPECT_THAT(
      Lines(Quarantine(history.view(), false, kAll)),
      ElementsAre("OPERATION - [] | item_id: \"q9\" state: \"quarantined\" "
                  "reason { code: \"UNREADABLE\" } statement { source: "
                  "\"feed\" epoch: 1 sequence: 2 } attempts: 1 frame_bytes: "
                  "3"));
  EXPECT_THAT(Lines(Quarantine(history.view(), true, kAll)), SizeIs(2));
  history.Add(10, {}, "parking_ended { item: 10 decided: true }");
  history.Add(9, {}, R"(quarantine_ended { item: 9
      decision: QUARANTINE_DECISION_DISCARD })");
  EXPECT_THAT(Lines(Quarantine(history.view(), true, kAll)), IsEmpty());
  EXPECT_EQ(Held(QuarantinePieces(history.view(), 9))[0].part.state(),
            "discarded");
}

TEST(SourcesTest, CountStatementsByHowTheyEnded) {
  History history;
  history.Person("Anna", "Smith");
  history.Add(0, {}, R"(statement_refused { reason { code: "NO" } })");
  history.Add(9, {}, R"(statement_parked { item { number: 9 id: "q9" }
      statement { source: "feed_council" epoch: 1 sequence: 5 } })");
  EXPECT_THAT(
      Lines(Sources(history.view(), kAll)),
      Contains("OPERATION - [] | source: \"feed_council\" epoch: 1 mark: 5 "
               "accepted: 1 refused: 1 parked: 1"));
  EXPECT_THAT(Lines(Sources(history.view(), kAll)),
              Contains("OPERATION - [] | source: \"root\" kind: "
                       "SOURCE_KIND_SYSTEM"));
}

// It was counted anew for each thing it waited for, and never less.
TEST(SourcesTest, AStatementThatWaitsForOneThingAfterAnotherIsParkedOnce) {
  History history;
  const auto park = [&](const std::string& kind) {
    history.Add(9, {},
                R"(statement_parked { item { number: 9 id: "q9" }
      statement { source: "feed_council" epoch: 1 sequence: 5 }
      waits_for { kind: ")" +
                    kind + R"(" } })");
  };
  park("person");
  park("family");
  EXPECT_THAT(Lines(Sources(history.view(), kAll)),
              Contains("OPERATION - [] | source: \"feed_council\" epoch: 1 "
                       "mark: 4 parked: 1"));
  history.Add(9, {}, "parking_ended { item: 9 decided: true }");
  EXPECT_THAT(Lines(Sources(history.view(), kAll)),
              Contains("OPERATION - [] | source: \"feed_council\" epoch: 1 "
                       "mark: 5"));
}

}  // namespace
}  // namespace kith::views
