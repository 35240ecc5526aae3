#include "services/api/errors.h"

#include <grpcpp/support/status.h>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/core/errors.h"

namespace kith::api {
namespace {

constexpr absl::string_view kReasonPayload = "kith/reason";

google::rpc::ErrorInfo InfoOf(const absl::Status& status) {
  const ledger::v1::Reason reason = core::ReasonOf(status);
  google::rpc::ErrorInfo info;
  info.set_reason(reason.code());
  info.set_domain("kith");
  if (!reason.rows().empty()) {
    (*info.mutable_metadata())["rows"] = absl::StrJoin(reason.rows(), ",");
  }
  if (!reason.field().empty()) {
    (*info.mutable_metadata())["field"] = reason.field();
  }
  return info;
}

// What went wrong here, and was not put into words for callers.
bool StaysInside(const absl::Status& status) {
  if (status.GetPayload(kReasonPayload)) return false;
  return status.code() == absl::StatusCode::kDataLoss ||
         status.code() == absl::StatusCode::kInternal ||
         status.code() == absl::StatusCode::kUnknown;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (StaysInside(status)) {
    return ToGrpc(absl::UnavailableError("the server cannot answer now"));
  }
  const std::string text(status.message());
  google::rpc::Status rich;
  rich.set_code(static_cast<int>(status.code()));
  rich.set_message(text);
  rich.add_details()->PackFrom(InfoOf(status));
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), text,
                      rich.SerializeAsString());
}

absl::Status ErrorOf(const ledger::v1::Reason& reason) {
  const absl::StatusCode code =
      reason.status_code() == 0
          ? absl::StatusCode::kFailedPrecondition
          : static_cast<absl::StatusCode>(reason.status_code());
  absl::Status status(code, absl::StrCat(reason.code(), ": ", reason.text()));
  status.SetPayload(kReasonPayload, absl::Cord(reason.SerializeAsString()));
  return status;
}

absl::Status CheckAnswerBytes(size_t bytes) {
  if (bytes <= kAnswerBytesMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the answer has ", bytes, " bytes, more than the ",
                   kAnswerBytesMax, " that are sent"));
}

absl::Status NotFound() {
  ledger::v1::Reason reason;
  reason.set_code("NOT_FOUND");
  reason.set_text("there is nothing by that name that you may see");
  reason.set_status_code(static_cast<int>(absl::StatusCode::kNotFound));
  return ErrorOf(reason);
}

}  // namespace kith::api
