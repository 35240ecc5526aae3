#include "eventstore/poison.h"

#include "absl/strings/str_cat.h"

namespace kith::eventstore {

absl::Status Poison::Check() const {
  return poisoned_.load(std::memory_order_acquire)
             ? absl::DataLossError("the store failed before: open it again")
             : absl::OkStatus();
}

absl::Status Poison::Note(absl::Status status) {
  if (absl::IsDataLoss(status)) {
    poisoned_.store(true, std::memory_order_release);
  }
  return status;
}

absl::Status Poison::Note(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return Note(absl::DataLossError(absl::StrCat("disk: ", status.ToString())));
}

}  // namespace kith::eventstore
