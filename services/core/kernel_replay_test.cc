// The same inbox on another machine.
#include <random>

#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "gtest/gtest.h"
#include "services/core/kernel_rules_testing.h"
#include "services/core/keys.h"

namespace kith::core {
namespace {

using agency::v1::Statement;
using testing::Letter;
using testing::Local;
using testing::Person;
using testing::TestLedger;

// One inbox of all kinds of trouble.
std::vector<Letter> Trouble(TestLedger& ledger, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Letter> letters;
  for (int i = 0; i < 60; ++i) {
    const char* const sources[] = {"council_feed", "health_feed", "api"};
    const std::string id = absl::StrCat(random() % 6);
    Statement statement = Person(id, absl::StrCat("N", random() % 3));
    if (random() % 3 == 0) {
      auto& said = *statement.mutable_relationship_stated();
      *said.mutable_person() = testing::PersonOf(Local("", id));
      *said.mutable_to() =
          testing::PersonOf(Local("", absl::StrCat(random() % 8)));
    }
    Letter letter = ledger.Write(sources[random() % 3], statement);
    letter.hold_gaps = true;
    letter.mac_holds = random() % 10 != 0;
    if (random() % 4 == 0) letter.envelope.set_order_key("k");
    if (random() % 8 == 0) letter.content = "\xff";
    letters.push_back(letter);
    if (random() % 6 == 0)
      letters.push_back(letters[random() % letters.size()]);
  }
  for (int i = 0; i < 8; ++i) {
    std::swap(letters[random() % 60], letters[random() % 60]);
  }
  return letters;
}

// Another machine: other index keys, else the same.
testing::Engine WithOtherPepper() {
  testing::Engine engine = SomeRules();
  const KeyHash other = [](absl::string_view bytes) {
    return base::HmacSha256("another pepper", bytes);
  };
  const testing::Engine same = SomeRules();
  engine.apply = [same, other](const StateReader& state, uint64_t position,
                               const Arrival& arrival, const KeyHash&) {
    return same.apply(state, position, arrival, other);
  };
  engine.found = [same, other](const Genesis& genesis, const KeyHash&) {
    return same.found(genesis, other);
  };
  return engine;
}

TEST(KernelReplayTest, TheSameInboxGivesTheSameFactsOnEveryMachine) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    TestLedger one(SomeRules());
    TestLedger other(WithOtherPepper());
    for (const Letter& letter : Trouble(one, seed)) {
      one.Take(letter);
      other.Take(letter);
    }
    EXPECT_EQ(one.Facts(), other.Facts());
    EXPECT_EQ(one.state().rows().size(), other.state().rows().size());
  }
}

TEST(KernelReplayTest, EveryBelievedNumberHasOneOutcomeAndNoneIsPassedOver) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    TestLedger ledger(SomeRules());
    for (const Letter& letter : Trouble(ledger, seed)) ledger.Take(letter);
    for (const char* source : {"council_feed", "health_feed"}) {
      const auto row =
          *ReadRow<ledger::v1::SourceRow>(ledger.state(), keys::Source(source));
      for (uint64_t number = 1; number <= row->mark(); ++number) {
        EXPECT_TRUE(
            ledger.state().Get(keys::Outcome(source, 1, number))->has_value());
      }
    }
  }
}

}  // namespace
}  // namespace kith::core
