// A stream of answers written by a worker.
//
// One record for each: an answer is sent once its access record is durable.
// How far something is may be told without one.
//
// The worker sends one answer after the other, blocking until the one before is
// on its way, and awaits the last; then the stream is ended, once, and nobody
// may touch it any more. A reader who takes nothing for `kReadPatience` is
// given up.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status.h"
#include "services/access/recorded.h"
#include "services/api/errors.h"

namespace kith::api {

inline constexpr std::chrono::seconds kReadPatience{10};

template <class Response>
class AnswerStream final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit AnswerStream(grpc::CallbackServerContext* context)
      : context_(context) {}

  // Waits until the answer's record is durable. False: nobody listens any more;
  // UNAVAILABLE: it will never be durable. RESOURCE_EXHAUSTED: it is too large.
  // End.
  absl::StatusOr<bool> Send(access::Recorded<Response> recorded) {
    absl::StatusOr<Response> answer = std::move(recorded).Wait();
    if (!answer.ok()) return answer.status();
    RETURN_IF_ERROR(CheckAnswerBytes(answer->ByteSizeLong()));
    return Start(*std::move(answer));
  }

  // For how far an act of the caller's own is, with nothing of anybody in it:
  // not recorded. False: nobody listens any more.
  bool SendProgress(Response progress) { return Start(std::move(progress)); }

  // Whether anybody listens still: for who has nothing to send for long.
  bool IsListenedTo() {
    std::lock_guard<std::mutex> lock(mutex_);
    return !gone_;
  }

  // Until what was sent is on its way.
  void AwaitSent() {
    std::unique_lock<std::mutex> lock(mutex_);
    AwaitReader(lock);
    changed_.wait(lock, [this] { return !writing_; });
  }

  // When all is on its way.
  void End(const absl::Status& status) { this->Finish(ToGrpc(status)); }

  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    if (!ok) gone_ = true;
    changed_.notify_all();
  }
  void OnCancel() override {
    std::lock_guard<std::mutex> lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }
  void OnDone() override { delete this; }

 private:
  bool Start(Response response) {
    std::unique_lock<std::mutex> lock(mutex_);
    AwaitReader(lock);
    if (gone_) return false;
    writing_ = true;
    current_ = std::move(response);
    lock.unlock();
    this->StartWrite(&current_);
    return true;
  }
  void AwaitReader(std::unique_lock<std::mutex>& lock) {
    if (changed_.wait_for(lock, kReadPatience,
                          [this] { return !writing_ || gone_; })) {
      return;
    }
    gone_ = true;
    lock.unlock();
    context_->TryCancel();  // ends the write as well
    lock.lock();
  }

  grpc::CallbackServerContext* const context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool writing_ = false;  // guarded by mutex_
  bool gone_ = false;     // guarded by mutex_
  Response current_;      // gRPC's while writing_
};

}  // namespace kith::api
