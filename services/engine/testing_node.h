// A whole node in a test: store, inbox, keys and engine, with a root source, a
// feed and an api node registered.
#pragma once

#include <memory>
#include <string>

#include "eventstore/store.h"
#include "services/engine/clock.h"
#include "services/engine/engine.h"
#include "services/engine/testing.h"
#include "services/inbox/memory_inbox.h"

namespace kith::engine::testing {

inline constexpr char kPartnership[] = "hackney";

class TestNode {
 public:
  // Opens an engine over `store`, which must outlive the node; the ledger is
  // founded when it is empty. Stops the test program on an error.
  explicit TestNode(eventstore::Store& store, Options options = {},
                    ViewFold views = CountingFold(),
                    inbox::MemoryInboxOptions inbox = {});
  ~TestNode();

  // Registers the sources the first time a ledger is used.
  void Register();

  Engine& engine() { return *engine_; }
  inbox::Inbox& inbox() { return *inbox_; }
  ManualClock& clock() { return clock_; }
  const std::string& key_folder() const { return key_folder_; }
  TestSource& root() { return root_; }
  TestSource& feed() { return feed_; }
  TestSource& desk() { return desk_; }

  std::unique_ptr<ReadView> Read() { return *engine_->Read(); }
  absl::StatusOr<Outcome> Say(TestSource& source,
                              const agency::v1::Statement& said);

 private:
  ManualClock clock_{
      absl::FromCivil(absl::CivilDay(2024, 3, 4), absl::UTCTimeZone())};
  TestSource root_{kPartnership, "root", agency::v1::SOURCE_KIND_SYSTEM,
                   "council"};
  TestSource feed_{kPartnership, "school_feed", agency::v1::SOURCE_KIND_OUTBOX,
                   "school"};
  TestSource desk_{kPartnership, "desk", agency::v1::SOURCE_KIND_API,
                   "council"};
  std::string key_folder_;
  std::unique_ptr<SourceKeys> keys_;
  std::unique_ptr<inbox::MemoryInbox> inbox_;
  std::unique_ptr<Engine> engine_;
};

// The record `local_id` of a person called `given`, born long ago.
agency::v1::Statement Person(absl::string_view agency,
                             absl::string_view local_id,
                             absl::string_view given);

}  // namespace kith::engine::testing
