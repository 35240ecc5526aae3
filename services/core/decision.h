// The desk on which one statement is decided: what is known, and the facts that
// follow, folded in as they are added, so that each rule sees what the rules
// before it concluded.
//
// Lives for one statement. Everything here is a function of its arguments: the
// statement, the state, the position it will be recorded at. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/id.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/errors.h"
#include "services/core/state.h"

namespace kith::core {

// Turns personal data into an index key: HMAC under the ledger's pepper. Its
// results differ between replicas, so nothing of them may reach a fact, not
// even their order.
using KeyHash = std::function<std::string(absl::string_view)>;

// How facts are folded: `core::Evolve`; in a subject's own tests, its part.
using Fold = std::function<absl::Status(StateWriter&, const ledger::v1::Fact&,
                                        Subject, const KeyHash&)>;

// What the sequencer knows when it decides one statement.
struct Setting {
  uint64_t position = 0;  // the first fact's
  absl::Time recorded_at;
  KeyHash hash;
  Fold fold;
};

// A fact on its way to the ledger.
struct NewFact {
  Subject subject = 0;
  std::vector<Subject> also_about;  // whose history it belongs to besides
  ledger::v1::Fact fact;
};

class Decision {
 public:
  // `state` and `envelope` must outlive it. `reported` is whether a feed
  // speaks (rules of kind E bind acts only).
  Decision(const StateReader& state, const agency::v1::Envelope& envelope,
           bool reported, const Setting& setting);

  // State with the facts added so far folded in.
  const StateReader& state() const { return overlay_; }
  // State as it was before this statement.
  const StateReader& before() const { return before_; }
  const agency::v1::Envelope& envelope() const { return envelope_; }
  const ledger::v1::LedgerRow& ledger() const { return *ledger_; }
  const ledger::v1::Rules& rules() const { return ledger_->rules(); }
  bool reported() const { return reported_; }
  // The agency that speaks.
  const std::string& agency() const { return envelope_.agency(); }
  // On what ground the agency keeps what it says: noted on every fact.
  agency::v1::LegalBasis basis() const { return basis_; }
  void SetBasis(agency::v1::LegalBasis basis) { basis_ = basis; }
  // The civil day in England on which it happened.
  absl::CivilDay day() const { return day_; }
  absl::Time occurred_at() const { return occurred_at_; }
  absl::Time recorded_at() const { return setting_.recorded_at; }
  std::string Hash(absl::string_view personal) const {
    return setting_.hash(personal);
  }

  // A new number, and with it an id. Counted in the state: a statement that is
  // refused gives none.
  ledger::v1::Identity NewIdentity(base::IdKind kind);
  // A new id to tell the caller (`OutcomeRow.made`); NewIdentity does not.
  void Tell(const ledger::v1::Identity& made) { made_.push_back(made); }

  // Number of the practitioner; makes or updates them when need be (one fact).
  // What another agency says of somebody's name fills in only what is empty.
  absl::StatusOr<EntityNumber> Practitioner(
      const agency::v1::PractitionerRef& ref);
  // The same for the envelope's actor; 0 when there is nobody.
  absl::StatusOr<EntityNumber> Actor();

  // What a reference names. A reference to what does not exist is `Missing`, an
  // empty one Senseless. A person's id names that person's first record.
  absl::StatusOr<EntityNumber> Record(const agency::v1::PersonRef& ref);
  absl::StatusOr<EntityNumber> Thing(absl::string_view kind,
                                     base::IdKind letter,
                                     const agency::v1::ThingRef& ref);
  // The number under a local reference of that kind; 0 when nothing has it.
  absl::StatusOr<EntityNumber> Find(absl::string_view kind,
                                    const agency::v1::LocalRef& ref);
  // `ref` with the speaking agency filled in when it names none.
  agency::v1::LocalRef Own(agency::v1::LocalRef ref) const;

  // A report that does not meet a row (R-...): noted on all facts added from
  // now on until conclusions begin. For an act, refuse instead; `Require` does
  // either.
  void NoteUnmet(absl::string_view row);
  // What is added from now on is concluded by Kith: nobody's rows are noted.
  void BeginConclusions() { unmet_.clear(); }
  // OK when `holds`. Otherwise: an act is refused with `refusal`, a report gets
  // the rows noted.
  absl::Status Require(bool holds, const absl::Status& refusal);

  // Adds a fact: fills in `by` and `unmet` and folds it (core.h, Evolve).
  absl::Status Add(Subject subject, std::vector<Subject> also_about,
                   ledger::v1::Fact fact);

  // For facts about the statement itself, such as its refusal: by the actor as
  // far as known already, with nothing unmet. Makes nobody known.
  absl::Status AddOfStatement(Subject subject, ledger::v1::Fact fact);

  const std::vector<NewFact>& facts() const { return facts_; }
  const std::vector<ledger::v1::Identity>& made() const { return made_; }
  // What the facts changed. Leaves the decision empty.
  Overlay::Changes TakeChanges();
  std::vector<NewFact> TakeFacts() { return std::move(facts_); }

  // For folds of bookkeeping that is no fact's: outcomes, marks, snapshots.
  StateWriter& bookkeeping() { return overlay_; }

 private:
  absl::StatusOr<EntityNumber> Known(absl::string_view agency,
                                     agency::v1::PractitionerIdentity said);
  absl::Status AddAs(EntityNumber practitioner, Subject subject,
                     std::vector<Subject> also_about, ledger::v1::Fact fact);
  absl::StatusOr<EntityNumber> ById(absl::string_view kind, base::IdKind letter,
                                    absl::string_view id);

  const StateReader& before_;
  Overlay overlay_;
  const agency::v1::Envelope& envelope_;
  const bool reported_;
  const Setting setting_;
  absl::Time occurred_at_;
  absl::CivilDay day_;
  std::shared_ptr<const ledger::v1::LedgerRow> ledger_;  // never null
  std::vector<NewFact> facts_;
  std::vector<std::string> unmet_;
  std::vector<ledger::v1::Identity> made_;
  uint32_t ids_made_ = 0;
  EntityNumber last_number_ = 0;
  EntityNumber actor_ = 0;  // once it is known
  agency::v1::LegalBasis basis_ = agency::v1::LEGAL_BASIS_UNSPECIFIED;
};

// Folds what the desk itself records, practitioners; other facts: nothing.
absl::Status EvolvePractitioner(StateWriter& state,
                                const ledger::v1::Fact& fact, Subject subject,
                                const KeyHash& hash);

// The key of the index row (NumberRow) from a reference to its number; kinds as
// in MissingRef, and "practitioner". `agency` stands in where `ref` names none.
// In folds, that is `fact.by().agency()`.
std::string ReferenceKey(const KeyHash& hash, absl::string_view kind,
                         const agency::v1::LocalRef& ref,
                         absl::string_view agency);
// Puts that row and, when `made` has an id, the row from the id.
void PutNames(StateWriter& state, const KeyHash& hash, absl::string_view kind,
              const agency::v1::LocalRef& ref, absl::string_view agency,
              const ledger::v1::Identity& made);

}  // namespace kith::core
