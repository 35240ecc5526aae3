// Cases, pairs, frames and sources.
#include "services/views/worklists.h"

#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/views/compose.h"
#include "services/views/list_rows.h"

namespace kith::views {
namespace {

using api::v1::DuplicateView;
using api::v1::MatchView;
using api::v1::PanelItemView;
using api::v1::QuarantineItem;
using api::v1::ReviewEntry;
using api::v1::SharingAgreementView;
using api::v1::SourceStatus;
using ledger::v1::PlaceRow;

absl::StatusOr<Pieces<MatchView>> OfMatch(const Scene& scene,
                                          const Thing& thing) {
  const auto& row = thing.row.match();
  const RecordSet both = {row.judged().one(), row.judged().other()};
  ASSIGN_OR_RETURN(const bool hides, OneHides(scene, both));
  const ItemLabel label = Label(scene, agency::v1::ITEM_CLASS_MATCH, "", both);
  Piece<MatchView> whole{label, {}};
  whole.part.set_match_id(thing.row.thing().id());
  whole.part.set_outcome(row.judged().outcome());
  *whole.part.mutable_evidence() = row.judged().evidence();
  whole.part.set_decision(row.decision());
  whole.part.set_version(row.version());
  Piece<MatchView> addresses{LabelOfAddresses(scene, both), {}};
  addresses.part.set_match_id(whole.part.match_id());
  if (hides) {
    MoveWhatTellsAddresses(whole.part.mutable_evidence(),
                           addresses.part.mutable_evidence());
  }
  Pieces<MatchView> pieces = {whole};
  if (!addresses.part.evidence().empty()) pieces.push_back(addresses);
  for (const EntityNumber record : both) {
    ASSIGN_OR_RETURN(const ThingRow* found, scene.reading.Record(record));
    if (found == nullptr || found->record().gone()) continue;
    ASSIGN_OR_RETURN(auto parts, OfRecord(scene, record, *found));
    for (auto& part : parts) {
      // What somebody needs tells nobody who they are.
      if (part.label.class_() == agency::v1::ITEM_CLASS_NEED) continue;
      if (hides && part.label.class_() == agency::v1::ITEM_CLASS_CONTACT) {
        part.label.set_shielded(true);
      }
      Piece<MatchView> piece{label, {}};
      // How to reach who must not be found stays with who holds it.
      if (part.label.shielded()) piece.label = part.label;
      piece.part.set_match_id(whole.part.match_id());
      *piece.part.mutable_records() = part.part.records();
      pieces.push_back(std::move(piece));
    }
  }
  return pieces;
}

// A reference: nothing of who or what.
Piece<ReviewEntry> OfReview(const std::string& agency, const ThingRow& row,
                            absl::CivilDay today) {
  Piece<ReviewEntry> piece;
  piece.label.set_class_(agency::v1::ITEM_CLASS_OVERRIDE);
  piece.label.set_agency(agency);
  ReviewEntry& entry = piece.part;
  entry.set_override_id(row.thing().id());
  entry.set_glass(row.has_glass());
  *entry.mutable_at() = row.said().recorded_at();
  const auto fill = [&](const auto& which, const auto& fact) {
    *entry.mutable_review_due() = fact.review_due();
    entry.set_reviewed(which.has_judged());
    entry.set_overdue(!which.has_judged() &&
                      core::LastDay(fact.review_due()) < today);
  };
  if (row.has_glass()) {
    fill(row.glass(), row.glass().broken());
    entry.set_waits_for_approval(row.glass().broken().said().shielded() &&
                                 row.glass().approved_by() == 0);
  } else {
    fill(row.override(), row.override().recorded());
  }
  return piece;
}

Pieces<QuarantineItem> OfWaiting(const ledger::v1::WaitingRow& row) {
  Piece<QuarantineItem> piece;
  piece.label.set_class_(agency::v1::ITEM_CLASS_OPERATION);
  QuarantineItem& item = piece.part;
  item.set_item_id(row.item().id());
  item.set_state(row.state());
  *item.mutable_reason() = row.reason();
  *item.mutable_statement() = row.statement();
  item.set_attempts(row.attempts());
  *item.mutable_first_seen() = row.first_seen();
  item.set_frame_bytes(row.frame_bytes());
  *item.mutable_waits_for() = row.waits_for();
  return {std::move(piece)};
}

Pieces<SourceStatus> OfTally(const ledger::v1::SourceTallyRow& row) {
  Piece<SourceStatus> piece;
  piece.label.set_class_(agency::v1::ITEM_CLASS_OPERATION);
  SourceStatus& status = piece.part;
  status.set_source(row.source());
  status.set_kind(row.kind());
  *status.mutable_agencies() = row.agencies();
  *status.mutable_key_ids() = row.key_ids();
  status.set_disabled(row.disabled());
  status.set_epoch(row.epoch());
  status.set_mark(row.mark());
  *status.mutable_last_at() = row.last_at();
  status.set_accepted(row.accepted());
  status.set_refused(row.refused());
  status.set_quarantined(row.quarantined());
  status.set_parked(row.parked());
  return {std::move(piece)};
}

// Who wrote it down is left out: it names nobody, and leads to nobody.
absl::StatusOr<Pieces<PanelItemView>> OfPanelItem(const Scene& scene,
                                                  const Thing& thing) {
  Piece<PanelItemView> piece{
      LabelOf(scene, agency::v1::ITEM_CLASS_PANEL, thing.row,
              thing.row.said().by().agency(), {}),
      {}};
  piece.part.set_item_id(thing.row.thing().id());
  *piece.part.mutable_said() = thing.row.panel_item().said();
  piece.part.mutable_said()->clear_item();
  *piece.part.mutable_recorded_at() = thing.row.said().recorded_at();
  return Pieces<PanelItemView>{std::move(piece)};
}

// One for each agency of a partnership.
constexpr size_t kSupportRowsMax = 1000;

// The thing that a row of a worklist leads to.
template <class T, class Compose>
absl::StatusOr<Pieces<T>> ListedThing(const core::StateReader& view,
                                      const Keyed& row, absl::CivilDay today,
                                      const Compose& compose) {
  ASSIGN_OR_RETURN(const auto place, Parse<PlaceRow>(row.value));
  Reading reading(view);
  ASSIGN_OR_RETURN(
      const Thing* thing,
      reading.Get(
          {place.subject(), static_cast<Kind>(place.kind()), place.rest()}));
  if (thing == nullptr) return Pieces<T>();
  return compose(Scene{reading, today, 0}, *thing);
}

}  // namespace

absl::StatusOr<Page<DuplicateView>> Duplicates(const core::StateReader& view,
                                               bool include_decided,
                                               absl::Time now,
                                               const PageFrom& from) {
  std::vector<std::string> prefixes = {keys::Cases(true)};
  if (include_decided) prefixes.push_back(keys::Cases(false));
  return PageOfRows<DuplicateView>(view, prefixes, from, [&](const Keyed& row) {
    return ListedThing<DuplicateView>(view, row, base::LondonDay(now), OfCase);
  });
}

Answer<DuplicateView> DuplicatePieces(const core::StateReader& view,
                                      EntityNumber number, absl::Time now) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const Thing* thing,
                   reading.Numbered(number, Kind::kDuplicate));
  if (thing == nullptr) return std::optional<Pieces<DuplicateView>>();
  const Scene scene{reading, base::LondonDay(now), 0};
  ASSIGN_OR_RETURN(auto pieces, OfCase(scene, *thing));
  return std::optional<Pieces<DuplicateView>>(std::move(pieces));
}

absl::StatusOr<Page<MatchView>> Matches(const core::StateReader& view,
                                        bool include_decided, absl::Time now,
                                        const PageFrom& from) {
  std::vector<std::string> prefixes = {keys::Matches(true)};
  if (include_decided) prefixes.push_back(keys::Matches(false));
  return PageOfRows<MatchView>(view, prefixes, from, [&](const Keyed& row) {
    return ListedThing<MatchView>(view, row, base::LondonDay(now), OfMatch);
  });
}

Answer<MatchView> MatchPieces(const core::StateReader& view, EntityNumber match,
                              absl::Time now) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const Thing* thing, reading.Numbered(match, Kind::kMatch));
  if (thing == nullptr) return std::optional<Pieces<MatchView>>();
  ASSIGN_OR_RETURN(auto pieces,
                   OfMatch({reading, base::LondonDay(now), 0}, *thing));
  return std::optional<Pieces<MatchView>>(std::move(pieces));
}

absl::StatusOr<Page<ReviewEntry>> Reviews(const core::StateReader& view,
                                          absl::string_view agency,
                                          bool include_reviewed, absl::Time now,
                                          const PageFrom& from) {
  Reading reading(view);
  const absl::CivilDay today = base::LondonDay(now);
  std::vector<std::string> prefixes = {keys::Reviews(agency, true)};
  if (include_reviewed) prefixes.push_back(keys::Reviews(agency, false));
  return PageOfRows<ReviewEntry>(
      view, prefixes, from,
      [&](const Keyed& row) -> absl::StatusOr<Pieces<ReviewEntry>> {
        ASSIGN_OR_RETURN(const auto place, Parse<PlaceRow>(row.value));
        ASSIGN_OR_RETURN(
            const Thing* thing,
            reading.Get({place.subject(), static_cast<Kind>(place.kind()),
                         place.rest()}));
        if (thing == nullptr) return Pieces<ReviewEntry>();
        return Pieces<ReviewEntry>{
            OfReview(std::string(agency), thing->row, today)};
      });
}

Answer<ReviewEntry> ReviewPieces(const core::StateReader& view,
                                 EntityNumber override, absl::Time now) {
  Reading reading(view);
  const absl::CivilDay today = base::LondonDay(now);
  for (const Kind kind : {Kind::kOverride, Kind::kGlass}) {
    ASSIGN_OR_RETURN(const Thing* thing, reading.Numbered(override, kind));
    if (thing == nullptr) continue;
    const auto& alerted = thing->row.has_glass()
                              ? thing->row.glass().broken().alerted()
                              : thing->row.override().recorded().alerted();
    Pieces<ReviewEntry> pieces;
    for (const std::string& agency : alerted) {
      pieces.push_back(OfReview(agency, thing->row, today));
    }
    return std::optional<Pieces<ReviewEntry>>(std::move(pieces));
  }
  return std::optional<Pieces<ReviewEntry>>();
}

absl::StatusOr<Page<QuarantineItem>> Quarantine(const core::StateReader& view,
                                                bool include_parked,
                                                const PageFrom& from) {
  std::vector<std::string> prefixes = {keys::WaitingIn('o')};
  if (include_parked) prefixes.push_back(keys::WaitingIn('p'));
  return PageOfRows<QuarantineItem>(
      view, prefixes, from,
      [](const Keyed& row) -> absl::StatusOr<Pieces<QuarantineItem>> {
        ASSIGN_OR_RETURN(const auto waiting,
                         Parse<ledger::v1::WaitingRow>(row.value));
        return OfWaiting(waiting);
      });
}

Answer<QuarantineItem> QuarantinePieces(const core::StateReader& view,
                                        EntityNumber item) {
  for (const char state : {'o', 'p', 'x'}) {
    ASSIGN_OR_RETURN(const auto row, core::ReadRow<ledger::v1::WaitingRow>(
                                         view, keys::Waiting(state, item)));
    if (row.has_value()) {
      return std::optional<Pieces<QuarantineItem>>(OfWaiting(*row));
    }
  }
  return std::optional<Pieces<QuarantineItem>>();
}

absl::StatusOr<Page<SourceStatus>> Sources(const core::StateReader& view,
                                           const PageFrom& from) {
  return PageOfRows<SourceStatus>(
      view, {keys::Tallies()}, from,
      [](const Keyed& row) -> absl::StatusOr<Pieces<SourceStatus>> {
        ASSIGN_OR_RETURN(const auto tally,
                         Parse<ledger::v1::SourceTallyRow>(row.value));
        return OfTally(tally);
      });
}

absl::StatusOr<Page<SharingAgreementView>> SharingAgreements(
    const core::StateReader& view, const PageFrom& from) {
  const std::string prefix = keys::ThingsOf(0, Kind::kSharingAgreement);
  return PageOfRows<SharingAgreementView>(
      view, {prefix}, from,
      [&](const Keyed& listed) -> absl::StatusOr<Pieces<SharingAgreementView>> {
        ASSIGN_OR_RETURN(const auto row, Parse<ThingRow>(listed.value));
        Reading reading(view);
        const Scene scene{reading, {}, 0};
        Piece<SharingAgreementView> piece{
            LabelOf(scene, agency::v1::ITEM_CLASS_AGREEMENT, row, "", {}), {}};
        piece.part.set_agreement_id(row.thing().id());
        *piece.part.mutable_said() = row.sharing_agreement().said();
        ASSIGN_OR_RETURN(*piece.part.mutable_by(), reading.SaidBy(row.said()));
        return Pieces<SharingAgreementView>{std::move(piece)};
      });
}

absl::StatusOr<Page<PanelItemView>> PanelItems(const core::StateReader& view,
                                               const PageFrom& from) {
  return PageOfRows<PanelItemView>(
      view, {keys::PanelItems()}, from, [&](const Keyed& row) {
        return ListedThing<PanelItemView>(view, row, {}, OfPanelItem);
      });
}

absl::StatusOr<std::vector<ledger::v1::SupportRow>> UnstoredSupport(
    const core::StateReader& view) {
  std::vector<ledger::v1::SupportRow> rows;
  ASSIGN_OR_RETURN(const auto found,
                   RowsAfter(view, keys::Supports(), "", kSupportRowsMax));
  for (const Keyed& one : found) {
    ASSIGN_OR_RETURN(auto row, Parse<ledger::v1::SupportRow>(one.value));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace kith::views
