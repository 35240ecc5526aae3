// An answer whose access record the log has taken: the only thing api sends,
// and only once the record is on the disk.
//
//   recorded.Then([](absl::StatusOr<T> answer) { ... });   // does not wait
//   absl::StatusOr<T> answer = std::move(recorded).Wait();
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kith::access {

// What becomes of one access record. Thread-safe.
class Receipt {
 public:
  // UNAVAILABLE: it could not be written; the answer must not leave.
  absl::Status Wait();
  // Calls `then` once it is known, on this thread or the log's, which writes
  // nothing meanwhile: it must not wait, least of all for a record. Once.
  void Then(std::function<void(const absl::Status&)> then);

 private:
  friend class AccessLog;
  void Tell(const absl::Status& status);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool known_ = false;                             // guarded by mutex_
  absl::Status status_;                            // guarded by mutex_
  std::function<void(const absl::Status&)> then_;  // guarded by mutex_
};

template <class T>
class Recorded {
 public:
  // Blocks until the record is durable. UNAVAILABLE: it will never be.
  absl::StatusOr<T> Wait() && {
    absl::Status written = receipt_->Wait();
    if (!written.ok()) return written;
    return std::move(value_);
  }

  // The same without waiting: `then` takes an absl::StatusOr<T>, and must not
  // wait for anything (Receipt).
  template <class Take>
  void Then(Take then) && {
    auto value = std::make_shared<T>(std::move(value_));
    receipt_->Then([value, then = std::move(then)](const absl::Status& status) {
      if (!status.ok()) return then(absl::StatusOr<T>(status));
      then(absl::StatusOr<T>(std::move(*value)));
    });
  }

 private:
  friend class AccessLog;
  Recorded(T value, std::shared_ptr<Receipt> receipt)
      : value_(std::move(value)), receipt_(std::move(receipt)) {}

  T value_;
  std::shared_ptr<Receipt> receipt_;
};

}  // namespace kith::access
