// From rows to pieces: what the answers of several views share. Internal to
// views.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "kith/agency/v1/consent.pb.h"
#include "kith/api/v1/views.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/views/piece.h"
#include "services/views/reading.h"

namespace kith::views {

using agency::v1::ItemClass;
using ledger::v1::ItemLabel;
using RecordSet = std::set<EntityNumber>;

// What composing must know beside the rows.
struct Scene {
  Reading& reading;
  absl::CivilDay today;
  EntityNumber family = 0;  // for labels; resolved
};

ItemLabel Label(const Scene& scene, ItemClass item_class,
                const std::string& agency, const RecordSet& records);
// Of a thing, or a part of it: with its number, and on what ground it is kept.
ItemLabel LabelOf(const Scene& scene, ItemClass item_class, const ThingRow& row,
                  const std::string& agency, const RecordSet& records);
// The same of what names its family itself (0: none): it is that family's, in
// whosever view or list it stands.
absl::StatusOr<ItemLabel> LabelOfNamed(const Scene& scene, ItemClass item_class,
                                       const ThingRow& row,
                                       const std::string& agency,
                                       const RecordSet& records,
                                       EntityNumber family);

template <class Numbers>
RecordSet RecordsIn(const Numbers& numbers) {
  RecordSet records(numbers.begin(), numbers.end());
  records.erase(0);
  return records;
}

// Clears references to people and things in an agency's message; the ids beside
// it say whom it is about.
void DropReferences(google::protobuf::Message* message);

// Adds `parts` as parts of a greater answer: `add` makes room for one.
template <class Whole, class Part, class Add>
void AddInto(Pieces<Whole>* pieces, Pieces<Part> parts, const Add& add) {
  for (Piece<Part>& part : parts) {
    Piece<Whole> piece{std::move(part.label), {}};
    *add(piece.part) = std::move(part.part);
    pieces->push_back(std::move(piece));
  }
}

template <class T>
void Append(Pieces<T>* pieces, Pieces<T> more) {
  for (Piece<T>& piece : more) pieces->push_back(std::move(piece));
}

// The same part as an item of each of several agencies, for what one told
// another.
template <class T>
void AddForAgencies(Pieces<T>* pieces, const ItemLabel& label, const T& part,
                    const std::set<std::string>& agencies) {
  for (const std::string& agency : agencies) {
    if (agency.empty() && agencies.size() > 1) continue;
    Piece<T> piece{label, part};
    piece.label.set_agency(agency);
    pieces->push_back(std::move(piece));
  }
}

// People.
absl::StatusOr<Pieces<api::v1::PersonView>> OfRecord(const Scene& scene,
                                                     EntityNumber record,
                                                     const ThingRow& row);
// Only who it is: for those who have left.
absl::StatusOr<Pieces<api::v1::PersonView>> NameOfRecord(const Scene& scene,
                                                         EntityNumber record,
                                                         const ThingRow& row);
// Relationships, involvements, needs, as part of the person of `record`; empty
// for other things.
absl::StatusOr<Pieces<api::v1::PersonView>> AboutPerson(const Scene& scene,
                                                        EntityNumber record,
                                                        const Thing& thing);
// Whether the record is of a restricted patient: shown by its agency alone. Of
// a moment past: or is by now.
bool IsRestricted(const ThingRow& record);
bool ProtectsContact(const ThingRow& record);
// The one rule of whose contacts stay with who holds them, for every
// answer that tells how to reach somebody: those of the person of these records
// while one of them, or of anybody who is with them today in any family of
// theirs, protects its contacts. Whichever family was asked for decides
// nothing.
absl::StatusOr<bool> ShieldsContacts(Reading& reading,
                                     const std::vector<EntityNumber>& records,
                                     absl::CivilDay today);
// Moves what of the evidence of a pair tells how their addresses stand to each
// other into `told`. Which of them are protected, evidence does not say.
void MoveWhatTellsAddresses(
    google::protobuf::RepeatedPtrField<ledger::v1::Evidence>* evidence,
    google::protobuf::RepeatedPtrField<ledger::v1::Evidence>* told);
// The label that this bears while somebody of the two hides: nobody's own.
ItemLabel LabelOfAddresses(const Scene& scene, const RecordSet& both);
// Whether one of these records' persons, or somebody whom they live with, must
// not be found: what is said of the other is perhaps said of them.
absl::StatusOr<bool> OneHides(const Scene& scene, const RecordSet& both);
// The parts of a record by how sensitive they are, each under the label that it
// bears wherever it is shown: who it is first, then what there is of the
// others. Without person or outline.
Pieces<api::v1::RecordView> LabelledParts(const Scene& scene,
                                          EntityNumber record,
                                          const ThingRow& row,
                                          bool contacts_shielded);

// Consents and overrides.
absl::Status AddRecipients(
    const Scene& scene,
    const google::protobuf::RepeatedPtrField<ledger::v1::ResolvedRecipient>&
        named,
    google::protobuf::RepeatedPtrField<api::v1::RecipientView>* views);
// The label that everything of an override or broken glass bears.
absl::StatusOr<ItemLabel> LabelOfOverride(const Scene& scene,
                                          const ThingRow& row);
absl::StatusOr<Pieces<api::v1::OverrideView>> OfOverride(const Scene& scene,
                                                         const Thing& thing);
absl::StatusOr<Pieces<api::v1::ConsentView>> OfConsent(const Scene& scene,
                                                       const Thing& thing);
absl::StatusOr<Pieces<api::v1::RestrictionView>> OfRestriction(
    const Scene& scene, const Thing& thing);
absl::StatusOr<Pieces<api::v1::FamilyAgreementView>> OfFamilyAgreement(
    const Scene& scene, const Thing& thing);
absl::StatusOr<Pieces<api::v1::SharingNoteView>> OfSharingNote(
    const Scene& scene, const Thing& thing);
// Family members who are named as recipients are people too.
RecordSet WithRecipients(
    RecordSet records,
    const google::protobuf::RepeatedPtrField<ledger::v1::ResolvedRecipient>&
        named);

// The label that a consent, restriction, referral, assessment or meeting bears
// as a whole, for what tells of it elsewhere; empty: it is none of these.
absl::StatusOr<std::optional<ItemLabel>> LabelOfWhole(const Scene& scene,
                                                      const Thing& thing);

// Work.
absl::StatusOr<Pieces<api::v1::ReferralView>> OfReferral(const Scene& scene,
                                                         const Thing& thing);
absl::StatusOr<Pieces<api::v1::AssessmentView>> OfAssessment(
    const Scene& scene, const Thing& thing);
absl::StatusOr<Pieces<api::v1::PlanView>> OfPlan(const Scene& scene,
                                                 const Thing& thing);
// The label that everything of a plan bears.
absl::StatusOr<ItemLabel> LabelOfPlan(const Scene& scene, const Thing& thing);
absl::StatusOr<Pieces<api::v1::MeetingView>> OfMeeting(const Scene& scene,
                                                       const Thing& thing);

// A family's people as its memberships name them.
struct Member {
  EntityNumber person = 0;
  std::vector<EntityNumber> records;  // all of the person's, ascending
  RecordSet stated;                   // those that a membership names
  bool current = false;
};
struct Household {
  EntityNumber family = 0;          // that stands for the group
  std::vector<EntityNumber> group;  // ascending
  std::vector<Member> members;      // by person, ascending
  Things things;                    // all rows of the group's families

  // Records that memberships of present members name.
  RecordSet StatedNow() const;
};
// Whether contacts of somebody who is of the household are shielded: how to
// reach those around it leads to each who is in it.
absl::StatusOr<bool> ShieldsNetwork(Reading& reading,
                                    const Household& household,
                                    absl::CivilDay today);
// Empty: there is no such family.
absl::StatusOr<std::optional<Household>> HouseholdOf(Reading& reading,
                                                     EntityNumber family,
                                                     absl::CivilDay today);

// Families, each that stands for its group, of which one of these records'
// persons is a present member; ascending.
absl::StatusOr<std::vector<EntityNumber>> PresentFamilies(
    Reading& reading, const std::vector<EntityNumber>& records,
    absl::CivilDay day);

// The open appointment, if any, that stands for the family; more than one make
// it disputed.
struct Leads {
  Things open;     // ascending
  Things earlier;  // latest first
};
Leads LeadsOf(const Things& things);
absl::StatusOr<Pieces<api::v1::LeadView>> OfLeads(const Scene& scene,
                                                  const Leads& leads,
                                                  const RecordSet& records);
absl::StatusOr<api::v1::PractitionerView> LeadPractitioner(Reading& reading,
                                                           EntityNumber family);

absl::StatusOr<Pieces<api::v1::DuplicateView>> OfCase(const Scene& scene,
                                                      const Thing& thing);

}  // namespace kith::views
