// What an adapter has to tell, on disk, until the inbox has it and for 30 days
// after: so a stopped server or a killed adapter loses nothing.
//
// Statements are numbered from 1 without gaps within the outbox's epoch. An
// outbox belongs to one source; its epoch is the second in which its folder was
// made, so that one made anew after a loss never repeats a number of an older
// one. FORMAT.md describes the bytes.
//
// Not thread-safe; one process at a time (a lock file holds the folder).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "adapters/common/item.h"

namespace kith::adapters {

struct OutboxLimits {
  // Of what is not delivered: back-pressure.
  uint64_t entries_max = 1000000;
  uint64_t bytes_max = 1ull << 30;
  uint64_t segment_bytes = 16ull << 20;
  absl::Duration keep_delivered = absl::Hours(24 * 30);
};

// How a delivered statement ended, as the server said.
struct Delivered {
  uint64_t sequence = 0;
  Ending ending = Ending::kAccepted;
};

struct OutboxStatus {
  std::string partnership;
  std::string source;
  uint64_t epoch = 0;
  uint64_t first_sequence = 1;
  uint64_t next_sequence = 1;
  uint64_t waiting = 0;
  uint64_t waiting_bytes = 0;
  uint64_t kept = 0;  // delivered, kept for resending
  absl::Time oldest_waiting = absl::InfiniteFuture();
};

class Outbox {
 public:
  // Opens the outbox in `folder`, or makes one. What a crash left half-written
  // at the very end is cut off: it was never reported as kept.
  // UNAVAILABLE: another process has it open. FAILED_PRECONDITION: it belongs
  // to another source or partnership. DATA_LOSS: a record that was once on disk
  // does not read back; keep the folder for inspection and start with a new
  // one, then run the files again. INTERNAL: the disk refuses.
  static absl::StatusOr<std::unique_ptr<Outbox>> Open(
      const std::string& folder, const std::string& partnership,
      const std::string& source, const OutboxLimits& limits, absl::Time now);
  // The same for an outbox that exists, whosever it is. NOT_FOUND: none does.
  static absl::StatusOr<std::unique_ptr<Outbox>> OpenExisting(
      const std::string& folder, const OutboxLimits& limits, absl::Time now);
  // What an outbox holds, also while another process has it open; nothing is
  // changed. NOT_FOUND: none is there. DATA_LOSS as for Open.
  static absl::StatusOr<OutboxStatus> Look(const std::string& folder);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  uint64_t epoch() const { return epoch_; }
  // The number that the next frame must bear.
  uint64_t next_sequence() const { return first_ + entries_.size(); }
  // The oldest number still here.
  uint64_t first_sequence() const { return first_; }
  // next_sequence() when all is delivered.
  uint64_t first_waiting() const { return waiting_from_; }

  // Keeps serialised frames, numbered from next_sequence(); on disk once this
  // has returned. RESOURCE_EXHAUSTED: more is waiting than the limits allow,
  // and nothing was kept; deliver first. INTERNAL: the disk refuses (full?).
  absl::Status Append(absl::Span<const std::string> frames, absl::Time now);

  // The frame with this number, delivered or not. NOT_FOUND: no longer or not
  // yet here. DATA_LOSS as for Open.
  absl::StatusOr<std::string> Read(uint64_t sequence) const;

  // On disk once this has returned. Unknown numbers are passed over.
  absl::Status MarkDelivered(absl::Span<const Delivered> delivered,
                             absl::Time now);

  // Deletes segments in which everything was delivered longer ago than the
  // limits say.
  absl::Status Prune(absl::Time now);

  OutboxStatus Status() const;

 private:
  struct Entry {
    uint64_t segment = 0;
    uint64_t offset = 0;
    uint32_t length = 0;
    absl::Time kept_at;
    absl::Time delivered_at = absl::InfiniteFuture();
  };

  Outbox(std::string folder, const OutboxLimits& limits)
      : folder_(std::move(folder)), limits_(limits) {}

  absl::Status Lock();
  absl::Status Load(const std::string& partnership, const std::string& source,
                    absl::Time now);
  absl::Status LoadSegment(uint64_t number, bool last);
  absl::Status Take(uint64_t segment, uint64_t offset,
                    absl::string_view record);
  absl::Status Found(const std::string& partnership, const std::string& source,
                     absl::Time now);
  absl::Status BeginSegment(uint64_t number);
  absl::Status Write(absl::string_view record);
  absl::Status RotateIfFull();
  void AdvanceWaiting();
  std::string SegmentPath(uint64_t number) const;

  const std::string folder_;
  const OutboxLimits limits_;
  std::string partnership_;
  std::string source_;
  uint64_t epoch_ = 0;
  uint64_t first_ = 1;         // number of entries_[0]
  uint64_t waiting_from_ = 1;  // every number before it is delivered
  std::deque<Entry> entries_;
  uint64_t waiting_bytes_ = 0;
  std::vector<uint64_t> segments_;  // rising; the last is being written
  uint64_t segment_size_ = 0;
  bool repairs_ = true;  // may cut off what a crash left half-written
  int lock_fd_ = -1;
  int write_fd_ = -1;
};

}  // namespace kith::adapters
