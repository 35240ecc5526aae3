// Who is named, family agreements, and notes about sharing.
#include "services/views/compose.h"

namespace kith::views {
namespace {

using api::v1::FamilyAgreementView;
using api::v1::RecipientView;
using api::v1::SharingNoteView;
using ledger::v1::FamilyAgreementRow;
using Recipients =
    google::protobuf::RepeatedPtrField<ledger::v1::ResolvedRecipient>;

// valid only when all have signed.
api::v1::FamilyAgreementState StateOf(const FamilyAgreementRow& row) {
  if (row.superseded_by() != 0) {
    return api::v1::FAMILY_AGREEMENT_STATE_SUPERSEDED;
  }
  if (row.signatures().empty()) return api::v1::FAMILY_AGREEMENT_STATE_DRAFTED;
  return row.signatures_size() < row.recorded().parties_size()
             ? api::v1::FAMILY_AGREEMENT_STATE_PARTLY_SIGNED
             : api::v1::FAMILY_AGREEMENT_STATE_VALID;
}

absl::Status AddParties(const Scene& scene, const FamilyAgreementRow& row,
                        FamilyAgreementView* view) {
  for (const EntityNumber party : row.recorded().parties()) {
    auto& shown = *view->add_parties();
    ASSIGN_OR_RETURN(*shown.mutable_person_id(), scene.reading.PersonId(party));
    for (const auto& signature : row.signatures()) {
      if (signature.party() != party) continue;
      *shown.mutable_signed_on() = signature.signed_on();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddRecipients(
    const Scene& scene, const Recipients& named,
    google::protobuf::RepeatedPtrField<RecipientView>* views) {
  for (const auto& recipient : named) {
    RecipientView& view = *views->Add();
    if (!recipient.agency().empty()) {
      view.set_agency(recipient.agency());
    } else if (recipient.practitioner() != 0) {
      ASSIGN_OR_RETURN(*view.mutable_practitioner(),
                       scene.reading.Practitioner(recipient.practitioner()));
    } else {
      ASSIGN_OR_RETURN(*view.mutable_person_id(),
                       scene.reading.PersonId(recipient.record()));
    }
  }
  return absl::OkStatus();
}

RecordSet WithRecipients(RecordSet records, const Recipients& named) {
  for (const auto& recipient : named) {
    if (recipient.record() != 0) records.insert(recipient.record());
  }
  return records;
}

absl::StatusOr<Pieces<FamilyAgreementView>> OfFamilyAgreement(
    const Scene& scene, const Thing& thing) {
  const auto& row = thing.row.family_agreement();
  Piece<FamilyAgreementView> piece{
      LabelOf(scene, agency::v1::ITEM_CLASS_FAMILY_AGREEMENT, thing.row,
              row.agency(), RecordsIn(row.recorded().parties())),
      {}};
  FamilyAgreementView& view = piece.part;
  view.set_agreement_id(thing.row.thing().id());
  ASSIGN_OR_RETURN(*view.mutable_family_id(),
                   scene.reading.FamilyId(row.recorded().family()));
  view.set_state(StateOf(row));
  view.set_version(row.recorded().version());
  *view.mutable_said() = row.recorded().said();
  DropReferences(view.mutable_said());
  RETURN_IF_ERROR(AddParties(scene, row, &view));
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  return Pieces<FamilyAgreementView>{std::move(piece)};
}

absl::StatusOr<Pieces<SharingNoteView>> OfSharingNote(const Scene& scene,
                                                      const Thing& thing) {
  const auto& recorded = thing.row.sharing_note();
  Piece<SharingNoteView> piece{
      LabelOf(
          scene, agency::v1::ITEM_CLASS_CONSENT, thing.row,
          thing.row.said().by().agency(),
          WithRecipients(RecordsIn(recorded.records()), recorded.recipients())),
      {}};
  SharingNoteView& view = piece.part;
  view.set_note_id(thing.row.thing().id());
  RETURN_IF_ERROR(scene.reading.AddPersonIds(recorded.records(),
                                             view.mutable_person_ids()));
  *view.mutable_said() = recorded.said();
  view.mutable_said()->clear_recipients();
  DropReferences(view.mutable_said());
  RETURN_IF_ERROR(
      AddRecipients(scene, recorded.recipients(), view.mutable_recipients()));
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  return Pieces<SharingNoteView>{std::move(piece)};
}

}  // namespace kith::views
