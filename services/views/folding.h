// What the folds of all subjects share. Internal to views.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/core/state.h"
#include "services/views/fold.h"
#include "services/views/keys.h"

namespace kith::views {

using ledger::v1::Fact;
using ledger::v1::Identity;
using ledger::v1::Mark;
using ledger::v1::PlaceRow;
using Numbers = google::protobuf::RepeatedField<uint64_t>;

// Whether and how a thing is found by number and id.
enum class Naming {
  kNone,    // only through its subject
  kNumber,  // by number: it may come to lie under another subject
  kId,      // by id as well
};

// One fact being folded.
class Folding {
 public:
  Folding(core::StateWriter& rows, const Recorded& recorded,
          const core::KeyHash& hash)
      : rows_(rows), recorded_(recorded), hash_(hash) {}

  core::StateWriter& rows() { return rows_; }
  const Recorded& recorded() const { return recorded_; }
  const Fact& fact() const { return recorded_.fact; }
  Subject subject() const { return recorded_.subject; }
  const std::string& agency() const { return fact().by().agency(); }
  const core::KeyHash& hash() const { return hash_; }
  // Who says this fact, and when.
  Mark mark() const;

  absl::StatusOr<std::optional<ThingRow>> Read(const ThingKey& key) const {
    return core::ReadRow<ThingRow>(rows_, key.Bytes());
  }

  // The thing is stated, anew or for the first time: `edit` gets the row as
  // it was, or an empty one. Keeps its number and id, and moves it when it lay
  // elsewhere before.
  template <class Edit>
  absl::Status State(const ThingKey& key, const Identity& identity,
                     Naming naming, const Edit& edit) {
    ASSIGN_OR_RETURN(ThingRow row, Take(key, identity, naming));
    *row.mutable_said() = mark();
    edit(row);
    return Put(key, std::move(row));
  }

  // Something about a thing changed. One that was erased stays away.
  template <class Edit>
  absl::Status Change(const ThingKey& key, const Edit& edit) {
    ASSIGN_OR_RETURN(auto row, Read(key));
    if (!row.has_value()) return absl::OkStatus();
    NoteUnmet(*row);
    edit(*row);
    return Put(key, *std::move(row));
  }

  // Leads from the rows of `others` to the thing; no more from those of
  // `others_before`. The subject itself needs none.
  void Link(const ThingKey& key, const Numbers& others,
            const Numbers& others_before);
  void LinkFrom(Subject other, const ThingKey& key);

  // That this agency, and `practitioner` unless 0, work with it.
  absl::Status WorksWithFamily(EntityNumber family, EntityNumber practitioner);
  absl::Status WorksWithRecord(EntityNumber record, EntityNumber practitioner);
  absl::Status PractitionerWorksWithFamily(EntityNumber practitioner,
                                           EntityNumber family);

  // Puts a row of a thing and what follows from it in lists (listing.h).
  absl::Status Put(const ThingKey& key, ThingRow row);

 private:
  absl::StatusOr<ThingRow> Take(const ThingKey& key, const Identity& identity,
                                Naming naming);
  absl::Status MoveHere(const ThingKey& key, EntityNumber number);
  absl::Status PutOnce(Subject subject, const std::string& key);
  void NoteUnmet(ThingRow& row) const;

  core::StateWriter& rows_;
  const Recorded& recorded_;
  const core::KeyHash& hash_;
};

// Each folds the facts of its subject, and is called for no others.
absl::Status FoldPeople(Folding& folding);
absl::Status FoldFamily(Folding& folding);
absl::Status FoldConsent(Folding& folding);
absl::Status FoldAgreement(Folding& folding);  // notes and panel items too
absl::Status FoldService(Folding& folding);    // referrals, assessments
absl::Status FoldPlan(Folding& folding);       // plans, meetings
absl::Status FoldLead(Folding& folding);
absl::Status FoldDuplicate(Folding& folding);
absl::Status FoldOverride(Folding& folding);
absl::Status FoldSystem(Folding& folding);
// For every fact: the source it came from, and the timeline.
absl::Status FoldTally(Folding& folding);
void FoldLine(Folding& folding);

}  // namespace kith::views
