#include "eventstore/batch.h"

#include "base/status.h"

namespace kith::eventstore {
namespace {

constexpr size_t kRecordOverheadBytes = 256;  // header, sealing and keys

absl::Status CheckRecord(const NewRecord& record) {
  if (record.source.size() > kSourceBytesMax) {
    return absl::InvalidArgumentError("the name of a source is too long");
  }
  if (record.salt.size() > kSaltBytesMax) {
    return absl::InvalidArgumentError("a salt is too long");
  }
  if (record.payload.size() > kPayloadBytesMax) {
    return absl::InvalidArgumentError("a payload is too long");
  }
  return absl::OkStatus();
}

absl::Status CheckRow(const RowChange& row) {
  if (row.key.size() > kKeyBytesMax) {
    return absl::InvalidArgumentError("a row's key is too long");
  }
  if (row.value.has_value() && row.value->size() > kValueBytesMax) {
    return absl::InvalidArgumentError("a row's value is too long");
  }
  return absl::OkStatus();
}

bool IsKnown(Table table, const Views& views) {
  if (table.kind == Table::kState) return table.version == 0;
  return table.version == views.live ||
         (views.building.has_value() && table.version == *views.building);
}

size_t BytesOf(const RowChange& row) {
  return row.key.size() + (row.value.has_value() ? row.value->size() : 0);
}

}  // namespace

absl::Status CheckBatch(const Batch& batch, const BatchContext& context) {
  size_t bytes = 0;
  int64_t recorded_at = context.last_recorded_at_micros;
  for (const NewRecord& record : batch.records) {
    RETURN_IF_ERROR(CheckRecord(record));
    if (record.recorded_at_micros < recorded_at) {
      return absl::InvalidArgumentError("recorded-at goes back");
    }
    recorded_at = record.recorded_at_micros;
    bytes += record.payload.size() + kRecordOverheadBytes +
             record.also_about.size() * sizeof(SubjectNumber) * 2;
  }
  for (const RowChange& row : batch.rows) {
    RETURN_IF_ERROR(CheckRow(row));
    if (!IsKnown(row.table, context.views)) {
      return absl::InvalidArgumentError(
          "a row of a view that is neither live nor under construction");
    }
    bytes += BytesOf(row) + kRecordOverheadBytes;
  }
  if (bytes > kBatchBytesMax) {
    return absl::InvalidArgumentError("the batch is too large");
  }
  if (batch.inbox_position.has_value() &&
      batch.inbox_position->size() > kInboxPositionBytesMax) {
    return absl::InvalidArgumentError("the inbox position is too long");
  }
  return batch.folds_building ? CheckSwitch(context) : absl::OkStatus();
}

absl::Status CheckViewRows(const std::vector<RowChange>& rows,
                           Position built_to, const BatchContext& context) {
  if (!context.views.building.has_value()) {
    return absl::FailedPreconditionError("no view is under construction");
  }
  size_t bytes = 0;
  for (const RowChange& row : rows) {
    RETURN_IF_ERROR(CheckRow(row));
    if (row.table != Table::View(*context.views.building)) {
      return absl::InvalidArgumentError(
          "a row that is not of the view under construction");
    }
    bytes += BytesOf(row) + kRecordOverheadBytes;
  }
  if (bytes > kBatchBytesMax) {
    return absl::InvalidArgumentError("the batch is too large");
  }
  if (built_to < context.views.built_to || built_to > context.next) {
    return absl::InvalidArgumentError(
        "a view is built forwards and no further than the head");
  }
  return absl::OkStatus();
}

absl::Status CheckSwitch(const BatchContext& context) {
  if (!context.views.building.has_value()) {
    return absl::FailedPreconditionError("no view is under construction");
  }
  if (context.views.built_to != context.next) {
    return absl::FailedPreconditionError(
        "the view under construction has not reached the head");
  }
  return absl::OkStatus();
}

}  // namespace kith::eventstore
