#include "services/views/worklists.h"

#include <algorithm>
#include <set>

#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/core/family/family.h"
#include "services/core/family/resolve.h"
#include "services/views/compose.h"
#include "services/views/due.h"
#include "services/views/listing.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

using api::v1::DueEntry;
using api::v1::DuplicateView;
using api::v1::FamilySummary;
using api::v1::MatchView;
using api::v1::QuarantineItem;
using api::v1::SourceStatus;
using ledger::v1::PlaceRow;

struct Keyed {
  std::string key;
  std::string value;
};

// Some rows of a prefix after `after`, at most `count_max`. Whoever asks again
// from the last key gets the next.
absl::StatusOr<std::vector<Keyed>> RowsAfter(const core::StateReader& view,
                                             const std::string& prefix,
                                             const std::string& after,
                                             size_t count_max) {
  std::vector<Keyed> rows;
  RETURN_IF_ERROR(view.Scan(
      prefix, [&](absl::string_view key, absl::string_view value) {
        if (key <= absl::string_view(after)) return true;
        rows.push_back({std::string(key), std::string(value)});
        return rows.size() < count_max;
      }));
  return rows;
}

absl::Status CheckCursor(const PageFrom& from,
                         const std::vector<std::string>& prefixes) {
  if (from.cursor.empty()) return absl::OkStatus();
  for (const std::string& prefix : prefixes) {
    if (from.cursor.compare(0, prefix.size(), prefix) == 0) {
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError("the cursor is of another list");
}

// Pages over the rows of several prefixes, one after the other; cursors are
// keys. `compose` gives the pieces of a row; none: the row is passed over.
template <class T, class Compose>
absl::StatusOr<Page<T>> PageOfRows(const core::StateReader& view,
                                   const std::vector<std::string>& prefixes,
                                   const PageFrom& from,
                                   const Compose& compose) {
  RETURN_IF_ERROR(CheckCursor(from, prefixes));
  Page<T> page;
  std::string last = from.cursor;
  bool begun = from.cursor.empty();
  for (const std::string& prefix : prefixes) {
    const bool here = last.compare(0, prefix.size(), prefix) == 0;
    if (!begun && !here) continue;
    std::string after = begun && !here ? std::string() : last;
    begun = true;
    for (;;) {
      const size_t wanted = from.limit - page.entries.size() + 1;
      ASSIGN_OR_RETURN(const auto rows,
                       RowsAfter(view, prefix, after, wanted));
      for (const Keyed& row : rows) {
        if (page.entries.size() == from.limit) {
          page.next = last;
          return page;
        }
        after = last = row.key;
        ASSIGN_OR_RETURN(Pieces<T> pieces, compose(row));
        if (!pieces.empty()) page.entries.push_back({std::move(pieces), last});
      }
      if (rows.size() < wanted) break;
    }
  }
  return page;
}

template <class Row>
absl::StatusOr<Row> Parse(const std::string& bytes) {
  Row row;
  if (row.ParseFromString(bytes)) return row;
  return absl::DataLossError("a view row does not parse");
}

// --- Caseload ---

// Whether somebody works with a family, by what the family's rows say now.
class Works {
 public:
  Works(Reading& reading, std::string agency, EntityNumber practitioner,
        absl::CivilDay today)
      : reading_(reading),
        agency_(std::move(agency)),
        practitioner_(practitioner),
        today_(today) {}

  absl::StatusOr<bool> With(const Household& household) {
    for (const Thing& thing : household.things) {
      ASSIGN_OR_RETURN(const bool works, ByFamilyRow(thing.row));
      if (works) return true;
    }
    for (const Member& member : household.members) {
      if (!member.current) continue;
      for (const EntityNumber record : member.records) {
        ASSIGN_OR_RETURN(const bool works, WithRecord(record));
        if (works) return true;
      }
    }
    return false;
  }

  absl::StatusOr<bool> WithRecord(EntityNumber record) {
    ASSIGN_OR_RETURN(const Things things,
                     reading_.Of(record, Kind::kInvolvement));
    return std::any_of(things.begin(), things.end(), [&](const Thing& thing) {
      const auto& involvement = thing.row.involvement();
      return core::Covers(involvement.said().period(), today_) &&
             Is(thing.row.said().by().agency(), involvement.worker());
    });
  }

 private:
  bool Is(const std::string& agency, EntityNumber practitioner) const {
    return practitioner_ != 0 ? practitioner == practitioner_
                              : agency == agency_;
  }

  absl::StatusOr<bool> ByFamilyRow(const ThingRow& row) {
    if (row.has_member()) {
      return practitioner_ == 0 && row.member().agency() == agency_ &&
             core::family::IsCurrent(row.member(), today_);
    }
    if (row.has_plan()) {
      return IsRunning(row.plan()) &&
             Is(row.plan().agency(), row.plan().opened_by());
    }
    if (!row.has_lead() || row.lead().state() == ledger::v1::LEAD_STATE_ENDED) {
      return false;
    }
    const EntityNumber lead = row.lead().taken().practitioner();
    ASSIGN_OR_RETURN(const auto who, reading_.Practitioner(lead));
    return Is(who.agency(), lead);
  }

  Reading& reading_;
  const std::string agency_;
  const EntityNumber practitioner_;
  const absl::CivilDay today_;
};

class CaseloadList {
 public:
  CaseloadList(const core::StateReader& view, std::string work,
               std::string agency, EntityNumber practitioner, absl::Time now)
      : view_(view),
        work_(std::move(work)),
        agency_(std::move(agency)),
        practitioner_(practitioner),
        now_(now),
        today_(base::LondonDay(now)) {}

  absl::StatusOr<Pieces<FamilySummary>> OfFamilyRow(const std::string& key) {
    Reading reading(view_);
    const EntityNumber family = keys::LastNumber(key);
    ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(family));
    // A family that joined another is shown as that other, once.
    if (standing != family) {
      ASSIGN_OR_RETURN(const bool listed, IsFirstOfGroup(reading, family));
      if (!listed) return Pieces<FamilySummary>();
    }
    return Summarise(reading, standing);
  }

  // A family that is reached through what is done with a member, unless it is
  // listed by itself or through an earlier record.
  absl::StatusOr<Pieces<FamilySummary>> OfRecordRow(const std::string& key) {
    Reading reading(view_);
    const EntityNumber record = keys::LastNumber(key);
    ASSIGN_OR_RETURN(const auto families,
                     FamiliesOfRecords(view_, {record}, today_));
    Pieces<FamilySummary> all;
    for (const EntityNumber family : families) {
      ASSIGN_OR_RETURN(const bool listed, IsListed(reading, family, record));
      if (listed) continue;
      ASSIGN_OR_RETURN(auto pieces, Summarise(reading, family));
      // One entry a family: what lies in several is rare and shown as first.
      if (all.empty()) all = std::move(pieces);
    }
    return all;
  }

 private:
  absl::StatusOr<bool> Has(const std::string& key) const {
    ASSIGN_OR_RETURN(const auto row, view_.Get(key));
    return row.has_value();
  }

  absl::StatusOr<bool> IsFirstOfGroup(Reading& reading, EntityNumber family) {
    ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(family));
    ASSIGN_OR_RETURN(const auto group, reading.Group(standing));
    for (const EntityNumber other : group) {
      if (other >= family) break;
      ASSIGN_OR_RETURN(const bool listed,
                       Has(keys::WorkWithFamily(work_, other)));
      if (listed) return false;
    }
    return true;
  }

  absl::StatusOr<bool> IsListed(Reading& reading, EntityNumber family,
                                EntityNumber record) {
    ASSIGN_OR_RETURN(const auto household,
                     HouseholdOf(reading, family, today_));
    if (!household.has_value()) return true;
    for (const EntityNumber one : household->group) {
      ASSIGN_OR_RETURN(const bool listed,
                       Has(keys::WorkWithFamily(work_, one)));
      if (listed) return true;
    }
    for (const Member& member : household->members) {
      if (!member.current) continue;
      for (const EntityNumber other : member.records) {
        if (other >= record) continue;
        ASSIGN_OR_RETURN(const bool listed,
                         Has(keys::WorkWithRecord(work_, other)));
        if (listed) return true;
      }
    }
    return false;
  }

  absl::StatusOr<Pieces<FamilySummary>> Summarise(Reading& reading,
                                                  EntityNumber family) {
    ASSIGN_OR_RETURN(const auto household,
                     HouseholdOf(reading, family, today_));
    if (!household.has_value()) return Pieces<FamilySummary>();
    Works works(reading, agency_, practitioner_, today_);
    ASSIGN_OR_RETURN(const bool now_works, works.With(*household));
    if (!now_works) return Pieces<FamilySummary>();
    ASSIGN_OR_RETURN(auto pieces, SummaryPieces(view_, family, now_));
    return pieces.has_value() ? *std::move(pieces) : Pieces<FamilySummary>();
  }

  const core::StateReader& view_;
  const std::string work_;
  const std::string agency_;
  const EntityNumber practitioner_;
  const absl::Time now_;
  const absl::CivilDay today_;
};

// --- Due ---

class DueList {
 public:
  DueList(const core::StateReader& view, const DueFilter& filter,
          absl::Time now)
      : view_(view), filter_(filter), today_(base::LondonDay(now)) {}

  // Rows lie by the day from which on they count.
  bool IsLater(const std::string& key) const {
    return keys::DayOfDue(key) > today_;
  }

  absl::StatusOr<Pieces<DueEntry>> OfRow(const Keyed& row) {
    ASSIGN_OR_RETURN(const auto due, Parse<ledger::v1::DueRow>(row.value));
    Reading reading(view_);
    const ThingKey key{due.place().subject(),
                       static_cast<Kind>(due.place().kind()),
                       due.place().rest()};
    ASSIGN_OR_RETURN(const auto thing, reading.Get(key));
    if (!thing.has_value() || due.kind().empty()) return Pieces<DueEntry>();
    const std::string& agency = thing->row.said().by().agency();
    if (!filter_.agency.empty() && filter_.agency != agency) {
      return Pieces<DueEntry>();
    }
    Pieces<DueEntry> pieces;
    switch (due.kind().front()) {
      case kReviewDue:
        RETURN_IF_ERROR(AddReview(reading, *thing, &pieces));
        break;
      case kActionDue:
        RETURN_IF_ERROR(AddActions(reading, *thing, &pieces));
        break;
      case kFosteringDue:
        RETURN_IF_ERROR(AddFostering(reading, *thing, &pieces));
        break;
      case kRecheckDue:
        RETURN_IF_ERROR(AddRecheck(reading, *thing, &pieces));
        break;
      case kUnmetRows:
        RETURN_IF_ERROR(AddUnmet(reading, *thing, &pieces));
        break;
      default:
        break;
    }
    return pieces;
  }

 private:
  void Add(ItemLabel label, DueEntry entry, Window window,
           Pieces<DueEntry>* pieces) const {
    entry.set_overdue(window.until < today_);
    if (filter_.overdue_only && !entry.overdue()) return;
    *entry.mutable_due_from() = core::ToDate(window.from);
    *entry.mutable_due_until() = core::ToDate(window.until);
    entry.set_agency(label.agency());
    pieces->push_back({std::move(label), std::move(entry)});
  }

  // Frame and label of what is due of a plan.
  absl::StatusOr<Piece<DueEntry>> OfPlanThing(Reading& reading,
                                              const Thing& thing) const {
    const EntityNumber family = thing.row.plan().recorded().family();
    ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(family));
    const Scene scene{reading, today_, standing, false};
    Piece<DueEntry> piece;
    ASSIGN_OR_RETURN(piece.label, LabelOfPlan(scene, thing));
    ASSIGN_OR_RETURN(*piece.part.mutable_family_id(), reading.FamilyId(family));
    piece.part.set_about_id(thing.row.thing().id());
    return piece;
  }

  absl::Status AddReview(Reading& reading, const Thing& thing,
                         Pieces<DueEntry>* pieces) const {
    ASSIGN_OR_RETURN(const auto rules, RulesInForce(view_));
    const auto window = ReviewWindow(thing.row, rules);
    if (!window.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(Piece<DueEntry> piece, OfPlanThing(reading, thing));
    piece.part.set_kind("review");
    piece.part.add_rows("R-174");
    Add(std::move(piece.label), std::move(piece.part), *window, pieces);
    return absl::OkStatus();
  }

  // Each action whose day has come.
  absl::Status AddActions(Reading& reading, const Thing& thing,
                          Pieces<DueEntry>* pieces) const {
    if (!IsRunning(thing.row.plan())) return absl::OkStatus();
    ASSIGN_OR_RETURN(Piece<DueEntry> piece, OfPlanThing(reading, thing));
    piece.part.set_kind("action");
    piece.part.add_rows("R-190");
    const auto& content = thing.row.plan().recorded().content();
    for (const auto& action : content.actions()) {
      if (!IsOpen(action)) continue;
      const absl::CivilDay day = core::FirstDay(action.by());
      if (day <= today_) Add(piece.label, piece.part, {day, day}, pieces);
    }
    return absl::OkStatus();
  }

  absl::Status AddFostering(Reading& reading, const Thing& thing,
                            Pieces<DueEntry>* pieces) const {
    const auto& stay = thing.row.stay();
    if (!core::Covers(stay.said().period(), today_)) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto rules, RulesInForce(view_));
    const auto from =
        core::family::PrivateFosteringFrom(stay.said(), rules);
    if (!from.has_value()) return absl::OkStatus();
    const Scene scene{reading, today_, 0, false};
    DueEntry entry;
    entry.set_kind("private_fostering");
    entry.add_rows("R-018");
    ASSIGN_OR_RETURN(*entry.mutable_about_id(),
                     reading.PersonId(stay.record()));
    ItemLabel label =
        Label(scene, agency::v1::ITEM_CLASS_NEED,
              thing.row.said().by().agency(),
              RecordsIn(std::initializer_list<EntityNumber>{stay.record(),
                                                            stay.carer()}));
    Add(std::move(label), std::move(entry), {*from, *from}, pieces);
    return absl::OkStatus();
  }

  absl::Status AddRecheck(Reading& reading, const Thing& thing,
                          Pieces<DueEntry>* pieces) const {
    const auto& consent = thing.row.consent();
    if (!core::Covers(consent.recorded().said().period(), today_)) {
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const auto births, BirthsOf(view_, consent));
    const auto day = RecheckDay(thing.row, births);
    if (!day.has_value()) return absl::OkStatus();
    const Scene scene{reading, today_, 0, false};
    DueEntry entry;
    entry.set_kind("consent_recheck");
    entry.add_rows("R-249");
    entry.set_about_id(thing.row.thing().id());
    Add(Label(scene, agency::v1::ITEM_CLASS_CONSENT, consent.agency(),
              RecordsIn(consent.recorded().records())),
        std::move(entry), {*day, *day}, pieces);
    return absl::OkStatus();
  }

  absl::Status AddUnmet(Reading& reading, const Thing& thing,
                        Pieces<DueEntry>* pieces) const {
    ASSIGN_OR_RETURN(Piece<DueEntry> piece, OfUnmet(reading, thing));
    piece.part.set_kind("unmet_row");
    *piece.part.mutable_rows() = thing.row.said().unmet();
    const auto since =
        base::LondonDay(ToTime(thing.row.said().recorded_at()));
    Add(std::move(piece.label), std::move(piece.part), {since, since}, pieces);
    return absl::OkStatus();
  }

  absl::StatusOr<Piece<DueEntry>> OfUnmet(Reading& reading,
                                          const Thing& thing) const {
    const ThingRow& row = thing.row;
    if (row.has_plan()) return OfPlanThing(reading, thing);
    Scene scene{reading, today_, 0, false};
    ASSIGN_OR_RETURN(const ThingRow* family, reading.Family(thing.key.subject));
    if (family != nullptr) {
      ASSIGN_OR_RETURN(scene.family, reading.Resolve(thing.key.subject));
    }
    Piece<DueEntry> piece;
    piece.label = Label(scene, ClassOf(row), row.said().by().agency(),
                        RecordsOfThing(thing, family != nullptr));
    if (family != nullptr) {
      ASSIGN_OR_RETURN(*piece.part.mutable_family_id(),
                       reading.FamilyId(thing.key.subject));
    }
    piece.part.set_about_id(row.thing().id());
    return piece;
  }

  static ItemClass ClassOf(const ThingRow& row) {
    if (row.has_consent() || row.has_restriction()) {
      return agency::v1::ITEM_CLASS_CONSENT;
    }
    if (row.has_referral()) return agency::v1::ITEM_CLASS_REFERRAL;
    if (row.has_assessment() || row.has_score()) {
      return agency::v1::ITEM_CLASS_ASSESSMENT;
    }
    if (row.has_meeting()) return agency::v1::ITEM_CLASS_MEETING;
    if (row.has_need() || row.has_stay() || row.has_young_carer() ||
        row.has_competence()) {
      return agency::v1::ITEM_CLASS_NEED;
    }
    if (row.has_review() || row.has_contact()) {
      return agency::v1::ITEM_CLASS_PLAN;
    }
    return agency::v1::ITEM_CLASS_INVOLVEMENT;
  }

  static RecordSet RecordsOfThing(const Thing& thing, bool of_family) {
    const ThingRow& row = thing.row;
    if (row.has_consent()) {
      return RecordsIn(row.consent().recorded().records());
    }
    if (row.has_restriction()) {
      return RecordsIn(row.restriction().recorded().records());
    }
    if (row.has_referral()) {
      return RecordsIn(row.referral().recorded().records());
    }
    if (row.has_assessment()) {
      return RecordsIn(row.assessment().recorded().records());
    }
    if (row.has_meeting()) return RecordsIn(row.meeting().family_present());
    return of_family ? RecordSet() : RecordSet{thing.key.subject};
  }

  const core::StateReader& view_;
  const DueFilter& filter_;
  const absl::CivilDay today_;
};

// --- Matches ---

absl::StatusOr<Pieces<MatchView>> OfMatch(const Scene& scene,
                                          const Thing& thing) {
  const auto& row = thing.row.match();
  const RecordSet both = {row.judged().one(), row.judged().other()};
  const ItemLabel label =
      Label(scene, agency::v1::ITEM_CLASS_MATCH, "", both);
  Piece<MatchView> whole{label, {}};
  whole.part.set_match_id(thing.row.thing().id());
  whole.part.set_outcome(row.judged().outcome());
  *whole.part.mutable_evidence() = row.judged().evidence();
  whole.part.set_decision(row.decision());
  whole.part.set_version(row.version());
  Pieces<MatchView> pieces = {whole};
  for (const EntityNumber record : both) {
    ASSIGN_OR_RETURN(const ThingRow* found, scene.reading.Record(record));
    if (found == nullptr || found->record().gone()) continue;
    ASSIGN_OR_RETURN(auto parts, OfRecord(scene, record, *found));
    for (auto& part : parts) {
      // What somebody needs tells nobody who they are.
      if (part.label.class_() == agency::v1::ITEM_CLASS_NEED) continue;
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

// --- Frames and sources ---

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

// The thing that a row of a worklist leads to.
template <class T, class Compose>
absl::StatusOr<Pieces<T>> ListedThing(const core::StateReader& view,
                                      const Keyed& row, absl::CivilDay today,
                                      const Compose& compose) {
  ASSIGN_OR_RETURN(const auto place, Parse<PlaceRow>(row.value));
  Reading reading(view);
  ASSIGN_OR_RETURN(
      const auto thing,
      reading.Get({place.subject(), static_cast<Kind>(place.kind()),
                   place.rest()}));
  if (!thing.has_value()) return Pieces<T>();
  return compose(Scene{reading, today, 0, false}, *thing);
}

}  // namespace

absl::StatusOr<Page<FamilySummary>> Caseload(const core::StateReader& view,
                                             absl::string_view agency,
                                             EntityNumber practitioner,
                                             absl::Time now,
                                             const PageFrom& from) {
  const std::string work = practitioner == 0
                               ? keys::WorkOfAgency(agency)
                               : keys::WorkOfPractitioner(practitioner);
  CaseloadList list(view, work, std::string(agency), practitioner, now);
  const std::string families = work + "f";
  return PageOfRows<FamilySummary>(
      view, {families, work + "r"}, from, [&](const Keyed& row) {
        const bool is_family =
            row.key.compare(0, families.size(), families) == 0;
        return is_family ? list.OfFamilyRow(row.key)
                         : list.OfRecordRow(row.key);
      });
}

absl::StatusOr<Page<DueEntry>> Due(const core::StateReader& view,
                                   const DueFilter& filter, absl::Time now,
                                   const PageFrom& from) {
  DueList list(view, filter, now);
  RETURN_IF_ERROR(CheckCursor(from, {keys::DueAll()}));
  Page<DueEntry> page;
  absl::Status status;
  std::string last = from.cursor;
  RETURN_IF_ERROR(view.Scan(
      keys::DueAll(), [&](absl::string_view key, absl::string_view value) {
        if (key <= absl::string_view(from.cursor)) return true;
        const Keyed row{std::string(key), std::string(value)};
        if (list.IsLater(row.key)) return false;
        if (page.entries.size() == from.limit) {
          page.next = last;
          return false;
        }
        auto pieces = list.OfRow(row);
        if (!pieces.ok()) {
          status = pieces.status();
          return false;
        }
        last = row.key;
        if (!pieces->empty()) page.entries.push_back({*std::move(pieces), last});
        return true;
      }));
  if (!status.ok()) return status;
  return page;
}

absl::StatusOr<Page<DuplicateView>> Duplicates(const core::StateReader& view,
                                               bool include_decided,
                                               absl::Time now,
                                               const PageFrom& from) {
  std::vector<std::string> prefixes = {keys::Cases(true)};
  if (include_decided) prefixes.push_back(keys::Cases(false));
  return PageOfRows<DuplicateView>(
      view, prefixes, from, [&](const Keyed& row) {
        return ListedThing<DuplicateView>(view, row, base::LondonDay(now),
                                          OfCase);
      });
}

Answer<DuplicateView> DuplicatePieces(const core::StateReader& view,
                                      EntityNumber number, absl::Time now) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const auto thing,
                   reading.Numbered(number, Kind::kDuplicate));
  if (!thing.has_value()) return std::optional<Pieces<DuplicateView>>();
  const Scene scene{reading, base::LondonDay(now), 0, false};
  ASSIGN_OR_RETURN(auto pieces, OfCase(scene, *thing));
  return std::optional<Pieces<DuplicateView>>(std::move(pieces));
}

absl::StatusOr<Page<MatchView>> Matches(const core::StateReader& view,
                                        bool include_decided,
                                        const PageFrom& from) {
  std::vector<std::string> prefixes = {keys::Matches(true)};
  if (include_decided) prefixes.push_back(keys::Matches(false));
  return PageOfRows<MatchView>(view, prefixes, from, [&](const Keyed& row) {
    return ListedThing<MatchView>(view, row, {}, OfMatch);
  });
}

Answer<MatchView> MatchPieces(const core::StateReader& view,
                              EntityNumber match) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const auto thing, reading.Numbered(match, Kind::kMatch));
  if (!thing.has_value()) return std::optional<Pieces<MatchView>>();
  ASSIGN_OR_RETURN(auto pieces, OfMatch({reading, {}, 0, false}, *thing));
  return std::optional<Pieces<MatchView>>(std::move(pieces));
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
    ASSIGN_OR_RETURN(const auto row,
                     core::ReadRow<ledger::v1::WaitingRow>(
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

}  // namespace kith::views
