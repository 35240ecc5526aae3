// Keeps what readers made of rows of the views, so that a family that is asked
// for again need not be read, unsealed and parsed again.
//
// What is kept was made of groups of rows: those of one subject, or one row. It
// was made at one position and holds at any other between which and its own no
// batch changed one of these groups. Every batch says beforehand which groups
// it changes and where it leads (`Touch`), and only then is written: who reads
// at a later position finds the group touched. Groups share marks by their
// hash: a foreign touch costs a read, never a wrong answer. Decisions are never
// kept.
//
// Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/core/state.h"

namespace kith::engine {

class KeptRows {
 public:
  // Forgets what was not asked for the longest when all takes more.
  explicit KeptRows(size_t bytes_max);

  // A batch that leads to `position` changes rows of the group. Before it is
  // written.
  void Touch(absl::string_view group, uint64_t position);

  // What is kept under `name` of this version of the views and holds at
  // `position`; null: nothing.
  std::shared_ptr<const core::Kept> Find(uint32_t version,
                                         absl::string_view name,
                                         uint64_t position);
  // `kept` was made of rows of `groups` as they were at `position`.
  void Keep(uint32_t version, absl::string_view name,
            const std::vector<std::string>& groups, uint64_t position,
            std::shared_ptr<const core::Kept> kept);

  size_t bytes() const;

 private:
  struct Entry {
    std::string key;
    uint64_t position = 0;        // the latest at which it is known to hold
    std::vector<uint16_t> marks;  // of its groups
    std::shared_ptr<const core::Kept> kept;
  };
  // Least recently asked for last.
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> entries;
    absl::flat_hash_map<std::string, std::list<Entry>::iterator> by_key;
    size_t bytes = 0;
  };
  static constexpr size_t kShards = 16;
  static constexpr size_t kMarks = size_t{1} << 16;

  static std::string KeyOf(uint32_t version, absl::string_view name);
  Shard& ShardOf(absl::string_view key);
  static uint16_t MarkOf(absl::string_view group);
  bool Untouched(const std::vector<uint16_t>& marks, uint64_t since) const;
  static void TakeOut(Shard& shard, std::list<Entry>::iterator entry,
                      std::list<Entry>& gone);

  const size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
  // Where the last batch led that changed a group of this hash.
  std::vector<std::atomic<uint64_t>> touched_;
  std::atomic<uint64_t> touched_to_ = 0;  // where the last batch led
};

// The keeper for readers at one position of one version.
class MomentKeeper final : public core::Keeper {
 public:
  // `rows` must outlive it.
  MomentKeeper(KeptRows& rows, uint32_t version, uint64_t position)
      : rows_(rows), version_(version), position_(position) {}

  std::shared_ptr<const core::Kept> Find(
      absl::string_view name) const override {
    return rows_.Find(version_, name, position_);
  }
  void Keep(absl::string_view name, const std::vector<std::string>& groups,
            std::shared_ptr<const core::Kept> kept) const override {
    rows_.Keep(version_, name, groups, position_, std::move(kept));
  }

 private:
  KeptRows& rows_;
  const uint32_t version_;
  const uint64_t position_;
};

}  // namespace kith::engine
