// Early help episodes and the Annex A lists 2 and 3.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/council/reader.h"
#include "base/civil_date.h"

namespace kith::adapters::council {
namespace {

using agency::v1::Period;

// When it happened: the day's start in London, never after the extract.
absl::Time When(const Reading& reading, const agency::v1::Date& date) {
  const auto day = ToDay(date);
  if (!day) return reading.feed.extracted_at;
  return std::min(base::LondonMidnight(*day), reading.feed.extracted_at);
}

// The key of a row that has no id of its own. A second one alike in the same
// file gets a number.
std::string RowKey(Reading& reading, const std::string& key) {
  const int seen = ++reading.keys[key];
  return seen == 1 ? key : absl::StrCat(key, "#", seen);
}

// The worker, by the id where the file has one, else by the name.
bool ReadWorker(Row& row, agency::v1::PractitionerRef* worker) {
  const std::string id = row.Text("worker_id");
  const std::string name = row.Text("worker_name");
  if (id.empty() && name.empty()) return false;
  worker->set_local_id(id.empty() ? name : id);
  worker->set_name(name);
  worker->set_profession(row.Text("worker_profession"));
  worker->set_contact(row.Text("worker_contact"));
  return true;
}

agency::v1::ClosureReason ClosureOf(const std::string& word) {
  if (word == "resolved") return agency::v1::CLOSURE_REASON_RESOLVED;
  if (word == "transferred") return agency::v1::CLOSURE_REASON_TRANSFERRED;
  if (word == "withdrawn") return agency::v1::CLOSURE_REASON_WITHDRAWN;
  return agency::v1::CLOSURE_REASON_OTHER;
}

void SayInvolvement(Reading& reading, const std::string& key,
                    const Period& period,
                    const agency::v1::PractitionerRef* worker) {
  Row& row = reading.row;
  agency::v1::InvolvementStated& said =
      *Say(reading.feed, key, When(reading, period.from()), reading.item)
           .mutable_involvement_stated();
  *said.mutable_involvement() = Local(reading.feed, key);
  *said.mutable_person() = PersonOf(reading.feed, row.Text("person_id"));
  said.set_service("early_help");
  said.set_role(row.Text("organisation"));
  if (worker != nullptr) *said.mutable_worker() = *worker;
  *said.mutable_period() = period;
  said.set_end_reason(row.Text("end_reason"));
}

void SayPlan(Reading& reading, const std::string& key, const Period& period) {
  Row& row = reading.row;
  agency::v1::PlanStated said;
  *said.mutable_plan() = Local(reading.feed, key);
  *said.add_about() = PersonOf(reading.feed, row.Text("person_id"));
  const std::string family = row.Text("family_id");
  if (!family.empty()) *said.mutable_family() = ThingOf(reading.feed, family);
  said.mutable_content()->set_category("early_help");
  const std::string reason = row.Text("episode_reason");
  if (!reason.empty()) said.mutable_content()->add_goals(reason);
  *said.mutable_period() = period;
  if (period.has_until()) {
    said.set_state(agency::v1::PLAN_STATE_CLOSED);
    said.set_closure(ClosureOf(row.Code("end_reason", "end_reasons")));
    said.set_closure_wording(row.Text("end_reason"));
  } else {
    said.set_state(agency::v1::PLAN_STATE_AGREED);
  }
  *Say(reading.feed, key, When(reading, period.from()), reading.item)
       .mutable_plan_stated() = said;
}

void SayLead(Reading& reading, const std::string& key, const Period& period,
             const agency::v1::PractitionerRef& worker) {
  Row& row = reading.row;
  agency::v1::LeadStated& said =
      *Say(reading.feed, key, When(reading, period.from()), reading.item)
           .mutable_lead_stated();
  *said.mutable_appointment() = Local(reading.feed, key);
  *said.mutable_person() = PersonOf(reading.feed, row.Text("person_id"));
  const std::string family = row.Text("family_id");
  if (!family.empty()) *said.mutable_family() = ThingOf(reading.feed, family);
  *said.mutable_practitioner() = worker;
  *said.mutable_period() = period;
}

}  // namespace

void ReadEpisode(Reading& reading) {
  Row& row = reading.row;
  const std::string key = row.Text("episode_id");
  if (key.empty()) return SetAside(reading.item, "no episode id");
  Period period;
  row.SetPeriod("episode_start", "episode_end", &period);
  if (!row.ok()) return;
  if (!period.has_from()) {
    return SetAside(reading.item, "an episode without a start");
  }
  agency::v1::PractitionerRef worker;
  const bool has_worker = ReadWorker(row, &worker);
  SayInvolvement(reading, key, period, has_worker ? &worker : nullptr);
  SayPlan(reading, key, period);
  if (has_worker) SayLead(reading, key, period, worker);
}

void ReadAssessment(Reading& reading) {
  Row& row = reading.row;
  Period period;
  row.SetPeriod("assessment_start", "assessment_end", &period);
  row.Date("birth_date");
  if (!row.ok()) return;
  if (!period.has_from()) {
    return SetAside(reading.item, "an assessment without a start");
  }
  const std::string child = row.Text("person_id");
  const std::string key =
      RowKey(reading, absl::StrCat("assessment/", child, "/",
                                   base::FormatIsoDay(*ToDay(period.from()))));
  agency::v1::AssessmentStated& said =
      *Say(reading.feed, key, When(reading, period.from()), reading.item)
           .mutable_assessment_stated();
  *said.mutable_assessment() = Local(reading.feed, key);
  *said.add_about() = PersonOf(reading.feed, child);
  said.set_type("early_help");
  *said.mutable_period() = period;
  said.set_organisation(row.Text("organisation"));
}

void ReadReferral(Reading& reading) {
  Row& row = reading.row;
  const auto date = row.Date("referral_date");
  row.Date("birth_date");
  if (!row.ok()) return;
  if (!date) return SetAside(reading.item, "a referral without a date");
  const std::string child = row.Text("person_id");
  const std::string key = RowKey(
      reading,
      absl::StrCat("referral/", child, "/", base::FormatIsoDay(*ToDay(*date))));
  const std::string source = row.Code("referral_source", "referral_sources");
  agency::v1::ReferralStated said;
  *said.mutable_referral() = Local(reading.feed, key);
  *said.add_about() = PersonOf(reading.feed, child);
  said.set_referrer(source == "family"
                        ? agency::v1::REFERRER_KIND_FAMILY
                        : agency::v1::REFERRER_KIND_PRACTITIONER);
  said.set_to_agency(reading.feed.agency);
  said.set_service("childrens_social_care");
  said.set_reason(
      absl::StrCat("referred by ", source.empty() ? "not known" : source));
  const auto no_further_action = row.Answer("no_further_action");
  if (no_further_action == agency::v1::ANSWER_YES) {
    said.set_state(agency::v1::REFERRAL_STATE_DECLINED);
  } else if (no_further_action == agency::v1::ANSWER_NO) {
    said.set_state(agency::v1::REFERRAL_STATE_ACCEPTED);
  } else {
    said.set_state(agency::v1::REFERRAL_STATE_RECEIVED);
  }
  *said.mutable_made_on() = *date;
  *Say(reading.feed, key, When(reading, *date), reading.item)
       .mutable_referral_stated() = said;
}

}  // namespace kith::adapters::council
