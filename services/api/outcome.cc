#include "services/api/outcome.h"

#include "services/api/errors.h"

namespace kith::api {

v1::Outcome ToApi(const engine::Outcome& outcome) {
  v1::Outcome out;
  out.set_kind(outcome.row.kind());
  out.set_position(outcome.position);
  if (outcome.row.has_reason()) *out.mutable_reason() = outcome.row.reason();
  for (const ledger::v1::Identity& made : outcome.row.made()) {
    out.add_made_ids(made.id());
    if (made.number() == outcome.row.item()) out.set_item_id(made.id());
  }
  out.set_repeated_delivery(outcome.repeated);
  return out;
}

absl::Status ErrorOfWrite(const engine::Outcome& outcome) {
  switch (outcome.row.kind()) {
    case ledger::v1::OUTCOME_KIND_ACCEPTED:
    case ledger::v1::OUTCOME_KIND_CHANGED_NOTHING:
      return absl::OkStatus();
    case ledger::v1::OUTCOME_KIND_REFUSED:
    case ledger::v1::OUTCOME_KIND_QUARANTINED:
      return ErrorOf(outcome.row.reason());
    default:
      return absl::UnavailableError(
          "the outcome is not known yet; ask again with the same request_id");
  }
}

}  // namespace kith::api
