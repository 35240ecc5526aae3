#include "services/core/family/entries.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::family {
namespace {

using ledger::v1::Fact;
using ledger::v1::NumberRow;

std::string EntriesKey(Subject subject, EntryKind kind) {
  return absl::StrCat("en/", base::BigEndian64(subject),
                      std::string(1, static_cast<char>(kind)));
}

// An id is told once; without it, the latest fact compares with a new one.
void ForgetId(Fact& fact) {
  if (fact.has_network_recorded()) {
    fact.mutable_network_recorded()->mutable_entry()->clear_id();
  } else if (fact.has_involvement_recorded()) {
    fact.mutable_involvement_recorded()->mutable_involvement()->clear_id();
  } else if (fact.has_need_recorded()) {
    fact.mutable_need_recorded()->mutable_need()->clear_id();
  }
}

// Number of an entry -> its subject. NumberRow.
std::string PlaceKey(EntityNumber number) {
  return absl::StrCat("es/", base::BigEndian64(number));
}

absl::StatusOr<std::optional<Fact>> LatestOf(const StateReader& state,
                                             EntryKind kind,
                                             EntityNumber number) {
  ASSIGN_OR_RETURN(const auto place,
                   ReadRow<NumberRow>(state, PlaceKey(number)));
  if (!place.has_value()) return std::optional<Fact>();
  return ReadRow<Fact>(
      state, EntryKey(place->number(), kind, base::BigEndian64(number)));
}

}  // namespace

std::string EntryKey(Subject subject, EntryKind kind, absl::string_view which) {
  return absl::StrCat(EntriesKey(subject, kind), which);
}

std::string StayName(const agency::v1::Date& from, absl::string_view agency) {
  return absl::StrCat(base::FormatIsoDay(FirstDay(from)), agency);
}

absl::StatusOr<std::vector<Fact>> EntriesOf(const StateReader& state,
                                            Subject subject, EntryKind kind) {
  std::vector<Fact> entries;
  bool sound = true;
  RETURN_IF_ERROR(state.Scan(EntriesKey(subject, kind),
                             [&](absl::string_view, absl::string_view bytes) {
                               Fact fact;
                               sound = fact.ParseFromArray(
                                   bytes.data(),
                                   static_cast<int>(bytes.size()));
                               entries.push_back(std::move(fact));
                               return sound;
                             }));
  if (!sound) return absl::DataLossError("a state row does not parse");
  return entries;
}

absl::StatusOr<std::vector<Fact>> EntriesOfPerson(const StateReader& state,
                                                  EntityNumber record,
                                                  EntryKind kind) {
  ASSIGN_OR_RETURN(const auto records, identity::RecordsOf(state, record));
  std::vector<Fact> entries;
  for (const EntityNumber each : records) {
    ASSIGN_OR_RETURN(auto found, EntriesOf(state, each, kind));
    for (Fact& fact : found) entries.push_back(std::move(fact));
  }
  return entries;
}

absl::StatusOr<NumberedEntry> FindEntry(Decision& decision, EntryKind kind,
                                        const agency::v1::LocalRef& key) {
  NumberedEntry entry;
  if (!key.local_id().empty()) {
    if (decision.Own(key).agency() != decision.agency()) {
      return Forbid("NOT_YOURS", "the entry bears another agency's key");
    }
    ASSIGN_OR_RETURN(const EntityNumber known,
                     decision.Find(ReferenceKindOf(kind), key));
    if (known != 0) {
      entry.identity.set_number(known);
      ASSIGN_OR_RETURN(entry.latest, LatestOf(decision.state(), kind, known));
      if (entry.latest.has_value()) ForgetId(*entry.latest);
      return entry;
    }
  } else if (decision.reported()) {
    return Senseless("KEY_MISSING", "a report names its own key");
  }
  entry.identity = decision.NewIdentity(base::IdKind::kOther);
  return entry;
}

absl::string_view ReferenceKindOf(EntryKind kind) {
  switch (kind) {
    case EntryKind::kNetwork:
      return "network";
    case EntryKind::kInvolvement:
      return "involvement";
    case EntryKind::kNeed:
      return "need";
    case EntryKind::kYoungCarer:
      return "young_carer";
    case EntryKind::kStay:
      return "stay";
    case EntryKind::kCompetence:
      return "competence";
  }
  return "";
}

absl::Status PutNumbered(StateWriter& state, const KeyHash& hash,
                         Subject subject, EntryKind kind,
                         const ledger::v1::Identity& identity,
                         const agency::v1::LocalRef& key, const Fact& fact) {
  if (!identity.id().empty()) {
    PutNames(state, hash, ReferenceKindOf(kind), key, fact.by().agency(),
             identity);
  }
  const std::string which = base::BigEndian64(identity.number());
  const std::string place_key = PlaceKey(identity.number());
  ASSIGN_OR_RETURN(const auto before, ReadRow<NumberRow>(state, place_key));
  if (before.has_value() && before->number() != subject) {
    state.Delete(EntryKey(before->number(), kind, which));
  }
  NumberRow place;
  place.set_number(subject);
  PutRow(state, subject, place_key, place);
  PutRow(state, subject, EntryKey(subject, kind, which), fact);
  return absl::OkStatus();
}

}  // namespace kith::core::family
