// The Common Transfer File (CTF): what a school's system sends about its
// pupils.
//
// A pure parser. Each pupil is one item: the pupil's record, the contacts with
// their relationship and parental responsibility, special needs, young carer,
// and the pupil's time at the school that sends. Attendance, assessments and
// other schools' history are left out and counted. Brothers and sisters are not
// inferred. README.md has the mapping table.
//
// A pupil's record is named by the unique pupil number. Where the file carries
// the council's child id (LAchildID), it becomes an identifier by which the
// council's record is found. A contact has neither id nor birth date: its
// record is named by a digest of pupil, relationship and name.
//
// The extract date is the header's DateTime, else the feed's.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "adapters/common/feed.h"
#include "adapters/common/item.h"
#include "adapters/common/mapping.h"

namespace kith::adapters::education {

// Gives each pupil of `text` (UTF-8) to `sink`. INVALID_ARGUMENT: the file is
// empty or no Common Transfer File; other errors are the sink's. Thread-safe.
absl::Status Read(const std::string& file, absl::string_view text,
                  const Feed& feed, const Mapping& mapping,
                  const ItemSink& sink);

}  // namespace kith::adapters::education
