// The way of one arrival through envelope, marks, repeats, parking and
// quarantine, to the rules and back.
//
// `Apply` (core.h) is this with all rules; tests hand in rules of their own.
// One kernel lives for one arrival. Not thread-safe.
//
// Bookkeeping that no fact holds (marks, outcomes, snapshots, items, held
// frames) is written beside the facts' folds, into the same changes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/core/core.h"
#include "services/core/decision.h"
#include "services/core/opened.h"
#include "services/core/state.h"

namespace kith::core {

struct Ruleset {
  std::function<absl::Status(const agency::v1::Statement&, Decision&)> decide;
  Fold fold;
};

class Kernel {
 public:
  // All arguments must outlive it.
  Kernel(const Ruleset& rules, const StateReader& state, uint64_t next_position,
         absl::Time recorded_at, const KeyHash& hash)
      : rules_(rules),
        overlay_(state),
        position_(next_position),
        recorded_at_(recorded_at),
        hash_(hash) {}

  // Call once. Errors as Apply's.
  absl::StatusOr<Applied> Take(const Arrival& arrival);

 private:
  using Outcome = ledger::v1::OutcomeRow;

  // kernel.cc: what a source's numbers say.
  absl::Status Begin();
  absl::Status TakeFrame(const Arrival& arrival);
  absl::Status Disbelieve(Opened& opened, const ledger::v1::Reason& reason);
  absl::Status TakeOutbox(Opened& opened, bool hold_gaps);
  absl::Status TakeNumbered(Opened& opened);
  absl::Status EnterEpoch(const agency::v1::Envelope& envelope);
  absl::StatusOr<bool> IsRepeat(const Opened& opened);
  absl::Status TakePassed(Opened& opened);
  absl::Status Hold(Opened& opened);
  absl::Status TakeHeld(const std::string& source);
  absl::StatusOr<std::optional<Opened>> NextHeld(const std::string& source);
  absl::Status TakeNext(const Opened& opened);
  void MoveMark(uint64_t sequence);

  // settle.cc: what becomes of one statement whose turn it is.
  absl::Status Settle(const Opened& opened,
                      const std::optional<ledger::v1::ItemRow>& item);
  absl::StatusOr<std::optional<Outcome>> EarlierRequest(const Opened& opened);
  absl::StatusOr<std::optional<ledger::v1::Reason>> KnownSnapshot(
      const Opened& opened);
  // After KnownSnapshot of the same statement.
  void PutSnapshot(const Opened& opened);
  absl::Status DecideByRules(const Opened& opened,
                             const std::optional<ledger::v1::ItemRow>& item);
  absl::Status Accept(const Opened& opened, Decision& decision);
  absl::Status Refused(const Opened& opened,
                       const std::optional<ledger::v1::ItemRow>& item,
                       const ledger::v1::Reason& reason);
  absl::Status ChangedNothing(const Opened& opened,
                              const std::optional<ledger::v1::ItemRow>& item,
                              std::optional<ledger::v1::Reason> reason);
  Decision Desk(const agency::v1::Envelope& envelope, bool reported) const;
  // Takes the facts over and tells the outcome. `place`: whether it is the
  // outcome of the statement's number, and not of a forgery or conflict.
  absl::Status Record(const Opened& opened, Decision& decision, Outcome outcome,
                      bool place = true);
  void PutOutcome(const Opened& opened, const Outcome& outcome);
  // What a statement's facts set off: releases, retries, held frames.
  // `named` are the keys of the references that name something now.
  absl::Status FollowUp(const std::vector<NewFact>& facts,
                        const std::vector<std::string>& named);
  absl::StatusOr<bool> IsReported(const std::string& source);

  // items.cc: what waits.
  absl::Status EndWait(const ledger::v1::ItemRow& item, Decision& decision,
                       bool decided);
  absl::Status Expire(EntityNumber item);
  absl::StatusOr<EntityNumber> Blocking(const Opened& opened);
  absl::Status Park(const Opened& opened,
                    const std::optional<ledger::v1::ItemRow>& item,
                    const std::optional<ledger::v1::MissingRef>& missing,
                    const std::string& wait_hash);
  absl::Status Quarantine(const Opened& opened,
                          const std::optional<ledger::v1::ItemRow>& item,
                          const ledger::v1::Reason& reason, bool place = true);
  absl::Status ExpireWaiting();
  absl::Status Retry(EntityNumber item);
  absl::Status EndItem(EntityNumber item);
  // Takes the items that wait for this out of the index: they go to the queue.
  absl::StatusOr<std::vector<EntityNumber>> TakeWaiting(
      const std::string& wait_hash);
  void Enqueue(std::vector<EntityNumber> items);
  absl::StatusOr<uint64_t> Waiters() const;
  void SetWaiters(uint64_t count);
  std::string WaitHash(absl::string_view reference_key) const;
  std::string BehindHash(EntityNumber item) const;
  absl::Status RunQueue();

  const Ruleset& rules_;
  Overlay overlay_;
  uint64_t position_;
  const absl::Time recorded_at_;
  const KeyHash& hash_;
  std::shared_ptr<const ledger::v1::LedgerRow> ledger_;
  ledger::v1::SourceRow source_;  // of the frame that is being taken
  // Of the snapshot that KnownSnapshot looked at last.
  std::string snapshot_key_;
  std::string snapshot_digest_;
  // Items whose wait may be over, next first; what one of them releases goes
  // before the others.
  std::deque<EntityNumber> queue_;
  std::vector<std::string> resumed_;  // sources whose gap may be filled
  Outcome last_outcome_;
  Applied applied_;
};

// Genesis by the same means.
absl::StatusOr<Applied> FoundBy(const Genesis& genesis, const Fold& fold,
                                const KeyHash& hash);

google::protobuf::Timestamp StampOf(absl::Time time);
absl::Time TimeOf(const google::protobuf::Timestamp& stamp);

}  // namespace kith::core
