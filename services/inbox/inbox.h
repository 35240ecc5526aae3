// The one ordered stream of frames of a partnership.
//
// Whoever has a statement submits its frame; the sequencer, and nobody else,
// takes the frames in the order the inbox gave them. The order is the
// partnership's order: every replica that takes from the same inbox takes the
// same frames with the same times.
//
// The inbox says where it stands by an opaque position. The sequencer stores
// the position together with what followed from the frames before it, and
// hands it back to `Start` after a restart: an inbox with a log goes on from
// there, one in memory has lost what was not taken (nobody was told that it had
// been).
//
// Thread-safety: any thread submits and closes; one thread takes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kith::inbox {

// Names a submission within this process, so that whoever submitted a frame
// can be found when it is taken; 0: submitted elsewhere.
using Ticket = uint64_t;

// Why what was taken cannot be a frame, whatever its bytes: a log holds what
// others wrote to it as well. It is quarantined, never passed over.
enum class Unfit {
  kNone,      // worth opening
  kNoValue,   // a tombstone
  kForeign,   // not marked as a frame of ours
  kTooLarge,  // its bytes here are the first of more
};

struct Entry {
  std::string frame_bytes;  // a serialised Frame, as received
  // Stamped when the frame got its place; never before the entry before it.
  absl::Time recorded_at;
  Ticket ticket = 0;
  Unfit unfit = Unfit::kNone;
};

// A take ends when nothing waits any more, and at the latest when one of these
// is reached. A frame larger than `bytes_max` is taken alone.
struct TakeLimits {
  size_t count_max = 2000;
  size_t bytes_max = size_t{1} << 20;
  // For an inbox that fetches frames one by one.
  absl::Duration time_max = absl::Milliseconds(2);
};

struct Taken {
  // None: the position moved by itself, or the end.
  std::vector<Entry> entries;
  // Where the inbox stands after them.
  std::string position;
  bool ended = false;  // closed: nothing more will come
};

// What waits, for metrics.
struct Depth {
  size_t count = 0;
  size_t bytes = 0;  // 0 where only the count is known
  // How long the first of them has waited, at most; 0 when none waits.
  absl::Duration age;
};

class Inbox {
 public:
  virtual ~Inbox() = default;

  // Begins after `position`; empty: from the first frame there is. Times will
  // not lie before `not_before`. Called once, before the first `Take`.
  // FAILED_PRECONDITION: it is no position of this inbox; a person must decide.
  virtual absl::Status Start(absl::string_view position,
                             absl::Time not_before) = 0;

  // Gives the frame its place in the order. Does not wait for room.
  // RESOURCE_EXHAUSTED: full; try again later. UNAVAILABLE: closed, or the
  // stream cannot be reached. On an error the frame has no place.
  virtual absl::Status Submit(std::string frame_bytes, Ticket ticket) = 0;

  // A frame that was submitted may get no place after all, when it has to
  // travel: then `lost` is called with its ticket and UNAVAILABLE, whose text
  // says whether it may still turn up; from any thread. Set before `Start`, and
  // again, to null, before what it uses is gone: no call is under way then.
  using Lost = std::function<void(Ticket, const absl::Status&)>;
  virtual void OnLost(Lost) {}

  // Waits for a first frame, then takes up to `limits`. After `Close` what was
  // submitted before is still handed out, then the end. A log that cannot be
  // reached is waited for.
  // FAILED_PRECONDITION: frames after the position are gone, or the log is not
  // what it must be. The text names the gap and the command that mends it; a
  // person must decide.
  virtual absl::StatusOr<Taken> Take(const TakeLimits& limits) = 0;

  // No more submissions; `Take` no longer waits. May be called again.
  virtual void Close() = 0;

  virtual Depth depth() const = 0;
};

}  // namespace kith::inbox
