#include "base/crypto.h"
#include "services/core/core.h"
#include "services/core/keys.h"
#include "services/core/system.h"

namespace kith::core::system {
namespace {

using ledger::v1::Fact;
using ledger::v1::ItemRow;

bool AreUsable(const ledger::v1::Rules& rules) {
  return rules.candidates_max() > 0 && rules.parking_days_max() > 0 &&
         rules.parking_count_max() > 0 && rules.request_days() > 0 &&
         rules.review_days_min() <= rules.review_days_max();
}

// Of these, no number was used up: its source sends it again.
bool IsForged(const ItemRow& row) { return row.statement().source().empty(); }

absl::Status CheckRetry(const ItemRow& row) {
  if (IsForged(row)) {
    return Refuse("ITEM_FORGED",
                  "what cannot be believed is not retried: let it be sent "
                  "again");
  }
  if (row.reason().code() == "SEQUENCE_CONFLICT") {
    return Refuse("ITEM_CONFLICT",
                  "another statement has its number: let it be sent under a "
                  "new one");
  }
  if (row.reason().code() == "TOO_FAR_AHEAD") {
    return Refuse("ITEM_AHEAD",
                  "its number is still to come: let it be sent again in its "
                  "turn");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Decide(const agency::v1::RulesActivated& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireAdministrator(decision));
  ledger::v1::Rules rules;
  if (said.digest() != base::Sha256(said.content()) ||
      !rules.ParseFromString(said.content()) || !AreUsable(rules)) {
    return Senseless("RULES", "the rules do not parse or miss a limit");
  }
  const uint32_t now = decision.ledger().rules_number();
  if (said.number() == now &&
      rules.SerializeAsString() == decision.rules().SerializeAsString()) {
    return absl::OkStatus();
  }
  if (said.number() != now + 1) {
    return Refuse("RULES_NUMBER", "rules are numbered without gaps", {},
                  "number");
  }
  if (said.engine_version_min() > kEngineVersion) {
    return absl::UnimplementedError("the rules need a later engine");
  }
  Fact fact;
  *fact.mutable_rules_activated() = said;
  return decision.Add(0, {}, std::move(fact));
}

absl::Status Decide(const agency::v1::QuarantineDecided& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireAdministrator(decision));
  const bool discard =
      said.decision() == agency::v1::QUARANTINE_DECISION_DISCARD;
  if (!discard && said.decision() != agency::v1::QUARANTINE_DECISION_RETRY) {
    return Senseless("DECISION_UNKNOWN", "no decision is given", "decision");
  }
  if (discard && said.reason().empty()) {
    return Senseless("REASON_EMPTY", "it is given up with a reason", "reason");
  }
  agency::v1::ThingRef ref;
  ref.set_id(said.item_id());
  ASSIGN_OR_RETURN(const EntityNumber item,
                   decision.Thing("item", base::IdKind::kItem, ref));
  ASSIGN_OR_RETURN(const auto row,
                   ReadRow<ItemRow>(decision.state(), keys::Item(item)));
  if (!row.has_value() || !row->has_reason()) {
    return Refuse("ITEM_ENDED", "it is not in quarantine any more");
  }
  if (!discard) RETURN_IF_ERROR(CheckRetry(*row));
  Fact fact;
  ledger::v1::QuarantineEnded& ended = *fact.mutable_quarantine_ended();
  ended.set_item(item);
  ended.set_decision(said.decision());
  ended.set_reason(said.reason());
  return decision.Add(item, {}, std::move(fact));
}

}  // namespace kith::core::system
