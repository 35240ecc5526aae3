// Errors as callers get them: a gRPC status with one ErrorInfo.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "kith/ledger/v1/facts.pb.h"

namespace grpc {
class Status;
}

namespace kith::api {

// The status of a call that ended with `status`. DATA_LOSS and INTERNAL texts
// stay inside: the caller gets UNAVAILABLE without detail.
grpc::Status ToGrpc(const absl::Status& status);

// The status for a statement that was refused or quarantined: the code in the
// reason, FAILED_PRECONDITION without one.
absl::Status ErrorOf(const ledger::v1::Reason& reason);

// Absent and not to be seen are one answer.
absl::Status NotFound();

// What clients of gRPC take unless told otherwise; no larger answer is sent.
inline constexpr size_t kAnswerBytesMax = 4 << 20;
// RESOURCE_EXHAUSTED: an answer of so many bytes is too large.
absl::Status CheckAnswerBytes(size_t bytes);

}  // namespace kith::api
