// Agreements, notes about sharing, and panel items that name nobody.
#include "services/views/folding.h"

namespace kith::views {
namespace {

ThingKey AgreementKey(const Folding& folding, EntityNumber number) {
  return {folding.subject(), Kind::kFamilyAgreement, keys::Numbered(number)};
}

absl::Status FoldFamilyAgreement(Folding& folding) {
  const auto& recorded = folding.fact().family_agreement_recorded();
  const ThingKey key = AgreementKey(folding, recorded.agreement().number());
  return folding.State(
      key, recorded.agreement(), Naming::kId, [&](ThingRow& row) {
        auto& agreement = *row.mutable_family_agreement();
        *agreement.mutable_recorded() = recorded;
        *agreement.mutable_recorded()->mutable_agreement() = row.thing();
        agreement.set_agency(folding.agency());
        agreement.clear_signatures();  // a new version is signed anew
      });
}

absl::Status FoldSharingAgreement(Folding& folding) {
  const auto& recorded = folding.fact().sharing_agreement_recorded();
  const ThingKey key{folding.subject(), Kind::kSharingAgreement,
                     keys::Numbered(recorded.agreement().number())};
  return folding.State(
      key, recorded.agreement(), Naming::kId,
      [&](ThingRow& row) { *row.mutable_sharing_agreement() = recorded; });
}

absl::Status FoldNote(Folding& folding) {
  const auto& recorded = folding.fact().sharing_note_recorded();
  const ThingKey key{folding.subject(), Kind::kSharingNote,
                     keys::Numbered(recorded.note().number())};
  Numbers before;
  RETURN_IF_ERROR(
      folding.State(key, recorded.note(), Naming::kId, [&](ThingRow& row) {
        before = row.sharing_note().records();
        *row.mutable_sharing_note() = recorded;
      }));
  folding.Link(key, recorded.records(), before);
  return absl::OkStatus();
}

absl::Status FoldPanelItem(Folding& folding) {
  const auto& recorded = folding.fact().panel_item_recorded();
  const EntityNumber number = recorded.item().number();
  PlaceRow place;
  place.set_number(number);
  place.set_subject(folding.subject());
  place.set_kind(Kind::kPanelItem);
  core::PutRow(folding.rows(), folding.subject(), keys::PanelItem(number),
               place);
  return folding.State(
      {folding.subject(), Kind::kPanelItem, ""}, recorded.item(), Naming::kId,
      [&](ThingRow& row) { *row.mutable_panel_item() = recorded; });
}

}  // namespace

absl::Status FoldAgreement(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_family_agreement_recorded()) return FoldFamilyAgreement(folding);
  if (fact.has_family_agreement_signed_by()) {
    const auto& signature = fact.family_agreement_signed_by();
    return folding.Change(
        AgreementKey(folding, signature.agreement()), [&](ThingRow& row) {
          *row.mutable_family_agreement()->add_signatures() = signature;
        });
  }
  if (fact.has_family_agreement_superseded()) {
    const auto& superseded = fact.family_agreement_superseded();
    return folding.Change(
        AgreementKey(folding, superseded.agreement()), [&](ThingRow& row) {
          row.mutable_family_agreement()->set_superseded_by(superseded.by());
          *row.mutable_ended() = folding.mark();
        });
  }
  if (fact.has_sharing_agreement_recorded()) {
    return FoldSharingAgreement(folding);
  }
  if (fact.has_sharing_note_recorded()) return FoldNote(folding);
  return FoldPanelItem(folding);
}

}  // namespace kith::views
