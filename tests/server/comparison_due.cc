// What is due, and the lines of histories, as the things themselves say it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/server/comparison.h"

namespace kith::server_tests {
namespace {

// What is due, as the things themselves say it.
class DueOf {
 public:
  DueOf(absl::CivilDay today, const Who& reader, bool overdue_only)
      : today_(today), reader_(reader), overdue_only_(overdue_only) {}

  void Add(const api::v1::PlanView& plan) {
    if (plan.has_review_due()) {
      AddEntry(plan.by().agency(), "review", plan.plan_id(),
               plan.review_due().from(), plan.review_due().until());
    }
    const bool open = plan.state() != agency::v1::PLAN_STATE_CLOSED &&
                      plan.merged_into_plan_id().empty();
    // By the earliest that was to be done.
    const agency::v1::Date* first = nullptr;
    for (const auto& action : plan.content().actions()) {
      if (!open || action.state() == agency::v1::ACTION_STATE_DONE ||
          action.state() == agency::v1::ACTION_STATE_DROPPED) {
        continue;
      }
      if (first == nullptr || Day(action.by()) < Day(*first)) {
        first = &action.by();
      }
    }
    if (first == nullptr) return;
    AddEntry(plan.by().agency(), "action", plan.plan_id(), *first, *first);
  }
  void Add(const api::v1::NeedView& need) {
    if (!need.has_private_fostering_from()) return;
    AddEntry(need.by().agency(), "private_fostering", need.person_id(),
             need.private_fostering_from(), need.private_fostering_from());
  }
  // All invented ones are to be asked again on a day that was set.
  void Add(const api::v1::ConsentView& consent) {
    if (consent.has_ended_at() || !consent.said().has_check_by() ||
        consent.said().answer() == agency::v1::CONSENT_ANSWER_REFUSED) {
      return;
    }
    AddEntry(consent.by().agency(), "consent_recheck", consent.consent_id(),
             consent.said().check_by(), consent.said().check_by());
  }
  // What reports leave open; when they were recorded tells nothing here.
  void AddUnmet(const std::string& id, const api::v1::Said& by) {
    if (by.unmet().empty()) return;
    AddEntry(by.agency(), "unmet_row", id, {}, {});
  }

  const ShownById<api::v1::DueEntry>& all() const { return all_; }

  static std::string KeyOf(const api::v1::DueEntry& entry) {
    return absl::StrCat(
        entry.kind(), " ", entry.about_id(), " ",
        absl::StrCat(entry.due_until().month(), "/", entry.due_until().day()));
  }

 private:
  static absl::CivilDay Day(const agency::v1::Date& date) {
    return absl::CivilDay(date.year(), date.month(), date.day());
  }

  void AddEntry(const std::string& agency, const std::string& kind,
                const std::string& id, const agency::v1::Date& from,
                const agency::v1::Date& until) {
    if (reader_.role != "hub_administrator" && agency != reader_.agency) return;
    const bool dated = from.year() != 0;
    if (dated && Day(from) > today_) return;
    if (dated && overdue_only_ && Day(until) >= today_) return;
    api::v1::DueEntry entry;
    entry.set_kind(kind);
    entry.set_about_id(id);
    *entry.mutable_due_until() = until;
    all_[KeyOf(entry)];
  }

  const absl::CivilDay today_;
  const Who reader_;
  const bool overdue_only_;
  ShownById<api::v1::DueEntry> all_;
};

}  // namespace

// Consents about nobody who is in a family, which no method for one thing
// shows.
std::set<std::string> Comparison::ConsentsOfNoFamily() const {
  std::set<uint64_t> people;
  for (const std::string& family : ledger_.Families()) {
    people.merge(ledger_.PeopleOf(family));
  }
  std::set<std::string> ids;
  for (const auto& [number, consent] : ledger_.consents) {
    if (!Mentions(consent.records, people)) ids.insert(consent.id);
  }
  return ids;
}

void Comparison::DueList() {
  for (const bool overdue_only : {false, true}) {
    DueOf due(today_, reader_, overdue_only);
    for (const auto& [id, plan] : shown_.plans) {
      due.Add(plan);
      due.AddUnmet(id, plan.by());
    }
    for (const auto& [id, one] : shown_.assessments) due.AddUnmet(id, one.by());
    for (const auto& [id, one] : shown_.referrals) due.AddUnmet(id, one.by());
    for (const auto& [id, person] : shown_.persons) {
      for (const auto& need : person.needs()) due.Add(need);
    }
    for (const auto& [id, family] : shown_.families) {
      for (const auto& consent : family.consents()) {
        due.Add(consent);
        due.AddUnmet(consent.consent_id(), consent.by());
      }
    }
    const std::set<std::string> loose = ConsentsOfNoFamily();
    api::v1::ListDueRequest request;
    request.set_overdue_only(overdue_only);
    Compare(
        "ListDue", &FamilyService::Stub::ListDue, request,
        [&loose](const auto& page, auto* listed) {
          for (api::v1::DueEntry one : page.entries()) {
            if (loose.count(one.about_id()) > 0) continue;
            if (one.kind() == "unmet_row") one.clear_due_until();
            listed->push_back({DueOf::KeyOf(one), {}});
          }
        },
        due.all(), due.all().size());
  }
}

// Small pages hold what one great one does; and the lines of plans and
// assessments tell of what may be got.
void Comparison::Timelines() {
  for (const std::string& family : ledger_.Families()) {
    ShownById<api::v1::TimelineEntry> whole;
    api::v1::GetTimelineRequest request;
    request.set_family_id(family);
    const auto take = [&](const auto& page, auto* listed) {
      for (api::v1::TimelineEntry one : page.entries()) {
        const std::string position =
            absl::StrCat(server_.PositionOf(one.position()));
        one.clear_position();
        listed->emplace_back(position, one);
      }
    };
    Listed<api::v1::TimelineEntry> at_once;
    Walk(server_, reader_, &FamilyService::Stub::GetTimeline, request, 200,
         [&](const auto& page) {
           take(page, &at_once);
           return 0;
         });
    whole.insert(at_once.begin(), at_once.end());
    Compare("GetTimeline", &FamilyService::Stub::GetTimeline, request, take,
            whole, whole.size());
    CompareLines(family, whole);
  }
}

void Comparison::CompareLines(const std::string& family,
                              const ShownById<api::v1::TimelineEntry>& lines) {
  const auto told = [&](uint64_t position) {
    return lines.count(absl::StrCat(position)) > 0;
  };
  for (const auto& [position, number] : ledger_.plan_lines) {
    const LedgerThing& plan = ledger_.plans.at(number);
    if (!ledger_.IsOf(plan.family, family)) continue;
    const auto got = shown_.plans.find(plan.id);
    EXPECT_EQ(told(position),
              got != shown_.plans.end() && got->second.has_content())
        << "the line of " << plan.id;
  }
  const std::set<uint64_t> people = ledger_.PeopleOf(family);
  for (const auto& [position, number] : ledger_.assessment_lines) {
    const LedgerThing& assessment = ledger_.assessments.at(number);
    if (!Mentions(assessment.records, people)) continue;
    const auto got = shown_.assessments.find(assessment.id);
    // It may keep more back: a restricted record's lines stay with its agency.
    if (!told(position)) continue;
    EXPECT_TRUE(got != shown_.assessments.end() && got->second.has_said())
        << "the line of " << assessment.id;
  }
}

}  // namespace kith::server_tests
