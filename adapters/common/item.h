// What an adapter makes of one row, resource or pupil.
//
// Every item that a file holds ends in exactly one way, with a reason where it
// did not arrive, so that the summary's counts add up to what the file holds
// (report.h). A parser gives an item its first ending; the outcomes of its
// statements, once the server has told them, decide the last one.
//
// Reasons and remarks hold no personal data: they name fields, and codes that
// look like codes (text.h, `CodeForRemark`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kith/agency/v1/statement.pb.h"

namespace kith::adapters {

// How an item ended. Outboxes hold these numbers (publisher/FORMAT.md): add at
// the end, never renumber.
enum class Ending {
  kAccepted,        // the server recorded facts
  kChangedNothing,  // the server knew it already
  kReady,           // it says something; not sent (a dry run)
  kKept,            // it waits in the outbox; the server has not answered
  kParked,          // the server waits for what it refers to
  kSkipped,         // understood and not wanted, for the reason given
  kRefused,         // it breaks a rule; final
  kSetAside,        // it cannot be read or believed: somebody must look
  kDelivered,       // Kafka has it; it is decided later, and not told here
};
inline constexpr int kEndings = 9;

// Of two statements of one item the weightier ending is the item's.
Ending Weightier(Ending a, Ending b);

// "accepted", "changed nothing" and so on.
const char* EndingName(Ending ending);

// Where something stands. Lines and columns count from 1, columns in
// characters; 0: not known.
struct Place {
  std::string file;
  size_t line = 0;
  size_t column = 0;
};

// "persons.csv:7:3".
std::string ToString(const Place& place);

// Something about an item that does not decide how it ends: an unknown code
// that was kept, a part that was left out.
struct Remark {
  Place place;
  std::string what;
};

// One statement, and when the source says it happened (the time of the extract
// where it says nothing).
struct Said {
  agency::v1::Statement statement;
  absl::Time occurred_at;
};

struct Item {
  std::string kind;  // "Patient", "pupil", "early help episode"
  Place place;
  Ending ending = Ending::kReady;
  // Why it was refused, set aside or skipped; never empty then.
  std::string reason;
  std::vector<Remark> remarks;
  // Parts of it that are not wanted here, such as attendance: part -> how
  // often.
  std::map<std::string, uint64_t> left_out;
  // Empty unless the item is ready, with one exception: a consent that was set
  // aside or skipped still takes an earlier permission back (health/consent.h).
  std::vector<Said> said;
};

// Gets each item in the order of the file. An error (the disk is full) ends the
// parsing and comes back from it.
using ItemSink = std::function<absl::Status(Item item)>;

}  // namespace kith::adapters
