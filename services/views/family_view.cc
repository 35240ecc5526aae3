// The one view of a family, and its line in lists.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/views/compose.h"
#include "services/views/due.h"
#include "services/views/names.h"
#include "services/views/read.h"

namespace kith::views {
namespace {

using api::v1::FamilySummary;
using api::v1::FamilyView;
using api::v1::PersonView;

class FamilyAnswer {
 public:
  FamilyAnswer(Reading& reading, const Household& household, absl::Time now)
      : household_(household),
        scene_{reading, base::LondonDay(now), household.family},
        stated_now_(household.StatedNow()) {}

  absl::StatusOr<Pieces<FamilyView>> Compose() {
    RETURN_IF_ERROR(AddFamilies());
    for (const Thing* thing : household_.things) {
      RETURN_IF_ERROR(AddOfFamily(*thing));
    }
    RETURN_IF_ERROR(AddLead());
    for (const Member& member : household_.members) {
      RETURN_IF_ERROR(member.current ? AddPerson(member) : AddName(member));
    }
    ASSIGN_OR_RETURN(const std::string id,
                     scene_.reading.FamilyId(household_.family));
    for (auto& piece : pieces_) piece.part.set_family_id(id);
    return std::move(pieces_);
  }

 private:
  // Who defined it, and what joined it.
  absl::Status AddFamilies() {
    for (const EntityNumber family : household_.group) {
      ASSIGN_OR_RETURN(const ThingRow* row, scene_.reading.Family(family));
      if (row == nullptr) continue;
      const EntityNumber defined_by = row->family().founded().defined_by();
      RecordSet records = stated_now_;
      if (defined_by != 0) records.insert(defined_by);
      Piece<FamilyView> piece{LabelOf(scene_, agency::v1::ITEM_CLASS_FAMILY,
                                      *row, row->family().agency(), records),
                              {}};
      if (family == household_.family) {
        ASSIGN_OR_RETURN(*piece.part.mutable_defined_by_person_id(),
                         scene_.reading.PersonId(defined_by));
      } else {
        piece.part.add_joined_family_ids(row->thing().id());
      }
      pieces_.push_back(std::move(piece));
    }
    return absl::OkStatus();
  }

  absl::Status AddOfFamily(const Thing& thing) {
    const ThingRow& row = thing.row;
    if (row.has_member()) return AddMembership(thing);
    if (row.has_network()) return AddNetwork(thing);
    if (row.has_plan()) {
      ASSIGN_OR_RETURN(auto plan, OfPlan(scene_, thing));
      AddInto(&pieces_, std::move(plan),
              [](FamilyView& view) { return view.add_plans(); });
    } else if (row.has_meeting()) {
      ASSIGN_OR_RETURN(auto meeting, OfMeeting(scene_, thing));
      AddInto(&pieces_, std::move(meeting),
              [](FamilyView& view) { return view.add_meetings(); });
    } else if (row.has_family_agreement()) {
      ASSIGN_OR_RETURN(auto agreement, OfFamilyAgreement(scene_, thing));
      AddInto(&pieces_, std::move(agreement),
              [](FamilyView& view) { return view.add_agreements(); });
    } else if (row.has_duplicate() && IsOpenCase(thing)) {
      ASSIGN_OR_RETURN(auto found, OfCase(scene_, thing));
      AddInto(&pieces_, std::move(found),
              [](FamilyView& view) { return view.add_duplicates(); });
    }
    return absl::OkStatus();
  }

  // Once: two families of one group may both lead to it.
  bool IsOpenCase(const Thing& thing) {
    return thing.row.duplicate().state() == ledger::v1::CASE_STATE_OPEN &&
           seen_.insert(thing.key.Bytes()).second;
  }

  absl::Status AddMembership(const Thing& thing) {
    const auto& member = thing.row.member();
    const auto& stated = member.stated();
    Piece<FamilyView> piece{
        LabelOf(scene_, agency::v1::ITEM_CLASS_FAMILY, thing.row,
                member.agency(),
                RecordsIn(std::initializer_list<EntityNumber>{
                    stated.record(), stated.said_by()})),
        {}};
    auto& view = *piece.part.add_members();
    ASSIGN_OR_RETURN(*view.mutable_person_id(),
                     scene_.reading.PersonId(stated.record()));
    *view.mutable_said() = stated.said();
    DropReferences(view.mutable_said());
    ASSIGN_OR_RETURN(*view.mutable_by(),
                     scene_.reading.SaidBy(thing.row.said()));
    view.set_ended(!core::family::IsCurrent(member, scene_.today));
    pieces_.push_back(std::move(piece));
    return absl::OkStatus();
  }

  // Named by the family: an item of everybody who is in it.
  absl::Status AddNetwork(const Thing& thing) {
    const std::string& agency = thing.row.said().by().agency();
    Piece<FamilyView> piece{LabelOf(scene_, agency::v1::ITEM_CLASS_FAMILY,
                                    thing.row, agency, stated_now_),
                            {}};
    auto& view = *piece.part.add_network();
    view.set_entry_id(thing.row.thing().id());
    *view.mutable_said() = thing.row.network().said();
    DropReferences(view.mutable_said());
    ASSIGN_OR_RETURN(*view.mutable_by(),
                     scene_.reading.SaidBy(thing.row.said()));
    Piece<FamilyView> contact{LabelOf(scene_, agency::v1::ITEM_CLASS_CONTACT,
                                      thing.row, agency, stated_now_),
                              {}};
    auto& reached = *contact.part.add_network();
    reached.set_entry_id(view.entry_id());
    reached.mutable_said()->set_contact(view.said().contact());
    view.mutable_said()->clear_contact();
    pieces_.push_back(std::move(piece));
    if (reached.said().contact().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool shielded,
                     ShieldsNetwork(scene_.reading, household_, scene_.today));
    contact.label.set_shielded(shielded);
    pieces_.push_back(std::move(contact));
    return absl::OkStatus();
  }

  absl::Status AddLead() {
    Leads leads = LeadsOf(household_.things);
    leads.earlier.clear();
    ASSIGN_OR_RETURN(auto lead, OfLeads(scene_, leads, stated_now_));
    AddInto(&pieces_, std::move(lead),
            [](FamilyView& view) { return view.mutable_lead(); });
    return absl::OkStatus();
  }

  void AddPeople(Pieces<PersonView> people) {
    AddInto(&pieces_, std::move(people),
            [](FamilyView& view) { return view.add_people(); });
  }

  absl::Status AddName(const Member& member) {
    for (const EntityNumber record : member.stated) {
      ASSIGN_OR_RETURN(const ThingRow* row, scene_.reading.Record(record));
      if (row == nullptr) continue;
      ASSIGN_OR_RETURN(auto name, NameOfRecord(scene_, record, *row));
      AddPeople(std::move(name));
    }
    return absl::OkStatus();
  }

  absl::Status AddPerson(const Member& member) {
    for (const EntityNumber record : member.records) {
      ASSIGN_OR_RETURN(const Things things, scene_.reading.Of(record));
      for (const Thing* thing : things) {
        if (thing->row.has_record()) {
          ASSIGN_OR_RETURN(auto parts, OfRecord(scene_, record, thing->row));
          AddPeople(std::move(parts));
        } else if (!IsToldByAnother(record, *thing) &&
                   seen_.insert(thing->key.Bytes()).second) {
          RETURN_IF_ERROR(AddOfPerson(record, *thing));
        }
      }
    }
    return absl::OkStatus();
  }

  // A relationship of another member to this one is shown with that other.
  bool IsToldByAnother(EntityNumber record, const Thing& thing) const {
    if (!thing.row.has_relationship() || thing.key.subject == record) {
      return false;
    }
    const EntityNumber person = thing.row.relationship().person();
    for (const Member& member : household_.members) {
      if (member.current && std::binary_search(member.records.begin(),
                                               member.records.end(), person)) {
        return true;
      }
    }
    return false;
  }

  absl::Status AddOfPerson(EntityNumber record, const Thing& thing) {
    const ThingRow& row = thing.row;
    if (row.has_owner()) return AddOverlap(record, LeadsTo(thing));
    if (row.has_consent()) {
      ASSIGN_OR_RETURN(auto consent, OfConsent(scene_, thing));
      AddInto(&pieces_, std::move(consent),
              [](FamilyView& view) { return view.add_consents(); });
    } else if (row.has_restriction()) {
      ASSIGN_OR_RETURN(auto restriction, OfRestriction(scene_, thing));
      AddInto(&pieces_, std::move(restriction),
              [](FamilyView& view) { return view.add_restrictions(); });
    } else if (row.has_sharing_note()) {
      ASSIGN_OR_RETURN(auto note, OfSharingNote(scene_, thing));
      AddInto(&pieces_, std::move(note),
              [](FamilyView& view) { return view.add_sharing_notes(); });
    } else if (row.has_referral()) {
      ASSIGN_OR_RETURN(auto referral, OfReferral(scene_, thing));
      AddInto(&pieces_, std::move(referral),
              [](FamilyView& view) { return view.add_referrals(); });
    } else if (row.has_assessment()) {
      ASSIGN_OR_RETURN(auto assessment, OfAssessment(scene_, thing));
      AddInto(&pieces_, std::move(assessment),
              [](FamilyView& view) { return view.add_assessments(); });
    } else {
      ASSIGN_OR_RETURN(auto said, AboutPerson(scene_, record, thing));
      AddPeople(std::move(said));
    }
    return absl::OkStatus();
  }

  // Another family of which this record is a member too.
  absl::Status AddOverlap(EntityNumber record, const ThingKey& key) {
    if (key.kind != Kind::kMember ||
        std::binary_search(household_.group.begin(), household_.group.end(),
                           key.subject)) {
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const Thing* thing, scene_.reading.Get(key));
    if (thing == nullptr ||
        !core::family::IsCurrent(thing->row.member(), scene_.today)) {
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const EntityNumber other,
                     scene_.reading.Resolve(key.subject));
    if (other == household_.family) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::string id, scene_.reading.FamilyId(other));
    Piece<FamilyView> piece{
        LabelOf(scene_, agency::v1::ITEM_CLASS_FAMILY, thing->row,
                thing->row.member().agency(), {record}),
        {}};
    piece.part.add_overlapping_family_ids(std::move(id));
    pieces_.push_back(std::move(piece));
    return absl::OkStatus();
  }

  const Household& household_;
  const Scene scene_;
  const RecordSet stated_now_;
  std::set<std::string> seen_;
  Pieces<FamilyView> pieces_;
};

class SummaryAnswer {
 public:
  SummaryAnswer(Reading& reading, const Household& household, absl::Time now)
      : household_(household),
        scene_{reading, base::LondonDay(now), household.family} {}

  absl::StatusOr<Pieces<FamilySummary>> Compose() {
    RETURN_IF_ERROR(AddNames());
    RETURN_IF_ERROR(AddLead());
    RETURN_IF_ERROR(AddPlans());
    ASSIGN_OR_RETURN(const std::string id,
                     scene_.reading.FamilyId(household_.family));
    for (auto& piece : pieces_) piece.part.set_family_id(id);
    return std::move(pieces_);
  }

 private:
  absl::Status AddNames() {
    for (const Member& member : household_.members) {
      if (!member.current) continue;
      for (const EntityNumber record : member.stated) {
        ASSIGN_OR_RETURN(const ThingRow* row, scene_.reading.Record(record));
        if (row == nullptr || row->record().gone()) continue;
        const std::string name = NameOf(row->record().said());
        if (name.empty()) continue;
        Piece<FamilySummary> piece{
            LabelOf(scene_, agency::v1::ITEM_CLASS_IDENTITY, *row,
                    row->record().agency(), {record}),
            {}};
        piece.label.set_shielded(IsRestricted(*row));
        piece.part.add_member_names(name);
        pieces_.push_back(std::move(piece));
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddLead() {
    Leads leads = LeadsOf(household_.things);
    if (leads.open.empty()) return absl::OkStatus();
    const auto& lead = leads.open.front()->row.lead();
    Piece<FamilySummary> piece{
        LabelOf(scene_, agency::v1::ITEM_CLASS_LEAD, leads.open.front()->row,
                lead.agency(), household_.StatedNow()),
        {}};
    ASSIGN_OR_RETURN(*piece.part.mutable_lead(),
                     scene_.reading.Practitioner(lead.taken().practitioner()));
    pieces_.push_back(std::move(piece));
    return absl::OkStatus();
  }

  // The earliest review last: merging then keeps its day.
  absl::Status AddPlans() {
    ASSIGN_OR_RETURN(const auto rules, RulesInForce(scene_.reading.view()));
    std::vector<std::pair<absl::CivilDay, Piece<FamilySummary>>> plans;
    for (const Thing* thing : household_.things) {
      if (!thing->row.has_plan() || !IsRunning(thing->row.plan())) continue;
      ASSIGN_OR_RETURN(ItemLabel label, LabelOfPlan(scene_, *thing));
      Piece<FamilySummary> piece{std::move(label), {}};
      piece.part.add_open_plan_ids(thing->row.thing().id());
      const auto window = ReviewWindow(thing->row, rules);
      if (window.has_value()) {
        *piece.part.mutable_review_due() = core::ToDate(window->until);
      }
      plans.emplace_back(
          window.has_value() ? window->until : absl::CivilDay::max(),
          std::move(piece));
    }
    std::stable_sort(plans.begin(), plans.end(),
                     [](const auto& one, const auto& other) {
                       return one.first > other.first;
                     });
    for (auto& [day, piece] : plans) pieces_.push_back(std::move(piece));
    return absl::OkStatus();
  }

  const Household& household_;
  const Scene scene_;
  Pieces<FamilySummary> pieces_;
};

template <class Composer, class T>
Answer<T> AnswerBy(const core::StateReader& view, EntityNumber family,
                   absl::Time now) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const auto household,
                   HouseholdOf(reading, family, base::LondonDay(now)));
  if (!household.has_value()) return std::optional<Pieces<T>>();
  ASSIGN_OR_RETURN(Pieces<T> pieces,
                   Composer(reading, *household, now).Compose());
  return std::optional<Pieces<T>>(std::move(pieces));
}

}  // namespace

Answer<FamilyView> FamilyPieces(const core::StateReader& view,
                                EntityNumber family, absl::Time now) {
  return AnswerBy<FamilyAnswer, FamilyView>(view, family, now);
}

Answer<FamilySummary> SummaryPieces(const core::StateReader& view,
                                    EntityNumber family, absl::Time now) {
  return AnswerBy<SummaryAnswer, FamilySummary>(view, family, now);
}

}  // namespace kith::views
