// The rows of one table as the sequencer sees them: what is committed, with
// what is decided on top, however far its commit has come.
//
// Between two calls of `Advance` lies one batch. At each moment:
//   top      changes of the batch being decided
//   settled  changes of the batch before, whose commit may be under way; they
//            stay as they are, and where they are, so that another thread may
//            read them until the next batch but one begins
//   below    a snapshot that holds all batches before those
// A cache in front of them all holds rows as they are at the top. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "eventstore/store.h"
#include "services/core/state.h"
#include "services/engine/key_filter.h"
#include "services/engine/row_cache.h"
#include "services/engine/scan_cache.h"

namespace kith::engine {

class TableRows final : public core::StateWriter {
 public:
  // `to_build`: how many rows a table that is empty yet, and written from here
  // alone, is about to get. Of such a one it is known without the store that
  // most new keys have no row; and most rows are not read again.
  TableRows(eventstore::Table table, size_t cache_bytes_max,
            std::optional<uint64_t> to_build = std::nullopt);
  TableRows(const TableRows&) = delete;
  TableRows& operator=(const TableRows&) = delete;

  eventstore::Table table() const { return table_; }

  // Reads and writes the top.
  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override;
  absl::Status Scan(absl::string_view prefix,
                    const Visit& visit) const override {
    return top_->Scan(prefix, visit);
  }
  void Put(core::Subject subject, absl::string_view key,
           std::string value) override;
  void Delete(absl::string_view key) override;
  void Absorb(core::Overlay::Changes changes);

  // It is built: from now on its rows are read and written as those of any.
  void EndBuilding() { ever_put_.reset(); }

  // Of the batch being decided; good until the next batch but one begins.
  const core::Overlay::Changes& changes() const { return top_->changes(); }

  // The next batch begins. `snapshot` holds every batch but the one that ends
  // now; that one may be in it.
  void Advance(std::shared_ptr<const eventstore::Snapshot> snapshot);

 private:
  // The committed rows.
  class Below final : public core::StateReader {
   public:
    Below(eventstore::Table table, size_t scans_bytes_max)
        : table_(table), scans_(scans_bytes_max) {}

    absl::StatusOr<std::optional<std::string>> Get(
        absl::string_view key) const override;
    absl::Status Scan(absl::string_view prefix,
                      const Visit& visit) const override;

    void Advance(const core::Overlay::Changes& committed,
                 std::shared_ptr<const eventstore::Snapshot> snapshot);

   private:
    // Reads on from the store and keeps what it read when it is short.
    absl::Status ScanStore(absl::string_view prefix, const Visit& visit) const;

    const eventstore::Table table_;
    mutable ScanCache scans_;
    std::shared_ptr<const eventstore::Snapshot> snapshot_;
  };

  // Changes over whatever lies below at the time.
  struct Layer final : public core::StateReader {
    Layer() : changes(static_cast<const core::StateReader&>(*this)) {}

    // What `changes` reads below itself.
    absl::StatusOr<std::optional<std::string>> Get(
        absl::string_view key) const override {
      return below->Get(key);
    }
    absl::Status Scan(absl::string_view prefix,
                      const Visit& visit) const override {
      return below->Scan(prefix, visit);
    }

    const core::StateReader* below = nullptr;
    core::Overlay changes;
  };

  void Remember(absl::string_view key, const RowCache::Value& value);

  const eventstore::Table table_;
  // Rows as they are at the top, whichever layer they are of.
  mutable RowCache cache_;
  // While it is built: every key that ever had a row, and perhaps more.
  std::optional<KeyFilter> ever_put_;
  Below below_;
  // They change places with each batch, so that no change is copied.
  Layer layers_[2];
  size_t top_layer_ = 0;
  core::Overlay* top_;  // of layers_[top_layer_]
};

// Appends what a batch changed in `table`, for its commit.
void AppendRows(eventstore::Table table, const core::Overlay::Changes& changes,
                std::vector<eventstore::RowChange>& rows);

}  // namespace kith::engine
