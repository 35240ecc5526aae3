#include "adapters/publisher/deliver.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

// Answers are marked in the outbox in groups: each mark is a sync.
constexpr size_t kMarksMax = 256;
// How often the inbox may name another number without any progress.
constexpr int kRewindsMax = 5;

class Delivery {
 public:
  Delivery(Outbox& outbox, Sink& sink, const std::function<absl::Time()>& now,
           const std::function<void(const Answer&)>& told)
      : outbox_(outbox), sink_(sink), now_(now), told_(told) {}

  // One stream from `start` on; afterwards `expected()` says where the inbox
  // wants to go on, or 0.
  absl::Status Stream(uint64_t start) {
    next_ = start;
    expected_ = 0;
    const absl::Status sent =
        sink_.Send([this] { return Next(); },
                   [this](const Answer& answer) { return Take(answer); });
    const absl::Status marked = Mark();
    return marked.ok() ? sent : marked;
  }

  uint64_t expected() const { return expected_; }
  uint64_t answered() const { return answered_; }

 private:
  absl::StatusOr<std::optional<OutboxFrame>> Next() {
    if (expected_ != 0 || next_ >= outbox_.next_sequence()) {
      return std::optional<OutboxFrame>();
    }
    ASSIGN_OR_RETURN(std::string bytes, outbox_.Read(next_));
    return std::optional<OutboxFrame>(OutboxFrame{next_++, std::move(bytes)});
  }

  absl::Status Take(const Answer& answer) {
    if (answer.expected_sequence != 0) {
      if (expected_ == 0) expected_ = answer.expected_sequence;
      return absl::OkStatus();
    }
    ++answered_;
    marks_.push_back({answer.sequence, answer.ending});
    told_(answer);
    return marks_.size() < kMarksMax ? absl::OkStatus() : Mark();
  }

  absl::Status Mark() {
    const absl::Status marked = outbox_.MarkDelivered(marks_, now_());
    marks_.clear();
    return marked;
  }

  Outbox& outbox_;
  Sink& sink_;
  const std::function<absl::Time()>& now_;
  const std::function<void(const Answer&)>& told_;
  uint64_t next_ = 0;
  uint64_t expected_ = 0;
  uint64_t answered_ = 0;
  std::vector<Delivered> marks_;
};

// Where to begin: usually what waits; earlier when the inbox has lost some.
absl::StatusOr<uint64_t> Start(const Outbox& outbox, Sink& sink) {
  ASSIGN_OR_RETURN(const std::optional<Mark> known,
                   sink.MarkOf(outbox.Status().source));
  if (!known) return outbox.first_waiting();
  const Mark& mark = *known;
  if (mark.epoch > outbox.epoch()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "another outbox has taken this source's place: the server knows epoch ",
        mark.epoch, ", this one is ", outbox.epoch()));
  }
  const uint64_t taken = mark.epoch == outbox.epoch() ? mark.sequence : 0;
  return std::min(outbox.first_waiting(), taken + 1);
}

absl::Status OutOfOrder(const Answer& answer) {
  return absl::FailedPreconditionError(
      absl::StrCat("the server expects statement ", answer.expected_sequence,
                   ": resend from there, or accept the gap with `kith source "
                   "resume`"));
}

absl::Status CheckStart(const Outbox& outbox, uint64_t start) {
  if (start >= outbox.first_sequence() && start <= outbox.next_sequence()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the server expects statement ", start, ", and the outbox holds ",
      outbox.first_sequence(), " to ", outbox.next_sequence() - 1,
      ": accept the gap with `kith source resume`"));
}

}  // namespace

absl::Status Deliver(Outbox& outbox, Sink& sink,
                     const std::function<absl::Time()>& now,
                     const std::function<void(const Answer&)>& told) {
  if (outbox.first_waiting() == outbox.next_sequence()) return absl::OkStatus();
  ASSIGN_OR_RETURN(uint64_t start, Start(outbox, sink));
  Delivery delivery(outbox, sink, now, told);
  absl::Status sent;
  for (int rewinds = 0; rewinds <= kRewindsMax; ++rewinds) {
    RETURN_IF_ERROR(CheckStart(outbox, start));
    const uint64_t before = delivery.answered();
    sent = delivery.Stream(start);
    if (!sent.ok() && !absl::IsAborted(sent)) return sent;
    if (sent.ok() && delivery.expected() == 0) return absl::OkStatus();
    if (delivery.answered() > before) rewinds = 0;
    start = sent.ok() ? delivery.expected() : outbox.first_waiting();
  }
  if (!sent.ok()) return absl::FailedPreconditionError(sent.message());
  return absl::FailedPreconditionError(
      "the server and the outbox do not agree where to go on");
}

absl::Status Resend(const Outbox& outbox, Sink& sink, uint64_t first,
                    uint64_t last,
                    const std::function<void(const Answer&)>& told) {
  if (first < outbox.first_sequence() || last < first ||
      last >= outbox.first_waiting()) {
    return absl::OutOfRangeError(
        absl::StrCat("the outbox keeps ", outbox.first_sequence(), " to ",
                     outbox.first_waiting() - 1, " of what it has delivered"));
  }
  uint64_t answered = first;  // everything before it was
  absl::Status sent = absl::AbortedError("");
  for (int tries = 0; absl::IsAborted(sent) && tries <= kRewindsMax; ++tries) {
    uint64_t at = answered;
    sent = sink.Send(
        [&]() -> absl::StatusOr<std::optional<OutboxFrame>> {
          if (at > last) return std::optional<OutboxFrame>();
          ASSIGN_OR_RETURN(std::string bytes, outbox.Read(at));
          return std::optional<OutboxFrame>(
              OutboxFrame{at++, std::move(bytes)});
        },
        [&](const Answer& answer) {
          if (answer.expected_sequence != 0) return OutOfOrder(answer);
          answered = answer.sequence + 1;
          tries = 0;
          told(answer);
          return absl::OkStatus();
        });
  }
  return absl::IsAborted(sent) ? absl::FailedPreconditionError(sent.message())
                               : sent;
}

absl::Status AskAgain(const Outbox& outbox, Sink& sink,
                      const std::vector<uint64_t>& sequences,
                      const std::function<void(const Answer&)>& told) {
  if (sequences.empty()) return absl::OkStatus();
  size_t at = 0;
  return sink.Send(
      [&]() -> absl::StatusOr<std::optional<OutboxFrame>> {
        if (at == sequences.size()) return std::optional<OutboxFrame>();
        const uint64_t sequence = sequences[at++];
        ASSIGN_OR_RETURN(std::string bytes, outbox.Read(sequence));
        return std::optional<OutboxFrame>(
            OutboxFrame{sequence, std::move(bytes)});
      },
      [&](const Answer& answer) {
        if (answer.expected_sequence == 0) told(answer);
        return absl::OkStatus();
      });
}

}  // namespace kith::adapters
