// The views of one family, person or thing, in pieces (piece.h).
//
// Every piece lists in its label everybody whose data it holds. What is of
// different classes (who somebody is, how to reach them, what they need) comes
// in pieces apart, so that consent by class works. Members who have left are
// shown as such and by name; the rest of what is said of them is no longer part
// of the family.
//
// `now` decides what is current, due and shielded; nothing is stored as such.
// Empty results mean that there is nothing of that number. Pure; DATA_LOSS:
// stop. `family` may be one that joined another: the survivor answers.
//
// Reading a family costs one scan of its rows and one for each record of its
// people, and one read for each practitioner and person that these name.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kith/api/v1/assessment_service.pb.h"
#include "kith/api/v1/consent_service.pb.h"
#include "kith/api/v1/lead_service.pb.h"
#include "kith/api/v1/views.pb.h"
#include "services/core/state.h"
#include "services/views/find.h"
#include "services/views/piece.h"

namespace kith::views {

template <class T>
using Answer = absl::StatusOr<std::optional<Pieces<T>>>;

Answer<api::v1::FamilyView> FamilyPieces(const core::StateReader& view,
                                         core::EntityNumber family,
                                         absl::Time now);
// A line of a list: names, lead, open plans, the next review's last day.
Answer<api::v1::FamilySummary> SummaryPieces(const core::StateReader& view,
                                             core::EntityNumber family,
                                             absl::Time now);
// `record`: any of the person's.
Answer<api::v1::PersonView> PersonPieces(const core::StateReader& view,
                                         core::EntityNumber record,
                                         absl::Time now);

Answer<api::v1::PlanView> PlanPieces(const core::StateReader& view,
                                     core::EntityNumber plan, absl::Time now);
Answer<api::v1::ReferralView> ReferralPieces(const core::StateReader& view,
                                             core::EntityNumber referral);
Answer<api::v1::AssessmentView> AssessmentPieces(const core::StateReader& view,
                                                 core::EntityNumber assessment);

// Of a family and its present members, latest first.
absl::StatusOr<Page<api::v1::PlanView>> PlansOf(const core::StateReader& view,
                                                core::EntityNumber family,
                                                absl::Time now,
                                                const PageFrom& from);
absl::StatusOr<Page<api::v1::ReferralView>> ReferralsOf(
    const core::StateReader& view, core::EntityNumber family, absl::Time now,
    const PageFrom& from);
absl::StatusOr<Page<api::v1::AssessmentView>> AssessmentsOf(
    const core::StateReader& view, core::EntityNumber family, absl::Time now,
    const PageFrom& from);
absl::StatusOr<Page<api::v1::MeetingView>> MeetingsOf(
    const core::StateReader& view, core::EntityNumber family, absl::Time now,
    const PageFrom& from);

// About the person of `record`, latest first. Each entry's parts hold either
// one consent or one restriction.
absl::StatusOr<Page<api::v1::ListConsentsResponse>> ConsentsAbout(
    const core::StateReader& view, core::EntityNumber record,
    const PageFrom& from);

// Overrides and broken glass about the person of `record`, latest first; and
// one of them, by its number.
absl::StatusOr<Page<api::v1::OverrideView>> OverridesAbout(
    const core::StateReader& view, core::EntityNumber record,
    const PageFrom& from);
Answer<api::v1::OverrideView> OverridePieces(const core::StateReader& view,
                                             core::EntityNumber override);

// Who leads the family, and who led before, latest first. Empty pieces: nobody.
Answer<api::v1::GetLeadResponse> LeadPieces(const core::StateReader& view,
                                            core::EntityNumber family,
                                            absl::Time now);
// Whom to contact: an entry for each of these families that has a lead (R-107,
//
absl::StatusOr<std::vector<Pieces<api::v1::LeadAnswer>>> LeadAnswers(
    const core::StateReader& view,
    const std::vector<core::EntityNumber>& families, absl::Time now);

// The family and all that are one with it; none: there is no such family.
absl::StatusOr<absl::btree_set<core::EntityNumber>> GroupOf(
    const core::StateReader& view, core::EntityNumber family, absl::Time now);
// Every record of its present members.
absl::StatusOr<absl::btree_set<core::EntityNumber>> PeopleOf(
    const core::StateReader& view, core::EntityNumber family, absl::Time now);

// See piece.h. Each is idempotent.
void Finish(api::v1::FamilyView* family);
void Finish(api::v1::FamilySummary* family);
void Finish(api::v1::PersonView* person);
void Finish(api::v1::PlanView* plan);
void Finish(api::v1::ReferralView* referral);
void Finish(api::v1::AssessmentView* assessment);
void Finish(api::v1::MeetingView* meeting);
void Finish(api::v1::ListConsentsResponse* consents);
inline void Finish(api::v1::OverrideView*) {}
void Finish(api::v1::LeadView* lead);
void Finish(api::v1::GetLeadResponse* lead);
void Finish(api::v1::LeadAnswer* answer);

}  // namespace kith::views
