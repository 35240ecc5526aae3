#include "adapters/publisher/run.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/publisher/deliver.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

using agency::v1::Statement;

// People before what is said of them, families before plans: within a batch
// that spares the server parking what the next line explains.
int Rank(const Statement& statement) {
  if (statement.has_person_stated()) return 0;
  if (statement.has_relationship_stated()) return 1;
  if (statement.has_family_stated()) return 2;
  if (statement.has_plan_stated()) return 3;
  return 4;
}

}  // namespace

absl::Status Run::Take(Item item) {
  ++taken_;
  auto pending = std::make_unique<Pending>();
  pending->item = std::move(item);
  batch_.push_back(std::move(pending));
  return batch_.size() < kBatchItems ? absl::OkStatus() : Flush();
}

absl::Status Run::Finish() {
  const absl::Status flushed = Flush();
  Settle();
  const absl::Status asked = AskParked();
  if (outbox_ != nullptr && flushed.ok()) {
    RETURN_IF_ERROR(outbox_->Prune(now_()));
  }
  return flushed.ok() ? asked : flushed;
}

absl::Status Run::Flush() {
  if (outbox_ != nullptr) {
    RETURN_IF_ERROR(KeepFrames());
    RETURN_IF_ERROR(Deliver());
  }
  Settle();
  return absl::OkStatus();
}

absl::Status Run::KeepFrames() {
  std::vector<std::pair<int, std::pair<Pending*, const Said*>>> order;
  for (const auto& pending : batch_) {
    for (const Said& said : pending->item.said) {
      order.push_back({Rank(said.statement), {pending.get(), &said}});
    }
  }
  std::stable_sort(
      order.begin(), order.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> frames;
  std::vector<Pending*> whose;
  uint64_t sequence = outbox_->next_sequence();
  for (const auto& [rank, one] : order) {
    auto frame = MakeFrame(publisher_, outbox_->epoch(), sequence, *one.second);
    if (!frame.ok()) {
      one.first->item.ending = Ending::kSetAside;
      one.first->item.reason = std::string(frame.status().message());
      continue;
    }
    frames.push_back(*std::move(frame));
    whose.push_back(one.first);
    ++sequence;
  }
  const uint64_t first = outbox_->next_sequence();
  RETURN_IF_ERROR(Append(frames));
  for (size_t i = 0; i < whose.size(); ++i) {
    ++whose[i]->open;
    by_sequence_[first + i] = whose[i];
  }
  return absl::OkStatus();
}

// A full outbox is emptied first, when there is anybody to empty it to.
absl::Status Run::Append(const std::vector<std::string>& frames) {
  const absl::Status appended = outbox_->Append(frames, now_());
  if (!absl::IsResourceExhausted(appended)) return appended;
  RETURN_IF_ERROR(Deliver());
  return outbox_->Append(frames, now_());
}

// A server that cannot be reached is left alone for the rest of the run.
absl::Status Run::Deliver() {
  if (sink_ == nullptr || !delivery_.ok()) return absl::OkStatus();
  delivery_ = adapters::Deliver(*outbox_, *sink_, now_,
                                [this](const Answer& answer) { Told(answer); });
  const bool own = absl::IsDataLoss(delivery_) || absl::IsInternal(delivery_);
  return own ? delivery_ : absl::OkStatus();
}

void Run::Told(const Answer& answer) {
  const auto found = by_sequence_.find(answer.sequence);
  if (found == by_sequence_.end()) return;  // of an earlier run
  Pending& pending = *found->second;
  --pending.open;
  if (answer.ending == Ending::kParked) {
    pending.parked.push_back(answer.sequence);
  }
  Count(answer, pending);
  by_sequence_.erase(found);
}

void Run::Count(const Answer& answer, Pending& pending) {
  if (answer.ending == Ending::kAccepted) {
    pending.accepted = true;
  } else if (answer.ending != Ending::kChangedNothing &&
             Weightier(answer.ending, pending.worst) != pending.worst) {
    pending.worst = answer.ending;
    pending.reason = answer.reason;
  }
}

Ending Run::EndingOf(const Pending& pending) const {
  const Ending own = pending.item.ending;
  if (own != Ending::kReady || outbox_ == nullptr) return own;
  if (pending.open > 0) return Weightier(Ending::kKept, pending.worst);
  if (pending.worst != Ending::kAccepted) return pending.worst;
  // An item of which any statement changed something changed something.
  return pending.accepted ? Ending::kAccepted : Ending::kChangedNothing;
}

void Run::Settle() {
  for (auto& pending : batch_) {
    const Item& item = pending->item;
    const Ending ending = EndingOf(*pending);
    const bool wait = ending == Ending::kParked && sink_ != nullptr &&
                      parked_.size() < kParkedMax;
    if (wait) {
      pending->item.said.clear();
      parked_.push_back(std::move(pending));
    } else {
      report_.Add(item, ending,
                  item.reason.empty() ? pending->reason : item.reason);
    }
  }
  batch_.clear();
  by_sequence_.clear();
}

// What was parked may have found what it waited for since.
absl::Status Run::AskParked() {
  std::vector<uint64_t> sequences;
  std::map<uint64_t, Pending*> whose;
  for (const auto& pending : parked_) {
    pending->worst = Ending::kAccepted;
    pending->accepted = true;
    for (uint64_t sequence : pending->parked) {
      sequences.push_back(sequence);
      whose[sequence] = pending.get();
    }
  }
  absl::Status asked;
  if (!sequences.empty() && delivery_.ok()) {
    asked = AskAgain(*outbox_, *sink_, sequences, [&](const Answer& answer) {
      const auto found = whose.find(answer.sequence);
      if (found == whose.end()) return;
      Count(answer, *found->second);
      whose.erase(found);
    });
  }
  for (const auto& [sequence, pending] : whose) {
    pending->worst = Weightier(pending->worst, Ending::kParked);
  }
  for (const auto& pending : parked_) {
    report_.Add(pending->item, EndingOf(*pending), pending->reason);
  }
  parked_.clear();
  const bool own = absl::IsDataLoss(asked) || absl::IsInternal(asked);
  return own ? asked : absl::OkStatus();
}

}  // namespace kith::adapters
