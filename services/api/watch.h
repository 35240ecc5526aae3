// Streams that stay open and send what happens, as it happens.
//
// One thread (`Watchers`) notices that the ledger has grown and that time
// passes; the work is done on the workers, one step of a stream at a time:
//
//   a step: who calls is asked anew, the right to watch is decided anew, then
//   what came since the last message is decided on the snapshot of that step,
//   recorded, and sent as one message; only when gRPC has it, the next step
//
// So nothing is ever decided before it can be sent, and a stream buffers one
// message. A stream takes a step whenever the ledger grew, and at least twice
// a second; one that did not decide anew within a second ends (UNAVAILABLE: go
// on from the last position), because nobody can say whether it still may. The
// second counts from the beginning of a step, where its decision stands.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/access/recorded.h"
#include "services/api/errors.h"
#include "services/api/open_streams.h"
#include "services/api/shell.h"

namespace kith::api {

inline constexpr absl::Duration kWatchTick = absl::Milliseconds(50);
inline constexpr absl::Duration kWatchCheck = absl::Milliseconds(400);
// With the tick that notices it, a second.
inline constexpr absl::Duration kUncheckedMax = absl::Milliseconds(950);
// What was on its way when a drain began may still arrive.
inline constexpr absl::Duration kDrainingReaderMax = absl::Seconds(1);
inline constexpr size_t kWatchesMax = 256;
inline constexpr int kWatchesOfOneMax = 8;

class Watch : public OpenStream {
 public:
  // Looks whether there is something to do. Called often; never blocks long.
  virtual void Tick(absl::Time now) = 0;
};

// Thread-safe.
class Watchers {
 public:
  Watchers();
  ~Watchers();

  // False: there are too many.
  bool Add(std::weak_ptr<Watch> watch);

  // A place among those of one caller; empty: they have too many.
  using Place = std::shared_ptr<const std::string>;
  Place TakePlace(const std::string& caller);

 private:
  void Loop();
  std::vector<std::shared_ptr<Watch>> Live();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                      // guarded by mutex_
  std::vector<std::weak_ptr<Watch>> watches_;  // guarded by mutex_
  struct Places {
    std::mutex mutex;
    std::map<std::string, int> taken;  // guarded by mutex
  };
  const std::shared_ptr<Places> places_ = std::make_shared<Places>();
  std::thread thread_;
};

// What a step found.
template <class Response>
struct Found {
  uint64_t position = 0;  // everything before it was sent or is in `answer`
  bool more = false;      // and more is there already
  std::optional<access::Recorded<Response>> answer;  // empty: nothing to send
};

template <class Response>
class WatchStream final : public grpc::ServerWriteReactor<Response>,
                          public Watch {
 public:
  // Decides whether the caller of `call`, which is open, may still watch; with
  // `send`, finds what came from position `from` on. NOT_FOUND and
  // PERMISSION_DENIED end the stream and are recorded.
  using Look = std::function<absl::StatusOr<Found<Response>>(
      ReadCall& call, uint64_t from, bool send)>;

  WatchStream(Shell& shell, Watchers& watchers, Context* context,
              const char* method, std::string after_position, Look look)
      : shell_(shell),
        watchers_(watchers),
        context_(context),
        method_(method),
        after_position_(std::move(after_position)),
        look_(std::move(look)),
        begun_(absl::Now()),
        checked_(begun_),
        sent_(begun_) {}

  // `self` is let go when gRPC is done with the stream.
  void Begin(std::shared_ptr<WatchStream> self) {
    std::unique_lock<std::mutex> lock(mutex_);
    self_ = self;
    under_way_ = shell_.calls().Begin();
    if (under_way_ == nullptr || !shell_.streams().Add(self)) {
      EndWith(Shell::Draining(), lock);
    } else if (!watchers_.Add(self)) {
      EndWith(absl::ResourceExhaustedError("too many streams"), lock);
    } else {
      TakeStep();
    }
  }

  void Tick(absl::Time now) override {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!status_.ok()) {
      if (writing_ && now - sent_ > kDrainingReaderMax) Cut();
      return;
    }
    if (now - checked_ > kUncheckedMax) {
      return EndWith(absl::UnavailableError("busy; go on from the last "
                                            "position"),
                     lock);
    }
    if (writing_ && now - sent_ > shell_.times().slow_reader_max) {
      return EndWith(absl::ResourceExhaustedError("nobody reads"), lock);
    }
    const bool grew = !writing_ && node_ != nullptr && from_.has_value() &&
                      node_->engine.status().position > *from_;
    if (!stepping_ && (grew || now - checked_ >= kWatchCheck)) TakeStep();
  }

  void Drain() override {
    std::unique_lock<std::mutex> lock(mutex_);
    if (status_.ok()) status_ = Shell::Draining();
    MaybeFinish(lock);  // else when gRPC has what is on its way
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock<std::mutex> lock(mutex_);
    writing_ = false;
    if (!ok) return EndWith(absl::CancelledError("nobody listens"), lock);
    if (more_ && !stepping_ && status_.ok()) TakeStep();
    MaybeFinish(lock);
  }

  void OnCancel() override {
    std::unique_lock<std::mutex> lock(mutex_);
    EndWith(absl::CancelledError("cancelled"), lock);
  }

  void OnDone() override { const auto last = std::move(self_); }

 private:
  // With the lock held.
  void TakeStep() {
    stepping_ = shell_.workers().Run([self = self_] { self->Step(); });
  }

  // On a worker.
  void Step() {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool send = !writing_;
    const bool over = !status_.ok();
    lock.unlock();
    const absl::Time looked = absl::Now();
    absl::StatusOr<Found<Response>> found =
        over ? absl::CancelledError("over") : LookNow(send);
    absl::StatusOr<std::optional<Response>> answer = Durable(found);
    lock.lock();
    stepping_ = false;
    if (!answer.ok()) return EndWith(answer.status(), lock);
    checked_ = looked;
    if (!send || !status_.ok()) return MaybeFinish(lock);
    from_ = found->position;
    more_ = found->more;
    if (!answer->has_value()) {
      if (more_) TakeStep();
      return;
    }
    writing_ = true;
    sent_ = absl::Now();
    current_ = **std::move(answer);
    lock.unlock();
    this->StartWrite(&current_);
  }

  // The answer, once its access record is durable.
  static absl::StatusOr<std::optional<Response>> Durable(
      absl::StatusOr<Found<Response>>& found) {
    if (!found.ok()) return found.status();
    if (!found->answer.has_value()) return std::optional<Response>();
    absl::StatusOr<Response> answer = std::move(*found->answer).Wait();
    if (!answer.ok()) return answer.status();
    return std::optional<Response>(*std::move(answer));
  }

  absl::StatusOr<Found<Response>> LookNow(bool send) {
    absl::StatusOr<Caller> caller = shell_.CallerFor(*context_);
    if (!caller.ok()) return caller.status();
    if (place_ == nullptr) {
      place_ = watchers_.TakePlace(caller->agency + "/" +
                                   caller->actor.practitioner().local_id());
      if (place_ == nullptr) {
        return absl::ResourceExhaustedError("too many streams of one caller");
      }
    }
    const absl::StatusOr<Node*> node = shell_.NodeFor(*caller);
    if (!node.ok()) return node.status();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      node_ = *node;
    }
    ReadCall call(**node, *std::move(caller), method_, absl::InfiniteFuture());
    absl::StatusOr<Found<Response>> found = LookWith(call, send);
    if (!found.ok()) return call.Denied(found.status());
    return found;
  }

  absl::StatusOr<Found<Response>> LookWith(ReadCall& call, bool send) {
    absl::Status open = call.CheckMethod();
    if (open.ok()) open = call.OpenPresent(v1::ReadOptions());
    if (!open.ok()) return open;
    uint64_t from = call.position();
    if (from_.has_value()) {
      from = *from_;
    } else if (!after_position_.empty()) {
      absl::StatusOr<uint64_t> after =
          call.node().engine.tokens().Open(after_position_);
      if (!after.ok()) return after.status();
      from = *after;
    }
    absl::StatusOr<Found<Response>> found = look_(call, from, send);
    if (!found.ok() || !send || found->answer.has_value()) return found;
    if (from_.has_value() && absl::Now() - sent_ < shell_.times().heartbeat)
      return found;
    // That the stream lives, from the beginning and then now and again.
    Response response;
    response.mutable_info()->set_position(call.Token(found->position));
    auto recorded = call.Heartbeat(std::move(response));
    if (!recorded.ok()) return recorded.status();
    found->answer = *std::move(recorded);
    return found;
  }

  // Ends the stream as soon as nothing of it is under way. What is on its way
  // to somebody who may not have it any more is cut off.
  void EndWith(const absl::Status& status, std::unique_lock<std::mutex>& lock) {
    if (status_.ok()) status_ = status;
    if (writing_) Cut();
    MaybeFinish(lock);
  }

  // With the lock held.
  void Cut() {
    if (!std::exchange(cut_, true)) context_->TryCancel();
  }

  void MaybeFinish(std::unique_lock<std::mutex>& lock) {
    if (finished_ || status_.ok() || stepping_ || writing_) return;
    finished_ = true;
    lock.unlock();
    shell_.Leave(Shell::LeavingOf(status_), begun_, [this, self = self_] {
      shell_.metrics().Ended(method_, status_.code(), absl::Now() - begun_);
      this->Finish(ToGrpc(status_));
    });
  }

  Shell& shell_;
  Watchers& watchers_;
  Context* const context_;
  const char* const method_;
  const std::string after_position_;
  const Look look_;
  const absl::Time begun_;
  CallsUnderWay::Call under_way_;
  Watchers::Place place_;  // a step's
  std::mutex mutex_;
  std::shared_ptr<WatchStream> self_;  // guarded by mutex_ until OnDone
  Node* node_ = nullptr;               // guarded by mutex_; whose ledger
  std::optional<uint64_t> from_;       // a step's; read under mutex_
  bool more_ = false;                  // guarded by mutex_, as what follows
  bool stepping_ = false;              // queued or running
  bool writing_ = false;
  bool cut_ = false;
  bool finished_ = false;
  absl::Time checked_;   // when the last step that ended well began
  absl::Time sent_;      // when the last message was handed over
  absl::Status status_;  // not OK: why it ends
  Response current_;     // gRPC's while writing_
};

}  // namespace kith::api
