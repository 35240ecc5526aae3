// The decision equals a brute-force reading of the rules, in invented worlds.
//
//   KITH_DECISIONS=100000   how many decisions at least (default 10,000)
//   KITH_SEED=7             one world only: the one that failed
#include "tests/oracle/oracle.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>

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

using SharedContext = disclosure::Discloser::SharedContext;

SharedContext Shared(const World& world) {
  return std::make_shared<const disclosure::Context>(ContextOf(world));
}

// What a door that knows both moments decides of one item, by its account.
std::pair<Reason, bool> DecidedOfThePast(const SharedContext& then,
                                         absl::Time at,
                                         const SharedContext& now,
                                         const disclosure::Reader& reader,
                                         const Item& item) {
  disclosure::Discloser door(reader);
  door.UseBoth(then, at, now);
  const bool shown = door.Admit(LabelOf(item));
  EXPECT_EQ(door.account().tallies.size(), 1u);
  const auto& [item_class, told_shown, reason] =
      door.account().tallies.begin()->first;
  EXPECT_EQ(item_class, item.item_class);
  EXPECT_EQ(told_shown, shown);
  return {reason, shown};
}

// How the two moments met.
struct Moments {
  int both = 0, then_only = 0, now_only = 0, auditors_only = 0, licensed = 0;
};

void ComparePast(const World& then, const World& now, Moments& moments) {
  const SharedContext stood = Shared(then), stands = Shared(now);
  for (const auto& reader : now.readers) {
    for (const Item& item : now.items) {
      const auto decided =
          DecidedOfThePast(stood, MomentOf(then), stands, reader, item);
      const Reason stood_for = Read(then, reader, item);
      const Reason stands_for = Read(now, reader, item);
      const Reason expected = OfPast(stood_for, stands_for, reader.role);
      EXPECT_EQ(disclosure::NameOf(decided.first), disclosure::NameOf(expected))
          << reader.agency << " " << disclosure::NameOf(reader.role) << " "
          << reader.purpose << ": " << LabelOf(item).ShortDebugString();
      EXPECT_EQ(decided.second, Shows(expected));
      const bool before = Shows(stood_for), today = Shows(stands_for);
      moments.both += before && today;
      moments.then_only += before && !today;
      moments.now_only += !before && today && !decided.second;
      moments.auditors_only += !before && decided.second;
      moments.licensed +=
          expected == Reason::kOverride || expected == Reason::kBreakGlass;
    }
  }
}

// Such a read sees the rows of then, judged by both moments.
TEST(OracleTest, ADecisionOnThePastEqualsBothReadings) {
  const uint64_t only = Number("KITH_SEED", 0);
  const bool many = Number("KITH_DECISIONS", 0) >= 100000;
  const uint64_t last = many ? 300 : 60;
  Moments moments;
  for (uint64_t seed = only == 0 ? 1 : only; seed <= last || only != 0;
       ++seed) {
    SCOPED_TRACE(absl::StrCat("KITH_SEED=", seed));
    const World now = Invent(seed);
    ComparePast(Before(now, seed), now, moments);
    if (HasFailure() || only != 0) return;
  }
  EXPECT_GT(moments.both, 0);
  EXPECT_GT(moments.then_only, 0);
  EXPECT_GT(moments.now_only, 0);
  if (!many) return;  // what is rare
  EXPECT_GT(moments.auditors_only, 0);
  EXPECT_GT(moments.licensed, 0);
}

// To go by one of the moments alone is noticed, and by the wrong clock.
TEST(OracleTest, AMomentThatIsLeftOutIsNoticed) {
  const auto differs = [](const auto& decide) {
    for (uint64_t seed = 1; seed <= 100; ++seed) {
      const World now = Invent(seed);
      const World then = Before(now, seed);
      const SharedContext stood = Shared(then), stands = Shared(now);
      for (const auto& reader : now.readers) {
        for (const Item& item : now.items) {
          if (decide(stood, MomentOf(then), stands, reader, item) !=
              Shows(OfPast(Read(then, reader, item), Read(now, reader, item),
                           reader.role))) {
            return true;
          }
        }
      }
    }
    return false;
  };
  const auto decided = [](const auto&... all) {
    return DecidedOfThePast(all...).second;
  };
  EXPECT_TRUE(differs(
      [&](const auto&, absl::Time at, const auto& now, const auto& reader,
          const Item& item) { return decided(now, at, now, reader, item); }));
  EXPECT_TRUE(differs(
      [&](const auto& then, absl::Time at, const auto&, const auto& reader,
          const Item& item) { return decided(then, at, then, reader, item); }));
  EXPECT_TRUE(differs([&](const auto& then, absl::Time, const auto& now,
                          const auto& reader, const Item& item) {
    return decided(then, reader.at, now, reader, item);
  }));
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
