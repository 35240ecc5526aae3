#include <algorithm>
#include <optional>
#include <string>

#include "base/crypto.h"
#include "base/id.h"
#include "services/core/keys.h"
#include "services/core/system.h"

namespace kith::core::system {
namespace {

using agency::v1::SourceRegistered;
using ledger::v1::Fact;
using ledger::v1::SourceRow;

constexpr int kAgenciesMax = 200;
constexpr int kKeysMax = 8;
constexpr size_t kKeyIdMax = 64;

bool IsAgency(const std::string& name) {
  return name == "*" || base::IsName(name);
}

absl::Status CheckShape(const SourceRegistered& said) {
  if (!base::IsName(said.source())) {
    return Senseless("SOURCE_NAME", "that is no name of a source", "source");
  }
  if (said.kind() == agency::v1::SOURCE_KIND_UNSPECIFIED ||
      !agency::v1::SourceKind_IsValid(said.kind())) {
    return Senseless("SOURCE_KIND", "there is no such kind of source", "kind");
  }
  if (said.agencies().empty() || said.agencies_size() > kAgenciesMax ||
      !std::all_of(said.agencies().begin(), said.agencies().end(), IsAgency)) {
    return Senseless("SOURCE_AGENCIES", "agencies are missing or misnamed",
                     "agencies");
  }
  const bool has_key = !said.key_id().empty() || !said.key_digest().empty();
  if (has_key && (said.key_id().empty() || said.key_id().size() > kKeyIdMax ||
                  said.key_digest().size() != base::kDigestBytes)) {
    return Senseless("SOURCE_KEY", "a key has an id and a digest", "key_id");
  }
  if (said.retired_key_ids_size() > kKeysMax) {
    return Senseless("TOO_MANY", "a list is longer than its limit",
                     "retired_key_ids");
  }
  return absl::OkStatus();
}

// What the statement makes of the row.
SourceRow After(SourceRow row, const SourceRegistered& said) {
  row.set_source(said.source());
  row.set_kind(said.kind());
  *row.mutable_agencies() = said.agencies();
  row.set_disabled(said.disabled());
  auto& keys = *row.mutable_keys();
  const auto retired = [&](const ledger::v1::SourceKey& key) {
    return std::count(said.retired_key_ids().begin(),
                      said.retired_key_ids().end(), key.key_id()) > 0;
  };
  keys.erase(std::remove_if(keys.begin(), keys.end(), retired), keys.end());
  const bool known = std::any_of(
      keys.begin(), keys.end(),
      [&](const auto& key) { return key.key_id() == said.key_id(); });
  if (!said.key_id().empty() && !known) {
    ledger::v1::SourceKey& key = *keys.Add();
    key.set_key_id(said.key_id());
    key.set_digest(said.key_digest());
  }
  return row;
}

absl::Status CheckKeyIsFree(const SourceRegistered& said, const SourceRow& row,
                            const StateReader& state) {
  if (said.key_id().empty()) return absl::OkStatus();
  for (const auto& key : row.keys()) {
    if (key.key_id() == said.key_id() && key.digest() == said.key_digest()) {
      return absl::OkStatus();
    }
  }
  ASSIGN_OR_RETURN(const auto owner,
                   state.Get(keys::SourceOfKey(said.key_id())));
  if (!owner.has_value()) return absl::OkStatus();
  return Refuse("KEY_ID_TAKEN", "a key had that id before", {}, "key_id");
}

absl::StatusOr<SourceRow> RowOf(const StateReader& state,
                                const std::string& source) {
  ASSIGN_OR_RETURN(auto row, ReadRow<SourceRow>(state, keys::Source(source)));
  return row.value_or(SourceRow());
}

absl::Status Fold(StateWriter& state, const SourceRegistered& said) {
  ASSIGN_OR_RETURN(SourceRow row, RowOf(state, said.source()));
  PutRow(state, 0, keys::Source(said.source()), After(std::move(row), said));
  if (!said.key_id().empty()) {
    state.Put(0, keys::SourceOfKey(said.key_id()), said.source());
  }
  return absl::OkStatus();
}

absl::Status Fold(StateWriter& state, const agency::v1::SourceResumed& said) {
  ASSIGN_OR_RETURN(SourceRow row, RowOf(state, said.source()));
  row.set_mark(said.next_sequence() - 1);
  PutRow(state, 0, keys::Source(said.source()), row);
  return absl::OkStatus();
}

absl::Status Fold(StateWriter& state,
                  const ledger::v1::PartnershipFounded& founded,
                  const Fact& fact) {
  ledger::v1::LedgerRow ledger;
  ledger.set_partnership(founded.partnership());
  ledger.set_root_source(founded.root().source());
  ledger.set_genesis_digest(base::Sha256(fact.SerializeAsString()));
  PutRow(state, 0, keys::Ledger(), ledger);
  return Fold(state, founded.root());
}

absl::Status Fold(StateWriter& state,
                  const agency::v1::RulesActivated& activated) {
  ASSIGN_OR_RETURN(auto ledger,
                   ReadRow<ledger::v1::LedgerRow>(state, keys::Ledger()));
  if (!ledger.has_value() ||
      !ledger->mutable_rules()->ParseFromString(activated.content())) {
    return absl::DataLossError("rules are activated that do not parse");
  }
  ledger->set_rules_number(activated.number());
  PutRow(state, 0, keys::Ledger(), *ledger);
  return absl::OkStatus();
}

}  // namespace

absl::Status RequireAdministrator(Decision& decision) {
  const std::string& name = decision.envelope().source();
  if (name == decision.ledger().root_source()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const SourceRow source, RowOf(decision.state(), name));
  const bool administers = source.kind() == agency::v1::SOURCE_KIND_SYSTEM ||
                           (source.kind() == agency::v1::SOURCE_KIND_API &&
                            decision.envelope().actor().role() ==
                                agency::v1::ROLE_HUB_ADMINISTRATOR);
  if (administers) return absl::OkStatus();
  return Forbid("NOT_ADMINISTRATOR", "only a hub administrator may do this");
}

absl::Status Decide(const SourceRegistered& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAdministrator(decision));
  RETURN_IF_ERROR(CheckShape(said));
  ASSIGN_OR_RETURN(const SourceRow row, RowOf(decision.state(), said.source()));
  const bool is_new = row.source().empty();
  if (!is_new && row.kind() != said.kind()) {
    return Refuse("SOURCE_KIND_FIXED", "a source keeps its kind", {}, "kind");
  }
  if (said.source() == decision.ledger().root_source() && said.disabled()) {
    return Refuse("ROOT_SOURCE", "the root source cannot be disabled");
  }
  RETURN_IF_ERROR(CheckKeyIsFree(said, row, decision.state()));
  const SourceRow after = After(row, said);
  if (after.keys().empty() && !after.disabled()) {
    return Refuse("NO_KEY", "a source needs a key, or is disabled", {},
                  "key_id");
  }
  if (after.keys_size() > kKeysMax) {
    return Refuse("TOO_MANY_KEYS", "retire a key before adding one");
  }
  if (after.SerializeAsString() == row.SerializeAsString()) {
    return absl::OkStatus();
  }
  Fact fact;
  *fact.mutable_source_registered() = said;
  return decision.Add(0, {}, std::move(fact));
}

absl::Status Decide(const agency::v1::SourceResumed& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAdministrator(decision));
  if (said.reason().empty()) {
    return Senseless("REASON_EMPTY", "a loss is accepted with a reason",
                     "reason");
  }
  ASSIGN_OR_RETURN(const SourceRow row, RowOf(decision.state(), said.source()));
  if (row.source().empty() || row.kind() != agency::v1::SOURCE_KIND_OUTBOX) {
    return Refuse("SOURCE_UNKNOWN", "there is no such outbox source", {},
                  "source");
  }
  if (said.epoch() != row.epoch()) {
    return Refuse("SOURCE_EPOCH", "the source is in another epoch", {},
                  "epoch");
  }
  if (said.next_sequence() == row.mark() + 1) return absl::OkStatus();
  if (said.next_sequence() <= row.mark()) {
    return Refuse("SOURCE_PASSED", "that number is decided already", {},
                  "next_sequence");
  }
  if (!row.held().empty() && said.next_sequence() > row.held(0)) {
    return Refuse("SOURCE_HELD", "statements before that number are held", {},
                  "next_sequence");
  }
  Fact fact;
  *fact.mutable_source_resumed() = said;
  return decision.Add(0, {}, std::move(fact));
}

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject,
                    const KeyHash&) {
  if (fact.has_source_registered()) {
    return Fold(state, fact.source_registered());
  }
  if (fact.has_source_resumed()) return Fold(state, fact.source_resumed());
  if (fact.has_rules_activated()) return Fold(state, fact.rules_activated());
  if (fact.has_partnership_founded()) {
    return Fold(state, fact.partnership_founded(), fact);
  }
  return absl::OkStatus();
}

}  // namespace kith::core::system
