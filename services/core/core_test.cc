// All rules together: what three agencies say about one family, and what
// follows.
#include "services/core/core.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "gtest/gtest.h"
#include "services/core/kernel_testing.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core {
namespace {

using agency::v1::Statement;
using ledger::v1::Fact;
using ::testing::Contains;
using ::testing::Not;
using testing::TestLedger;
using testing::Text;

constexpr auto kAccepted = ledger::v1::OUTCOME_KIND_ACCEPTED;
constexpr auto kNothing = ledger::v1::OUTCOME_KIND_CHANGED_NOTHING;

testing::Engine AllRules() { return {Apply, Found}; }

testing::Engine AllRulesWithPepper(const std::string& pepper) {
  const KeyHash hash = [pepper](absl::string_view bytes) {
    return base::HmacSha256(pepper, bytes);
  };
  testing::Engine engine;
  engine.apply = [hash](const StateReader& state, uint64_t position,
                        const Arrival& arrival, const KeyHash&) {
    return Apply(state, position, arrival, hash);
  };
  engine.found = [hash](const Genesis& genesis, const KeyHash&) {
    return Found(genesis, hash);
  };
  return engine;
}

struct Sent {
  const char* source;
  const char* statement;
};

// The council knows mother and two children and has a plan for one of them; the
// health visitor knows that child, the school the other, and plans for it.
const Sent kInbox[] = {
    {"council_feed", R"(person_stated {
        record { system: "main" local_id: "m" }
        names { given: "Maria" family: "Smith" }
        birth_date { year: 1990 month: 5 day: 6 }
        addresses { postcode: "NR1 1AA" lines: "1 High Street" } })"},
    {"council_feed", R"(person_stated {
        record { system: "main" local_id: "a" }
        names { given: "Anna" family: "Smith" }
        birth_date { year: 2015 month: 3 day: 4 }
        identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "943 476 5919"
                      status: IDENTIFIER_STATUS_VERIFIED }
        addresses { postcode: "NR1 1AA" lines: "1 High Street" } })"},
    {"council_feed", R"(person_stated {
        record { system: "main" local_id: "b" }
        names { given: "Ben" family: "Smith" }
        birth_date { year: 2017 month: 7 day: 8 }
        addresses { postcode: "NR1 1AA" lines: "1 High Street" } })"},
    {"council_feed", R"(family_stated {
        family { local { system: "main" local_id: "F" } }
        members { person { record { system: "main" local_id: "m" } } role: "mum" }
        members { person { record { system: "main" local_id: "a" } } }
        members { person { record { system: "main" local_id: "b" } } } })"},
    {"council_feed", R"(relationship_stated {
        person { record { system: "main" local_id: "a" } }
        to { record { system: "main" local_id: "b" } }
        kind: RELATIONSHIP_KIND_SIBLING })"},
    {"council_feed", R"(plan_stated {
        plan { system: "main" local_id: "P1" }
        about { record { system: "main" local_id: "a" } }
        family { local { system: "main" local_id: "F" } }
        state: PLAN_STATE_AGREED
        content { category: "family_plan" goals: "mornings without shouting" }
        period { from { year: 2024 month: 1 day: 8 } } })"},
    {"council_feed", R"(lead_stated {
        appointment { system: "main" local_id: "L1" }
        family { local { system: "main" local_id: "F" } }
        practitioner { local_id: "w7" name: "J. Okafor" }
        period { from { year: 2024 month: 1 day: 8 } } })"},
    {"health_feed", R"(person_stated {
        record { system: "main" local_id: "h1" }
        names { given: "Anna" family: "Smith-Jones" }
        birth_date { year: 2015 month: 3 day: 4 }
        identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "9434765919"
                      status: IDENTIFIER_STATUS_VERIFIED } })"},
    {"school_feed", R"(plan_stated {
        plan { system: "main" local_id: "S1" }
        about { record { system: "main" local_id: "s2" } }
        state: PLAN_STATE_AGREED
        content { category: "family_plan" goals: "to read" }
        period { from { year: 2024 month: 2 day: 1 } } })"},
    {"school_feed", R"(person_stated {
        record { system: "main" local_id: "s2" }
        names { given: "Ben" family: "Smith" }
        birth_date { year: 2017 month: 7 day: 8 }
        addresses { postcode: "NR1 1AA" lines: "1 High Street" } })"},
    {"health_feed", R"(consent_stated {
        consent { system: "main" local_id: "C1" }
        about { record { system: "main" local_id: "h1" } }
        kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN
        recipients { agency: "school" } purpose: "early_help"
        period { from { year: 2024 month: 1 day: 1 } } })"},
};

void SendAll(TestLedger& ledger) {
  for (const Sent& sent : kInbox) {
    ledger.Say(sent.source, Text<Statement>(sent.statement));
  }
}

const Fact* FindFact(const TestLedger& ledger, Fact::WhatCase kind) {
  for (const Decided& decided : ledger.decided()) {
    for (const NewFact& fact : decided.facts) {
      if (fact.fact.what_case() == kind) return &fact.fact;
    }
  }
  return nullptr;
}

TEST(CoreTest, ThreeAgenciesFilesBecomeOneFamilyAndADuplicateCase) {
  TestLedger ledger(AllRules());
  SendAll(ledger);
  EXPECT_THAT(ledger.Kinds(), Not(Contains(Fact::kStatementRefused)));
  EXPECT_THAT(ledger.Kinds(), Not(Contains(Fact::kFrameQuarantined)));
  for (const auto kind :
       {Fact::kPairJudged, Fact::kPersonsMerged, Fact::kPlanRecorded,
        Fact::kLeadTaken, Fact::kStatementParked, Fact::kParkingEnded,
        Fact::kConsentRecorded}) {
    EXPECT_THAT(ledger.Kinds(), Contains(kind));
  }
  // The school's plan for Ben against the council's for his sister.
  const Fact* found = FindFact(ledger, Fact::kDuplicatePlanFound);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->duplicate_plan_found().level(),
            ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING);
}

TEST(CoreTest, SendingAllFilesAgainChangesNothing) {
  TestLedger ledger(AllRules());
  SendAll(ledger);
  const size_t facts = ledger.fact_count();
  for (const Sent& sent : kInbox) {
    EXPECT_EQ(ledger.Say(sent.source, Text<Statement>(sent.statement)).kind(),
              kNothing)
        << sent.statement;
  }
  EXPECT_EQ(ledger.fact_count(), facts);
}

TEST(CoreTest, ASecondLeadOfAnotherFeedIsDisputedAndReplacesNobody) {
  TestLedger ledger(AllRules());
  SendAll(ledger);
  const size_t before = ledger.fact_count();
  EXPECT_EQ(ledger
                .Say("school_feed", Text<Statement>(R"(lead_stated {
        appointment { system: "main" local_id: "L9" }
        family { local { agency: "council" system: "main" local_id: "F" } }
        practitioner { local_id: "t1" name: "A. Teacher" }
        period { from { year: 2024 month: 2 day: 1 } } })"))
                .kind(),
            kAccepted);
  EXPECT_THAT(ledger.Kinds(before), Contains(Fact::kLeadDisputed));
  EXPECT_THAT(ledger.Kinds(before), Not(Contains(Fact::kLeadLeft)));
}

TEST(CoreTest, TheFactsDoNotDependOnAMachinesIndexKeys) {
  TestLedger one(AllRulesWithPepper("one"));
  TestLedger other(AllRulesWithPepper("other"));
  SendAll(one);
  SendAll(other);
  EXPECT_EQ(one.Facts(), other.Facts());
}

TEST(CoreTest, StateIsTheFoldOfTheFacts) {
  TestLedger ledger(AllRules());
  SendAll(ledger);
  MapState folded;
  for (const Decided& decided : ledger.decided()) {
    for (const NewFact& fact : decided.facts) {
      ASSERT_TRUE(
          Evolve(folded, fact.fact, fact.subject, testing::TestHash()).ok());
    }
  }
  // What the kernel keeps beside the facts: the counter, marks, outcomes,
  // snapshots, what waits.
  const std::set<std::string> bookkeeping = {"ab", "so", "oc", "rq", "sn", "it",
                                             "he", "wa", "ws", "wc", "be"};
  std::map<std::string, std::string> expected;
  for (const auto& [key, row] : ledger.state().rows()) {
    const bool is_item = key.rfind("id/testshire-q-", 0) == 0;
    if (bookkeeping.count(key.substr(0, 2)) == 0 && !is_item) {
      expected[key] = row.second;
    }
  }
  std::map<std::string, std::string> found;
  for (const auto& [key, row] : folded.rows()) {
    if (bookkeeping.count(key.substr(0, 2)) == 0) found[key] = row.second;
  }
  EXPECT_TRUE(found == expected);
}

}  // namespace
}  // namespace kith::core
