#include "services/kithd/partnership.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventstore/files.h"
#include "eventstore/rocks_store.h"
#include "services/api/data_folder.h"
#include "services/inbox/kafka_founding.h"
#include "services/inbox/memory_inbox.h"
#include "services/kithd/own_sources.h"
#include "services/kithd/relays.h"
#include "services/kithd/version.h"
#include "services/views/fold.h"

namespace kith::kithd {
namespace {

constexpr absl::Duration kPauseMin = absl::Seconds(1);
constexpr absl::Duration kPauseMax = absl::Seconds(10);
// Counting what lies aside reads it all.
constexpr absl::Duration kBetweenCounts = absl::Seconds(10);

engine::ViewFold Views() {
  engine::ViewFold views;
  views.version = views::kViewFormat;
  views.fold = [](core::StateWriter& rows, const engine::RecordedFact& fact,
                  const core::KeyHash& hash) {
    return views::Fold(rows,
                       {fact.position, fact.recorded_at, fact.subject,
                        fact.statement, fact.fact},
                       hash);
  };
  views.group_of = views::RowGroupOf;
  return views;
}

absl::StatusOr<std::unique_ptr<eventstore::Store>> OpenStore(
    const std::string& data, const std::string& name) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(data, "/", name);
  options.master_key_file = absl::StrCat(data, "/", name, ".key");
  return eventstore::OpenRocksStore(options);
}

// What somebody mends while the node runs, or what passes by itself.
bool IsWorthTryingAgain(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsFailedPrecondition(status);
}

// By what is stored, not by what was handed out: a lag of 0 means that the last
// record is durable.
void TellLag(const std::string& stored, PartnershipFigures& figures) {
  const auto position = inbox::ParsePosition(stored);
  if (!figures.kafka.has_value() || !position.ok()) return;
  figures.kafka->next = position->next;
  const int64_t lag = figures.kafka->high - position->next;
  figures.engine->waiting.count = lag > 0 ? static_cast<size_t>(lag) : 0;
  if (lag <= 0) figures.engine->waiting.age = absl::ZeroDuration();
}

}  // namespace

struct Partnership::Running {
  std::unique_ptr<inbox::Inbox> inbox;
  inbox::KafkaInbox* kafka = nullptr;  // the same, if it is one
  std::unique_ptr<engine::Engine> engine;
  std::unique_ptr<api::ActSource> acts;
};

Partnership::Partnership(const Config& config, const PartnershipConfig& own,
                         const engine::Clock& clock, Metrics& metrics,
                         std::function<void(const absl::Status&)> stops_node)
    : config_(config),
      own_(own),
      clock_(clock),
      metrics_(metrics.Of(own.name)),
      stops_node_(std::move(stops_node)),
      keys_(own.keys),
      state_(absl::UnavailableError("it is being opened")) {}

Partnership::~Partnership() { Stop(); }

absl::Status Partnership::Open() {
  absl::Status opened = Try();
  const std::lock_guard lock(mutex_);
  state_ = opened;
  tried_ = true;
  changed_.notify_all();
  return opened;
}

void Partnership::OpenInBackground() {
  thread_ = std::thread([this] { OpenUntilStopped(); });
}

void Partnership::OpenUntilStopped() {
  absl::Duration pause = kPauseMin;
  std::string told;
  while (true) {
    const absl::Status opened = Open();
    if (opened.ok()) {
      spdlog::info("partnership {} is open", own_.name);
      return;
    }
    if (told != opened.message()) {
      told = std::string(opened.message());
      spdlog::error("partnership {} is down: {}", own_.name, told);
    }
    if (!IsWorthTryingAgain(opened) || !Pause(pause)) return;
    pause = std::min(2 * pause, kPauseMax);
  }
}

bool Partnership::Pause(absl::Duration pause) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoMilliseconds(pause),
                            [this] { return stopping_; });
}

absl::Status Partnership::Try() {
  RETURN_IF_ERROR(OpenStores());
  if (!config_.kafka.brokers.empty()) {
    ASSIGN_OR_RETURN(connection_, wire::PropertiesOf(config_.kafka));
  }
  if (config_.HasKafkaInboxes()) RETURN_IF_ERROR(CheckTopic());
  RETURN_IF_ERROR(Run());
  RETURN_IF_ERROR(CatchUp());
  return Serve();
}

absl::Status Partnership::OpenStores() {
  if (store_ == nullptr) {
    ASSIGN_OR_RETURN(store_, OpenStore(own_.data, api::kLedgerName));
  }
  if (!own_.relay.IsEmpty() && relay_store_ == nullptr) {
    ASSIGN_OR_RETURN(relay_store_, OpenStore(own_.data, "relay"));
    relay_positions_ = std::make_unique<relay::RelayPositions>(*relay_store_);
  }
  if (access_store_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(access_store_, OpenStore(own_.data, api::kAccessLogName));
  access_ = std::make_unique<access::AccessLog>(
      config_.node, *access_store_, [this] { return clock_.Now(); });
  return absl::OkStatus();
}

// A topic that is wrong is told of before anything depends on it. One that
// cannot be asked keeps nobody from reading what is recorded.
absl::Status Partnership::CheckTopic() {
  inbox::KafkaTopicCheck check;
  check.partnership = own_.name;
  const absl::Status checked =
      inbox::CheckInboxTopic(connection_, check).status();
  return absl::IsUnavailable(checked) ? absl::OkStatus() : checked;
}

absl::StatusOr<std::optional<core::Genesis>> Partnership::Genesis() {
  ASSIGN_OR_RETURN(const auto snapshot, store_->Read());
  if (snapshot->head().next > 0) return std::optional<core::Genesis>();
  if (config_.HasKafkaInboxes()) return GenesisInTopic();
  return OwnGenesis(own_.name, keys_, clock_.Now());
}

absl::StatusOr<std::optional<core::Genesis>> Partnership::GenesisInTopic() {
  inbox::KafkaFounding founding;
  founding.partnership = own_.name;
  founding.node = config_.node;
  founding.connection = connection_;
  const auto is_believed = [this](const std::string& frame) {
    return GenesisOf(own_.name, keys_, frame).status();
  };
  ASSIGN_OR_RETURN(std::optional<std::string> found,
                   inbox::FindFounding(founding, is_believed));
  if (!found.has_value()) {
    ASSIGN_OR_RETURN(const std::string frame,
                     NewFounding(own_.name, keys_, clock_.Now()));
    RETURN_IF_ERROR(inbox::AddFounding(founding, frame, clock_.Now()));
    // Another node may have been first.
    ASSIGN_OR_RETURN(found, inbox::FindFounding(founding, is_believed));
  }
  if (!found.has_value()) {
    return absl::UnavailableError("the record that founds it is not there yet");
  }
  ASSIGN_OR_RETURN(core::Genesis genesis, GenesisOf(own_.name, keys_, *found));
  return std::optional<core::Genesis>(std::move(genesis));
}

absl::StatusOr<std::unique_ptr<inbox::Inbox>> Partnership::NewInbox() {
  const auto now = [this] { return clock_.Now(); };
  if (!config_.HasKafkaInboxes()) {
    return std::make_unique<inbox::MemoryInbox>(inbox::MemoryInboxOptions(),
                                                now);
  }
  inbox::KafkaInboxOptions options;
  options.partnership = own_.name;
  options.node = config_.node;
  options.connection = connection_;
  options.patience = absl::Seconds(config_.kafka_patience_seconds);
  const auto accepted = config_.accepted_gaps.find(own_.name);
  if (accepted != config_.accepted_gaps.end()) {
    options.accepted = accepted->second;
  }
  return std::make_unique<inbox::KafkaInbox>(options, now);
}

// Opens the sequencer over the store, unless a try before has done so.
absl::Status Partnership::Run() {
  std::unique_ptr<Running> stopped;  // goes without holding anybody up
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return absl::UnavailableError("draining");
    if (running_ != nullptr && running_->engine->status().reason.ok()) {
      return absl::OkStatus();
    }
    stopped = std::move(running_);
  }
  stopped.reset();
  auto running = std::make_unique<Running>();
  engine::Options options;
  options.partnership = own_.name;
  ASSIGN_OR_RETURN(options.genesis, Genesis());
  // A log does not bring again what lies beyond a gap.
  options.hold_gaps = config_.HasKafkaInboxes();
  options.on_stopped = [this](const absl::Status& why) { OnStopped(why); };
  ASSIGN_OR_RETURN(running->inbox, NewInbox());
  running->kafka = dynamic_cast<inbox::KafkaInbox*>(running->inbox.get());
  ASSIGN_OR_RETURN(
      running->engine,
      engine::Engine::Open(options, *store_, *running->inbox, Views(), keys_,
                           &metrics_, [this](uint64_t done, uint64_t total) {
                             spdlog::info("{}: rebuilding views: {} of {}",
                                          own_.name, done, total);
                           }));
  const std::lock_guard lock(mutex_);
  running_ = std::move(running);
  return absl::OkStatus();
}

// A ledger that was restored may not know that consent was taken back since.
absl::Status Partnership::CatchUp() {
  const std::string mark = absl::StrCat(own_.data, "/", api::kRestoredMark);
  if (!eventstore::Exists(mark)) return absl::OkStatus();
  // Without Kafka there is nothing to catch up with.
  if (config_.HasKafkaInboxes()) RETURN_IF_ERROR(CheckCaughtUp());
  std::error_code failed;
  std::filesystem::remove(mark, failed);
  if (!failed) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot remove ", mark, ": ", failed.message()));
}

absl::Status Partnership::CheckCaughtUp() {
  const Running* running = nullptr;
  {
    const std::lock_guard lock(mutex_);
    running = running_.get();
  }
  if (catch_up_to_ < 0) catch_up_to_ = running->kafka->figures().high;
  ASSIGN_OR_RETURN(const auto view, running->engine->Read());
  ASSIGN_OR_RETURN(const auto position,
                   inbox::ParsePosition(view->snapshot().inbox_position()));
  if (catch_up_to_ >= 0 && position.next >= catch_up_to_) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat(
      "its ledger was restored and lacks what was said since; it answers when "
      "its inbox is applied",
      catch_up_to_ < 0 ? "" : absl::StrCat(" up to record ", catch_up_to_),
      ", now at ", position.next));
}

// Lets callers in, once this node's own source is one of the ledger's.
absl::Status Partnership::Serve() {
  Running* running = nullptr;
  {
    const std::lock_guard lock(mutex_);
    running = running_.get();
  }
  ASSIGN_OR_RETURN(running->acts, OwnApiSource({own_.name, config_.node}, keys_,
                                               *running->engine, clock_));
  const std::lock_guard lock(mutex_);
  node_.reset(new api::Node{
      config_.node, kVersion, own_.name, *running->engine, *store_, *access_,
      clock_, *running->acts, api::PageTokens(store_->pepper()),
      api::RateLimit(config_.look_ups_per_hour, absl::Hours(1)),
      own_.checkpoints});
  if (relay_positions_ != nullptr && !stopping_) {
    relays_ = StartRelays(own_.relay, connection_, *node_, *relay_positions_);
  }
  return absl::OkStatus();
}

// What a person must mend keeps this partnership down; what the disk did, the
// whole node, which a restart brings back.
void Partnership::OnStopped(const absl::Status& why) {
  spdlog::critical("partnership {} stops: {}", own_.name,
                   std::string(why.message()));
  const bool is_alone =
      !config_.HasKafkaInboxes() && config_.partnerships.size() == 1;
  if (is_alone || !absl::IsFailedPrecondition(why)) stops_node_(why);
}

void Partnership::WaitForFirstTry(absl::Time deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, absl::ToChronoTime(deadline),
                      [this] { return tried_ || stopping_; });
}

api::Node* Partnership::node() const {
  const std::lock_guard lock(mutex_);
  return node_.get();
}

absl::Status Partnership::state() const {
  const std::lock_guard lock(mutex_);
  if (running_ != nullptr) {
    const absl::Status reason = running_->engine->status().reason;
    if (!reason.ok()) return reason;
  }
  if (stopping_) return absl::UnavailableError("draining");
  return state_;
}

PartnershipFigures Partnership::figures() const {
  PartnershipFigures figures;
  figures.partnership = own_.name;
  figures.ready = state().ok();
  const std::lock_guard counting(counting_mutex_);
  const Running* running = nullptr;
  {
    const std::lock_guard lock(mutex_);
    // Before a node is there, what runs may be replaced.
    if (node_ != nullptr) running = running_.get();
  }
  if (running == nullptr) return figures;
  figures.engine = running->engine->status();
  if (running->kafka != nullptr) figures.kafka = running->kafka->figures();
  const auto view = running->engine->Read();
  if (!view.ok()) return figures;
  TellLag((*view)->snapshot().inbox_position(), figures);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& relay : relays_) {
      figures.relays.push_back(relay->figures(**view, clock_.Now()));
    }
  }
  if (clock_.Now() - counted_at_ >= kBetweenCounts) {
    counted_at_ = clock_.Now();
    const auto count = CountWaiting((*view)->state());
    if (count.ok()) counted_ = *count;
  }
  figures.waiting = counted_;
  return figures;
}

void Partnership::BeginStop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

void Partnership::Stop() {
  BeginStop();
  engine::Engine* engine = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (running_ != nullptr) engine = running_->engine.get();
  }
  // Wakes who registers this node's source, too.
  if (engine != nullptr) engine->Stop();
  if (thread_.joinable()) thread_.join();
  std::vector<std::unique_ptr<relay::Relay>> relays;
  {
    const std::lock_guard lock(mutex_);
    relays = std::move(relays_);
    relays_.clear();
  }
  relays.clear();
  const std::lock_guard lock(mutex_);
  if (running_ != nullptr) running_->engine->Stop();
}

}  // namespace kith::kithd
