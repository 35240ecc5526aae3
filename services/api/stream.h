// A stream of answers written by a worker.
//
// The worker sends one answer after the other, blocking until the one before is
// on its way, and ends the stream once; after `End` it must not touch it.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "services/api/errors.h"

namespace kith::api {

template <class Response>
class AnswerStream final : public grpc::ServerWriteReactor<Response> {
 public:
  // False: nobody listens any more; end.
  bool Send(Response response) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !writing_ || gone_; });
    if (gone_) return false;
    writing_ = true;
    current_ = std::move(response);
    lock.unlock();
    this->StartWrite(&current_);
    return true;
  }

  void End(const absl::Status& status) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return !writing_; });
    }
    this->Finish(ToGrpc(status));
  }

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
  std::mutex mutex_;
  std::condition_variable changed_;
  bool writing_ = false;  // guarded by mutex_
  bool gone_ = false;     // guarded by mutex_
  Response current_;      // gRPC's while writing_
};

}  // namespace kith::api
