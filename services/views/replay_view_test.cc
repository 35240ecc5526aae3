#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/views/testing.h"
#include "services/views/timeline.h"

namespace kith::views {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::History;
using ::testing::IsEmpty;
using ::testing::Not;

class ReplayViewTest : public ::testing::Test {
 protected:
  // The facts of all subjects, by position.
  std::map<uint64_t, ledger::v1::Fact> Facts() {
    std::map<uint64_t, ledger::v1::Fact> facts;
    const auto subjects = history.NextNumber();
    for (core::Subject subject = 1; subject < subjects; ++subject) {
      EXPECT_TRUE(
          history
              .scan()(subject,
                      [&](const Recorded& recorded) -> absl::StatusOr<bool> {
                        facts[recorded.position] = recorded.fact;
                        return true;
                      })
              .ok());
    }
    return facts;
  }

  // The content pieces of the facts of this kind: label and fact.
  std::vector<std::string> Told(core::EntityNumber family,
                                const std::string& kind,
                                Telling telling = Telling::kAsViewsShow) {
    const auto facts = Facts();
    const auto read = [&](uint64_t position)
        -> absl::StatusOr<std::optional<api::v1::ReplayEntry>> {
      api::v1::ReplayEntry entry;
      *entry.mutable_fact() = facts.at(position);
      return std::optional<api::v1::ReplayEntry>(std::move(entry));
    };
    const auto page =
        Replay(history.view(), family, history.now(), {"", 100}, read, telling);
    EXPECT_TRUE(page.ok());
    std::vector<std::string> told;
    for (const auto& entry : page->entries) {
      EXPECT_FALSE(entry.pieces[0].part.has_fact());
      for (const auto& piece : entry.pieces) {
        const std::string text = testing::PartText(piece.part.fact());
        if (!absl::StrContains(text, kind)) continue;
        told.push_back(
            absl::StrCat(testing::LabelText(piece.label), " | ", text));
      }
    }
    return told;
  }

  History history;
};

TEST_F(ReplayViewTest, ARecordComesInPartsByWhatTheyTell) {
  const auto anna = history.Person("Anna", "Smith", R"(religion: "Quaker"
      contact_points { kind: "mobile" value: "07700" }
      addresses { lines: "1 Quay" } addresses { lines: "2 Lane" protected: true
      })");
  const auto family = history.Family({anna});
  EXPECT_THAT(
      Told(family, "record_stated"),
      ElementsAre(
          ::testing::AllOf(HasSubstr("IDENTITY council [1] f2 |"),
                           HasSubstr("Anna"), Not(HasSubstr("Quay")),
                           Not(HasSubstr("07700"))),
          ::testing::AllOf(HasSubstr("NEED council [1] f2 |"),
                           HasSubstr("Quaker"), Not(HasSubstr("Anna"))),
          ::testing::AllOf(HasSubstr("CONTACT council [1] f2 shielded |"),
                           HasSubstr("1 Quay"), HasSubstr("07700"),
                           Not(HasSubstr("2 Lane"))),
          ::testing::AllOf(HasSubstr("CONTACT council [1] f2 shielded |"),
                           HasSubstr("2 Lane"), Not(HasSubstr("1 Quay")))));
}

// Whichever family's history is read.
TEST_F(ReplayViewTest, R081ContactsAreShieldedByWhoeverHidesInAnotherFamily) {
  const auto anna =
      history.Person("Anna", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto mother = history.Person(
      "Mary", "Jones", R"(addresses { postcode: "NR1 1AA" protected: true })");
  const auto family = history.Family({anna});
  history.Add(family, {}, R"(network_recorded { entry { number: 7 id: "o7" }
      family: 3 said { name: "Gran" contact: "01603" } })");
  EXPECT_THAT(Told(family, "NR1"), ElementsAre(HasSubstr("[1] f3 |")));
  EXPECT_THAT(Told(family, "01603"), ElementsAre(HasSubstr("[1] f3 |")));
  const auto other = history.Family({mother, anna});
  EXPECT_THAT(Told(family, "NR1"), ElementsAre(HasSubstr("[1] f3 shielded |")));
  EXPECT_THAT(Told(family, "01603"),
              ElementsAre(HasSubstr("CONTACT council [1] f3 shielded |")));
  EXPECT_THAT(Told(family, "Gran"), ElementsAre(HasSubstr("[1] f3 |")));
  history.Left(other, mother, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(Told(family, "NR1"), ElementsAre(HasSubstr("[1] f3 |")));
}

TEST_F(ReplayViewTest, R081HowAddressesStandIsToldOfNobodyWhoHides) {
  const auto anna = history.Person("Anna", "Smith");
  const auto copy = history.Person("Ann", "Smith");
  const auto family = history.Family({anna, copy});
  history.Add(copy, {anna}, R"(pair_judged { match { number: 4 id: "x4" }
      one: 1 other: 2 outcome: PAIR_OUTCOME_POSSIBLE
      evidence { field: "first_name" level: "near" }
      evidence { field: "postcode" level: "equal" } })");
  EXPECT_THAT(
      Told(family, "pair_judged"),
      ElementsAre(AllOf(HasSubstr("MATCH - [1 2] f3 |"),
                        HasSubstr("first_name"), HasSubstr("postcode"))));
  history.Restate(copy, R"(names { given: "Ann" family: "Smith" }
      addresses { postcode: "NR1 1AA" protected: true })");
  EXPECT_THAT(
      Told(family, "pair_judged"),
      ElementsAre(AllOf(HasSubstr("MATCH - [1 2] f3 |"),
                        HasSubstr("first_name"), Not(HasSubstr("postcode"))),
                  AllOf(HasSubstr("CONTACT - [1 2] f3 shielded |"),
                        HasSubstr("postcode"))));
}

// Nothing of why is in any view.
TEST_F(ReplayViewTest, AKindThatIsNotNamedIsAnOutlineToAllButAuditors) {
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto other = history.Family({anna});
  history.Add(other, {family},
              absl::StrCat("families_joined { survivor: ", family,
                           " joined: ", other, " reason: \"one home\" }"));
  EXPECT_THAT(Told(family, "families_joined"), IsEmpty());
  EXPECT_THAT(Told(family, "families_joined", Telling::kWhole),
              ElementsAre(HasSubstr("one home")));
}

TEST_F(ReplayViewTest, AScoreIsOfAllWhomItsAssessmentIsAbout) {
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});
  const auto assessment = history.New('a');
  history.Add(anna, {ben},
              absl::StrCat("assessment_recorded { assessment { number: ",
                           assessment.number(), " id: \"", assessment.id(),
                           "\" } records: ", anna, " records: ", ben,
                           " said { type: \"early\" } }"));
  const auto score = history.New('s');
  history.Add(anna, {},
              absl::StrCat("score_recorded { score { number: ", score.number(),
                           " } assessment: ", assessment.number(),
                           " scored_by: ", anna, " said { value: 3 } }"));
  EXPECT_THAT(Told(family, "score_recorded"),
              ElementsAre(HasSubstr(
                  absl::StrCat("ASSESSMENT council [", anna, " ", ben, "]"))));
}

TEST_F(ReplayViewTest, AnAgreementSignedByOneIsOfAllItsParties) {
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});
  const auto agreement = history.New('g');
  history.Add(family, {anna, ben},
              absl::StrCat("family_agreement_recorded { agreement { number: ",
                           agreement.number(), " id: \"", agreement.id(),
                           "\" } family: ", family, " parties: ", anna,
                           " parties: ", ben, " version: 1 }"));
  history.Add(
      family, {anna},
      absl::StrCat("family_agreement_signed_by { agreement: ",
                   agreement.number(), " party: ", anna, " version: 1 }"));
  EXPECT_THAT(Told(family, "family_agreement_signed_by"),
              ElementsAre(HasSubstr(absl::StrCat("FAMILY_AGREEMENT council [",
                                                 anna, " ", ben, "]"))));
}

// The agency that disputes an appointment is not the one whose it is.
TEST_F(ReplayViewTest, WhatDisputesALeadIsOfTheAgencyThatAppointed) {
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto lead = history.Lead(family, history.Practitioner("council", "w1"));
  history.Feed("school");
  history.Add(
      family, {},
      absl::StrCat("lead_disputed { family: ", family, " appointment: ", lead,
                   " claimed: 99 open: true "
                   "local { local_id: \"L-7\" } }"));
  const auto told = Told(family, "lead_disputed");
  EXPECT_THAT(told, ElementsAre(HasSubstr("INVOLVEMENT council [1]")));
  EXPECT_THAT(told, Not(Contains(HasSubstr("L-7"))));
}

TEST_F(ReplayViewTest, ACaseIsOfEverybodyOnBothSides) {
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Jones");
  const auto family = history.Family({anna});
  const auto other = history.Family({ben});
  const auto one = history.Plan(other, {ben});
  const auto two = history.Plan(family, {anna});
  history.Duplicate(family, one, two,
                    ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING);
  EXPECT_THAT(Told(family, "duplicate_plan_found"),
              ElementsAre(HasSubstr(
                  absl::StrCat("DUPLICATE - [", anna, " ", ben, "]"))));
}

TEST_F(ReplayViewTest, WhatIsSaidOfWhoHasLeftIsNoLongerTheFamilys) {
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Jones", R"(religion: "Quaker")");
  const auto family = history.Family({anna, ben});
  history.Involve(ben, "school");
  history.Left(family, ben, absl::CivilDay(2024, 3, 4));
  history.On(absl::CivilDay(2024, 3, 20)).Involve(anna, "school");
  EXPECT_THAT(Told(family, "school"),
              ElementsAre(HasSubstr("INVOLVEMENT council [2] |"),
                          HasSubstr("INVOLVEMENT council [1] f3 |")));
  EXPECT_THAT(Told(family, "Quaker"),
              ElementsAre(HasSubstr("NEED council [2] |")));
}

}  // namespace
}  // namespace kith::views
