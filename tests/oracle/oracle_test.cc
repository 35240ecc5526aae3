// The decision equals a brute-force reading of the rules, in invented worlds.
//
//   KITH_DECISIONS=100000   how many decisions at least (default 10,000)
//   KITH_SEED=7             one world only: the one that failed
#include "tests/oracle/oracle.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/disclosure/disclosed.h"

namespace kith::oracle {
namespace {

using disclosure::Reason;

uint64_t Number(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Compares every reader with every item; returns how many decisions that were.
uint64_t Compare(const World& world, std::map<Reason, uint64_t>& reasons) {
  const disclosure::Context context = ContextOf(world);
  uint64_t decisions = 0;
  for (const auto& reader : world.readers) {
    for (const Item& item : world.items) {
      const auto label = LabelOf(item);
      const auto decided = disclosure::Decide(reader, label, context);
      const Reason expected = Read(world, reader, item);
      ++decisions;
      ++reasons[expected];
      EXPECT_EQ(disclosure::NameOf(decided.reason),
                disclosure::NameOf(expected))
          << reader.agency << " " << disclosure::NameOf(reader.role) << " "
          << reader.purpose << ": " << label.ShortDebugString();
      EXPECT_EQ(decided.show, Shows(expected));
    }
  }
  return decisions;
}

struct Piece {
  ledger::v1::ItemLabel label;
  ledger::v1::AccessRecord part;
};

Piece PieceOf(const Item& item, uint64_t number) {
  Piece piece;
  piece.label = LabelOf(item);
  piece.part.add_families(number);
  return piece;
}

// What a list shows is what each of its entries shows when asked for alone.
void CompareLists(const World& world) {
  const auto self = [](ledger::v1::AccessRecord* answer) { return answer; };
  const auto nothing = [](ledger::v1::AccessRecord*) {};
  for (const auto& reader : world.readers) {
    disclosure::Discloser of_list(reader, ContextOf(world));
    disclosure::DisclosedList<ledger::v1::AccessRecord> list(of_list);
    ledger::v1::AccessRecord filtered;
    for (size_t i = 0; i < world.items.size(); ++i) {
      const std::vector<Piece> pieces = {PieceOf(world.items[i], i + 1)};
      list.Append(pieces, self, nothing);
      disclosure::Discloser of_one(reader, ContextOf(world));
      filtered.MergeFrom(
          of_one.Compose<ledger::v1::AccessRecord>(pieces, self, nothing)
              .value());
    }
    EXPECT_EQ(std::move(list).Done(nothing).value().SerializeAsString(),
              filtered.SerializeAsString());
  }
}

TEST(OracleTest, TheDecisionEqualsABruteForceReadingOfTheRules) {
  const uint64_t wanted = Number("KITH_DECISIONS", 10000);
  const uint64_t only = Number("KITH_SEED", 0);
  std::map<Reason, uint64_t> reasons;
  uint64_t decisions = 0;
  for (uint64_t seed = only == 0 ? 1 : only; decisions < wanted; ++seed) {
    SCOPED_TRACE(absl::StrCat("KITH_SEED=", seed));
    decisions += Compare(Invent(seed), reasons);
    if (HasFailure() || only != 0) break;
  }
  std::printf("%lu decisions\n", static_cast<unsigned long>(decisions));
  if (only != 0 || HasFailure()) return;
  // A comparison of nothing but refusals would show nothing. What is rare needs
  // many worlds to be met.
  if (decisions < 100000) return;
  for (int i = 0; i <= static_cast<int>(disclosure::kLastReason); ++i) {
    const auto reason = static_cast<Reason>(i);
    if (reason == Reason::kNoAgreement) continue;  // the table marks instead
    EXPECT_GT(reasons[reason], 0u) << disclosure::NameOf(reason);
  }
}

TEST(OracleTest, AListShowsWhatEachOfItsEntriesShows) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("KITH_SEED=", seed));
    CompareLists(Invent(seed));
  }
}

TEST(OracleTest, ASeedMakesOneWorld) {
  const World one = Invent(7);
  const World again = Invent(7);
  ASSERT_EQ(one.items.size(), again.items.size());
  for (size_t i = 0; i < one.items.size(); ++i) {
    EXPECT_EQ(LabelOf(one.items[i]).SerializeAsString(),
              LabelOf(again.items[i]).SerializeAsString());
  }
}

// The comparison must be able to fail: each of these changes one rule.
TEST(OracleTest, AChangedRuleIsNoticed) {
  const auto differs =
      [](const std::function<void(disclosure::Context&)>& alter) {
        for (uint64_t seed = 1; seed <= 150; ++seed) {
          const World world = Invent(seed);
          disclosure::Context context = ContextOf(world);
          alter(context);
          for (const auto& reader : world.readers) {
            for (const Item& item : world.items) {
              if (disclosure::Decide(reader, LabelOf(item), context).show !=
                  Shows(Read(world, reader, item))) {
                return true;
              }
            }
          }
        }
        return false;
      };
  EXPECT_FALSE(differs([](disclosure::Context&) {}));
  EXPECT_TRUE(differs([](auto& context) { context.restrictions.clear(); }));
  EXPECT_TRUE(differs([](auto& context) { context.grants.clear(); }));
  EXPECT_TRUE(differs([](auto& context) { context.today += 1; }));
  EXPECT_TRUE(
      differs([](auto& context) { context.age_capacity_presumed = 17; }));
  EXPECT_TRUE(differs([](auto& context) {
    for (auto& [number, record] : context.records) {
      record.surely_same = record.perhaps_same;
    }
  }));
}

}  // namespace
}  // namespace kith::oracle
