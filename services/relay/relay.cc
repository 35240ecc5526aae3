#include "services/relay/relay.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"

namespace kith::relay {
namespace {

// How long one wait takes at most, so that a relay ends soon.
constexpr absl::Duration kLook = absl::Milliseconds(200);
constexpr absl::Duration kPauseMin = absl::Milliseconds(250);
constexpr absl::Duration kPauseMax = absl::Seconds(5);
// Facts that nobody is told of are passed over again rather than synced for.
constexpr absl::Duration kBetweenKeeps = absl::Seconds(5);

absl::StatusOr<std::string> DigestBefore(const engine::ReadView& view,
                                         uint64_t position) {
  if (position == 0) return std::string();
  ASSIGN_OR_RETURN(const eventstore::StoredRecord record,
                   view.snapshot().ReadRecord(position - 1));
  return record.digest;
}

}  // namespace

Relay::Relay(RelayOptions options, engine::Engine& engine,
             RelayPositions& positions, FindNotices find)
    : options_(std::move(options)),
      engine_(engine),
      positions_(positions),
      find_(std::move(find)),
      thread_([this] { Run(); }) {}

Relay::~Relay() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Relay::Run() {
  absl::Duration pause = kPauseMin;
  while (!stopping()) {
    const absl::Status stepped = begun_ ? Step() : Begin();
    Tell(stepped);
    if (stepped.ok()) {
      pause = kPauseMin;
      continue;
    }
    writer_.reset();
    if (!Pause(pause)) break;
    pause = std::min(2 * pause, kPauseMax);
  }
  if (begun_) Keep(/*now=*/true).IgnoreError();  // else it is sent again
}

// Where an earlier one has come to, in this very ledger.
absl::Status Relay::Begin() {
  ASSIGN_OR_RETURN(const RelayPosition position,
                   positions_.Get(options_.topic));
  ASSIGN_OR_RETURN(const auto view, engine_.Read());
  next_ = position.next;
  if (position.next > view->position()) {
    return absl::UnavailableError(
        "the ledger has yet to catch up with what was told");
  }
  ASSIGN_OR_RETURN(const std::string digest,
                   DigestBefore(*view, position.next));
  if (digest != position.digest) {
    return absl::FailedPreconditionError(
        "what was told is of another ledger: remove the folder \"relay\" and "
        "its key, and everything is told anew");
  }
  kept_ = position.next;
  begun_ = true;
  return absl::OkStatus();
}

absl::Status Relay::Step() {
  const absl::Status grown =
      engine_.WaitForPosition(next_ + 1, absl::Now() + kLook);
  if (absl::IsDeadlineExceeded(grown)) return Keep(/*now=*/false);
  RETURN_IF_ERROR(grown);
  ASSIGN_OR_RETURN(Notices notices, find_(next_));
  const size_t count = notices.messages.size();
  RETURN_IF_ERROR(Send(std::move(notices.messages)));
  next_ = notices.next;
  sent_ += count;
  return Keep(/*now=*/count > 0);
}

absl::Status Relay::Send(std::vector<wire::Message> messages) {
  if (messages.empty()) return absl::OkStatus();
  if (writer_ == nullptr) {
    inbox::KafkaWriterOptions options;
    options.topic = options_.topic;
    options.connection = options_.connection;
    options.node = options_.node;
    options.patience = absl::InfiniteDuration();
    ASSIGN_OR_RETURN(writer_, inbox::KafkaWriter::Make(options, nullptr));
  }
  for (wire::Message& message : messages) {
    RETURN_IF_ERROR(writer_->Write(std::move(message), /*ticket=*/0));
  }
  absl::Time told = absl::Now();
  while (true) {
    const absl::Status flushed = writer_->FlushFor(kLook);
    if (!absl::IsDeadlineExceeded(flushed)) return flushed;
    if (stopping()) return absl::CancelledError("the node stops");
    if (absl::Now() - told < kPauseMax) continue;
    told = absl::Now();
    Tell(absl::UnavailableError("the brokers do not answer"));
  }
}

absl::Status Relay::Keep(bool now) {
  if (next_ == kept_) return absl::OkStatus();
  const absl::Time time = absl::Now();
  if (!now && time - kept_at_ < kBetweenKeeps) return absl::OkStatus();
  RelayPosition position;
  position.next = next_;
  ASSIGN_OR_RETURN(const auto view, engine_.Read());
  ASSIGN_OR_RETURN(position.digest, DigestBefore(*view, position.next));
  RETURN_IF_ERROR(positions_.Set(options_.topic, position));
  kept_ = position.next;
  kept_at_ = time;
  return absl::OkStatus();
}

void Relay::Tell(const absl::Status& status) {
  failing_ = !status.ok();
  if (status.ok()) {
    if (!told_.empty()) spdlog::info("{}: goes on", options_.topic);
    told_.clear();
  } else if (told_ != status.message() && !stopping()) {
    told_ = std::string(status.message());
    spdlog::warn("{}: waits: {} (`{}` makes the topic)", options_.topic, told_,
                 options_.mend);
  }
}

bool Relay::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool Relay::Pause(absl::Duration pause) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoNanoseconds(pause),
                            [this] { return stopping_; });
}

RelayFigures Relay::figures(const engine::ReadView& view,
                            absl::Time now) const {
  RelayFigures figures;
  figures.topic = options_.topic;
  figures.failing = failing_;
  figures.sent = sent_;
  const uint64_t next = next_;
  if (next >= view.position()) return figures;
  figures.depth = view.position() - next;
  const auto first = view.snapshot().ReadRecord(next);
  if (first.ok()) {
    figures.age = now - absl::FromUnixMicros(first->recorded_at_micros);
  }
  return figures;
}

}  // namespace kith::relay
