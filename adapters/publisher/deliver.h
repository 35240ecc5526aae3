// Empties an outbox into a sink.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapters/publisher/outbox.h"
#include "adapters/publisher/sink.h"

namespace kith::adapters {

// Sends everything that waits, from the number that the inbox expects, and
// marks as delivered what was answered with an outcome. `told` gets each
// outcome, also of what is sent again after the inbox lost it (a restored
// checkpoint).
//
// UNAVAILABLE, DEADLINE_EXCEEDED: not reachable, or broken off; what has no
// outcome waits in the outbox. FAILED_PRECONDITION: the inbox expects numbers
// that are no longer here, a later outbox has taken the source's place (another
// epoch), or the brokers refuse what is sent again and again; a person must
// look. Others are the outbox's.
absl::Status Deliver(Outbox& outbox, Sink& sink,
                     const std::function<absl::Time()>& now,
                     const std::function<void(const Answer&)>& told);

// Sends once more what was delivered and is still kept, numbers `first` to
// `last`, in order: for an inbox that has lost it. Repeats do no harm. `told`
// gets each answer; nothing changes in the outbox. OUT_OF_RANGE: not all of
// these are kept, or some were never delivered; the message says which are.
// Other errors as above.
absl::Status Resend(const Outbox& outbox, Sink& sink, uint64_t first,
                    uint64_t last,
                    const std::function<void(const Answer&)>& told);

// Asks again how statements ended that were parked. `told` gets what the inbox
// says now. Errors as above; nothing changes in the outbox.
absl::Status AskAgain(const Outbox& outbox, Sink& sink,
                      const std::vector<uint64_t>& sequences,
                      const std::function<void(const Answer&)>& told);

}  // namespace kith::adapters
