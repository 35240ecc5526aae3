// Lead professionals, and duplicate-plan cases.
#include <algorithm>

#include "services/views/compose.h"

namespace kith::views {
namespace {

using api::v1::DuplicateSide;
using api::v1::DuplicateView;
using api::v1::LeadView;

absl::StatusOr<LeadView> WholeLead(const Scene& scene, const Thing& thing) {
  const auto& lead = thing.row.lead();
  LeadView view;
  view.set_lead_id(thing.row.thing().id());
  ASSIGN_OR_RETURN(*view.mutable_family_id(),
                   scene.reading.FamilyId(lead.taken().family()));
  ASSIGN_OR_RETURN(*view.mutable_practitioner(),
                   scene.reading.Practitioner(lead.taken().practitioner()));
  view.set_state(lead.state());
  *view.mutable_period()->mutable_from() = lead.taken().from();
  if (lead.has_until()) {
    *view.mutable_period()->mutable_until() = lead.until();
  }
  for (const EntityNumber number : RecordsIn(lead.claimed())) {
    ASSIGN_OR_RETURN(*view.add_claimed(), scene.reading.Practitioner(number));
  }
  if (lead.successor() != 0) {
    ASSIGN_OR_RETURN(*view.mutable_successor(),
                     scene.reading.Practitioner(lead.successor()));
  }
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  return view;
}

// The agencies that have a part in an appointment.
std::set<std::string> PartiesOf(const Thing& thing, const LeadView& view) {
  return {thing.row.lead().agency(), view.practitioner().agency()};
}

absl::Status AddCurrent(const Scene& scene, const Leads& leads,
                        const RecordSet& records, Pieces<LeadView>* pieces) {
  const Thing& thing = *leads.open.front();
  ASSIGN_OR_RETURN(LeadView whole, WholeLead(scene, thing));
  for (size_t i = 1; i < leads.open.size(); ++i) {
    ASSIGN_OR_RETURN(*whole.add_claimed(),
                     scene.reading.Practitioner(
                         leads.open[i]->row.lead().taken().practitioner()));
  }
  // What everybody may learn: who leads and how to reach them.
  LeadView known;
  known.set_lead_id(whole.lead_id());
  known.set_family_id(whole.family_id());
  *known.mutable_practitioner() = whole.practitioner();
  known.set_state(whole.state());
  known.set_disputed(whole.claimed_size() > 0);
  const std::string& agency = thing.row.lead().agency();
  const ThingRow& row = thing.row;
  pieces->push_back(
      {LabelOf(scene, agency::v1::ITEM_CLASS_LEAD, row, agency, records),
       known});
  AddForAgencies(
      pieces,
      LabelOf(scene, agency::v1::ITEM_CLASS_INVOLVEMENT, row, agency, records),
      whole, PartiesOf(thing, whole));
  return absl::OkStatus();
}

struct Side {
  DuplicateSide view;
  ItemLabel label;
};

absl::StatusOr<std::optional<Side>> SideOf(const Scene& scene,
                                           EntityNumber plan) {
  ASSIGN_OR_RETURN(const Thing* thing,
                   scene.reading.Numbered(plan, Kind::kPlan));
  if (thing == nullptr) return std::optional<Side>();
  const auto& row = thing->row.plan();
  Side side;
  side.view.set_plan_id(thing->row.thing().id());
  side.view.set_agency(row.agency());
  ASSIGN_OR_RETURN(*side.view.mutable_family_id(),
                   scene.reading.FamilyId(row.recorded().family()));
  ASSIGN_OR_RETURN(auto lead,
                   LeadPractitioner(scene.reading, row.recorded().family()));
  if (!lead.practitioner_id().empty()) {
    *side.view.mutable_lead() = std::move(lead);
  }
  side.label = LabelOf(scene, agency::v1::ITEM_CLASS_DUPLICATE, thing->row,
                       row.agency(), RecordsIn(row.recorded().records()));
  ASSIGN_OR_RETURN(const EntityNumber family,
                   scene.reading.Resolve(row.recorded().family()));
  side.label.set_family(family);
  return std::optional<Side>(std::move(side));
}

// Of a record's person, or of a family.
absl::StatusOr<std::string> IdOf(const Scene& scene, EntityNumber number) {
  ASSIGN_OR_RETURN(const std::string id, scene.reading.PersonId(number));
  return id.empty() ? scene.reading.FamilyId(number) : id;
}

absl::Status AddBasis(const Scene& scene,
                      const ledger::v1::DuplicatePlanFound& found,
                      DuplicateView* view) {
  for (const auto& step : found.basis()) {
    auto& shown = *view->add_basis();
    shown.set_kind(step.kind());
    ASSIGN_OR_RETURN(*shown.mutable_from_id(), IdOf(scene, step.from()));
    ASSIGN_OR_RETURN(*shown.mutable_to_id(), IdOf(scene, step.to()));
  }
  return absl::OkStatus();
}

DuplicateView OutlineOf(const Thing& thing) {
  const auto& row = thing.row.duplicate();
  DuplicateView view;
  view.set_case_id(thing.row.thing().id());
  view.set_level(row.found().level());
  view.set_state(row.state());
  view.set_score(row.found().score());
  view.set_version(row.version());
  *view.mutable_found_at() = thing.row.said().recorded_at();
  return view;
}

// What an agency learns: its own side, and whom to contact on the other.
Piece<DuplicateView> OwnSide(const DuplicateView& outline, const Side& own,
                             const Side& other) {
  Piece<DuplicateView> piece{own.label, outline};
  *piece.part.add_sides() = own.view;
  if (other.view.has_lead()) {
    *piece.part.add_sides()->mutable_lead() = other.view.lead();
  }
  return piece;
}

}  // namespace

Leads LeadsOf(const Things& things) {
  Leads leads;
  for (const Thing* thing : things) {
    if (!thing->row.has_lead()) continue;
    const bool ended =
        thing->row.lead().state() == ledger::v1::LEAD_STATE_ENDED;
    (ended ? leads.earlier : leads.open).push_back(thing);
  }
  const auto before = [](const Thing* one, const Thing* other) {
    return one->row.thing().number() < other->row.thing().number();
  };
  std::sort(leads.open.begin(), leads.open.end(), before);
  std::sort(leads.earlier.rbegin(), leads.earlier.rend(), before);
  return leads;
}

absl::StatusOr<Pieces<LeadView>> OfLeads(const Scene& scene, const Leads& leads,
                                         const RecordSet& records) {
  Pieces<LeadView> pieces;
  if (!leads.open.empty()) {
    RETURN_IF_ERROR(AddCurrent(scene, leads, records, &pieces));
  }
  for (const Thing* thing : leads.earlier) {
    ASSIGN_OR_RETURN(const LeadView whole, WholeLead(scene, *thing));
    AddForAgencies(&pieces,
                   LabelOf(scene, agency::v1::ITEM_CLASS_INVOLVEMENT,
                           thing->row, thing->row.lead().agency(), records),
                   whole, PartiesOf(*thing, whole));
  }
  return pieces;
}

absl::StatusOr<api::v1::PractitionerView> LeadPractitioner(
    Reading& reading, EntityNumber family) {
  ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(family));
  ASSIGN_OR_RETURN(const auto group, reading.Group(standing));
  Things things;
  for (const EntityNumber one : group) {
    ASSIGN_OR_RETURN(const Things some, reading.Of(one, Kind::kLead));
    things.insert(things.end(), some.begin(), some.end());
  }
  const Leads leads = LeadsOf(things);
  if (leads.open.empty()) return api::v1::PractitionerView();
  return reading.Practitioner(
      leads.open.front()->row.lead().taken().practitioner());
}

absl::StatusOr<Pieces<DuplicateView>> OfCase(const Scene& scene,
                                             const Thing& thing) {
  const auto& found = thing.row.duplicate().found();
  Pieces<DuplicateView> pieces;
  ASSIGN_OR_RETURN(const auto one, SideOf(scene, found.one()));
  ASSIGN_OR_RETURN(const auto other, SideOf(scene, found.other()));
  if (!one.has_value() || !other.has_value()) return pieces;
  const DuplicateView outline = OutlineOf(thing);
  // A match that nobody has decided is the hub's to look at.
  if (found.level() != ledger::v1::DUPLICATE_LEVEL_POSSIBLE_MATCH) {
    pieces.push_back(OwnSide(outline, *one, *other));
    pieces.push_back(OwnSide(outline, *other, *one));
  }
  Piece<DuplicateView> hub{one->label, outline};
  hub.label.clear_agency();
  hub.label.clear_family();
  hub.label.clear_thing();
  hub.label.mutable_records()->MergeFrom(other->label.records());
  *hub.part.add_sides() = one->view;
  *hub.part.add_sides() = other->view;
  RETURN_IF_ERROR(AddBasis(scene, found, &hub.part));
  pieces.push_back(std::move(hub));
  return pieces;
}

}  // namespace kith::views
