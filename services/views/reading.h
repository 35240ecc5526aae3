// The rows that one answer reads, each once. Internal to views.
//
// A row that is not there was erased, or is not reached by an as-of fold: what
// hangs on it is left out. Lives for one answer. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/status.h"
#include "kith/api/v1/views.pb.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/core/state.h"
#include "services/views/keys.h"

namespace kith::views {

struct Thing {
  ThingKey key;
  ThingRow row;
};
// Things live as long as the reading that gave them.
using Things = std::vector<const Thing*>;

// Where a row that holds only its owner leads; kind not set: it is no such row.
ThingKey LeadsTo(const Thing& thing);

// All rows of a subject, by key: read and parsed together, and kept while none
// of them changes.
struct SubjectRows final : core::Kept {
  std::vector<Thing> things;
};

class Reading {
 public:
  // `view` must outlive it.
  explicit Reading(const core::StateReader& view) : view_(view) {}

  const core::StateReader& view() const { return view_; }

  // All rows of a subject by kind, and those of others' that its rows lead to.
  // Rows that lead to memberships and matches are left as they are (`LeadsTo`).
  absl::StatusOr<Things> Of(Subject subject);
  // The same of one kind only, those that its rows lead to included.
  absl::StatusOr<Things> Of(Subject subject, Kind kind);
  // The parts of a thing that are rows of that kind: a plan's reviews...
  absl::StatusOr<Things> PartsOf(const ThingKey& key, Kind kind);
  // Null: there is no such thing.
  absl::StatusOr<const Thing*> Get(const ThingKey& key);
  // A thing by its number; of that kind. Null: there is none.
  absl::StatusOr<const Thing*> Numbered(EntityNumber number, Kind kind);
  // The same whatever it is; null for 0, too.
  absl::StatusOr<const Thing*> NumberedAny(EntityNumber number);

  // Null: there is no such record.
  absl::StatusOr<const ThingRow*> Record(EntityNumber record);
  absl::StatusOr<EntityNumber> PersonOf(EntityNumber record);
  absl::StatusOr<std::vector<EntityNumber>> RecordsOf(EntityNumber record);
  // Id of the record's person; empty: not known, or 0.
  absl::StatusOr<std::string> PersonId(EntityNumber record);
  // Of each, once.
  template <class Records>
  absl::Status AddPersonIds(
      const Records& records,
      google::protobuf::RepeatedPtrField<std::string>* ids) {
    for (const uint64_t record : records) {
      ASSIGN_OR_RETURN(std::string id, PersonId(record));
      AddOnce(std::move(id), ids);
    }
    return absl::OkStatus();
  }

  // Null: there is no such family.
  absl::StatusOr<const ThingRow*> Family(EntityNumber family);
  absl::StatusOr<EntityNumber> Resolve(EntityNumber family);
  // The family and all that joined it, ascending.
  absl::StatusOr<std::vector<EntityNumber>> Group(EntityNumber family);
  // Id of the family that stands for this one.
  absl::StatusOr<std::string> FamilyId(EntityNumber family);
  absl::StatusOr<std::string> PlanId(EntityNumber plan);

  // Empty view: 0 or not known.
  absl::StatusOr<api::v1::PractitionerView> Practitioner(EntityNumber number);
  absl::StatusOr<api::v1::Said> SaidBy(const ledger::v1::Mark& mark);

  // Whether somebody hides in a family on a day, as far as it was looked for
  // (`ShieldsContacts`).
  std::map<std::pair<EntityNumber, absl::CivilDay>, bool>& hiding() {
    return hiding_;
  }

 private:
  static void AddOnce(std::string id,
                      google::protobuf::RepeatedPtrField<std::string>* ids);
  // The row of that kind which every such subject has once.
  absl::StatusOr<const ThingRow*> Own(Subject subject, Kind kind);
  absl::StatusOr<const SubjectRows*> RowsOf(Subject subject);
  absl::StatusOr<std::shared_ptr<const SubjectRows>> ReadRows(Subject subject);

  const core::StateReader& view_;
  std::map<Subject, std::shared_ptr<const SubjectRows>> rows_;
  std::map<EntityNumber, api::v1::PractitionerView> practitioners_;
  std::map<std::pair<EntityNumber, absl::CivilDay>, bool> hiding_;
};

}  // namespace kith::views
