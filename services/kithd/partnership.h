// One partnership on this node: its folder, store, inbox, sequencer and api
// source, from opening to draining.
//
// Without Kafka it opens at once or not at all. With Kafka it opens on a thread
// of its own and tries again for as long as a broker is away, or somebody has
// yet to mend what is wrong (a topic, a key file): `state` says what. What can
// only be decided by a person stops it until the node is started again. A
// ledger that was restored serves when it has caught up with its inbox.
//
// Once it serves, its `node` stays until this is destroyed, also when the
// sequencer has stopped: what is recorded can then still be read.
//
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "eventstore/store.h"
#include "services/access/access_log.h"
#include "services/api/node.h"
#include "services/engine/clock.h"
#include "services/engine/engine.h"
#include "services/engine/source_keys.h"
#include "services/inbox/kafka_inbox.h"
#include "services/kithd/config.h"
#include "services/kithd/metrics.h"
#include "services/relay/positions.h"
#include "services/relay/relay.h"

namespace kith::kithd {

class Partnership {
 public:
  // `stops_node` is called when it stopped for a reason that only a restart of
  // the process can mend (a disk that failed): from any thread, once. The
  // others must outlive this.
  Partnership(const Config& config, const PartnershipConfig& own,
              const engine::Clock& clock, Metrics& metrics,
              std::function<void(const absl::Status&)> stops_node);
  ~Partnership();
  Partnership(const Partnership&) = delete;
  Partnership& operator=(const Partnership&) = delete;

  const std::string& name() const { return own_.name; }

  // Opens it now. An error means that it cannot start.
  absl::Status Open();
  // Opens it on a thread of its own, again and again.
  void OpenInBackground();
  // Waits until it was opened, or has failed to be once.
  void WaitForFirstTry(absl::Time deadline);

  // Null until it serves.
  api::Node* node() const;
  // OK: it takes statements.
  absl::Status state() const;
  // For metrics.
  PartnershipFigures figures() const;

  // Takes no more statements, and ends what it opened in the background.
  void BeginStop();
  // Returns when all that was taken is durable and answered.
  void Stop();

 private:
  // What an engine stands on, and the engine.
  struct Running;

  absl::Status Try();
  absl::Status OpenStores();
  absl::StatusOr<std::optional<core::Genesis>> Genesis();
  absl::StatusOr<std::optional<core::Genesis>> GenesisInTopic();
  absl::StatusOr<std::unique_ptr<inbox::Inbox>> NewInbox();
  absl::Status CheckTopic();
  absl::Status Run();
  absl::Status CatchUp();
  absl::Status CheckCaughtUp();
  absl::Status Serve();
  void OnStopped(const absl::Status& why);
  void OpenUntilStopped();
  // False: it is to stop.
  bool Pause(absl::Duration pause);

  const Config& config_;
  const PartnershipConfig own_;
  const engine::Clock& clock_;
  engine::EngineMetrics& metrics_;
  const std::function<void(const absl::Status&)> stops_node_;

  engine::SourceKeys keys_;
  wire::Properties connection_;
  // Opened once; of the opening thread until `node_` is there.
  std::unique_ptr<eventstore::Store> store_, access_store_, relay_store_;
  std::unique_ptr<access::AccessLog> access_;
  std::unique_ptr<relay::RelayPositions> relay_positions_;
  // Of the opening thread: the end of the inbox when it was first reached, for
  // a ledger that was restored; -1: not known yet.
  int64_t catch_up_to_ = -1;

  mutable std::mutex counting_mutex_;
  // Under counting_mutex_: what lay aside when last counted.
  mutable absl::Time counted_at_ = absl::InfinitePast();
  mutable WaitingFigures counted_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // All below under `mutex_`.
  absl::Status state_;
  bool tried_ = false;
  bool stopping_ = false;
  // Replaced only before `node_` is there, and not while stopping.
  std::unique_ptr<Running> running_;
  std::unique_ptr<api::Node> node_;
  std::vector<std::unique_ptr<relay::Relay>> relays_;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kith::kithd
