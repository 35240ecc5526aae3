// What tests of the sequencer share, here, in tests/simulation and in
// tests/bench: a source that numbers and seals its statements, and a fold of
// views that needs no family.
#pragma once

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/agency/v1/system.pb.h"
#include "services/engine/engine.h"

namespace kith::engine::testing {

// One publisher: an adapter's outbox, a node, or the root. Everything it makes
// follows from its name and what it was asked for: two runs make equal frames.
class TestSource {
 public:
  TestSource(std::string partnership, std::string source,
             agency::v1::SourceKind kind, std::string agency);

  const std::string& name() const { return source_; }
  const std::string& agency() const { return agency_; }
  const std::string& key() const { return key_; }
  // A key id names one key in the whole partnership.
  const std::string& key_id() const { return key_id_; }
  // Signs with another key from now on.
  void UseKey(std::string key_id, std::string key) {
    key_id_ = std::move(key_id);
    key_ = std::move(key);
  }
  // The statement with which root registers this source.
  agency::v1::Statement Registration() const;

  // The next statement, said to have happened at `when`.
  std::string Frame(const agency::v1::Statement& said, absl::Time when);
  // The same with another number: gaps, repeats.
  std::string FrameAt(uint64_t sequence, const agency::v1::Statement& said,
                      absl::Time when) const;

  uint64_t last_sequence() const { return sequence_; }
  uint64_t epoch() const { return epoch_; }
  void BeginEpoch() { ++epoch_, sequence_ = 0; }

 private:
  agency::v1::Envelope EnvelopeOf(uint64_t sequence, absl::Time when) const;

  const std::string partnership_;
  const std::string source_;
  const agency::v1::SourceKind kind_;
  const std::string agency_;
  std::string key_id_, key_;
  uint64_t epoch_ = 1;
  uint64_t sequence_ = 0;
};

// The genesis whose root is `root`, always the same.
core::Genesis GenesisOf(absl::string_view partnership, const TestSource& root,
                        absl::Time now);

// Puts the source's key where a node looks for it.
void PutKey(const std::string& folder, const TestSource& source);

// Counts facts by subject and keeps the last one's position: two rows a fact.
ViewFold CountingFold(uint32_t version = 1);

// Submits and waits for the answer.
absl::StatusOr<Outcome> SubmitAndWait(Engine& engine, std::string frame);

// All rows of the live view, or of state: key, then value.
using Rows = std::vector<std::pair<std::string, std::string>>;
Rows ViewRows(const ReadView& view);
Rows StateRows(const ReadView& view);

}  // namespace kith::engine::testing
