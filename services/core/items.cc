// What waits: parked on a reference, behind what cannot be read, in quarantine.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "services/core/kernel.h"
#include "services/core/keys.h"

namespace kith::core {
namespace {

using ledger::v1::Fact;
using ledger::v1::ItemRow;
using ledger::v1::NumberRow;
using ledger::v1::OutcomeRow;
using ledger::v1::Reason;

std::string OrderKey(const agency::v1::Envelope& envelope,
                     const KeyHash& hash) {
  return keys::Behind(envelope.source(),
                      hash(absl::StrCat("order ", envelope.order_key())));
}

// Whether later statements with the same order key wait for this one to be
// mended. Not when others with that key have passed it already.
bool HoldsBack(const Reason& reason) {
  return reason.code() != "WAITED_TOO_LONG" &&
         reason.code() != "TOO_MANY_WAIT" && reason.code() != "SEQUENCE_LOST";
}

absl::StatusOr<uint64_t> NumberAt(const StateReader& state,
                                  const std::string& key) {
  ASSIGN_OR_RETURN(const auto row, ReadRow<NumberRow>(state, key));
  return row.has_value() ? row->number() : 0;
}

void PutNumber(StateWriter& state, const std::string& key, uint64_t number) {
  NumberRow row;
  row.set_number(number);
  PutRow(state, 0, key, row);
}

}  // namespace

std::string Kernel::WaitHash(absl::string_view reference_key) const {
  return hash_(absl::StrCat("wait ", reference_key));
}

std::string Kernel::BehindHash(EntityNumber item) const {
  return hash_(absl::StrCat("behind ", item));
}

absl::StatusOr<uint64_t> Kernel::Waiters() const {
  return NumberAt(overlay_, keys::WaitingCount());
}

void Kernel::SetWaiters(uint64_t count) {
  PutNumber(overlay_, keys::WaitingCount(), count);
}

// The item in quarantine behind which statements with this order key wait.
absl::StatusOr<EntityNumber> Kernel::Blocking(const Opened& opened) {
  if (opened.envelope.order_key().empty()) return 0;
  return NumberAt(overlay_, OrderKey(opened.envelope, hash_));
}

// The fact that a parked statement's wait is over, before its own.
absl::Status Kernel::EndWait(const ItemRow& item, Decision& decision,
                             bool decided) {
  Fact fact;
  fact.mutable_parking_ended()->set_item(item.item().number());
  fact.mutable_parking_ended()->set_decided(decided);
  return decision.AddOfStatement(item.item().number(), std::move(fact));
}

absl::Status Kernel::Park(const Opened& opened,
                          const std::optional<ItemRow>& item,
                          const std::optional<ledger::v1::MissingRef>& missing,
                          const std::string& wait_hash) {
  size_t waiting = 0;
  RETURN_IF_ERROR(overlay_.Scan(
      keys::WaitingOn(wait_hash), [&](absl::string_view, absl::string_view) {
        return ++waiting < ledger_->rules().parking_count_max();
      }));
  if (waiting >= ledger_->rules().parking_count_max()) {
    return Quarantine(
        opened, item,
        MakeReason("TOO_MANY_WAIT", "too many statements wait for the same"));
  }
  agency::v1::Envelope envelope = opened.envelope;
  envelope.set_salt(SaltOf(opened));
  ASSIGN_OR_RETURN(const bool reported, IsReported(envelope.source()));
  Decision decision = Desk(envelope, reported);
  ItemRow row = item.value_or(ItemRow());
  // What comes from quarantine begins to wait now.
  if (!row.has_since() || row.has_reason()) {
    *row.mutable_since() = StampOf(recorded_at_);
  }
  row.clear_reason();
  row.clear_waits_for();
  Fact fact;
  ledger::v1::StatementParked& parked = *fact.mutable_statement_parked();
  if (item.has_value()) {
    parked.mutable_item()->set_number(item->item().number());
  } else {
    *parked.mutable_item() = decision.NewIdentity(base::IdKind::kItem);
    *row.mutable_item() = parked.item();
  }
  parked.set_frame(opened.frame_bytes);
  parked.set_body_digest(opened.body_digest);
  *parked.mutable_statement() = PlaceOf(opened.envelope);
  if (missing.has_value()) *parked.add_waits_for() = *missing;
  *row.mutable_waits_for() = parked.waits_for();
  row.set_frame(parked.frame());
  row.set_body_digest(parked.body_digest());
  *row.mutable_statement() = parked.statement();

  const EntityNumber number = row.item().number();
  StateWriter& book = decision.bookkeeping();
  PutRow(book, number, keys::Item(number), row);
  book.Put(number, keys::Waiting(wait_hash, number), "");
  book.Put(number,
           keys::WaitingSince(absl::ToUnixMicros(TimeOf(row.since())), number),
           wait_hash);
  PutNames(book, hash_, "item", {}, "", parked.item());
  ASSIGN_OR_RETURN(const uint64_t waiters, Waiters());
  SetWaiters(waiters + 1);
  RETURN_IF_ERROR(decision.AddOfStatement(number, std::move(fact)));
  OutcomeRow outcome;
  outcome.set_kind(ledger::v1::OUTCOME_KIND_PARKED);
  outcome.set_item(number);
  return Record(opened, decision, std::move(outcome));
}

absl::Status Kernel::Quarantine(const Opened& opened,
                                const std::optional<ItemRow>& item,
                                const Reason& reason, bool place) {
  agency::v1::Envelope envelope = opened.envelope;
  envelope.set_salt(SaltOf(opened));
  ASSIGN_OR_RETURN(const bool reported, IsReported(envelope.source()));
  Decision decision = Desk(envelope, reported);
  if (item.has_value() && !item->has_reason()) {
    RETURN_IF_ERROR(EndWait(*item, decision, false));
  }
  Fact fact;
  ledger::v1::FrameQuarantined& quarantined = *fact.mutable_frame_quarantined();
  ItemRow row = item.value_or(ItemRow());
  if (item.has_value()) {
    quarantined.mutable_item()->set_number(item->item().number());
  } else {
    *quarantined.mutable_item() = decision.NewIdentity(base::IdKind::kItem);
    *row.mutable_item() = quarantined.item();
    *row.mutable_since() = StampOf(recorded_at_);
  }
  *quarantined.mutable_reason() = reason;
  quarantined.set_frame(opened.frame_bytes.substr(0, kFrameBytesMax));
  quarantined.set_body_digest(opened.body_digest);
  quarantined.set_attempts(row.attempts() + 1);
  if (opened.has_place) {
    *quarantined.mutable_statement() = PlaceOf(opened.envelope);
  }
  row.clear_waits_for();
  row.set_frame(quarantined.frame());
  row.set_attempts(quarantined.attempts());
  *row.mutable_reason() = reason;
  *row.mutable_statement() = quarantined.statement();
  row.set_body_digest(quarantined.body_digest());

  const EntityNumber number = row.item().number();
  StateWriter& book = decision.bookkeeping();
  PutRow(book, number, keys::Item(number), row);
  PutNames(book, hash_, "item", {}, "", quarantined.item());
  if (place && HoldsBack(reason) && !opened.envelope.order_key().empty()) {
    PutNumber(book, OrderKey(opened.envelope, hash_), number);
  }
  RETURN_IF_ERROR(decision.AddOfStatement(number, std::move(fact)));
  OutcomeRow outcome;
  outcome.set_kind(ledger::v1::OUTCOME_KIND_QUARANTINED);
  outcome.set_item(number);
  *outcome.mutable_reason() = reason;
  return Record(opened, decision, std::move(outcome), place);
}

// An item is no more: what waited behind it goes on.
absl::Status Kernel::EndItem(EntityNumber item) {
  ASSIGN_OR_RETURN(const auto row,
                   ReadRow<ItemRow>(overlay_, keys::Item(item)));
  if (!row.has_value()) return absl::OkStatus();
  overlay_.Delete(keys::Item(item));
  const Opened opened = Open(row->frame(), ledger_->partnership());
  ASSIGN_OR_RETURN(const EntityNumber blocking, Blocking(opened));
  if (blocking != item) return absl::OkStatus();
  overlay_.Delete(OrderKey(opened.envelope, hash_));
  ASSIGN_OR_RETURN(auto behind, TakeWaiting(BehindHash(item)));
  Enqueue(std::move(behind));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EntityNumber>> Kernel::TakeWaiting(
    const std::string& wait_hash) {
  std::vector<EntityNumber> items;
  RETURN_IF_ERROR(overlay_.Scan(keys::WaitingOn(wait_hash),
                                [&](absl::string_view key, absl::string_view) {
                                  items.push_back(keys::LastNumber(key));
                                  return true;
                                }));
  for (EntityNumber item : items) {
    overlay_.Delete(keys::Waiting(wait_hash, item));
    ASSIGN_OR_RETURN(const auto row,
                     ReadRow<ItemRow>(overlay_, keys::Item(item)));
    if (!row.has_value()) continue;
    overlay_.Delete(
        keys::WaitingSince(absl::ToUnixMicros(TimeOf(row->since())), item));
  }
  ASSIGN_OR_RETURN(const uint64_t waiters, Waiters());
  if (!items.empty()) SetWaiters(waiters - items.size());
  return items;
}

// In front of what waits already; among themselves, first parked first. Sorted
// by number, because the order of hashes differs between replicas.
void Kernel::Enqueue(std::vector<EntityNumber> items) {
  std::sort(items.begin(), items.end());
  queue_.insert(queue_.begin(), items.begin(), items.end());
}

absl::Status Kernel::RunQueue() {
  while (!queue_.empty()) {
    const EntityNumber item = queue_.front();
    queue_.pop_front();
    RETURN_IF_ERROR(Retry(item));
  }
  return absl::OkStatus();
}

absl::Status Kernel::Retry(EntityNumber item) {
  ASSIGN_OR_RETURN(auto row, ReadRow<ItemRow>(overlay_, keys::Item(item)));
  if (!row.has_value()) return absl::OkStatus();  // erased meanwhile
  const Opened opened = Open(row->frame(), ledger_->partnership());
  return Settle(opened, row);
}

// Gives up what has waited too long at this statement's time.
absl::Status Kernel::ExpireWaiting() {
  ASSIGN_OR_RETURN(const uint64_t waiters, Waiters());
  if (waiters == 0) return absl::OkStatus();
  const absl::Time since =
      recorded_at_ - absl::Hours(24) * ledger_->rules().parking_days_max();
  const std::string prefix = keys::WaitingSincePrefix();
  std::vector<std::pair<std::string, std::string>> expired;
  RETURN_IF_ERROR(overlay_.Scan(
      prefix, [&](absl::string_view key, absl::string_view wait_hash) {
        const auto micros = base::ReadBigEndian64(key.substr(prefix.size()));
        if (absl::FromUnixMicros(static_cast<int64_t>(*micros)) >= since) {
          return false;
        }
        expired.emplace_back(std::string(key), std::string(wait_hash));
        return true;
      }));
  if (expired.empty()) return absl::OkStatus();
  SetWaiters(waiters - expired.size());
  for (const auto& [key, wait_hash] : expired) {
    const EntityNumber item = keys::LastNumber(key);
    overlay_.Delete(key);
    overlay_.Delete(keys::Waiting(wait_hash, item));
    RETURN_IF_ERROR(Expire(item));
  }
  return RunQueue();
}

absl::Status Kernel::Expire(EntityNumber item) {
  ASSIGN_OR_RETURN(auto row, ReadRow<ItemRow>(overlay_, keys::Item(item)));
  if (!row.has_value()) return absl::OkStatus();
  return Quarantine(
      Open(row->frame(), ledger_->partnership()), row,
      MakeReason("WAITED_TOO_LONG", "what it refers to was never stated"));
}

}  // namespace kith::core
