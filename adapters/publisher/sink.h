// Where an outbox is emptied to: IntakeService over gRPC (intake_sink.h), which
// answers with outcomes, or the inbox's topic in Kafka (kafka_sink.h), which
// answers only that it has a statement.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/common/item.h"

namespace kith::adapters {

struct OutboxFrame {
  uint64_t sequence = 0;
  std::string bytes;  // a serialised Frame
};

// What became of one frame.
struct Answer {
  uint64_t sequence = 0;
  // Not 0: the frame was not taken; the inbox expects this number.
  uint64_t expected_sequence = 0;
  Ending ending = Ending::kAccepted;
  std::string reason;  // of a refusal or quarantine: code and text
};

// How far a server has come with a source; 0 and 0 when it has nothing.
struct Mark {
  uint64_t epoch = 0;
  uint64_t sequence = 0;
};

class Sink {
 public:
  using Next = std::function<absl::StatusOr<std::optional<OutboxFrame>>()>;
  using Answered = std::function<absl::Status(const Answer& answer)>;

  virtual ~Sink() = default;

  // Where the server stands with `source`; empty when this sink cannot know.
  // UNAVAILABLE: not reachable.
  virtual absl::StatusOr<std::optional<Mark>> MarkOf(
      const std::string& source) = 0;

  // Sends what `next` gives until it gives none, and hands over each answer in
  // order, both on the calling thread. Blocks on the network, but no longer
  // than a minute without any answer. OK: everything sent was answered.
  // UNAVAILABLE or DEADLINE_EXCEEDED: it was not; what has no answer is to be
  // sent again. ABORTED: likewise, and it may be done at once, by the same
  // sink. Other errors are those of the inbox (it does not believe the caller)
  // or of the two functions.
  virtual absl::Status Send(const Next& next, const Answered& answered) = 0;
};

}  // namespace kith::adapters
