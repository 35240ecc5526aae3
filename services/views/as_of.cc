#include "services/views/as_of.h"

#include <algorithm>
#include <utility>

#include "services/views/as_of_facts.h"
#include "services/views/compose.h"
#include "services/views/find.h"

namespace kith::views {
namespace {

// The rules that were in force before the position.
absl::Status PutRules(const core::StateReader& present, uint64_t position,
                      core::MapState& rows) {
  std::string latest;
  RETURN_IF_ERROR(present.Scan(
      keys::RulesHistory(), [&](absl::string_view key, absl::string_view row) {
        if (keys::LastNumber(key) >= position) return false;
        latest = std::string(row);
        return true;
      }));
  if (!latest.empty()) rows.Put(0, keys::Rules(), std::move(latest));
  return absl::OkStatus();
}

// Records that were reached without a link.
struct Direct {
  RecordSet then;
  RecordSet still;  // those whose family has not been parted since
};

absl::StatusOr<Direct> DirectlyReached(const core::StateReader& then,
                                       const core::StateReader& present,
                                       const AsOfStart& start) {
  Direct direct;
  direct.then.insert(start.records.begin(), start.records.end());
  direct.still = direct.then;
  Reading before(then);
  Reading now(present);
  for (const EntityNumber family : start.families) {
    ASSIGN_OR_RETURN(const EntityNumber standing, before.Resolve(family));
    ASSIGN_OR_RETURN(const auto group, before.Group(standing));
    ASSIGN_OR_RETURN(const EntityNumber standing_now, now.Resolve(family));
    for (const EntityNumber one : group) {
      ASSIGN_OR_RETURN(const EntityNumber is_now, now.Resolve(one));
      ASSIGN_OR_RETURN(const Things members, before.Of(one, Kind::kMember));
      for (const Thing* member : members) {
        const EntityNumber record = member->row.member().stated().record();
        direct.then.insert(record);
        if (is_now == standing_now) direct.still.insert(record);
      }
    }
  }
  return direct;
}

// Records of these rows.
RecordSet RecordsOfRows(const core::MapState& rows) {
  RecordSet records;
  for (const auto& [key, row] : rows.rows()) {
    const ThingKey own{row.first, Kind::kRecord, ""};
    if (key == own.Bytes()) records.insert(row.first);
  }
  return records;
}

absl::StatusOr<bool> SharesPerson(const core::StateReader& rows,
                                  EntityNumber record,
                                  const RecordSet& others) {
  ASSIGN_OR_RETURN(const auto records, RecordsOf(rows, record));
  return std::any_of(records.begin(), records.end(),
                     [&](EntityNumber one) { return others.count(one) > 0; });
}

}  // namespace

absl::StatusOr<core::MapState> RowsAsOf(const core::StateReader& present,
                                        const AsOfStart& start,
                                        uint64_t position,
                                        const ScanFacts& scan,
                                        const core::KeyHash& hash) {
  ASSIGN_OR_RETURN(const auto facts,
                   GatherFacts(present, start, position, scan));
  core::MapState rows;
  RETURN_IF_ERROR(PutRules(present, position, rows));
  for (const auto& [at, kept] : facts) {
    RETURN_IF_ERROR(Fold(
        rows, {at, kept.recorded_at, kept.subject, kept.statement, kept.fact},
        hash));
  }
  return rows;
}

absl::Status ShieldAsNow(const core::StateReader& present, absl::CivilDay today,
                         core::MapState& then) {
  Reading now(present);
  for (const EntityNumber record : RecordsOfRows(then)) {
    ASSIGN_OR_RETURN(const ThingRow* stands, now.Record(record));
    const bool restricted = stands != nullptr && IsRestricted(*stands);
    ASSIGN_OR_RETURN(const auto person, now.RecordsOf(record));
    ASSIGN_OR_RETURN(const bool shielded, ShieldsContacts(now, person, today));
    if (!restricted && !shielded) continue;
    const std::string key = ThingKey{record, Kind::kRecord, ""}.Bytes();
    ASSIGN_OR_RETURN(auto row, core::ReadRow<ThingRow>(then, key));
    row->mutable_record()->set_restricted_since(restricted);
    row->mutable_record()->set_shielded_since(shielded);
    core::PutRow(then, record, key, *row);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> StillReached(const core::StateReader& then,
                                  const core::StateReader& present,
                                  const AsOfStart& start,
                                  const ledger::v1::ItemLabel& label) {
  ASSIGN_OR_RETURN(const Direct direct, DirectlyReached(then, present, start));
  for (const EntityNumber record : label.records()) {
    if (direct.still.count(record) > 0) continue;
    // Named by somebody, not reached through a link.
    ASSIGN_OR_RETURN(const bool linked,
                     SharesPerson(then, record, direct.then));
    if (!linked) continue;
    ASSIGN_OR_RETURN(const bool still,
                     SharesPerson(present, record, direct.still));
    if (!still) return false;
  }
  return true;
}

}  // namespace kith::views
