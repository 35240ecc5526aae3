// What the tests of the core share: a small ledger to decide in, and matchers.
//
//   class LeadTest : public testing::Test {
//     Bench bench{{lead::Evolve, family::Evolve}};
//   };
//   const auto family = bench.AddFamily("council", "F1", {anna, ben});
//   EXPECT_THAT(bench.Say([&](Decision& d) { return lead::Decide(said, d); }),
//               IsOkAndHolds(SizeIs(1)));
//
// Facts of a statement that was accepted are folded into the bench's state.
// Everything is the same at each run. Not thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/check.h"
#include "base/id.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/person.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::testing {

// HMAC under a fixed pepper, as the engine's is under the ledger's.
KeyHash TestHash();

// A message from text format; stops the test program when it does not parse.
template <class T>
T Text(const std::string& text) {
  T message;
  KITH_CHECK(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

agency::v1::Date DateOf(absl::CivilDay day);
// A local reference of the agency; system "main".
agency::v1::LocalRef Local(absl::string_view agency,
                           absl::string_view local_id);
agency::v1::PersonRef PersonOf(const agency::v1::LocalRef& record);
agency::v1::PersonRef PersonWithId(absl::string_view id);
agency::v1::ThingRef ThingOf(const agency::v1::LocalRef& local);
agency::v1::ThingRef ThingWithId(absl::string_view id);

class Bench {
 public:
  // Folds with each of `folds`, and practitioners.
  explicit Bench(std::vector<Fold> folds);

  MapState& state() { return state_; }
  const KeyHash& hash() const { return hash_; }
  ledger::v1::Rules rules() const;
  void SetRules(const ledger::v1::Rules& rules);

  // Who speaks next: an act by a practitioner of the agency, or its feed.
  // At first "council" acts, through the practitioner "w1".
  Bench& Act(absl::string_view agency, absl::string_view practitioner = "w1",
             agency::v1::Role role = agency::v1::ROLE_PRACTITIONER);
  Bench& Feed(absl::string_view agency);
  // The day on which it happens, at noon. At first 2024-03-04.
  Bench& On(absl::CivilDay day);

  // Decides one statement: its facts, folded in, or the refusal, which changes
  // nothing. `conclude` (the subjects' Conclude, in order) runs after `decide`.
  using Step = std::function<absl::Status(Decision&)>;
  absl::StatusOr<std::vector<NewFact>> Say(
      const Step& decide, const std::vector<Step>& conclude = {});
  // What the last accepted statement told its caller.
  const std::vector<ledger::v1::Identity>& made() const { return made_; }
  // All facts so far.
  const std::vector<NewFact>& history() const { return history_; }

  // Rows as the folds of earlier statements would have put them. Records are
  // persons of their own until `Link`.
  EntityNumber AddRecord(absl::string_view agency, absl::string_view local_id,
                         agency::v1::PersonStated said = {});
  EntityNumber AddPractitioner(absl::string_view agency,
                               absl::string_view local_id);
  EntityNumber AddFamily(absl::string_view agency, absl::string_view local_id,
                         const std::vector<EntityNumber>& members,
                         EntityNumber defined_by = 0);
  // Makes one person of these records, by links (`verified` or not).
  void Link(std::vector<EntityNumber> records, bool verified = false);
  // A number that nothing has yet.
  EntityNumber NextNumber();
  // The id under which `AddRecord`, `AddFamily` and so on are known.
  std::string IdOf(base::IdKind kind, EntityNumber number) const;

  template <class T>
  std::optional<T> Row(const std::string& key) const {
    auto row = ReadRow<T>(state_, key);
    return row.ok() ? *std::move(row) : std::nullopt;
  }

 private:
  void PutRecordPerson(EntityNumber record, EntityNumber person);

  MapState state_;
  KeyHash hash_ = TestHash();
  Fold fold_;
  agency::v1::Envelope envelope_;
  bool reported_ = false;
  uint64_t position_ = 2;
  std::vector<ledger::v1::Identity> made_;
  std::vector<NewFact> history_;
};

// Matchers.

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <class T>
absl::Status StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}
template <class T>
std::string StatusText(const T& value) {
  return StatusOf(value).ToString();
}

MATCHER(IsOk, "is OK") {
  *result_listener << "whose status is " << StatusText(arg);
  return arg.ok();
}
MATCHER_P(StatusIs, code, "has the status code") {
  *result_listener << "whose status is " << StatusText(arg);
  return StatusOf(arg).code() == code;
}
// The machine-readable code of the reason: RefusedWith("PLAN_CLOSED").
MATCHER_P(RefusedWith, code, "is refused with the code") {
  *result_listener << "whose status is " << StatusText(arg);
  return !arg.ok() && ReasonOf(StatusOf(arg)).code() == code;
}
MATCHER_P(IsOkAndHolds, matcher, "is OK and holds what matches") {
  *result_listener << "whose status is " << StatusText(arg);
  return arg.ok() &&
         ::testing::ExplainMatchResult(matcher, *arg, result_listener);
}
// The message, given as such.
MATCHER_P(EqualsProto, expected, "equals the message") {
  *result_listener << "which is " << arg.ShortDebugString();
  return arg.SerializeAsString() == expected.SerializeAsString();
}
// A NewFact that records this kind of fact: IsFact(Fact::kLeadTaken).
MATCHER_P(IsFact, what_case, "records that kind of fact") {
  *result_listener << "which is " << arg.fact.ShortDebugString();
  return arg.fact.what_case() == what_case;
}

}  // namespace kith::core::testing
