// Lists over a whole partnership, in pieces (piece.h), a page at a time.
//
// A page costs about what its entries cost. Pure; DATA_LOSS: stop;
// INVALID_ARGUMENT: a cursor of another list.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kith/api/v1/views.pb.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/core/state.h"
#include "services/views/piece.h"
#include "services/views/read.h"

namespace kith::views {

// Families that the agency works with, or where `practitioner` is not 0 that
// practitioner: as lead, in an open plan or involvement, or as the agency that
// states a present member. Each family once; no order that tells anything.
absl::StatusOr<Page<api::v1::FamilySummary>> Caseload(
    const core::StateReader& view, absl::string_view agency,
    core::EntityNumber practitioner, absl::Time now, const PageFrom& from);

// What is due or overdue, earliest due first: reviews, actions past
// their date, private fostering, consents to be asked again after a
// birthday, rows that reports do not meet. `overdue_only` leaves out
// what can still be done in time.
struct DueFilter {
  bool overdue_only = false;
  // Not empty: only what this agency has to do.
  std::string agency;
};
absl::StatusOr<Page<api::v1::DueEntry>> Due(const core::StateReader& view,
                                            const DueFilter& filter,
                                            absl::Time now,
                                            const PageFrom& from);

// Duplicate-plan cases, the strongest first. A piece that only the hub may see
// bears no agency; each agency's piece holds its own side, and whom to contact
// on the other unless the case rests on an undecided match.
absl::StatusOr<Page<api::v1::DuplicateView>> Duplicates(
    const core::StateReader& view, bool include_decided, absl::Time now,
    const PageFrom& from);
Answer<api::v1::DuplicateView> DuplicatePieces(const core::StateReader& view,
                                               core::EntityNumber number,
                                               absl::Time now);

// Possible matches, in the order they were first judged. Who decides sees both
// records, but not how to reach either where one of the two, or somebody whom
// one lives with, must not be found: that stays a contact of its agency.
absl::StatusOr<Page<api::v1::MatchView>> Matches(const core::StateReader& view,
                                                 bool include_decided,
                                                 absl::Time now,
                                                 const PageFrom& from);
Answer<api::v1::MatchView> MatchPieces(const core::StateReader& view,
                                       core::EntityNumber match,
                                       absl::Time now);

// What the agency was alerted to: overrides and broken glass to review, the
// earliest due first; with `include_reviewed` then the others. References only.
absl::StatusOr<Page<api::v1::ReviewEntry>> Reviews(
    const core::StateReader& view, absl::string_view agency,
    bool include_reviewed, absl::Time now, const PageFrom& from);
// The same of one, for every agency that was alerted to it.
Answer<api::v1::ReviewEntry> ReviewPieces(const core::StateReader& view,
                                          core::EntityNumber override,
                                          absl::Time now);

// Frames in quarantine, and with `include_parked` those that wait.
absl::StatusOr<Page<api::v1::QuarantineItem>> Quarantine(
    const core::StateReader& view, bool include_parked, const PageFrom& from);
// Also of an item that was decided.
Answer<api::v1::QuarantineItem> QuarantinePieces(const core::StateReader& view,
                                                 core::EntityNumber item);

// Agreements between organisations, by number.
absl::StatusOr<Page<api::v1::SharingAgreementView>> SharingAgreements(
    const core::StateReader& view, const PageFrom& from);

// Cases that panels discuss without a name, by number.
absl::StatusOr<Page<api::v1::PanelItemView>> PanelItems(
    const core::StateReader& view, const PageFrom& from);

// How many people each agency supported of whom nothing is kept.
absl::StatusOr<std::vector<ledger::v1::SupportRow>> UnstoredSupport(
    const core::StateReader& view);

// By name. What a repeat or a statement that changed nothing moves is in the
// state's SourceRow, not here: epoch, mark and time are those of the latest
// fact.
absl::StatusOr<Page<api::v1::SourceStatus>> Sources(
    const core::StateReader& view, const PageFrom& from);

void Finish(api::v1::DuplicateView* duplicate);
void Finish(api::v1::MatchView* match);
inline void Finish(api::v1::DueEntry*) {}
inline void Finish(api::v1::ReviewEntry*) {}
inline void Finish(api::v1::QuarantineItem*) {}
inline void Finish(api::v1::SourceStatus*) {}

}  // namespace kith::views
