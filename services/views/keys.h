// Keys of view rows. Each begins with a letter for the family of rows and a
// slash; numbers are eight bytes, big-endian; personal data only as its HMAC.
//
//   s/ subject, kind, rest   ThingRow: all rows of a subject lie together
//   t/ subject, position     TimelineRow
//   i/ id                    PlaceRow, number and kind
//   n/ number                PlaceRow
//   w/ practitioner          PractitionerRow
//   h/ hash, number          empty: who has that identifier, name...
//   k/ who, f or r, number   empty: families and records somebody works with
//   d/ day, ...              DueRow
//   m/ u/ open or decided    PlaceRow: worklists of matches and cases
//   q/ state, item           WaitingRow
//   o/ agency, open or done, day, number  PlaceRow: overrides to review
//   y/ source                SourceTallyRow
//   r/ position              RulesRow; "r" alone: those in force
//   g/ item                  PlaceRow: panel items that name nobody
//   c/ agency                SupportRow
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/optional.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/core/state.h"

namespace kith::views {

using core::EntityNumber;
using core::Subject;
using ledger::v1::ThingRow;
using Kind = ThingRow::WhatCase;

// Where a thing's row is.
struct ThingKey {
  Subject subject = 0;
  Kind kind = Kind::WHAT_NOT_SET;
  std::string rest;  // tells apart those of one kind: often the number

  std::string Bytes() const;
};

namespace keys {

std::string Numbered(EntityNumber number);  // its eight bytes
// What belongs together for readers: rows of a subject, of an identifier, or
// one row by itself.
absl::string_view GroupOf(absl::string_view key);
// The group of all keys that begin with `prefix`; empty: they have several.
absl::optional<absl::string_view> GroupOfPrefix(absl::string_view prefix);
std::string ThingsOf(Subject subject);  // prefix
std::string ThingsOf(Subject subject, Kind kind);
// What follows the subject in a key of a thing; empty kind: it is none.
ThingKey ParseThing(absl::string_view key);
// A row that leads to `key` from the rows of another subject, and the thing it
// leads to; kind not set: it is no such row.
std::string Elsewhere(Subject subject, const ThingKey& key);
std::string Elsewhere(Subject subject, Kind kind);  // prefix of the above
ThingKey ParseElsewhere(const ThingKey& lead);

std::string Line(Subject subject, uint64_t position);
std::string LinesOf(Subject subject);  // prefix
std::string Id(absl::string_view id);
std::string Place(EntityNumber number);
std::string Practitioner(EntityNumber practitioner);
std::string Known(absl::string_view hash, EntityNumber number);
std::string KnownAs(absl::string_view hash);  // prefix
std::string WorkOfAgency(absl::string_view agency);
std::string WorkOfPractitioner(EntityNumber practitioner);
std::string WorkWithFamily(const std::string& work, EntityNumber family);
std::string WorkWithRecord(const std::string& work, EntityNumber record);
std::string Due(absl::CivilDay day, char kind, const ThingKey& thing);
std::string DueAll();  // prefix
absl::CivilDay DayOfDue(absl::string_view key);
// `open`: waits for a decision. `order` sorts within.
std::string Match(bool open, EntityNumber match);
std::string Matches(bool open);
std::string Case(bool open, uint32_t level, int32_t score, EntityNumber number);
std::string Cases(bool open);
std::string Waiting(char state, EntityNumber item);
std::string WaitingIn(char state);
// What an agency was alerted to; `open`: waits for its review by `due`.
std::string Review(absl::string_view agency, bool open, absl::CivilDay due,
                   EntityNumber number);
std::string Reviews(absl::string_view agency, bool open);  // prefix
std::string Tally(absl::string_view source);
std::string Tallies();
std::string PanelItem(EntityNumber item);
std::string PanelItems();
std::string Support(absl::string_view agency);
std::string Supports();
std::string Rules();
std::string RulesFrom(uint64_t position);
std::string RulesHistory();

// The number in the last eight bytes.
EntityNumber LastNumber(absl::string_view key);

}  // namespace keys
}  // namespace kith::views
