// What is due or overdue.
#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/core/family/family.h"
#include "services/views/compose.h"
#include "services/views/due.h"
#include "services/views/list_rows.h"
#include "services/views/listing.h"
#include "services/views/times.h"
#include "services/views/worklists.h"

namespace kith::views {
namespace {

using api::v1::DueEntry;

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
    ASSIGN_OR_RETURN(const Thing* thing, reading.Get(key));
    if (thing == nullptr || due.kind().empty()) return Pieces<DueEntry>();
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
    const Scene scene{reading, today_, 0};
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

  // One entry a plan, by the earliest of its open actions: parts of one entry
  // are merged, and the later ones would hide how long the first has waited.
  absl::Status AddActions(Reading& reading, const Thing& thing,
                          Pieces<DueEntry>* pieces) const {
    ASSIGN_OR_RETURN(Piece<DueEntry> piece, OfPlanThing(reading, thing));
    piece.part.set_kind("action");
    piece.part.add_rows("R-190");
    const auto day = FirstActionDay(thing.row.plan());
    if (!day.has_value() || *day > today_) return absl::OkStatus();
    Add(std::move(piece.label), std::move(piece.part), {*day, *day}, pieces);
    return absl::OkStatus();
  }

  absl::Status AddFostering(Reading& reading, const Thing& thing,
                            Pieces<DueEntry>* pieces) const {
    const auto& stay = thing.row.stay();
    if (!core::Covers(stay.said().period(), today_)) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto rules, RulesInForce(view_));
    const auto from = core::family::PrivateFosteringFrom(stay.said(), rules);
    if (!from.has_value()) return absl::OkStatus();
    const Scene scene{reading, today_, 0};
    DueEntry entry;
    entry.set_kind("private_fostering");
    entry.add_rows("R-018");
    ASSIGN_OR_RETURN(*entry.mutable_about_id(),
                     reading.PersonId(stay.record()));
    ItemLabel label = LabelOf(scene, agency::v1::ITEM_CLASS_NEED, thing.row,
                              thing.row.said().by().agency(),
                              RecordsIn(std::initializer_list<EntityNumber>{
                                  stay.record(), stay.carer()}));
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
    const Scene scene{reading, today_, 0};
    DueEntry entry;
    entry.set_kind("consent_recheck");
    entry.add_rows("R-249");
    if (consent.recorded().said().has_check_by()) entry.add_rows("R-092");
    entry.set_about_id(thing.row.thing().id());
    ASSIGN_OR_RETURN(auto label, LabelOfWhole(scene, thing));
    Add(*std::move(label), std::move(entry), {*day, *day}, pieces);
    return absl::OkStatus();
  }

  absl::Status AddUnmet(Reading& reading, const Thing& thing,
                        Pieces<DueEntry>* pieces) const {
    ASSIGN_OR_RETURN(Piece<DueEntry> piece, OfUnmet(reading, thing));
    piece.part.set_kind("unmet_row");
    *piece.part.mutable_rows() = thing.row.said().unmet();
    const auto since = base::LondonDay(ToTime(thing.row.said().recorded_at()));
    Add(std::move(piece.label), std::move(piece.part), {since, since}, pieces);
    return absl::OkStatus();
  }

  absl::StatusOr<Piece<DueEntry>> OfUnmet(Reading& reading,
                                          const Thing& thing) const {
    const ThingRow& row = thing.row;
    if (row.has_plan()) return OfPlanThing(reading, thing);
    Scene scene{reading, today_, 0};
    ASSIGN_OR_RETURN(const ThingRow* family, reading.Family(thing.key.subject));
    if (family != nullptr) {
      ASSIGN_OR_RETURN(scene.family, reading.Resolve(thing.key.subject));
    }
    Piece<DueEntry> piece;
    ASSIGN_OR_RETURN(const auto whole, LabelOfWhole(scene, thing));
    piece.label =
        whole.has_value()
            ? *whole
            : LabelOf(scene, ClassOf(row), row, row.said().by().agency(),
                      RecordsOfThing(thing, family != nullptr));
    if (family != nullptr) {
      ASSIGN_OR_RETURN(*piece.part.mutable_family_id(),
                       reading.FamilyId(thing.key.subject));
    }
    piece.part.set_about_id(row.thing().id());
    return piece;
  }

  static ItemClass ClassOf(const ThingRow& row) {
    if (row.has_sharing_note()) return agency::v1::ITEM_CLASS_CONSENT;
    if (row.has_score()) return agency::v1::ITEM_CLASS_ASSESSMENT;
    if (row.has_family_agreement()) {
      return agency::v1::ITEM_CLASS_FAMILY_AGREEMENT;
    }
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
    if (row.has_sharing_note()) return RecordsIn(row.sharing_note().records());
    if (row.has_family_agreement()) {
      return RecordsIn(row.family_agreement().recorded().parties());
    }
    return of_family ? RecordSet() : RecordSet{thing.key.subject};
  }

  const core::StateReader& view_;
  const DueFilter& filter_;
  const absl::CivilDay today_;
};

}  // namespace

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
        if (!pieces->empty())
          page.entries.push_back({*std::move(pieces), last});
        return true;
      }));
  if (!status.ok()) return status;
  return page;
}

}  // namespace kith::views
