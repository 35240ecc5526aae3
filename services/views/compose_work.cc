// Consents, referrals, assessments, plans and meetings.
#include "services/core/family/dates.h"
#include "services/views/compose.h"
#include "services/views/due.h"

namespace kith::views {
namespace {

using api::v1::AssessmentView;
using api::v1::ConsentView;
using api::v1::MeetingView;
using api::v1::PlanView;
using api::v1::ReferralView;
using api::v1::RestrictionView;
using Recipients =
    google::protobuf::RepeatedPtrField<ledger::v1::ResolvedRecipient>;

absl::Status AddDoers(const Scene& scene, const ledger::v1::PlanRecorded& plan,
                      PlanView* view) {
  for (const auto& doer : plan.doers()) {
    auto& shown = *view->add_doers();
    shown.set_key(doer.key());
    if (doer.practitioner() != 0) {
      ASSIGN_OR_RETURN(*shown.mutable_practitioner(),
                       scene.reading.Practitioner(doer.practitioner()));
    }
    ASSIGN_OR_RETURN(*shown.mutable_person_id(),
                     scene.reading.PersonId(doer.record()));
  }
  return absl::OkStatus();
}

absl::Status AddReviewDue(const Scene& scene, const Thing& thing,
                          PlanView* view) {
  ASSIGN_OR_RETURN(const auto rules, RulesInForce(scene.reading.view()));
  const auto window = ReviewWindow(thing.row, rules);
  if (!window.has_value()) return absl::OkStatus();
  *view->mutable_review_due()->mutable_from() = core::ToDate(window->from);
  *view->mutable_review_due()->mutable_until() = core::ToDate(window->until);
  return absl::OkStatus();
}

absl::StatusOr<PlanView> WholePlan(const Scene& scene, const Thing& thing) {
  const auto& row = thing.row.plan();
  const auto& recorded = row.recorded();
  PlanView view;
  view.set_plan_id(thing.row.thing().id());
  ASSIGN_OR_RETURN(*view.mutable_family_id(),
                   scene.reading.FamilyId(recorded.family()));
  RETURN_IF_ERROR(scene.reading.AddPersonIds(recorded.records(),
                                             view.mutable_person_ids()));
  view.set_state(recorded.state());
  view.set_version(recorded.version());
  view.set_agreed_version(row.agreed_version());
  *view.mutable_content() = recorded.content();
  DropReferences(view.mutable_content());
  RETURN_IF_ERROR(AddDoers(scene, recorded, &view));
  if (recorded.has_period()) *view.mutable_period() = recorded.period();
  view.set_closure(recorded.closure());
  view.set_closure_wording(recorded.closure_wording());
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  ASSIGN_OR_RETURN(*view.mutable_merged_into_plan_id(),
                   scene.reading.PlanId(row.merged_into()));
  RETURN_IF_ERROR(AddReviewDue(scene, thing, &view));
  return view;
}

// A review or contact is an item of the plan's agency and of who said it.
absl::Status AddPlanParts(const Scene& scene, const Thing& thing, Kind kind,
                          const ItemLabel& label, Pieces<PlanView>* pieces) {
  ASSIGN_OR_RETURN(const Things parts, scene.reading.PartsOf(thing.key, kind));
  for (const Thing* part : parts) {
    PlanView view;
    view.set_plan_id(thing.row.thing().id());
    ASSIGN_OR_RETURN(const auto by, scene.reading.SaidBy(part->row.said()));
    if (kind == Kind::kReview) {
      *view.add_reviews()->mutable_said() = part->row.review().said();
      *view.mutable_reviews(0)->mutable_by() = by;
    } else {
      *view.add_contacts()->mutable_said() = part->row.contact().said();
      *view.mutable_contacts(0)->mutable_by() = by;
    }
    DropReferences(&view);
    AddForAgencies(pieces, label, view, {label.agency(), by.agency()});
  }
  return absl::OkStatus();
}

absl::StatusOr<ReferralView> WholeReferral(const Scene& scene,
                                           const Thing& thing) {
  const auto& recorded = thing.row.referral().recorded();
  ReferralView view;
  view.set_referral_id(thing.row.thing().id());
  RETURN_IF_ERROR(scene.reading.AddPersonIds(recorded.records(),
                                             view.mutable_person_ids()));
  ASSIGN_OR_RETURN(*view.mutable_family_id(),
                   scene.reading.FamilyId(recorded.family()));
  *view.mutable_said() = recorded.said();
  DropReferences(view.mutable_said());
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  view.set_version(thing.row.referral().version());
  return view;
}

// One scorer's word on one item.
absl::StatusOr<Piece<AssessmentView>> OfScore(const Scene& scene,
                                              const Thing& assessment,
                                              const Thing& score) {
  const auto& recorded = score.row.score();
  RecordSet records =
      RecordsIn(assessment.row.assessment().recorded().records());
  if (recorded.scored_by() != 0) records.insert(recorded.scored_by());
  Piece<AssessmentView> piece;
  ASSIGN_OR_RETURN(
      piece.label,
      LabelOfNamed(scene, agency::v1::ITEM_CLASS_ASSESSMENT, score.row,
                   score.row.said().by().agency(), records,
                   assessment.row.assessment().recorded().family()));
  piece.label.set_thing(assessment.row.thing().number());
  piece.part.set_assessment_id(assessment.row.thing().id());
  auto& view = *piece.part.add_scores();
  *view.mutable_said() = recorded.said();
  DropReferences(view.mutable_said());
  *view.mutable_instrument() = recorded.instrument();
  ASSIGN_OR_RETURN(*view.mutable_person_id(),
                   scene.reading.PersonId(recorded.scored_by()));
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(score.row.said()));
  return piece;
}

// What the family never agreed to is no more theirs to read once it is closed
// . A report of a closed plan does not tell whether it was agreed: it
// counts as such.
bool IsDraft(const ledger::v1::PlanRow& plan) {
  if (plan.recorded().state() == agency::v1::PLAN_STATE_CLOSED) {
    return !plan.reported() && plan.agreed_version() == 0;
  }
  return plan.recorded().state() == agency::v1::PLAN_STATE_DRAFT;
}

}  // namespace

absl::StatusOr<Pieces<ConsentView>> OfConsent(const Scene& scene,
                                              const Thing& thing) {
  const auto& row = thing.row.consent();
  const auto& recorded = row.recorded();
  RecordSet records =
      WithRecipients(RecordsIn(recorded.records()), recorded.recipients());
  if (recorded.answered_by() != 0) records.insert(recorded.answered_by());
  Piece<ConsentView> piece;
  ASSIGN_OR_RETURN(piece.label,
                   LabelOfNamed(scene, agency::v1::ITEM_CLASS_CONSENT,
                                thing.row, row.agency(), records, 0));
  ConsentView& view = piece.part;
  view.set_consent_id(thing.row.thing().id());
  RETURN_IF_ERROR(scene.reading.AddPersonIds(recorded.records(),
                                             view.mutable_person_ids()));
  *view.mutable_said() = recorded.said();
  view.mutable_said()->clear_recipients();  // shown by Kith's ids
  DropReferences(view.mutable_said());
  RETURN_IF_ERROR(
      AddRecipients(scene, recorded.recipients(), view.mutable_recipients()));
  ASSIGN_OR_RETURN(*view.mutable_answered_by_person_id(),
                   scene.reading.PersonId(recorded.answered_by()));
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  if (thing.row.has_ended()) {
    *view.mutable_ended_at() = thing.row.ended().by().occurred_at();
  }
  view.set_version(row.version());
  return Pieces<ConsentView>{std::move(piece)};
}

absl::StatusOr<Pieces<RestrictionView>> OfRestriction(const Scene& scene,
                                                      const Thing& thing) {
  const auto& row = thing.row.restriction();
  const auto& recorded = row.recorded();
  RecordSet records =
      WithRecipients(RecordsIn(recorded.records()), recorded.barred());
  if (recorded.asked_by() != 0) records.insert(recorded.asked_by());
  Piece<RestrictionView> piece;
  ASSIGN_OR_RETURN(piece.label,
                   LabelOfNamed(scene, agency::v1::ITEM_CLASS_CONSENT,
                                thing.row, row.agency(), records, 0));
  RestrictionView& view = piece.part;
  view.set_restriction_id(thing.row.thing().id());
  RETURN_IF_ERROR(scene.reading.AddPersonIds(recorded.records(),
                                             view.mutable_person_ids()));
  *view.mutable_said() = recorded.said();
  view.mutable_said()->clear_barred();
  DropReferences(view.mutable_said());
  RETURN_IF_ERROR(
      AddRecipients(scene, recorded.barred(), view.mutable_barred()));
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  if (thing.row.has_ended()) {
    *view.mutable_ended_at() = thing.row.ended().by().occurred_at();
  }
  return Pieces<RestrictionView>{std::move(piece)};
}

// A referral is an item of who makes it and of who is asked; each step, of who
// says it too.
absl::StatusOr<Pieces<ReferralView>> OfReferral(const Scene& scene,
                                                const Thing& thing) {
  const auto& row = thing.row.referral();
  Pieces<ReferralView> pieces;
  ASSIGN_OR_RETURN(
      const ItemLabel label,
      LabelOfNamed(scene, agency::v1::ITEM_CLASS_REFERRAL, thing.row,
                   row.agency(), RecordsIn(row.recorded().records()),
                   row.recorded().family()));
  const std::set<std::string> parties = {row.agency(),
                                         row.recorded().said().to_agency()};
  ASSIGN_OR_RETURN(const ReferralView whole, WholeReferral(scene, thing));
  AddForAgencies(&pieces, label, whole, parties);
  ASSIGN_OR_RETURN(const Things steps,
                   scene.reading.PartsOf(thing.key, Kind::kStep));
  for (const Thing* step : steps) {
    ReferralView part;
    part.set_referral_id(thing.row.thing().id());
    auto& view = *part.add_steps();
    *view.mutable_said() = step->row.step().said();
    DropReferences(view.mutable_said());
    ASSIGN_OR_RETURN(*view.mutable_by(),
                     scene.reading.SaidBy(step->row.said()));
    std::set<std::string> agencies = parties;
    agencies.insert(step->row.said().by().agency());
    AddForAgencies(&pieces, label, part, agencies);
  }
  return pieces;
}

absl::StatusOr<Pieces<AssessmentView>> OfAssessment(const Scene& scene,
                                                    const Thing& thing) {
  const auto& row = thing.row.assessment();
  Piece<AssessmentView> piece;
  ASSIGN_OR_RETURN(
      piece.label,
      LabelOfNamed(scene, agency::v1::ITEM_CLASS_ASSESSMENT, thing.row,
                   row.agency(), RecordsIn(row.recorded().records()),
                   row.recorded().family()));
  AssessmentView& view = piece.part;
  view.set_assessment_id(thing.row.thing().id());
  RETURN_IF_ERROR(scene.reading.AddPersonIds(row.recorded().records(),
                                             view.mutable_person_ids()));
  ASSIGN_OR_RETURN(*view.mutable_family_id(),
                   scene.reading.FamilyId(row.recorded().family()));
  *view.mutable_said() = row.recorded().said();
  view.mutable_said()->clear_scores();
  DropReferences(view.mutable_said());
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(thing.row.said()));
  Pieces<AssessmentView> pieces;
  pieces.push_back(std::move(piece));
  ASSIGN_OR_RETURN(const Things scores,
                   scene.reading.PartsOf(thing.key, Kind::kScore));
  for (const Thing* score : scores) {
    ASSIGN_OR_RETURN(auto part, OfScore(scene, thing, *score));
    pieces.push_back(std::move(part));
  }
  return pieces;
}

absl::StatusOr<ItemLabel> LabelOfPlan(const Scene& scene, const Thing& thing) {
  const auto& plan = thing.row.plan();
  const auto& recorded = plan.recorded();
  RecordSet records = RecordsIn(recorded.records());
  std::set<std::string> named;
  for (const auto& action : recorded.content().actions()) {
    if (!action.service().empty()) named.insert(action.service());
  }
  for (const auto& doer : recorded.doers()) {
    if (doer.record() != 0) records.insert(doer.record());
    ASSIGN_OR_RETURN(const auto who,
                     scene.reading.Practitioner(doer.practitioner()));
    if (!who.agency().empty()) named.insert(who.agency());
  }
  ASSIGN_OR_RETURN(ItemLabel label,
                   LabelOfNamed(scene, agency::v1::ITEM_CLASS_PLAN, thing.row,
                                plan.agency(), records, recorded.family()));
  for (const std::string& agency : named) label.add_named_agencies(agency);
  label.set_draft(IsDraft(plan));
  return label;
}

absl::StatusOr<Pieces<PlanView>> OfPlan(const Scene& scene,
                                        const Thing& thing) {
  ASSIGN_OR_RETURN(const ItemLabel label, LabelOfPlan(scene, thing));
  ASSIGN_OR_RETURN(PlanView whole, WholePlan(scene, thing));
  Pieces<PlanView> pieces;
  pieces.push_back({label, std::move(whole)});
  RETURN_IF_ERROR(AddPlanParts(scene, thing, Kind::kReview, label, &pieces));
  RETURN_IF_ERROR(AddPlanParts(scene, thing, Kind::kContact, label, &pieces));
  return pieces;
}

absl::StatusOr<Pieces<MeetingView>> OfMeeting(const Scene& scene,
                                              const Thing& thing) {
  const auto& recorded = thing.row.meeting();
  const auto& by = thing.row.said();
  const bool apart =
      recorded.said().kind() == agency::v1::MEETING_KIND_SEPARATE_SESSION;
  RecordSet records = RecordsIn(recorded.family_present());
  ASSIGN_OR_RETURN(const Thing* plan,
                   scene.reading.Numbered(recorded.plan(), Kind::kPlan));
  // What is said apart is of whom it was said with, and of nobody else.
  if (plan != nullptr && !apart) {
    const auto& of_plan = plan->row.plan().recorded().records();
    records.insert(of_plan.begin(), of_plan.end());
  }
  Piece<MeetingView> piece;
  ASSIGN_OR_RETURN(
      piece.label,
      LabelOfNamed(scene,
                   apart ? agency::v1::ITEM_CLASS_CONVERSATION
                         : agency::v1::ITEM_CLASS_MEETING,
                   thing.row, by.by().agency(), records, recorded.family()));
  MeetingView& view = piece.part;
  view.set_meeting_id(thing.row.thing().id());
  ASSIGN_OR_RETURN(*view.mutable_family_id(),
                   scene.reading.FamilyId(recorded.family()));
  ASSIGN_OR_RETURN(*view.mutable_plan_id(),
                   scene.reading.PlanId(recorded.plan()));
  *view.mutable_said() = recorded.said();
  DropReferences(view.mutable_said());
  RETURN_IF_ERROR(scene.reading.AddPersonIds(
      recorded.family_present(), view.mutable_family_present_ids()));
  for (const EntityNumber number : recorded.practitioners()) {
    ASSIGN_OR_RETURN(*view.add_practitioners(),
                     scene.reading.Practitioner(number));
  }
  if (recorded.chair() != 0) {
    ASSIGN_OR_RETURN(*view.mutable_chair(),
                     scene.reading.Practitioner(recorded.chair()));
  }
  ASSIGN_OR_RETURN(*view.mutable_by(), scene.reading.SaidBy(by));
  return Pieces<MeetingView>{std::move(piece)};
}

absl::StatusOr<std::optional<ItemLabel>> LabelOfWhole(const Scene& scene,
                                                      const Thing& thing) {
  const auto first =
      [](const auto& pieces) -> absl::StatusOr<std::optional<ItemLabel>> {
    if (!pieces.ok()) return pieces.status();
    return std::optional<ItemLabel>(pieces->front().label);
  };
  const ThingRow& row = thing.row;
  if (row.has_consent()) return first(OfConsent(scene, thing));
  if (row.has_restriction()) return first(OfRestriction(scene, thing));
  if (row.has_referral()) {
    ASSIGN_OR_RETURN(auto label, first(OfReferral(scene, thing)));
    label->set_agency(row.referral().agency());  // not who is asked
    return label;
  }
  if (row.has_assessment()) return first(OfAssessment(scene, thing));
  if (row.has_meeting()) return first(OfMeeting(scene, thing));
  return std::optional<ItemLabel>();
}

}  // namespace kith::views
