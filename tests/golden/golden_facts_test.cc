// Facts that earlier releases recorded are read as they were meant.
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/escaping.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "gmock/gmock.h"
#include "google/protobuf/unknown_field_set.h"
#include "gtest/gtest.h"
#include "services/core/core.h"
#include "services/core/state.h"
#include "services/views/fold.h"
#include "tests/golden/facts.h"

namespace kith::golden {
namespace {

using ledger::v1::Fact;
using ::testing::ElementsAreArray;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kFiles[] = {"facts"};

// Kinds that no file holds yet. Who makes a new kind writes a file that holds it
// (write_golden_facts), or names it here.
constexpr const char* kNotYet[] = {
    "family_agreement_recorded",
    "family_agreement_signed_by",
    "family_agreement_superseded",
    "family_told",
    "glass_approved",
    "glass_broken",
    "glass_mended",
    "lead_contacted",
    "member_left",
    "network_recorded",
    "override_judged",
    "override_recorded",
    "panel_item_recorded",
    "plan_review_held",
    "quarantine_ended",
    "record_gone",
    "record_unstored",
    "sharing_agreement_recorded",
    "sharing_note_recorded",
    "source_resumed",
    "support_counted",
};

struct Known {
  GoldenFact recorded;
  Fact fact;
};

std::vector<Known> FactsOf(const std::string& name) {
  std::ifstream file("tests/golden/v1/" + name + ".txt");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::vector<GoldenFact> stored = ParseFacts(text).value();
  std::vector<Known> facts;
  for (GoldenFact& recorded : stored) {
    Known known = {std::move(recorded), {}};
    EXPECT_TRUE(known.fact.ParseFromString(known.recorded.payload))
        << known.recorded.position;
    facts.push_back(std::move(known));
  }
  return facts;
}

std::string KindOf(const Fact& fact) {
  return Fact::descriptor()
      ->FindFieldByNumber(static_cast<int>(fact.what_case()))
      ->name();
}

bool KnowsAllOf(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return false;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != field->CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (!KnowsAllOf(reflection->GetMessage(message, field))) return false;
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (!KnowsAllOf(reflection->GetRepeatedMessage(message, field, i))) {
        return false;
      }
    }
  }
  return true;
}

std::string HashOf(absl::string_view personal) {
  return base::HmacSha256("of golden facts", personal);
}

// How many rows there are, and the digest of all of them.
std::pair<size_t, std::string> DigestOf(const core::MapState& state) {
  std::string bytes;
  auto append = [&bytes](absl::string_view part) {
    base::AppendBigEndian64(part.size(), bytes);
    bytes.append(part.data(), part.size());
  };
  for (const auto& [key, row] : state.rows()) {
    base::AppendBigEndian64(row.first, bytes);
    append(key);
    append(row.second);
  }
  return {state.rows().size(), absl::BytesToHexString(base::Sha256(bytes))};
}

core::MapState StateAfter(const std::vector<Known>& facts) {
  core::MapState state;
  for (const auto& [recorded, fact] : facts) {
    const absl::Status evolved =
        core::Evolve(state, fact, recorded.subject, HashOf);
    EXPECT_TRUE(evolved.ok()) << recorded.position << ": " << evolved;
  }
  return state;
}

core::MapState ViewsAfter(const std::vector<Known>& facts) {
  core::MapState rows;
  for (const auto& [recorded, fact] : facts) {
    const absl::Status folded =
        views::Fold(rows,
                    {recorded.position, recorded.recorded_at, recorded.subject,
                     recorded.statement, fact},
                    HashOf);
    EXPECT_TRUE(folded.ok()) << recorded.position << ": " << folded;
  }
  return rows;
}

// Given a fact as it was stored, when it is read and stored again, then not a
// byte is lost.
TEST(GoldenFactsTest, AreUnderstoodWhole) {
  for (const char* file : kFiles) {
    for (const auto& [recorded, fact] : FactsOf(file)) {
      EXPECT_TRUE(KnowsAllOf(fact)) << file << " " << recorded.position;
      EXPECT_EQ(fact.SerializeAsString(), recorded.payload)
          << file << " " << recorded.position;
    }
  }
}

TEST(GoldenFactsTest, AreOfEveryKindButThoseNamed) {
  absl::btree_set<std::string> missing;
  const auto* kinds = Fact::descriptor()->FindOneofByName("what");
  for (int i = 0; i < kinds->field_count(); ++i) {
    missing.insert(kinds->field(i)->name());
  }
  for (const char* file : kFiles) {
    for (const Known& known : FactsOf(file)) missing.erase(KindOf(known.fact));
  }
  EXPECT_THAT(missing, ElementsAreArray(absl::btree_set<std::string>(
                           std::begin(kNotYet), std::end(kNotYet))));
}

// State rows are kept from release to release.
TEST(GoldenFactsTest, LeadToTheStateThatTheyLedTo) {
  EXPECT_THAT(DigestOf(StateAfter(FactsOf("facts"))),
              Pair(Eq(2095u), Eq("2f284453590651055be57c3c0374c58f32c1bff18bf19"
                                 "d399f518a402a63d543")));
}

// Views are folded anew where their format is another: then, and only then,
// these may be others.
TEST(GoldenFactsTest, LeadToTheViewsOfThisFormat) {
  EXPECT_THAT(
      std::pair(views::kViewFormat, DigestOf(ViewsAfter(FactsOf("facts")))),
      Pair(Eq(4u), Pair(Eq(3206u), Eq("8bfdc0f028d811101445f6f7c30e0f80c1d49f87"
                                      "5fdd177a18757048c2f8b6c8"))));
}

}  // namespace
}  // namespace kith::golden
