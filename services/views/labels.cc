#include "services/views/labels.h"

#include <utility>

#include "base/civil_date.h"
#include "base/status.h"
#include "services/views/compose.h"
#include "services/views/find.h"

namespace kith::views {
namespace {

using Labels = std::vector<ItemLabel>;
using ledger::v1::PlaceRow;

template <class T>
absl::StatusOr<Labels> LabelsOf(absl::StatusOr<Pieces<T>> pieces) {
  if (!pieces.ok()) return pieces.status();
  Labels labels;
  for (const Piece<T>& piece : *pieces) labels.push_back(piece.label);
  return labels;
}

absl::StatusOr<Labels> LabelsOfLead(const Scene& scene, const Thing& thing) {
  Leads leads;
  const bool ended = thing.row.lead().state() == ledger::v1::LEAD_STATE_ENDED;
  (ended ? leads.earlier : leads.open).push_back(&thing);
  ASSIGN_OR_RETURN(const auto household,
                   HouseholdOf(scene.reading, scene.family, scene.today));
  if (!household.has_value()) return Labels();
  return LabelsOf(OfLeads(scene, leads, household->StatedNow()));
}

// Somebody of the network belongs to everybody in the family.
absl::StatusOr<Labels> LabelsOfNetwork(const Scene& scene, const Thing& thing) {
  ASSIGN_OR_RETURN(const auto household,
                   HouseholdOf(scene.reading, scene.family, scene.today));
  if (!household.has_value()) return Labels();
  return Labels{LabelOf(scene, agency::v1::ITEM_CLASS_FAMILY, thing.row,
                        thing.row.said().by().agency(),
                        household->StatedNow())};
}

Labels LabelsOfPanelItem(const Scene& scene, const Thing& thing) {
  return {LabelOf(scene, agency::v1::ITEM_CLASS_PANEL, thing.row,
                  thing.row.said().by().agency(), {})};
}

absl::StatusOr<Labels> ByKind(const Scene& scene, const Thing& thing) {
  const ThingRow& row = thing.row;
  if (row.has_meeting()) return LabelsOf(OfMeeting(scene, thing));
  if (row.has_lead()) return LabelsOfLead(scene, thing);
  if (row.has_consent()) return LabelsOf(OfConsent(scene, thing));
  if (row.has_restriction()) return LabelsOf(OfRestriction(scene, thing));
  if (row.has_sharing_note()) return LabelsOf(OfSharingNote(scene, thing));
  if (row.has_family_agreement()) {
    return LabelsOf(OfFamilyAgreement(scene, thing));
  }
  if (row.has_network()) return LabelsOfNetwork(scene, thing);
  if (row.has_panel_item()) return LabelsOfPanelItem(scene, thing);
  if (row.has_sharing_agreement()) {
    return Labels{
        LabelOf(scene, agency::v1::ITEM_CLASS_AGREEMENT, row, "", {})};
  }
  return LabelsOf(AboutPerson(scene, thing.key.subject, thing));
}

// The family whose thing it is; of a person's, each that the person is in.
absl::StatusOr<std::vector<EntityNumber>> FamiliesOf(Reading& reading,
                                                     Subject subject,
                                                     absl::CivilDay today) {
  ASSIGN_OR_RETURN(const ThingRow* family, reading.Family(subject));
  if (family != nullptr) {
    ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(subject));
    return std::vector<EntityNumber>{standing};
  }
  ASSIGN_OR_RETURN(auto families,
                   FamiliesOfRecords(reading.view(), {subject}, today));
  families.push_back(0);  // and by itself
  return families;
}

}  // namespace

absl::StatusOr<Labels> LabelsOfThing(const core::StateReader& view,
                                     core::EntityNumber number,
                                     absl::Time now) {
  ASSIGN_OR_RETURN(const auto place,
                   core::ReadRow<PlaceRow>(view, keys::Place(number)));
  if (!place.has_value()) return Labels();
  Reading reading(view);
  ASSIGN_OR_RETURN(
      const Thing* thing,
      reading.Get(
          {place->subject(), static_cast<Kind>(place->kind()), place->rest()}));
  if (thing == nullptr) return Labels();
  const absl::CivilDay today = base::LondonDay(now);
  ASSIGN_OR_RETURN(const auto families,
                   FamiliesOf(reading, place->subject(), today));
  Labels labels;
  for (const EntityNumber family : families) {
    ASSIGN_OR_RETURN(Labels some,
                     ByKind(Scene{reading, today, family}, *thing));
    labels.insert(labels.end(), some.begin(), some.end());
  }
  return labels;
}

}  // namespace kith::views
