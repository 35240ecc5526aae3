#include "services/views/listing.h"

#include <optional>

#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/family.h"
#include "services/views/due.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

using ledger::v1::PlaceRow;

PlaceRow PlaceOf(const ThingKey& key, const ThingRow& row) {
  PlaceRow place;
  place.set_number(row.thing().number());
  place.set_subject(key.subject);
  place.set_kind(key.kind);
  place.set_rest(key.rest);
  return place;
}

class Lister {
 public:
  Lister(const core::StateReader& rows, const ThingKey& key,
         const ThingRow& row)
      : rows_(rows), key_(key), row_(row) {}

  absl::StatusOr<std::vector<Listing>> List() {
    if (!row_.said().unmet().empty() && !row_.has_ended()) {
      const auto since = base::LondonDay(ToTime(row_.said().recorded_at()));
      AddDue(since, kUnmetRows);
    }
    if (row_.has_plan()) RETURN_IF_ERROR(ListPlan());
    if (row_.has_stay()) RETURN_IF_ERROR(ListStay());
    if (row_.has_consent()) RETURN_IF_ERROR(ListConsent());
    if (row_.has_match()) ListMatch();
    if (row_.has_duplicate()) ListCase();
    if (row_.has_override()) {
      const auto& recorded = row_.override().recorded();
      ListReview(recorded.alerted(), recorded.review_due(),
                 row_.override().has_judged());
    }
    if (row_.has_glass()) {
      const auto& broken = row_.glass().broken();
      ListReview(broken.alerted(), broken.review_due(),
                 row_.glass().has_judged());
    }
    return std::move(listings_);
  }

 private:
  void AddDue(std::optional<absl::CivilDay> day, char kind) {
    if (!day.has_value()) return;
    ledger::v1::DueRow due;
    *due.mutable_place() = PlaceOf(key_, row_);
    due.set_kind(std::string(1, kind));
    listings_.push_back({keys::Due(*day, kind, key_), due.SerializeAsString()});
  }

  absl::Status ListPlan() {
    ASSIGN_OR_RETURN(const auto rules, RulesInForce(rows_));
    const auto review = ReviewWindow(row_, rules);
    if (review.has_value()) AddDue(review->from, kReviewDue);
    AddDue(FirstActionDay(row_.plan()), kActionDue);
    return absl::OkStatus();
  }

  absl::Status ListStay() {
    ASSIGN_OR_RETURN(const auto rules, RulesInForce(rows_));
    AddDue(core::family::PrivateFosteringFrom(row_.stay().said(), rules),
           kFosteringDue);
    return absl::OkStatus();
  }

  absl::Status ListConsent() {
    ASSIGN_OR_RETURN(const auto births, BirthsOf(rows_, row_.consent()));
    AddDue(RecheckDay(row_, births), kRecheckDue);
    return absl::OkStatus();
  }

  void ListMatch() {
    listings_.push_back({keys::Match(IsOpenMatch(row_), row_.thing().number()),
                         PlaceOf(key_, row_).SerializeAsString()});
  }

  void ListCase() {
    const auto& found = row_.duplicate().found();
    listings_.push_back({keys::Case(IsOpenCase(row_), found.level(),
                                    found.score(), row_.thing().number()),
                         PlaceOf(key_, row_).SerializeAsString()});
  }

  // For every agency that was alerted.
  template <class Agencies>
  void ListReview(const Agencies& agencies, const agency::v1::Date& due,
                  bool reviewed) {
    const absl::CivilDay day(due.year(), due.month(), due.day());
    for (const std::string& agency : agencies) {
      listings_.push_back(
          {keys::Review(agency, !reviewed, day, row_.thing().number()),
           PlaceOf(key_, row_).SerializeAsString()});
    }
  }

  const core::StateReader& rows_;
  const ThingKey& key_;
  const ThingRow& row_;
  std::vector<Listing> listings_;
};

}  // namespace

bool IsOpenMatch(const ThingRow& row) {
  const auto& match = row.match();
  if (match.decision() != agency::v1::MATCH_DECISION_UNSPECIFIED) return false;
  const auto outcome = match.judged().outcome();
  return outcome == ledger::v1::PAIR_OUTCOME_POSSIBLE ||
         outcome == ledger::v1::PAIR_OUTCOME_VETO || row.has_ended();
}

bool IsOpenCase(const ThingRow& row) {
  return row.duplicate().state() == ledger::v1::CASE_STATE_OPEN;
}

absl::StatusOr<std::vector<Listing>> ListingsOf(const core::StateReader& rows,
                                                const ThingKey& key,
                                                const ThingRow& row) {
  return Lister(rows, key, row).List();
}

}  // namespace kith::views
