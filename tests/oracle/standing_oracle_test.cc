// What disclosure is told of people and families, and the labels of their
// items, equal a brute-force reading of the rules, in invented partnerships.
//
//   KITH_DECISIONS=100000   how many values at least (default 10,000)
//   KITH_SEED=7             one world only: the one that failed
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/views/as_of.h"
#include "services/views/read.h"
#include "services/views/standing.h"
#include "tests/oracle/ledger_reading.h"
#include "tests/oracle/ledger_worlds.h"

namespace kith::ledger_oracle {
namespace {

using views::Concerned;
using views::Standing;

uint64_t Given(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

template <class List>
Numbers NumbersIn(const List& list) {
  return {list.begin(), list.end()};
}

template <class Map>
Numbers KeysOf(const Map& map) {
  Numbers keys;
  for (const auto& [key, value] : map) keys.insert(key);
  return keys;
}

template <class Rows, class NumberOf>
Numbers NumbersOf(const Rows& rows, const NumberOf& number_of) {
  Numbers numbers;
  for (const auto& row : rows) {
    // Each once.
    EXPECT_TRUE(numbers.insert(number_of(row)).second);
  }
  return numbers;
}

// Compares what the views tell of a world with the reading of a world: of the
// same one, or of one that was changed.
class Comparison {
 public:
  Comparison(const views::testing::History& history, const World& world)
      : history_(history), world_(world), reading_(world) {}

  // Each record alone, each family alone, and all at once.
  void CompareAll() {
    Concerned everybody;
    for (const Record& record : world_.records) {
      Concerned one;
      one.records = {record.number};
      CompareStanding(one);
      CompareItemsOfPerson(record.number);
      everybody.records.insert(record.number);
    }
    for (const Family& family : world_.families) {
      Concerned one;
      one.families = {family.number};
      CompareStanding(one);
      CompareItemsOfFamily(family.number);
      everybody.families.insert(family.number);
    }
    CompareStanding(everybody);
  }

  uint64_t values() const { return values_; }
  const std::string& differs() const { return differs_; }

 private:
  template <class Told, class Read>
  void Equal(const char* what, Number of, const Told& told, const Read& read) {
    ++values_;
    if (told == read) return;
    absl::StrAppend(&differs_, what, " of ", of, ": ",
                    ::testing::PrintToString(told), " is read as ",
                    ::testing::PrintToString(read), "\n");
  }

  void CompareStanding(const Concerned& concerned) {
    const auto told =
        views::StandingOf(history_.view(), concerned, history_.now());
    ASSERT_TRUE(told.ok());
    for (const Number record : concerned.records) {
      Equal("a standing", record, told->records.count(record), size_t{1});
      Equal("agencies of a record", record,
            told->agencies_of_record.count(record), size_t{1});
    }
    for (const Number family : concerned.families) {
      Equal("agencies of a family", family,
            told->agencies_of_family.count(family), size_t{1});
    }
    for (const auto& [record, standing] : told->records) {
      CompareRecord(record, standing);
    }
    for (const auto& [record, agencies] : told->agencies_of_record) {
      Equal("agencies", record, agencies, reading_.AgenciesOfRecord(record));
    }
    CompareFamilies(*told);
    CompareRulings(concerned, *told);
  }

  void CompareRecord(Number record, const views::RecordStanding& told) {
    Equal("agency", record, told.agency, reading_.Find(record).agency);
    Equal("gone", record, told.gone, reading_.Find(record).gone);
    Equal("surely same", record, NumbersIn(told.surely_same),
          reading_.SurelySame(record));
    Equal("perhaps same", record, NumbersIn(told.perhaps_same),
          reading_.PerhapsSame(record));
    Equal("birth", record, told.born == reading_.BornOn(record), true);
  }

  void CompareFamilies(const Standing& told) {
    for (const auto& [family, agencies] : told.agencies_of_family) {
      Equal("agencies", family, agencies, reading_.AgenciesOfFamily(family));
      const auto members = told.members_of_family.find(family);
      Equal("members", family,
            members == told.members_of_family.end()
                ? Numbers()
                : NumbersIn(members->second),
            reading_.MembersOf(family));
      const auto lead = told.lead_of_family.find(family);
      Equal("lead", family,
            lead == told.lead_of_family.end() ? Number{0} : lead->second,
            reading_.LeadOf(family));
    }
  }

  void CompareRulings(const Concerned& concerned, const Standing& told) {
    Numbers everybody, named;
    for (const Number record : concerned.records) {
      everybody.merge(reading_.PerhapsSame(record));
    }
    const auto compare = [&](const char* what, const Numbers& numbers,
                             const std::vector<Ruling>& rulings) {
      Equal(what, 0, numbers, reading_.About(everybody, rulings));
      for (const Ruling& ruling : rulings) {
        if (numbers.count(ruling.number) == 0) continue;
        named.insert(ruling.named.begin(), ruling.named.end());
      }
    };
    compare("consents",
            NumbersOf(told.consents,
                      [](const auto& row) {
                        return row.recorded().consent().number();
                      }),
            world_.consents);
    compare("restrictions",
            NumbersOf(told.restrictions,
                      [](const auto& row) {
                        return row.recorded().restriction().number();
                      }),
            world_.restrictions);
    compare("overrides",
            NumbersOf(told.overrides,
                      [](const auto& row) {
                        return row.recorded().override().number();
                      }),
            world_.overrides);
    CompareGlass(concerned, everybody, told);
    // Whoever is named besides has a standing, and nobody else has.
    for (const Number record : concerned.records) named.insert(record);
    Equal("whose standing", 0, KeysOf(told.records), named);
  }

  // About these people, or over a family of which they are or that is asked
  // for.
  void CompareGlass(const Concerned& concerned, const Numbers& everybody,
                    const Standing& told) {
    Numbers families = NumbersIn(concerned.families);
    for (const Number record : concerned.records) {
      families.merge(reading_.FamiliesOf(record));
    }
    Numbers glass = reading_.About(everybody, world_.glass);
    glass.merge(reading_.GlassOver(families));
    Equal("glass", 0,
          NumbersOf(
              told.glass,
              [](const auto& row) { return row.broken().access().number(); }),
          glass);
  }

  template <class T>
  std::set<std::string> TextsOf(const views::Pieces<T>& pieces) {
    std::set<std::string> texts;
    for (const auto& piece : pieces) {
      const auto& label = piece.label;
      texts.insert(ItemText(label.class_(), label.agency(),
                            NumbersIn(label.records()), label.family(),
                            label.shielded()));
    }
    return texts;
  }

  template <class T>
  std::set<std::string> TextsOf(const absl::StatusOr<views::Page<T>>& page) {
    std::set<std::string> texts;
    EXPECT_TRUE(page.ok() && page->next.empty());
    for (const auto& entry : page->entries) {
      texts.merge(TextsOf(entry.pieces));
    }
    return texts;
  }

  // Folded anew from whose facts are gathered for the read, up to the present.
  core::MapState AsOfNow(const views::AsOfStart& start) {
    auto rows = views::RowsAsOf(history_.view(), start, history_.position(),
                                history_.scan(), history_.hash());
    EXPECT_TRUE(rows.ok());
    return *std::move(rows);
  }

  void CompareItemsOfPerson(Number record) {
    CompareItems("an item of a person", record,
                 TextsOf(views::testing::Held(views::PersonPieces(
                     history_.view(), record, history_.now()))),
                 reading_.ItemsOfPerson(record));
    CompareItems("an item of a person as of now", record,
                 TextsOf(views::testing::Held(views::PersonPieces(
                     AsOfNow({{}, {record}}), record, history_.now()))),
                 reading_.ItemsOfPerson(record));
    CompareItems("a listed consent of a person", record,
                 TextsOf(views::ConsentsAbout(history_.view(), record, {})),
                 reading_.ItemsOfConsents(record));
    CompareItems("a listed override of a person", record,
                 TextsOf(views::OverridesAbout(history_.view(), record, {})),
                 reading_.ItemsOfOverrides(record));
  }
  void CompareItemsOfFamily(Number family) {
    CompareItems("an item of a family", family,
                 TextsOf(views::testing::Held(views::FamilyPieces(
                     history_.view(), family, history_.now()))),
                 reading_.ItemsOfFamily(family));
    CompareItems("an item of a family as of now", family,
                 TextsOf(views::testing::Held(views::FamilyPieces(
                     AsOfNow({{family}, {}}), family, history_.now()))),
                 reading_.ItemsOfFamily(family));
    CompareItems("an item of a family's line", family,
                 TextsOf(views::testing::Held(views::SummaryPieces(
                     history_.view(), family, history_.now()))),
                 reading_.ItemsOfSummary(family));
    const auto& view = history_.view();
    const absl::Time now = history_.now();
    std::set<std::string> work = TextsOf(views::PlansOf(view, family, now, {}));
    work.merge(TextsOf(views::ReferralsOf(view, family, now, {})));
    work.merge(TextsOf(views::AssessmentsOf(view, family, now, {})));
    work.merge(TextsOf(views::MeetingsOf(view, family, now, {})));
    CompareItems("a listed item of a family's work", family, work,
                 reading_.ItemsOfWork(family));
  }
  void CompareItems(const char* what, Number of,
                    const std::set<std::string>& told,
                    const std::set<std::string>& read) {
    std::set<std::string> all = told;
    all.insert(read.begin(), read.end());
    for (const std::string& item : all) {
      Equal(what, of, told.count(item) > 0 ? item : "none",
            read.count(item) > 0 ? item : "none");
    }
  }

  const views::testing::History& history_;
  const World& world_;
  const Reading reading_;
  uint64_t values_ = 0;
  std::string differs_;
};

TEST(StandingOracleTest, WhatDisclosureIsToldEqualsABruteForceReading) {
  const uint64_t wanted = Given("KITH_DECISIONS", 10000);
  const uint64_t only = Given("KITH_SEED", 0);
  uint64_t values = 0;
  for (uint64_t seed = only == 0 ? 1 : only; values < wanted; ++seed) {
    SCOPED_TRACE(absl::StrCat("KITH_SEED=", seed));
    const ToldTwice told = Invent(seed);
    Comparison comparison(*told.history, told.world);
    comparison.CompareAll();
    values += comparison.values();
    EXPECT_EQ(comparison.differs(), "");
    if (HasFailure() || only != 0) break;
  }
  std::printf("%lu values\n", static_cast<unsigned long>(values));
}

TEST(StandingOracleTest, ASeedMakesOneWorld) {
  const ToldTwice one = Invent(7), again = Invent(7);
  EXPECT_EQ(one.history->position(), again.history->position());
  Comparison comparison(*one.history, again.world);
  comparison.CompareAll();
  EXPECT_EQ(comparison.differs(), "");
}

// The comparison must be able to fail: each of these tells the views one thing
// and the reading another.
TEST(StandingOracleTest, AChangedWorldIsNoticed) {
  const auto differs = [](const char* what,
                          const std::function<void(World&)>& alter) {
    for (uint64_t seed = 1; seed <= 150; ++seed) {
      ToldTwice told = Invent(seed);
      alter(told.world);
      Comparison comparison(*told.history, told.world);
      comparison.CompareAll();
      if (comparison.differs().find(what) != std::string::npos) return true;
    }
    return false;
  };
  EXPECT_FALSE(differs(" is read as ", [](World&) {}));
  const auto sure_by_score = [](World& world) {
    for (Pair& pair : world.pairs) {
      pair.verified = pair.judged == ledger::v1::PAIR_OUTCOME_LINK;
    }
  };
  EXPECT_TRUE(differs("surely same", sure_by_score));
  EXPECT_TRUE(differs("members", sure_by_score));
  EXPECT_TRUE(differs("agencies", sure_by_score));
  EXPECT_TRUE(differs("perhaps same", [](World& world) {
    for (Pair& pair : world.pairs) {
      if (pair.judged == ledger::v1::PAIR_OUTCOME_POSSIBLE) {
        pair.judged = ledger::v1::PAIR_OUTCOME_NONE;
      }
    }
  }));
  const auto a_day_later = [](World& world) { world.today += 1; };
  EXPECT_TRUE(differs("members", a_day_later));
  EXPECT_TRUE(differs("agencies", a_day_later));
  EXPECT_TRUE(differs("an item of a family", a_day_later));
  EXPECT_TRUE(differs("lead", [](World& world) { world.leads.clear(); }));
  EXPECT_TRUE(differs("a family's work", a_day_later));
  EXPECT_TRUE(differs("a family's work", [](World& world) {
    for (Meeting& meeting : world.meetings) meeting.apart = false;
  }));
  EXPECT_TRUE(differs("a family's work", [](World& world) {
    for (Service& referral : world.referrals) referral.steps.clear();
  }));
  const auto nobody_hides = [](World& world) {
    for (Record& record : world.records) record.has_protected_address = false;
  };
  EXPECT_TRUE(differs(", shielded", nobody_hides));
  EXPECT_TRUE(differs("consents", [](World& world) {
    for (Record& record : world.records) record.person = record.number;
  }));
}

}  // namespace
}  // namespace kith::ledger_oracle
