#include "services/api/errors.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/core/errors.h"

namespace kith::api {
namespace {

// The one ErrorInfo of a status; fails the test when there is not exactly one.
google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  EXPECT_EQ(rich.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(rich.message(), status.error_message());
  EXPECT_EQ(rich.details_size(), 1);
  EXPECT_TRUE(rich.details_size() == 1 && rich.details(0).UnpackTo(&info));
  return info;
}

TEST(ErrorsTest, OkIsOk) { EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok()); }

TEST(ErrorsTest, ARefusalCarriesReasonRowsAndField) {
  const grpc::Status status = ToGrpc(core::Refuse(
      "PLAN_CLOSED", "the plan is closed", {"R-222", "R-223"}, "plan"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  const google::rpc::ErrorInfo info = InfoOf(status);
  EXPECT_EQ(info.reason(), "PLAN_CLOSED");
  EXPECT_EQ(info.domain(), "kith");
  EXPECT_EQ(info.metadata().at("rows"), "R-222,R-223");
  EXPECT_EQ(info.metadata().at("field"), "plan");
}

TEST(ErrorsTest, AnErrorWithoutAReasonIsNamedByItsCode) {
  const google::rpc::ErrorInfo info =
      InfoOf(ToGrpc(absl::InvalidArgumentError("page_size is too large")));
  EXPECT_EQ(info.reason(), "INVALID_ARGUMENT");
  EXPECT_TRUE(info.metadata().empty());
}

TEST(ErrorsTest, WhatIsPutIntoWordsForTheCallerIsTold) {
  ledger::v1::Reason reason;
  reason.set_code("DAMAGED");
  reason.set_text("the ledger: position 7: missing");
  reason.set_status_code(static_cast<int>(absl::StatusCode::kDataLoss));
  const grpc::Status told = ToGrpc(ErrorOf(reason));
  EXPECT_EQ(told.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(told.error_message(), "DAMAGED: the ledger: position 7: missing");
}

TEST(ErrorsTest, WhatWentWrongInsideStaysInside) {
  for (const absl::Status& inside :
       {absl::DataLossError("row 7 of Anna"), absl::InternalError("bug"),
        absl::UnknownError("odd")}) {
    const grpc::Status status = ToGrpc(inside);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_FALSE(absl::StrContains(status.error_message(), inside.message()));
    EXPECT_FALSE(absl::StrContains(status.error_details(), inside.message()));
    EXPECT_EQ(InfoOf(status).reason(), "UNAVAILABLE");
  }
}

TEST(ErrorsTest, TheOutcomesReasonBecomesTheCallersError) {
  ledger::v1::Reason reason;
  reason.set_code("STALE");
  reason.set_text("read again");
  reason.set_status_code(static_cast<int>(absl::StatusCode::kAborted));
  const grpc::Status status = ToGrpc(ErrorOf(reason));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(InfoOf(status).reason(), "STALE");
}

TEST(ErrorsTest, AReasonWithoutACodeIsAPrecondition) {
  ledger::v1::Reason reason;
  reason.set_code("FENCED");
  EXPECT_EQ(ErrorOf(reason).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(ErrorsTest, NotFoundNamesNothing) {
  const grpc::Status status = ToGrpc(NotFound());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(InfoOf(status).reason(), "NOT_FOUND");
  EXPECT_TRUE(InfoOf(status).metadata().empty());
}

TEST(ErrorsTest, AnAnswerMayHaveSoManyBytes) {
  EXPECT_EQ(CheckAnswerBytes(kAnswerBytesMax), absl::OkStatus());
  const absl::Status larger = CheckAnswerBytes(kAnswerBytesMax + 1);
  EXPECT_EQ(larger.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(absl::StrContains(larger.message(), "4194305"));
}

}  // namespace
}  // namespace kith::api
