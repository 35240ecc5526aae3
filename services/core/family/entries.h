// Entries: what agencies say of a person or family item by item. The row of an
// entry is the latest fact about it, provenance included.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::family {

// Subject of network entries: the family. Of all others: the person's record.
enum class EntryKind : char {
  kNetwork = 'n',
  kInvolvement = 'i',
  kNeed = 'd',
  kYoungCarer = 'y',
  kStay = 's',
  kCompetence = 'c',
};

// All entries of one kind about one record or family.
absl::StatusOr<std::vector<ledger::v1::Fact>> EntriesOf(
    const StateReader& state, Subject subject, EntryKind kind);

// The same about the person of `record`, through all records of theirs.
absl::StatusOr<std::vector<ledger::v1::Fact>> EntriesOfPerson(
    const StateReader& state, EntityNumber record, EntryKind kind);

// Entries with a number of their own: by the agency's key, or made by an act.
struct NumberedEntry {
  ledger::v1::Identity identity;  // id set when it is new
  std::optional<ledger::v1::Fact> latest;
};
// The entry under `key`, or a new one: an act without a key makes one always.
// Senseless: a report without a key. Forbid NOT_YOURS: another agency's key.
absl::StatusOr<NumberedEntry> FindEntry(Decision& decision, EntryKind kind,
                                        const agency::v1::LocalRef& key);

// The kind in reference keys.
absl::string_view ReferenceKindOf(EntryKind kind);

// For folds: puts the latest fact of a numbered entry, in place of the one it
// may have had under another subject, and its names when it is new.
absl::Status PutNumbered(StateWriter& state, const KeyHash& hash,
                         Subject subject, EntryKind kind,
                         const ledger::v1::Identity& identity,
                         const agency::v1::LocalRef& key,
                         const ledger::v1::Fact& fact);

// Key of the row (Fact) of an entry; `which` tells entries of one subject and
// kind apart: its number (eight bytes), or what else its fact says.
std::string EntryKey(Subject subject, EntryKind kind, absl::string_view which);
// What tells the stays of a child apart: first day and who says so.
std::string StayName(const agency::v1::Date& from, absl::string_view agency);

}  // namespace kith::core::family
