// Overrides of consent, and broken glass.
#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/views/compose.h"
#include "services/views/standing.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

using api::v1::OverrideView;

absl::Status FillOverride(const Scene& scene,
                          const ledger::v1::OverrideRow& row,
                          OverrideView& view) {
  const auto& recorded = row.recorded();
  RETURN_IF_ERROR(scene.reading.AddPersonIds(recorded.records(),
                                             view.mutable_person_ids()));
  RETURN_IF_ERROR(
      AddRecipients(scene, recorded.recipients(), view.mutable_recipients()));
  *view.mutable_override() = recorded.said();
  DropReferences(view.mutable_override());
  *view.mutable_until() = ToTimestamp(EndOf(row));
  *view.mutable_review_due() = recorded.review_due();
  return absl::OkStatus();
}

absl::Status FillGlass(const Scene& scene, const ledger::v1::GlassRow& row,
                       OverrideView& view) {
  const auto& broken = row.broken();
  RETURN_IF_ERROR(
      scene.reading.AddPersonIds(broken.records(), view.mutable_person_ids()));
  if (broken.family() != 0) {
    ASSIGN_OR_RETURN(*view.mutable_family_id(),
                     scene.reading.FamilyId(broken.family()));
  }
  *view.mutable_glass() = broken.said();
  DropReferences(view.mutable_glass());
  *view.mutable_until() = broken.until();
  *view.mutable_review_due() = broken.review_due();
  view.set_approved(row.approved_by() != 0);
  return absl::OkStatus();
}

template <class Row>
void FillRest(const Row& row, OverrideView& view) {
  view.set_ended(row.ended());
  if (row.has_told()) {
    *view.mutable_told() = row.told();
    view.mutable_told()->clear_override();
  }
  if (row.has_judged()) {
    *view.mutable_judged() = row.judged();
    view.mutable_judged()->clear_override();
  }
}

}  // namespace

absl::Time EndOf(const ledger::v1::OverrideRow& row) {
  return base::LondonMidnight(core::LastDay(row.recorded().said().until()) + 1);
}

bool IsEmbargoed(const ledger::v1::OverrideRow& row) {
  return row.recorded().said().told() != agency::v1::ANSWER_YES &&
         !row.has_told();
}

bool IsEmbargoed(const ledger::v1::GlassRow& row) {
  return !row.broken().said().not_told_because().empty() && !row.has_told();
}

absl::StatusOr<ItemLabel> LabelOfOverride(const Scene& scene,
                                          const ThingRow& row) {
  const auto fill = [&](const auto& which,
                        const auto& fact) -> absl::StatusOr<ItemLabel> {
    ASSIGN_OR_RETURN(ItemLabel label,
                     LabelOfNamed(scene, agency::v1::ITEM_CLASS_OVERRIDE, row,
                                  which.agency(), RecordsIn(fact.records()),
                                  row.glass().broken().family()));
    // Kept to account for it, whatever was said of storing.
    label.set_basis(fact.said().basis());
    *label.mutable_named_agencies() = fact.alerted();
    label.set_embargoed(IsEmbargoed(which));
    return label;
  };
  return row.has_glass() ? fill(row.glass(), row.glass().broken())
                         : fill(row.override(), row.override().recorded());
}

absl::StatusOr<Pieces<OverrideView>> OfOverride(const Scene& scene,
                                                const Thing& thing) {
  Piece<OverrideView> piece;
  ASSIGN_OR_RETURN(piece.label, LabelOfOverride(scene, thing.row));
  OverrideView& view = piece.part;
  view.set_override_id(thing.row.thing().id());
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  if (thing.row.has_glass()) {
    RETURN_IF_ERROR(FillGlass(scene, thing.row.glass(), view));
    FillRest(thing.row.glass(), view);
  } else {
    RETURN_IF_ERROR(FillOverride(scene, thing.row.override(), view));
    FillRest(thing.row.override(), view);
  }
  return Pieces<OverrideView>{std::move(piece)};
}

}  // namespace kith::views
