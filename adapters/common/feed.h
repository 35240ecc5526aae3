// Who speaks in a run, and how its statements begin.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/common/item.h"
#include "kith/agency/v1/statement.pb.h"

namespace kith::adapters {

// Who speaks, through which of its systems, and when the extract was made.
struct Feed {
  std::string agency;
  std::string system;
  absl::Time extracted_at;
  // Whose child ids the agency's own files carry, where they do (the council's
  // agency and system); empty: such ids are kept as unknown.
  std::string local_agency;
  std::string local_system;
};

// The speaking agency's own reference.
agency::v1::LocalRef Local(const Feed& feed, absl::string_view local_id);
agency::v1::PersonRef PersonOf(const Feed& feed, absl::string_view local_id);
agency::v1::ThingRef ThingOf(const Feed& feed, absl::string_view local_id);

// Another agency's record of the person, from a number that this feed carries.
agency::v1::Identifier OtherRecord(const Feed& feed, absl::string_view value);

// Adds a snapshot of the record `key` to `item`, and returns its statement for
// the caller to say what.
agency::v1::Statement& Say(const Feed& feed, absl::string_view key,
                           absl::Time occurred_at, Item& item);

// Give an item its ending; what it was going to say is dropped.
void Refuse(Item& item, absl::string_view reason);
void SetAside(Item& item, absl::string_view reason);
void Skip(Item& item, absl::string_view reason);
void Note(Item& item, absl::string_view what);

}  // namespace kith::adapters
