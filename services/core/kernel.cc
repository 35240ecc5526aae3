#include "services/core/kernel.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "services/core/keys.h"
#include "services/core/ledger_row.h"

namespace kith::core {
namespace {

using ledger::v1::ItemRow;
using ledger::v1::OutcomeRow;
using ledger::v1::SourceRow;

// How many frames of one source are held beyond a gap.
constexpr int kHeldMax = 1000;

bool IsOutbox(const SourceRow& source) {
  return source.kind() == agency::v1::SOURCE_KIND_OUTBOX;
}

}  // namespace

google::protobuf::Timestamp StampOf(absl::Time time) {
  google::protobuf::Timestamp stamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  stamp.set_seconds(seconds);
  stamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return stamp;
}

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) +
         absl::Nanoseconds(stamp.nanos());
}

absl::StatusOr<Applied> Kernel::Take(const Arrival& arrival) {
  RETURN_IF_ERROR(Begin());
  RETURN_IF_ERROR(ExpireWaiting());
  RETURN_IF_ERROR(TakeFrame(arrival));
  applied_.changes = overlay_.TakeChanges();
  return std::move(applied_);
}

absl::Status Kernel::Begin() {
  ASSIGN_OR_RETURN(ledger_, ReadLedger(overlay_));
  ASSIGN_OR_RETURN(auto counter,
                   ReadRow<ledger::v1::NumberRow>(overlay_, keys::Counter()));
  (void)counter;  // that it parses is all: each desk reads it
  if (ledger_ == nullptr) return absl::DataLossError("the ledger has no row");
  return absl::OkStatus();
}

absl::Status Kernel::TakeFrame(const Arrival& arrival) {
  if (arrival.unfit.has_value()) {
    Opened unopened;
    unopened.frame_bytes = arrival.frame_bytes;
    unopened.body_digest = base::Sha256(arrival.frame_bytes);
    return Disbelieve(unopened, *arrival.unfit);
  }
  Opened opened = Open(arrival.frame_bytes, ledger_->partnership());
  ASSIGN_OR_RETURN(const auto forged,
                   WhyForged(opened, arrival.mac_holds, overlay_, source_));
  if (forged.has_value()) return Disbelieve(opened, *forged);
  if (IsOutbox(source_)) return TakeOutbox(opened, arrival.hold_gaps);
  return TakeNumbered(opened);
}

// Nothing it says of itself is believed, nor does it move a mark.
absl::Status Kernel::Disbelieve(Opened& opened,
                                const ledger::v1::Reason& reason) {
  opened.envelope.Clear();
  opened.has_place = false;
  opened.unreadable = reason;
  RETURN_IF_ERROR(Quarantine(opened, std::nullopt, reason, false));
  applied_.outcome = last_outcome_;
  return absl::OkStatus();
}

absl::Status Kernel::TakeOutbox(Opened& opened, bool hold_gaps) {
  const agency::v1::Envelope& envelope = opened.envelope;
  if (envelope.epoch() < source_.epoch()) return TakePassed(opened);
  const bool is_new = envelope.epoch() > source_.epoch();
  const uint64_t expected = is_new ? 1 : source_.mark() + 1;
  if (envelope.sequence() < expected) return TakePassed(opened);
  if (envelope.sequence() > expected) {
    applied_.expected_sequence = expected;
    if (!hold_gaps) return absl::OkStatus();
  }
  if (is_new) RETURN_IF_ERROR(EnterEpoch(envelope));
  if (envelope.sequence() > expected) return Hold(opened);
  return TakeNext(opened);
}

// Sources that may leave gaps: a node gives numbers to callers as they come, so
// that a lower one may arrive later.
absl::Status Kernel::TakeNumbered(Opened& opened) {
  const agency::v1::Envelope& envelope = opened.envelope;
  ASSIGN_OR_RETURN(const bool known, IsRepeat(opened));
  if (known || envelope.epoch() < source_.epoch()) return TakePassed(opened);
  if (envelope.epoch() > source_.epoch()) {
    RETURN_IF_ERROR(EnterEpoch(envelope));
  }
  return TakeNext(opened);
}

// Whether its number has an outcome already.
absl::StatusOr<bool> Kernel::IsRepeat(const Opened& opened) {
  const agency::v1::Envelope& envelope = opened.envelope;
  ASSIGN_OR_RETURN(
      auto row, overlay_.Get(keys::Outcome(envelope.source(), envelope.epoch(),
                                           envelope.sequence())));
  return row.has_value();
}

// A number that was decided, or given up, before.
absl::Status Kernel::TakePassed(Opened& opened) {
  const agency::v1::Envelope& envelope = opened.envelope;
  ASSIGN_OR_RETURN(
      const auto row,
      ReadRow<OutcomeRow>(overlay_,
                          keys::Outcome(envelope.source(), envelope.epoch(),
                                        envelope.sequence())));
  if (row.has_value() && row->digest() == opened.body_digest) {
    applied_.outcome = *row;
    applied_.repeated = true;
    return absl::OkStatus();
  }
  if (row.has_value()) {
    RETURN_IF_ERROR(
        Quarantine(opened, std::nullopt,
                   MakeReason("SEQUENCE_CONFLICT",
                              "another statement had this number before"),
                   false));
  } else if (envelope.epoch() < source_.epoch()) {
    RETURN_IF_ERROR(
        Refused(opened, std::nullopt,
                MakeReason("FENCED", "the source has begun a later epoch")));
  } else {
    RETURN_IF_ERROR(Quarantine(
        opened, std::nullopt,
        MakeReason("SEQUENCE_LOST", "its number was given up as lost")));
  }
  applied_.outcome = last_outcome_;
  return RunQueue();
}

absl::Status Kernel::EnterEpoch(const agency::v1::Envelope& envelope) {
  const SourceRow before = source_;
  source_.set_epoch(envelope.epoch());
  source_.set_mark(0);
  source_.clear_held();
  PutRow(overlay_, 0, keys::Source(source_.source()), source_);
  for (uint64_t sequence : before.held()) {
    const std::string key =
        keys::Held(before.source(), before.epoch(), sequence);
    ASSIGN_OR_RETURN(auto row, ReadRow<ItemRow>(overlay_, key));
    overlay_.Delete(key);
    if (!row.has_value()) continue;
    RETURN_IF_ERROR(
        Refused(Open(row->frame(), ledger_->partnership()), std::nullopt,
                MakeReason("FENCED", "the source has begun a later epoch")));
  }
  return absl::OkStatus();
}

absl::Status Kernel::Hold(Opened& opened) {
  const agency::v1::Envelope& envelope = opened.envelope;
  const std::string key =
      keys::Held(envelope.source(), envelope.epoch(), envelope.sequence());
  ASSIGN_OR_RETURN(const auto held, ReadRow<ItemRow>(overlay_, key));
  if (held.has_value() && held->body_digest() == opened.body_digest) {
    applied_.held = true;  // and once is enough
    return absl::OkStatus();
  }
  if (held.has_value() || source_.held_size() >= kHeldMax) {
    const auto reason =
        held.has_value()
            ? MakeReason("SEQUENCE_CONFLICT",
                         "another statement is held under this number")
            : MakeReason("TOO_FAR_AHEAD", "too many statements are held");
    RETURN_IF_ERROR(Quarantine(opened, std::nullopt, reason, false));
    applied_.outcome = last_outcome_;
    return absl::OkStatus();
  }
  // No fact tells of it, and so the number is only what its bytes are sealed
  // under.
  Decision decision = Desk(envelope, true);
  ItemRow row;
  *row.mutable_item() = decision.NewIdentity(base::IdKind::kItem);
  row.set_frame(opened.frame_bytes);
  row.set_body_digest(opened.body_digest);
  *row.mutable_since() = StampOf(recorded_at_);
  *row.mutable_statement() = PlaceOf(envelope);
  overlay_.Absorb(decision.TakeChanges());
  PutRow(overlay_, row.item().number(), key, row);
  source_.add_held(envelope.sequence());
  std::sort(source_.mutable_held()->begin(), source_.mutable_held()->end());
  PutRow(overlay_, 0, keys::Source(source_.source()), source_);
  applied_.held = true;
  return absl::OkStatus();
}

void Kernel::MoveMark(uint64_t sequence) {
  source_.set_mark(std::max(source_.mark(), sequence));
  *source_.mutable_last_at() = StampOf(recorded_at_);
  PutRow(overlay_, 0, keys::Source(source_.source()), source_);
}

// The arrival itself, and all that it sets off.
absl::Status Kernel::TakeNext(const Opened& opened) {
  if (!source_.held().empty()) resumed_.push_back(source_.source());
  MoveMark(opened.envelope.sequence());
  RETURN_IF_ERROR(Settle(opened, std::nullopt));
  applied_.outcome = last_outcome_;
  RETURN_IF_ERROR(RunQueue());
  // Also of sources resumed by what was held: the list grows meanwhile.
  for (size_t i = 0; i < resumed_.size(); ++i) {
    const std::string source = resumed_[i];
    RETURN_IF_ERROR(TakeHeld(source));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Opened>> Kernel::NextHeld(
    const std::string& source) {
  using Next = std::optional<Opened>;
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<SourceRow>(overlay_, keys::Source(source)));
  if (!row.has_value() || row->held().empty() ||
      row->held(0) != row->mark() + 1) {
    return Next();
  }
  source_ = *std::move(row);
  const std::string key = keys::Held(source, source_.epoch(), source_.held(0));
  source_.mutable_held()->erase(source_.held().begin());
  ASSIGN_OR_RETURN(auto held, ReadRow<ItemRow>(overlay_, key));
  if (!held.has_value()) return absl::DataLossError("a held frame is missing");
  overlay_.Delete(key);
  MoveMark(source_.mark() + 1);
  return Next(Open(held->frame(), ledger_->partnership()));
}

absl::Status Kernel::TakeHeld(const std::string& source) {
  while (true) {
    ASSIGN_OR_RETURN(const auto opened, NextHeld(source));
    if (!opened.has_value()) return absl::OkStatus();
    RETURN_IF_ERROR(Settle(*opened, std::nullopt));
    RETURN_IF_ERROR(RunQueue());
  }
}

absl::StatusOr<Applied> FoundBy(const Genesis& genesis, const Fold& fold,
                                const KeyHash& hash) {
  const MapState nothing;
  Overlay overlay(nothing);
  Decided decided;
  decided.salt = genesis.salt;
  decided.recorded_at = genesis.recorded_at;
  decided.rules_number = 1;
  ledger::v1::Fact founded;
  founded.mutable_partnership_founded()->set_partnership(genesis.partnership);
  *founded.mutable_partnership_founded()->mutable_root() = genesis.root;
  ledger::v1::Fact activated;
  auto& rules = *activated.mutable_rules_activated();
  rules.set_number(1);
  rules.set_content(genesis.rules.SerializeAsString());
  rules.set_digest(base::Sha256(rules.content()));
  rules.set_engine_version_min(1);
  for (ledger::v1::Fact* fact : {&founded, &activated}) {
    *fact->mutable_by()->mutable_occurred_at() = StampOf(genesis.recorded_at);
    RETURN_IF_ERROR(fold(overlay, *fact, 0, hash));
    decided.facts.push_back({0, {}, *fact});
  }
  decided.outcome.set_kind(ledger::v1::OUTCOME_KIND_ACCEPTED);
  decided.outcome.set_position(decided.facts.size());
  Applied applied;
  applied.outcome = decided.outcome;
  applied.decided.push_back(std::move(decided));
  applied.changes = overlay.TakeChanges();
  return applied;
}

}  // namespace kith::core
