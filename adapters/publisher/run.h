// One run: items into the outbox, the outbox into the sink, outcomes into the
// report. What the mains share; knows no format and no command line.
//
// Works in batches, so that memory stays the same however long a file is. Not
// thread-safe. Blocks on disk and network.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/common/item.h"
#include "adapters/common/report.h"
#include "adapters/publisher/frame.h"
#include "adapters/publisher/outbox.h"
#include "adapters/publisher/sink.h"

namespace kith::adapters {

class Run {
 public:
  static constexpr size_t kBatchItems = 1000;
  // How many parked items are asked after at the end; further ones stay parked
  // in the report.
  static constexpr size_t kParkedMax = 10000;

  // A dry run has neither outbox nor sink; without a sink everything stays in
  // the outbox. All must outlive the run.
  Run(const Publisher& publisher, Outbox* outbox, Sink* sink,
      std::function<absl::Time()> now)
      : publisher_(publisher),
        outbox_(outbox),
        sink_(sink),
        now_(std::move(now)) {}

  // Takes an item. RESOURCE_EXHAUSTED: the outbox is full and cannot be
  // emptied. Others are the outbox's. After an error call `Finish` for the
  // report of what came before.
  absl::Status Take(Item item);

  // Delivers what is left and completes the report. OK although the server was
  // not reachable: `delivery` says so.
  absl::Status Finish();

  Report& report() { return report_; }
  // Why not everything was delivered; OK when it was.
  const absl::Status& delivery() const { return delivery_; }
  uint64_t taken() const { return taken_; }

 private:
  // An item on its way, with the numbers of its statements.
  struct Pending {
    Item item;
    size_t open = 0;                   // statements without an outcome
    bool accepted = false;             // any of them
    Ending worst = Ending::kAccepted;  // parked, refused or set aside, if any
    std::string reason;                // of the worst
    std::vector<uint64_t> parked;
  };

  absl::Status Flush();
  absl::Status KeepFrames();
  absl::Status Append(const std::vector<std::string>& frames);
  absl::Status Deliver();
  void Told(const Answer& answer);
  static void Count(const Answer& answer, Pending& pending);
  Ending EndingOf(const Pending& pending) const;
  void Settle();
  absl::Status AskParked();

  const Publisher& publisher_;
  Outbox* outbox_;
  Sink* sink_;
  const std::function<absl::Time()> now_;
  Report report_;
  absl::Status delivery_;
  uint64_t taken_ = 0;
  std::vector<std::unique_ptr<Pending>> batch_;
  std::vector<std::unique_ptr<Pending>> parked_;
  std::map<uint64_t, Pending*> by_sequence_;
};

}  // namespace kith::adapters
