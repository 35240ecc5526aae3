#include "services/core/errors.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace kith::core {
namespace {

constexpr absl::string_view kReason = "kith/reason";
constexpr absl::string_view kMissing = "kith/missing";

template <class T>
std::optional<T> Payload(const absl::Status& status, absl::string_view type) {
  const auto bytes = status.GetPayload(type);
  T message;
  if (!bytes.has_value() || !message.ParseFromString(std::string(*bytes))) {
    return std::nullopt;
  }
  return message;
}

absl::Status With(absl::StatusCode code, absl::string_view reason_code,
                  absl::string_view text, std::vector<std::string> rows,
                  absl::string_view field) {
  ledger::v1::Reason reason;
  reason.set_code(std::string(reason_code));
  reason.set_text(std::string(text));
  for (std::string& row : rows) reason.add_rows(std::move(row));
  reason.set_field(std::string(field));
  absl::Status status(code, absl::StrCat(reason_code, ": ", text));
  status.SetPayload(kReason, absl::Cord(reason.SerializeAsString()));
  return status;
}

absl::Status NotKnown(absl::string_view kind) {
  return With(
      absl::StatusCode::kNotFound, "NOT_KNOWN",
      absl::StrCat("nothing of this kind is known by that name: ", kind), {},
      "");
}

}  // namespace

absl::Status Refuse(absl::string_view code, absl::string_view text,
                    std::vector<std::string> rows, absl::string_view field) {
  return With(absl::StatusCode::kFailedPrecondition, code, text,
              std::move(rows), field);
}

absl::Status Forbid(absl::string_view code, absl::string_view text,
                    std::vector<std::string> rows, absl::string_view field) {
  return With(absl::StatusCode::kPermissionDenied, code, text, std::move(rows),
              field);
}

absl::Status Stale(absl::string_view text) {
  return With(absl::StatusCode::kAborted, "STALE", text, {}, "");
}

absl::Status Senseless(absl::string_view code, absl::string_view text,
                       absl::string_view field) {
  return With(absl::StatusCode::kInvalidArgument, code, text, {}, field);
}

absl::Status Missing(absl::string_view kind, const agency::v1::LocalRef& ref) {
  ledger::v1::MissingRef missing;
  missing.set_kind(std::string(kind));
  *missing.mutable_ref() = ref;
  absl::Status status = NotKnown(kind);
  status.SetPayload(kMissing, absl::Cord(missing.SerializeAsString()));
  return status;
}

absl::Status MissingId(absl::string_view kind) { return NotKnown(kind); }

ledger::v1::Reason ReasonOf(const absl::Status& status) {
  ledger::v1::Reason reason;
  if (auto given = Payload<ledger::v1::Reason>(status, kReason)) {
    reason = *std::move(given);
  } else {
    reason.set_code(absl::StatusCodeToString(status.code()));
    reason.set_text(std::string(status.message()));
  }
  reason.set_status_code(static_cast<int32_t>(status.code()));
  return reason;
}

std::optional<ledger::v1::MissingRef> MissingRefOf(const absl::Status& status) {
  return Payload<ledger::v1::MissingRef>(status, kMissing);
}

}  // namespace kith::core
