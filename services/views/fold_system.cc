// Sources, frames that wait, and rules.
#include <algorithm>

#include "services/views/folding.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

using ledger::v1::RulesRow;
using ledger::v1::SourceTallyRow;
using ledger::v1::StatementRef;
using ledger::v1::WaitingRow;

// Where a waiting frame stands; the letters in keys.
constexpr char kParked = 'p';
constexpr char kQuarantined = 'o';
constexpr char kEnded = 'x';
constexpr char kParkedInWords[] = "parked";

template <class Change>
absl::Status ChangeTally(Folding& folding, const std::string& source,
                         const Change& change) {
  const std::string key = keys::Tally(source);
  ASSIGN_OR_RETURN(auto row,
                   core::ReadRow<SourceTallyRow>(folding.rows(), key));
  if (!row.has_value()) row.emplace().set_source(source);
  change(*row);
  core::PutRow(folding.rows(), 0, key, *row);
  return absl::OkStatus();
}

absl::Status Register(Folding& folding,
                      const agency::v1::SourceRegistered& registered) {
  return ChangeTally(folding, registered.source(), [&](SourceTallyRow& row) {
    row.set_kind(registered.kind());
    *row.mutable_agencies() = registered.agencies();
    row.set_disabled(registered.disabled());
    auto& key_ids = *row.mutable_key_ids();
    const auto drop = [&](const std::string& key_id) {
      key_ids.erase(std::remove(key_ids.begin(), key_ids.end(), key_id),
                    key_ids.end());
    };
    drop(registered.key_id());
    for (const auto& retired : registered.retired_key_ids()) drop(retired);
    if (!registered.key_id().empty()) *key_ids.Add() = registered.key_id();
  });
}

absl::Status Activate(Folding& folding) {
  RulesRow row;
  row.set_position(folding.recorded().position);
  const auto& activated = folding.fact().rules_activated();
  if (!row.mutable_rules()->ParseFromString(activated.content())) {
    return absl::DataLossError("activated rules do not parse");
  }
  core::PutRow(folding.rows(), 0, keys::Rules(), row);
  core::PutRow(folding.rows(), 0, keys::RulesFrom(row.position()), row);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<WaitingRow>> TakeWaiting(Folding& folding,
                                                      EntityNumber item) {
  for (const char state : {kParked, kQuarantined, kEnded}) {
    const std::string key = keys::Waiting(state, item);
    ASSIGN_OR_RETURN(auto row, core::ReadRow<WaitingRow>(folding.rows(), key));
    if (!row.has_value()) continue;
    folding.rows().Delete(key);
    return row;
  }
  return std::optional<WaitingRow>();
}

// Puts the frame where it now stands.
void PutWaiting(Folding& folding, char state, const std::string& in_words,
                WaitingRow row) {
  row.set_state(in_words);
  const EntityNumber item = row.item().number();
  core::PutRow(folding.rows(), item, keys::Waiting(state, item), row);
}

absl::StatusOr<WaitingRow> NewOrKnown(Folding& folding, const Identity& item) {
  ASSIGN_OR_RETURN(auto known, TakeWaiting(folding, item.number()));
  if (known.has_value()) return *std::move(known);
  WaitingRow row;
  *row.mutable_item() = item;
  *row.mutable_first_seen() = ToTimestamp(folding.recorded().recorded_at);
  PlaceRow place;
  place.set_number(item.number());
  place.set_subject(item.number());
  if (!item.id().empty()) {
    core::PutRow(folding.rows(), item.number(), keys::Id(item.id()), place);
  }
  return row;
}

absl::Status FoldQuarantined(Folding& folding) {
  const auto& fact = folding.fact().frame_quarantined();
  ASSIGN_OR_RETURN(WaitingRow row, NewOrKnown(folding, fact.item()));
  *row.mutable_reason() = fact.reason();
  *row.mutable_statement() = fact.statement();
  row.set_attempts(fact.attempts());
  row.set_frame_bytes(fact.frame().size());
  row.clear_waits_for();
  PutWaiting(folding, kQuarantined, "quarantined", std::move(row));
  return absl::OkStatus();
}

absl::Status FoldParked(Folding& folding) {
  const auto& fact = folding.fact().statement_parked();
  ASSIGN_OR_RETURN(WaitingRow row, NewOrKnown(folding, fact.item()));
  // Done with one reference, it may wait for the next.
  const bool waited = row.state() == kParkedInWords;
  *row.mutable_statement() = fact.statement();
  row.set_attempts(row.attempts() + 1);
  row.set_frame_bytes(fact.frame().size());
  row.clear_waits_for();
  for (const auto& missing : fact.waits_for()) {
    row.add_waits_for(missing.kind());
  }
  PutWaiting(folding, kParked, kParkedInWords, std::move(row));
  if (waited) return absl::OkStatus();
  return ChangeTally(folding, fact.statement().source(),
                     [](auto& tally) { tally.set_parked(tally.parked() + 1); });
}

absl::Status FoldParkingEnded(Folding& folding) {
  const auto& fact = folding.fact().parking_ended();
  ASSIGN_OR_RETURN(auto row, TakeWaiting(folding, fact.item()));
  if (!row.has_value()) return absl::OkStatus();
  const std::string source = row->statement().source();
  if (fact.decided()) {
    PutWaiting(folding, kEnded, "decided", *std::move(row));
  } else {
    PutWaiting(folding, kQuarantined, "quarantined", *std::move(row));
  }
  return ChangeTally(folding, source, [](auto& tally) {
    if (tally.parked() > 0) tally.set_parked(tally.parked() - 1);
  });
}

absl::Status FoldQuarantineEnded(Folding& folding) {
  const auto& fact = folding.fact().quarantine_ended();
  ASSIGN_OR_RETURN(auto row, TakeWaiting(folding, fact.item()));
  if (!row.has_value()) return absl::OkStatus();
  const bool discarded =
      fact.decision() == agency::v1::QUARANTINE_DECISION_DISCARD;
  PutWaiting(folding, kEnded, discarded ? "discarded" : "decided",
             *std::move(row));
  return absl::OkStatus();
}

absl::Status CountSupport(Folding& folding) {
  const std::string& agency = folding.fact().support_counted().agency();
  const std::string key = keys::Support(agency);
  ASSIGN_OR_RETURN(auto row,
                   core::ReadRow<ledger::v1::SupportRow>(folding.rows(), key));
  if (!row.has_value()) row.emplace();
  row->set_agency(agency);
  row->set_count(row->count() + 1);
  core::PutRow(folding.rows(), folding.subject(), key, *row);
  return absl::OkStatus();
}

bool Is(const StatementRef& one, const StatementRef& other) {
  return one.source() == other.source() && one.epoch() == other.epoch() &&
         one.sequence() == other.sequence();
}

// How many statements ended how: one may lead to several facts.
void Count(const Folding& folding, SourceTallyRow& row) {
  const Fact& fact = folding.fact();
  if (fact.has_statement_refused()) return row.set_refused(row.refused() + 1);
  if (fact.has_frame_quarantined()) {
    return row.set_quarantined(row.quarantined() + 1);
  }
  if (fact.has_statement_parked() || fact.has_parking_ended()) return;
  const StatementRef& statement = folding.recorded().statement;
  if (Is(row.counted(), statement)) return;
  *row.mutable_counted() = statement;
  row.set_accepted(row.accepted() + 1);
}

}  // namespace

absl::Status FoldSystem(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_partnership_founded()) {
    return Register(folding, fact.partnership_founded().root());
  }
  if (fact.has_source_registered()) {
    return Register(folding, fact.source_registered());
  }
  if (fact.has_source_resumed()) {
    const auto& resumed = fact.source_resumed();
    return ChangeTally(folding, resumed.source(), [&](SourceTallyRow& row) {
      row.set_epoch(resumed.epoch());
      row.set_mark(resumed.next_sequence() - 1);
    });
  }
  if (fact.has_rules_activated()) return Activate(folding);
  if (fact.has_frame_quarantined()) return FoldQuarantined(folding);
  if (fact.has_statement_parked()) return FoldParked(folding);
  if (fact.has_parking_ended()) return FoldParkingEnded(folding);
  if (fact.has_quarantine_ended()) return FoldQuarantineEnded(folding);
  if (fact.has_support_counted()) return CountSupport(folding);
  return absl::OkStatus();  // refused: counted by FoldTally
}

absl::Status FoldTally(Folding& folding) {
  const StatementRef& statement = folding.recorded().statement;
  if (statement.source().empty()) return absl::OkStatus();
  return ChangeTally(folding, statement.source(), [&](SourceTallyRow& row) {
    const bool newer = statement.epoch() > row.epoch();
    if (newer) row.set_epoch(statement.epoch());
    if (newer || (statement.epoch() == row.epoch() &&
                  statement.sequence() > row.mark())) {
      row.set_mark(statement.sequence());
    }
    *row.mutable_last_at() = ToTimestamp(folding.recorded().recorded_at);
    Count(folding, row);
  });
}

}  // namespace kith::views
