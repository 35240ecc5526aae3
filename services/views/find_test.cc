#include "services/views/find.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/views/standing.h"
#include "services/views/testing.h"
#include "services/views/timeline.h"

namespace kith::views {
namespace {

using api::v1::PersonQuery;
using ::testing::ElementsAre;
using testing::History;
using ::testing::IsEmpty;
using testing::LinesOf;
using ::testing::Optional;
using ::testing::SizeIs;
using testing::Text;

std::vector<EntityNumber> Found(const History& history,
                                const std::string& query) {
  const auto found =
      FindPersons(history.view(), Text<PersonQuery>(query),
                  base::LondonDay(history.now()), history.hash());
  EXPECT_TRUE(found.ok());
  return *found;
}

constexpr char kAnna[] = R"(birth_date { year: 2015 month: 5 day: 6 }
    addresses { postcode: "NR1 1AA" }
    identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "943 476 5919"
                  status: IDENTIFIER_STATUS_VERIFIED })";

TEST(FindPersonsTest, ByAVerifiedIdentifierHoweverItIsWritten) {
  History history;
  const auto anna = history.Person("Anna", "Smith", kAnna);
  EXPECT_THAT(Found(history, R"(identifier { kind: IDENTIFIER_KIND_NHS_NUMBER
                                             value: "9434765919" })"),
              ElementsAre(anna));
  EXPECT_THAT(Found(history, R"(identifier { kind: IDENTIFIER_KIND_NHS_NUMBER
                                             value: "9434765870" })"),
              IsEmpty());
}

TEST(FindPersonsTest, ByAnIdentifierThatIsOnlySoundNobodyIsFound) {
  History history;
  history.Person("Anna", "Smith", R"(identifiers {
      kind: IDENTIFIER_KIND_NHS_NUMBER value: "9434765919" })");
  EXPECT_THAT(Found(history, R"(identifier { kind: IDENTIFIER_KIND_NHS_NUMBER
                                             value: "9434765919" })"),
              IsEmpty());
}

TEST(FindPersonsTest, ByNameOnlyTogetherWithBirthDateAndPostcode) {
  History history;
  const auto anna = history.Person("Anna", "O'Neil", kAnna);
  const std::string name = R"(given: "ANNA" family: "Oneil" )";
  const std::string birth = "birth_date { year: 2015 month: 5 day: 6 } ";
  EXPECT_THAT(Found(history, name + birth + R"(postcode: "nr11aa")"),
              ElementsAre(anna));
  EXPECT_THAT(Found(history, name + birth), IsEmpty());
  EXPECT_THAT(Found(history, name + R"(postcode: "nr11aa")"), IsEmpty());
}

TEST(FindPersonsTest, ByWhatARecordSaysNow) {
  History history;
  const auto anna = history.Person("Anna", "Smith", kAnna);
  const std::string own = R"(record { agency: "council" system: "main"
                                      local_id: "R1" })";
  EXPECT_THAT(Found(history, own), ElementsAre(anna));
  history.Restate(anna, "");
  EXPECT_THAT(Found(history, own), ElementsAre(anna));
  EXPECT_THAT(Found(history, R"(identifier { kind: IDENTIFIER_KIND_NHS_NUMBER
                                             value: "9434765919" })"),
              IsEmpty());
  history.Add(anna, {}, "record_gone { record: 1 }");
  EXPECT_THAT(Found(history, own), IsEmpty());
}

// Whoever guessed the postcode of a safe address was told that it is right.
TEST(FindPersonsTest, R081ByWhereTheyLiveNobodyIsFoundWhoHides) {
  History history;
  const std::string told = R"(birth_date { year: 2015 month: 5 day: 6 }
      addresses { postcode: "NR1 1AA" } )";
  const std::string hidden =
      R"(addresses { postcode: "NR2 2BB" protected: true })";
  const auto anna = history.Person("Anna", "Smith", told + hidden);
  const auto by = [](const std::string& postcode) {
    return absl::StrCat(R"(given: "Anna" family: "Smith" postcode: ")",
                        postcode,
                        R"(" birth_date { year: 2015 month: 5 day: 6 })");
  };
  EXPECT_THAT(Found(history, by("NR2 2BB")), IsEmpty());
  EXPECT_THAT(Found(history, by("NR1 1AA")), IsEmpty());
  // Whoever knows them otherwise finds them, however wrong the postcode.
  const std::string own =
      R"( record { agency: "council" system: "main" local_id: "R1" })";
  EXPECT_THAT(Found(history, by("NR2 2BB") + own), ElementsAre(anna));
  EXPECT_THAT(Found(history, by("NR9 9ZZ") + own), ElementsAre(anna));
  const std::string name = R"(names { given: "Anna" family: "Smith" } )";
  history.Restate(anna, name + told + "restricted: true");
  EXPECT_THAT(Found(history, by("NR1 1AA")), IsEmpty());
  history.Restate(anna, name + told);
  EXPECT_THAT(Found(history, by("NR1 1AA")), ElementsAre(anna));
}

// The child's record at the same house told the mother's address.
TEST(FindPersonsTest, R081NorWhoLivesWithSomebodyWhoHides) {
  History history;
  const auto mother = history.Person(
      "Mary", "Smith", R"(addresses { postcode: "NR1 1AA" protected: true })");
  const auto child = history.Feed("school").Person("Anna", "Smith", kAnna);
  const auto copy = history.Feed("health").Person("Anna", "Smith", kAnna);
  const std::string anna =
      R"(given: "Anna" family: "Smith" postcode: "NR1 1AA"
         birth_date { year: 2015 month: 5 day: 6 })";
  EXPECT_THAT(Found(history, anna), ElementsAre(child, copy));
  const auto family = history.Family({mother, child});
  EXPECT_THAT(Found(history, anna), ElementsAre(copy));
  history.Link(child, copy, /*verified=*/false);
  EXPECT_THAT(Found(history, anna), IsEmpty());
  EXPECT_THAT(Found(history, anna + R"( identifier {
      kind: IDENTIFIER_KIND_NHS_NUMBER value: "9434765919" })"),
              ElementsAre(child, copy));
  history.Left(family, mother, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(Found(history, anna), ElementsAre(child, copy));
}

TEST(FindTest, AnIdGoesOnNamingWhatBecameOfIt) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto one = history.Family({anna});
  const auto other = history.Family({anna});
  EXPECT_THAT(*NumberOfId(history.view(), "f3"), Optional(other));
  history.Join(one, other);
  EXPECT_THAT(*NumberOfId(history.view(), "f3"), Optional(one));
  const auto copy = history.Person("Anna", "Smith");
  history.Link(anna, copy);
  EXPECT_EQ(*PersonOf(history.view(), **NumberOfId(history.view(), "p4")),
            anna);
  EXPECT_FALSE(NumberOfId(history.view(), "p99")->has_value());
}

TEST(FindTest, APractitionerByWhatTheirAgencyCallsThem) {
  History history;
  const auto jo = history.Practitioner("council", "jo");
  EXPECT_EQ(*FindPractitioner(history.view(), "council", "jo", history.hash()),
            jo);
  EXPECT_EQ(*FindPractitioner(history.view(), "school", "jo", history.hash()),
            0u);
}

TEST(FindTest, FamiliesOfAPersonThroughAllTheirRecords) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto copy = history.Person("Anna", "Smith");
  const absl::CivilDay today(2024, 3, 4);
  EXPECT_THAT(*FamiliesOfRecords(history.view(), {copy}, today), IsEmpty());
  history.Link(anna, copy);
  EXPECT_THAT(*FamiliesOfRecords(history.view(), {copy}, today),
              ElementsAre(family));
  history.Left(family, anna, today - 1);
  EXPECT_THAT(*FamiliesOfRecords(history.view(), {copy}, today), IsEmpty());
}

// Architecture section 6: permission crosses only sure links, refusals every
// link and possible match.
TEST(StandingTest, TellsSureFromPossible) {
  History history;
  const auto a = history.Person("Anna", "Smith");
  const auto b = history.Person("Anna", "Smith");
  const auto c = history.Person("Anna", "Smith");
  const auto d = history.Person("Ann", "Smith");
  history.Link(a, b, /*verified=*/true);
  history.Link(b, c, /*verified=*/false);
  history.Judge(c, d, ledger::v1::PAIR_OUTCOME_POSSIBLE);
  Concerned concerned;
  concerned.records = {a};
  const auto standing = StandingOf(history.view(), concerned, history.now());
  ASSERT_TRUE(standing.ok());
  const RecordStanding& of_a = standing->records.at(a);
  EXPECT_THAT(of_a.surely_same, ElementsAre(a, b));
  EXPECT_THAT(of_a.perhaps_same, ElementsAre(a, b, c, d));
  EXPECT_EQ(of_a.agency, "council");
}

TEST(StandingTest, KnowsEveryPossibleMatchOfOneRecord) {
  History history;
  const auto a = history.Person("Anna", "Smith");
  const auto b = history.Person("Ann", "Smith");
  const auto c = history.Person("Annie", "Smith");
  history.Judge(a, b, ledger::v1::PAIR_OUTCOME_POSSIBLE);
  history.Judge(a, c, ledger::v1::PAIR_OUTCOME_POSSIBLE);
  Concerned concerned;
  concerned.records = {a};
  const auto standing = StandingOf(history.view(), concerned, history.now());
  EXPECT_THAT(standing->records.at(a).perhaps_same, ElementsAre(a, b, c));
}

TEST(StandingTest, GathersConsentsOfAllWhoMayBeThePerson) {
  History history;
  const auto a = history.Person("Anna", "Smith");
  const auto b = history.Person("Ann", "Smith");
  history.Judge(a, b, ledger::v1::PAIR_OUTCOME_POSSIBLE);
  history.Consent({b},
                  "kind: CONSENT_KIND_SHARE "
                  "answer: CONSENT_ANSWER_REFUSED");
  Concerned concerned;
  concerned.records = {a};
  const auto standing = StandingOf(history.view(), concerned, history.now());
  ASSERT_THAT(standing->consents, SizeIs(1));
  EXPECT_EQ(standing->consents[0].recorded().consent().id(), "c4");
}

TEST(StandingTest, NamesTheTeamOfAFamily) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto nurse = history.Practitioner("health", "nurse");
  history.Feed("school").Involve(anna, "school");
  history.Feed("police").Plan(family, {anna}, "state: PLAN_STATE_CLOSED");
  history.Feed("council").Lead(family, nurse);
  Concerned concerned;
  concerned.families = {family};
  concerned.records = {anna};
  const auto standing = StandingOf(history.view(), concerned, history.now());
  EXPECT_THAT(standing->agencies_of_family.at(family),
              ElementsAre("council", "health", "school"));
  EXPECT_THAT(standing->agencies_of_record.at(anna),
              ElementsAre("council", "health", "school"));
  EXPECT_EQ(standing->lead_of_family.at(family), nurse);
}

// R-260 and architecture section 6: a machine's link never widens what is
// shown. Whoever was taken for a member by score saw the other family's plan,
// meetings and who looked, and their agencies that too.
TEST(StandingTest, R260AMachinesLinkMakesNobodyAMember) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Feed("school");
  const auto pupil = history.Person("Anna", "Smith");
  history.Involve(pupil, "school");
  history.Feed("health");
  const auto patient = history.Person("Anna", "Smith");
  history.Involve(patient, "clinic");
  history.Link(anna, pupil, /*verified=*/true);
  const auto match = history.NextNumber() + 1;
  history.Link(pupil, patient, /*verified=*/false);
  Concerned concerned;
  concerned.families = {family};
  const auto standing = [&] {
    return *StandingOf(history.view(), concerned, history.now());
  };
  EXPECT_THAT(standing().members_of_family.at(family),
              ElementsAre(anna, pupil));
  EXPECT_THAT(standing().agencies_of_family.at(family),
              ElementsAre("council", "school"));
  // Until a person says that they are the same.
  history.Add(
      patient, {pupil},
      absl::StrCat("match_ruled { match { number: ", match, " } one: ", pupil,
                   " other: ", patient, " decision: MATCH_DECISION_SAME }"));
  EXPECT_THAT(standing().members_of_family.at(family),
              ElementsAre(anna, pupil, patient));
  EXPECT_THAT(standing().agencies_of_family.at(family),
              ElementsAre("council", "health", "school"));
}

// Whoever has left is no member again because a machine takes somebody who
// stayed for them.
TEST(StandingTest, R260NorSomebodyWhoHasLeft) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ann = history.Person("Ann", "Smith");
  const auto family = history.Family({anna, ann});
  history.Left(family, ann, base::LondonDay(history.now()) - 1);
  history.Link(anna, ann, /*verified=*/false);
  Concerned concerned;
  concerned.families = {family};
  EXPECT_THAT(StandingOf(history.view(), concerned, history.now())
                  ->members_of_family.at(family),
              ElementsAre(anna));
}

// It hung on what else was asked for: a list of families showed what none of
// its things did when got alone.
TEST(StandingTest, WhoWorksWithAFamilyWorksWithItsPeopleWhateverElseIsAsked) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Jones");
  history.Feed("school").Family({anna});
  const auto other = history.Feed("police").Family({ben});
  Concerned concerned;
  concerned.records = {anna};
  const auto alone = StandingOf(history.view(), concerned, history.now());
  EXPECT_THAT(alone->agencies_of_record.at(anna), ElementsAre("school"));
  concerned.families = {other};
  const auto beside = StandingOf(history.view(), concerned, history.now());
  EXPECT_THAT(beside->agencies_of_record.at(anna), ElementsAre("school"));
}

std::vector<std::string> TimelineLines(const History& history,
                                       EntityNumber family) {
  const auto page = Timeline(history.view(), family, history.now(), {"", 100});
  EXPECT_TRUE(page.ok());
  std::vector<std::string> lines;
  for (const auto& entry : page->entries) {
    for (const auto& line : LinesOf(entry.pieces)) lines.push_back(line);
  }
  return lines;
}

TEST(TimelineTest, TellsWhatHappenedOldestFirst) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Consent({anna}, R"(kind: CONSENT_KIND_SHARE
      answer: CONSENT_ANSWER_GIVEN purpose: "early_help")");
  const auto plan = history.Plan(family, {anna}, "state: PLAN_STATE_DRAFT");
  history.Add(family, {},
              absl::StrCat("plan_ended { plan: ", plan,
                           " reason: CLOSURE_REASON_RESOLVED }"));
  EXPECT_THAT(
      TimelineLines(history, family),
      ElementsAre(
          "IDENTITY council [1] f2 | position: \"2\" what: \"record stated\" "
          "person_ids: \"p1\" class: ITEM_CLASS_IDENTITY",
          "FAMILY council [1] f2 | position: \"3\" what: \"family founded\" "
          "class: ITEM_CLASS_FAMILY",
          "FAMILY council [1] f2 | position: \"4\" what: \"member stated\" "
          "person_ids: \"p1\" class: ITEM_CLASS_FAMILY",
          "CONSENT council [1] | position: \"5\" what: \"consent recorded\" "
          "text: \"share, given, early_help\" person_ids: \"p1\" class: "
          "ITEM_CLASS_CONSENT",
          "PLAN council [1] f2 | position: \"6\" what: \"plan recorded\" text: "
          "\"draft\" person_ids: \"p1\" class: ITEM_CLASS_PLAN",
          "PLAN council [1] f2 | position: \"7\" what: \"plan ended\" text: "
          "\"resolved\" class: ITEM_CLASS_PLAN"));
}

TEST(TimelineTest, LeavesOutWhatHappenedToSomebodyAfterTheyLeft) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Jones");
  const auto family = history.Family({anna, ben});
  history.Left(family, ben, absl::CivilDay(2024, 3, 10));
  history.On(absl::CivilDay(2024, 3, 10)).Involve(ben, "probation");
  history.On(absl::CivilDay(2024, 3, 11)).Involve(ben, "police");
  const auto lines = TimelineLines(history, family);
  EXPECT_THAT(lines, ::testing::Contains(::testing::HasSubstr("probation")));
  EXPECT_THAT(lines, ::testing::Not(
                         ::testing::Contains(::testing::HasSubstr("police"))));
}

TEST(TimelineTest, ComesInPartsThatGoOnWhereTheLastEnded) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Involve(anna, "school");
  std::vector<std::string> positions;
  PageFrom from{"", 1};
  do {
    const auto page = Timeline(history.view(), family, history.now(), from);
    ASSERT_TRUE(page.ok());
    for (const auto& entry : page->entries) {
      positions.push_back(entry.pieces[0].part.position());
    }
    from.cursor = page->next;
  } while (!from.cursor.empty());
  EXPECT_THAT(positions, ElementsAre("2", "3", "4", "5"));
}

// Small parts ended where more was told elsewhere of somebody who had left than
// a part holds: what came after was lost.
TEST(TimelineTest, WhatIsToldAfterSomebodyLeftEndsNoPart) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Jones");
  const auto other = history.Person("Carl", "Jones");
  const auto family = history.Family({anna, ben});
  history.Left(family, ben, absl::CivilDay(2024, 3, 10));
  history.On(absl::CivilDay(2024, 3, 11));
  for (int i = 0; i < 3; ++i) {
    history.Consent({other, ben}, "kind: CONSENT_KIND_SERVICE");
  }
  history.On(absl::CivilDay(2024, 3, 9)).Involve(ben, "probation");
  size_t lines = 0;
  bool told = false;
  PageFrom from{"", 1};
  do {
    const auto page = Timeline(history.view(), family, history.now(), from);
    ASSERT_TRUE(page.ok());
    for (const auto& entry : page->entries) {
      ++lines;
      told = told || entry.pieces[0].part.text() == "probation";
    }
    from.cursor = page->next;
  } while (!from.cursor.empty());
  EXPECT_EQ(lines, TimelineLines(history, family).size());
  EXPECT_TRUE(told);
}

// A score was told to whom one of the assessed had permitted it, though the
// assessment is of two.
TEST(TimelineTest, WhatIsToldOfAThingIsAboutAllWhomTheThingIsAbout) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});
  history.Add(anna, {ben},
              absl::StrCat("assessment_recorded { assessment { number: 9 id: "
                           "'a9' } records: ",
                           anna, " records: ", ben, " said { type: 'x' } }"));
  history.Add(anna, {},
              absl::StrCat("score_recorded { score { number: 10 id: 's10' } "
                           "assessment: 9 scored_by: ",
                           anna, " said { instrument: 'i' value: 4 } }"));
  EXPECT_THAT(TimelineLines(history, family).back(),
              ::testing::StartsWith("ASSESSMENT council [1 2] |"));
}

}  // namespace
}  // namespace kith::views
