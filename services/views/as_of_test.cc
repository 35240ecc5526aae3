#include "services/views/as_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/views/read.h"
#include "services/views/standing.h"
#include "services/views/testing.h"
#include "services/views/wander_testing.h"

namespace kith::views {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Held;
using testing::History;
using ::testing::IsEmpty;
using testing::LinesOf;
using ::testing::Not;
using ::testing::Pair;
using testing::PartText;
using ::testing::UnorderedElementsAre;
using testing::Wanderer;

template <class T>
std::string TextOf(const Pieces<T>& pieces) {
  std::string text;
  for (const Piece<T>& piece : pieces) {
    absl::StrAppend(&text, testing::LabelText(piece.label), " | ",
                    piece.part.ShortDebugString(), "\n");
  }
  return text;
}

template <class T>
std::string AnswerText(const core::StateReader& view, Answer<T> answer,
                       absl::Time now) {
  KITH_CHECK(answer.ok());
  if (!answer->has_value()) return "nobody";
  Concerned concerned;
  concerned.Add(**answer);
  const auto standing = StandingOf(view, concerned, now);
  KITH_CHECK(standing.ok());
  return TextOf(**answer) + testing::StandingText(*standing);
}

core::MapState AsOf(const History& history, const AsOfStart& start,
                    uint64_t position) {
  auto rows =
      RowsAsOf(history.view(), start, position, history.scan(), history.hash());
  KITH_CHECK(rows.ok());
  return *std::move(rows);
}

// Folded up to the head, the family reads as the live view has it.
void ExpectFamilyAsLive(const History& history, core::EntityNumber family) {
  const auto rows = AsOf(history, {{family}, {}}, history.position());
  const absl::Time now = history.now();
  EXPECT_EQ(AnswerText(rows, FamilyPieces(rows, family, now), now),
            AnswerText(history.view(),
                       FamilyPieces(history.view(), family, now), now));
}

// At the head as the live view, at any earlier position as the live view then.
TEST(AsOfTest, AFamilyReadsAsItDidThen) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    History history;
    Wanderer wanderer(seed, &history);
    wanderer.Go(120);
    for (const uint64_t left : {0, 17, 60}) {
      const uint64_t position = history.position() - left;
      const absl::Time then = history.TimeOf(position);
      const core::MapState live = history.FoldedTo(position);
      for (const EntityNumber family : wanderer.families()) {
        SCOPED_TRACE(absl::StrCat("seed ", seed, " position ", position,
                                  " family ", family));
        const core::MapState rows = AsOf(history, {{family}, {}}, position);
        ASSERT_EQ(AnswerText(rows, FamilyPieces(rows, family, then), then),
                  AnswerText(live, FamilyPieces(live, family, then), then));
      }
    }
  }
}

TEST(AsOfTest, APersonReadsAsTheyDidThen) {
  for (uint64_t seed = 21; seed <= 24; ++seed) {
    History history;
    Wanderer wanderer(seed, &history);
    wanderer.Go(120);
    for (const uint64_t left : {0, 40}) {
      const uint64_t position = history.position() - left;
      const absl::Time then = history.TimeOf(position);
      const core::MapState live = history.FoldedTo(position);
      for (const EntityNumber record : wanderer.records()) {
        SCOPED_TRACE(absl::StrCat("seed ", seed, " position ", position,
                                  " record ", record));
        const core::MapState rows = AsOf(history, {{}, {record}}, position);
        ASSERT_EQ(AnswerText(rows, PersonPieces(rows, record, then), then),
                  AnswerText(live, PersonPieces(live, record, then), then));
      }
    }
  }
}

TEST(AsOfTest, BeforeItWasKnownThereIsNobody) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const uint64_t before = history.position();
  const auto family = history.Family({anna});
  const auto rows = AsOf(history, {{family}, {}}, before);
  EXPECT_FALSE(FamilyPieces(rows, family, history.now())->has_value());
}

// A case names its plans by number only; one may be of a family that has
// nothing else to do with this one.
TEST(AsOfTest, BothSidesOfACaseAreReadAsTheyStoodThen) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto one = history.Plan(history.Family({anna}), {anna});
  history.Lead(2, history.Practitioner("council", "jo"));
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({ben});
  const auto other = history.Plan(family, {ben});
  history.Duplicate(family, one, other,
                    ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING);
  ExpectFamilyAsLive(history, family);
}

// A case's way through a family names the member by number: it was taken for a
// family itself, and what its record was linked to was not read.
TEST(AsOfTest, AMemberOnACasesWayIsReadWithTheirLinks) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto one = history.Plan(family, {anna});
  const auto other = history.Plan(family, {anna});
  history.Feed("health");
  history.Link(anna, history.Person("Annie", "Smith"));
  history.Add(
      family, {},
      absl::StrCat(
          "duplicate_plan_found { case { number: ", history.NextNumber(),
          " id: \"u1\" } one: ", one, " other: ", other,
          " basis { kind: \"family\" from: ", anna, " to: ", family, " } }"));
  ExpectFamilyAsLive(history, family);
}

// Whom a restriction about somebody mentioned bars was a number only: that it
// is another record of the reader's could not be told.
TEST(AsOfTest, WhoIsBarredFromSomebodyMentionedIsKnown) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto ben = history.Person("Ben", "Smith");
  history.Add(anna, {ben},
              absl::StrCat("relationship_recorded { person: ", anna, " to: ",
                           ben, " said { kind: RELATIONSHIP_KIND_SIBLING } }"));
  const auto carl = history.Person("Carl", "Jones");
  history.Add(ben, {},
              absl::StrCat("restriction_recorded { restriction { number: ",
                           history.NextNumber(), " id: \"c1\" } records: ", ben,
                           " barred { record: ", carl, " } }"));
  ExpectFamilyAsLive(history, family);
}

// Nothing is shown of whom only a link led to that has since been undone.
TEST(AsOfTest, WhatAnUndoneLinkLedToIsDropped) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  history.Feed("health");
  const auto other = history.Person("Annie", "Jones");
  history.Link(anna, other);
  const uint64_t linked = history.position();
  const AsOfStart start{{family}, {}};
  const auto then = AsOf(history, start, linked);
  auto pieces = Held(FamilyPieces(then, family, history.now()));
  ASSERT_TRUE(DropUndone(then, history.view(), start, &pieces).ok());
  EXPECT_THAT(LinesOf(pieces), Contains(HasSubstr("Annie")));
  history.Split(anna, {other});
  ASSERT_TRUE(DropUndone(then, history.view(), start, &pieces).ok());
  EXPECT_THAT(LinesOf(pieces), Contains(HasSubstr("Anna")));
  EXPECT_THAT(LinesOf(pieces), Not(Contains(HasSubstr("Annie"))));
}

TEST(AsOfTest, WhatAPartedFamilyBroughtIsDropped) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto ben = history.Person("Ben", "Jones");
  const auto other = history.Family({ben});
  history.Join(family, other);
  const uint64_t joined = history.position();
  history.Part(family, other);
  const AsOfStart start{{family}, {}};
  const auto then = AsOf(history, start, joined);
  auto pieces = Held(FamilyPieces(then, family, history.now()));
  EXPECT_THAT(LinesOf(pieces), Contains(HasSubstr("Ben")));
  ASSERT_TRUE(DropUndone(then, history.view(), start, &pieces).ok());
  EXPECT_THAT(LinesOf(pieces), Not(Contains(HasSubstr("Ben"))));
}

// Contact pieces of the family as of `position`, and whether each is shielded:
// as strict as now.
std::vector<std::pair<std::string, bool>> ContactsAsOf(const History& history,
                                                       const AsOfStart& start,
                                                       EntityNumber family,
                                                       uint64_t position) {
  auto then = AsOf(history, start, position);
  EXPECT_TRUE(
      ShieldAsNow(history.view(), base::LondonDay(history.now()), then).ok());
  std::vector<std::pair<std::string, bool>> contacts;
  for (const auto& piece :
       Held(FamilyPieces(then, family, history.TimeOf(position)))) {
    if (piece.label.class_() != agency::v1::ITEM_CLASS_CONTACT) continue;
    const auto& said = piece.part.people(0).records(0).said();
    contacts.emplace_back(said.addresses(0).postcode(), piece.label.shielded());
  }
  return contacts;
}

// The address was shown as of the day before it was said to be protected, and
// by the record of whoever lived there.
TEST(AsOfTest, R081AnAddressProtectedSinceIsShieldedThenToo) {
  History history;
  const auto mother =
      history.Person("Mary", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto child =
      history.Person("Anna", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto family = history.Family({mother, child});
  const uint64_t before = history.position();
  const auto contacts = [&] {
    return ContactsAsOf(history, {{family}, {}}, family, before);
  };
  const std::string mary = R"(names { given: "Mary" family: "Smith" } )";
  history.Restate(mother, mary + R"(addresses { postcode: "NR3 3CC" })");
  EXPECT_THAT(contacts(),
              ElementsAre(Pair("NR1 1AA", false), Pair("NR1 1AA", false)));
  history.Restate(
      mother, mary + R"(addresses { postcode: "NR3 3CC" protected: true })");
  EXPECT_THAT(contacts(),
              ElementsAre(Pair("NR1 1AA", true), Pair("NR1 1AA", true)));
  // Whoever has left since was there with her.
  history.Left(family, child, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(contacts(),
              ElementsAre(Pair("NR1 1AA", true), Pair("NR1 1AA", true)));
  history.Restate(mother, mary);
  EXPECT_THAT(contacts(),
              ElementsAre(Pair("NR1 1AA", false), Pair("NR1 1AA", false)));
  // By another record of hers.
  const auto copy = history.Feed("health").Person(
      "Mary", "Smith", R"(addresses { postcode: "NR3 3CC" protected: true })");
  history.Link(mother, copy, /*verified=*/false);
  EXPECT_THAT(contacts(),
              ElementsAre(Pair("NR1 1AA", true), Pair("NR1 1AA", true)));
}

// Where a child lives by now with somebody else who hides.
TEST(AsOfTest, R081WhoLivesWithSomebodyWhoHidesIsShieldedThenToo) {
  History history;
  const std::string home = R"(addresses { postcode: "NR1 1AA" })";
  const auto child = history.Person("Anna", "Smith", home);
  const uint64_t before = history.position();
  const auto aunt = history.Person(
      "Vera", "Jones", R"(addresses { postcode: "NR1 1AA" protected: true })");
  const auto family = history.Family({aunt});
  const auto contact = [&] {
    auto then = AsOf(history, {{}, {child}}, before);
    EXPECT_TRUE(
        ShieldAsNow(history.view(), base::LondonDay(history.now()), then).ok());
    return LinesOf(Held(PersonPieces(then, child, history.TimeOf(before))))
        .back();
  };
  EXPECT_THAT(contact(), HasSubstr("CONTACT council [1] |"));
  history.Member(family, child);
  EXPECT_THAT(contact(), HasSubstr("CONTACT council [1] shielded |"));
}

// In the family asked for nobody hides, then or now.
TEST(AsOfTest, R081WhoeverHidInAnotherFamilyShieldsAsOfThen) {
  History history;
  const auto child =
      history.Person("Anna", "Smith", R"(addresses { postcode: "NR1 1AA" })");
  const auto mother = history.Person("Mary", "Jones");
  const auto copy = history.Feed("health").Person(
      "Mary", "Jones", R"(addresses { postcode: "NR1 1AA" protected: true })");
  const auto family = history.Family({child});
  const auto other = history.Family({mother});
  history.Member(other, child);
  const uint64_t before = history.position();
  const auto contacts = [&](uint64_t position) {
    return ContactsAsOf(history, {{family}, {}}, family, position);
  };
  EXPECT_THAT(contacts(before), ElementsAre(Pair("NR1 1AA", false)));
  history.Link(mother, copy, /*verified=*/false);
  const uint64_t hidden = history.position();
  EXPECT_THAT(contacts(before), ElementsAre(Pair("NR1 1AA", true)));
  EXPECT_THAT(contacts(hidden), ElementsAre(Pair("NR1 1AA", true)));
  // Where she hides now she may have hidden then, and the child with her.
  history.Left(other, child, base::LondonDay(history.now()) - 1);
  EXPECT_THAT(contacts(before), ElementsAre(Pair("NR1 1AA", true)));
  EXPECT_THAT(contacts(hidden), ElementsAre(Pair("NR1 1AA", true)));
  EXPECT_THAT(contacts(history.position()),
              ElementsAre(Pair("NR1 1AA", false)));
}

TEST(AsOfTest, R081ARecordRestrictedSinceIsShieldedWholeThenToo) {
  History history;
  const auto anna = history.Person("Anna", "Smith", R"(religion: "none")");
  history.Involve(anna, "clinic");
  const auto family = history.Family({anna});
  const uint64_t before = history.position();
  const std::string name = R"(names { given: "Anna" family: "Smith" } )";
  const auto shielded = [&] {
    auto then = AsOf(history, {{family}, {}}, before);
    const auto said = Held(FamilyPieces(then, family, history.now()));
    EXPECT_TRUE(
        ShieldAsNow(history.view(), base::LondonDay(history.now()), then).ok());
    std::vector<std::string> classes;
    const auto pieces = Held(FamilyPieces(then, family, history.now()));
    EXPECT_EQ(pieces.size(), said.size());
    for (size_t i = 0; i < pieces.size(); ++i) {
      // What was known then stays so.
      EXPECT_EQ(PartText(pieces[i].part), PartText(said[i].part));
      if (!pieces[i].label.shielded()) continue;
      classes.push_back(agency::v1::ItemClass_Name(pieces[i].label.class_()));
    }
    return classes;
  };
  history.Restate(anna, name + R"(religion: "none")");
  EXPECT_THAT(shielded(), IsEmpty());
  history.Restate(anna, name + R"(religion: "none" restricted: true)");
  EXPECT_THAT(shielded(),
              UnorderedElementsAre("ITEM_CLASS_IDENTITY", "ITEM_CLASS_NEED",
                                   "ITEM_CLASS_INVOLVEMENT"));
}

}  // namespace
}  // namespace kith::views
