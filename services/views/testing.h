// What the tests of views share: a small ledger that is folded as it grows.
//
//   History history;
//   history.Feed("council");
//   const auto anna = history.Person("Anna", "Smith");
//   const auto family = history.Family({anna});
//   FamilyPieces(history.view(), family, history.now());
//
// Ids are a letter and the number ("p1", "f2"), so that expected answers can be
// read. Everything is the same at each run. Not thread-safe.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "google/protobuf/text_format.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/state.h"
#include "services/core/testing.h"
#include "services/views/as_of.h"
#include "services/views/find.h"
#include "services/views/fold.h"
#include "services/views/keys.h"
#include "services/views/piece.h"
#include "services/views/standing.h"

namespace kith::views::testing {

using core::EntityNumber;
using core::testing::Text;
using ledger::v1::Fact;

class History {
 public:
  // Founded, with rules as in force at first, on 2024-03-04.
  History();

  // Who speaks next: a feed, or a practitioner who is made known when new.
  History& Feed(absl::string_view agency);
  History& Act(absl::string_view agency, absl::string_view practitioner);
  // The day on which it happens and is recorded, at noon.
  History& On(absl::CivilDay day);
  // Rows that the next fact does not meet.
  History& Unmet(std::vector<std::string> rows);
  EntityNumber Practitioner(absl::string_view agency,
                            absl::string_view local_id);

  EntityNumber NextNumber() { return ++last_number_; }
  // A new number with its id.
  ledger::v1::Identity New(char letter);

  // Appends and folds a fact.
  void Add(EntityNumber subject, std::vector<EntityNumber> also_about,
           Fact fact);
  // The same from text format.
  void Add(EntityNumber subject, std::vector<EntityNumber> also_about,
           const std::string& text) {
    Add(subject, std::move(also_about), Text<Fact>(text));
  }

  // Facts that many tests need, said by who speaks.
  EntityNumber Person(const std::string& given, const std::string& family,
                      const std::string& more = "");
  void Restate(EntityNumber record, const std::string& said);
  EntityNumber Family(const std::vector<EntityNumber>& members,
                      EntityNumber defined_by = 0);
  void Member(EntityNumber family, EntityNumber record,
              const std::string& said = "");
  void Left(EntityNumber family, EntityNumber record, absl::CivilDay until);
  // Judges the pair one human and makes `other`'s person one with `one`'s.
  void Link(EntityNumber one, EntityNumber other, bool verified = true);
  void Split(EntityNumber from, std::vector<EntityNumber> part);
  EntityNumber Judge(EntityNumber one, EntityNumber other,
                     ledger::v1::PairOutcome outcome, bool verified = false);
  void Join(EntityNumber survivor, EntityNumber joined);
  void Part(EntityNumber survivor, EntityNumber joined);
  EntityNumber Involve(EntityNumber record, const std::string& service,
                       EntityNumber worker = 0);
  EntityNumber Consent(const std::vector<EntityNumber>& records,
                       const std::string& said);
  EntityNumber Plan(EntityNumber family,
                    const std::vector<EntityNumber>& records,
                    const std::string& more = "state: PLAN_STATE_AGREED");
  EntityNumber Lead(EntityNumber family, EntityNumber practitioner);
  EntityNumber Duplicate(EntityNumber family, EntityNumber one,
                         EntityNumber other, ledger::v1::DuplicateLevel level);

  const core::MapState& view() const { return view_; }
  const core::KeyHash& hash() const { return hash_; }
  uint64_t position() const { return facts_.size(); }
  absl::Time now() const { return now_; }
  absl::Time NoonOf(absl::CivilDay day) const;

  // The facts before `position`, folded from nothing.
  core::MapState FoldedTo(uint64_t position) const;
  absl::Time TimeOf(uint64_t position) const;
  ScanFacts scan() const;

 private:
  struct Stored {
    absl::Time recorded_at;
    EntityNumber subject = 0;
    std::vector<EntityNumber> also_about;
    ledger::v1::StatementRef statement;
    Fact fact;
  };

  Recorded AsRecorded(uint64_t position) const;

  core::KeyHash hash_ = core::testing::TestHash();
  std::deque<Stored> facts_;
  core::MapState view_;
  absl::Time now_;
  ledger::v1::Provenance by_;
  std::vector<std::string> unmet_;
  EntityNumber last_number_ = 0;
  uint64_t sequence_ = 0;
  std::map<std::string, EntityNumber> practitioners_;
};

// A label as text: class, agency, records, family and flags.
std::string LabelText(const ledger::v1::ItemLabel& label);
// All that disclosure would be told, as text.
std::string StandingText(const Standing& standing);
// Without `by`, times and empty parts, on one line.
std::string PartText(const google::protobuf::Message& message);

// One line for each piece.
template <class T>
std::vector<std::string> LinesOf(const Pieces<T>& pieces) {
  std::vector<std::string> lines;
  for (const Piece<T>& piece : pieces) {
    lines.push_back(LabelText(piece.label) + " | " + PartText(piece.part));
  }
  return lines;
}

// All pieces as a reader would see them who may see everything.
template <class T>
T Merged(const Pieces<T>& pieces) {
  T whole;
  for (const Piece<T>& piece : pieces) whole.MergeFrom(piece.part);
  Finish(&whole);
  return whole;
}

// What an answer holds; stops the test program when it holds nothing.
template <class T>
Pieces<T> Held(absl::StatusOr<std::optional<Pieces<T>>> answer) {
  KITH_CHECK(answer.ok() && answer->has_value());
  return **std::move(answer);
}

}  // namespace kith::views::testing
