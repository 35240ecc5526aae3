// Group, CarePlan, ServiceRequest and CareTeam.
#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"
#include "adapters/health/fhir.h"

namespace kith::adapters::health {
namespace {

using agency::v1::PlanAction;
using agency::v1::PlanStated;

constexpr int kMembersMax = 50;
constexpr int kActionsMax = 100;
constexpr int kGoalsMax = 50;

absl::CivilDay ExtractDay(const Reading& reading) {
  return absl::ToCivilDay(reading.feed.extracted_at, absl::UTCTimeZone());
}

// When the resource says it was written, else the time of the extract.
absl::Time WhenOf(const Reading& reading, const char* field) {
  return ParseInstant(Text(reading.resource, field))
      .value_or(reading.feed.extracted_at);
}

// Adds one member. False: a date cannot be one.
bool ReadMember(Reading& reading, const json& from,
                agency::v1::FamilyStated& family) {
  const std::string who = Resolve(reading, At(from, "entity"));
  const bool animal = reading.directory.animals.count(who) > 0;
  if (animal || !IsPersonKey(who)) {
    Note(reading.item, animal ? "an animal was left out of the family"
                              : "a member that is no person was left out");
    return true;
  }
  agency::v1::FamilyMember member;
  *member.mutable_person() = PersonOf(reading.feed, who);
  if (!At(from, "period").is_null() &&
      !ReadPeriod(At(from, "period"), *member.mutable_period())) {
    return false;
  }
  if (IsTrue(from, "inactive") && !member.period().has_until()) {
    *member.mutable_period()->mutable_until() = ToDate(ExtractDay(reading));
  }
  *family.add_members() = member;
  return true;
}

std::string StateWord(Reading& reading, const char* table) {
  const auto word =
      reading.mapping.Find(table, Text(reading.resource, "status"));
  return word.value_or("");
}

// Whom it is about: a patient, or a group that is a family. False: neither.
template <class Message>
bool ReadSubject(Reading& reading, Message& out) {
  const std::string who = Resolve(reading, At(reading.resource, "subject"));
  if (reading.directory.families.count(who) > 0) {
    *out.mutable_family() = ThingOf(reading.feed, who);
    return true;
  }
  if (!IsPersonKey(who) || reading.directory.animals.count(who) > 0) {
    return false;
  }
  *out.add_about() = PersonOf(reading.feed, who);
  return true;
}

agency::v1::ActionState ActionStateOf(const std::string& status) {
  if (status == "completed") return agency::v1::ACTION_STATE_DONE;
  if (status == "cancelled" || status == "stopped") {
    return agency::v1::ACTION_STATE_DROPPED;
  }
  return agency::v1::ACTION_STATE_OPEN;
}

// False: a date cannot be one.
bool ReadActivity(Reading& reading, const json& from, int number,
                  agency::v1::PlanContent& content) {
  const json& detail = At(from, "detail");
  if (detail.is_null() || Text(detail, "status") == "entered-in-error" ||
      IsTrue(detail, "doNotPerform")) {
    return true;
  }
  PlanAction action;
  action.set_key(absl::StrCat(number));
  action.set_what(Tidy(Text(detail, "description")));
  if (action.what().empty()) action.set_what(Wording(At(detail, "code")));
  action.set_state(ActionStateOf(Text(detail, "status")));
  for (const json& performer : List(detail, "performer")) {
    const std::string who = Resolve(reading, performer);
    if (IsPersonKey(who)) {
      *action.mutable_person() = PersonOf(reading.feed, who);
    } else if (const auto practitioner = Practitioner(reading, performer)) {
      *action.mutable_practitioner() = *practitioner;
    }
  }
  agency::v1::Period scheduled;
  if (!ReadPeriod(At(detail, "scheduledPeriod"), scheduled)) return false;
  if (scheduled.has_until()) *action.mutable_by() = scheduled.until();
  *content.add_actions() = action;
  return true;
}

std::string GoalText(const Reading& reading, const json& reference) {
  const std::string text = Text(reference, "reference");
  for (const json& contained : List(reading.resource, "contained")) {
    if (absl::StrCat("#", Text(contained, "id")) == text) {
      return Wording(At(contained, "description"));
    }
  }
  const auto known = reading.directory.goals.find(Resolve(reading, reference));
  if (known != reading.directory.goals.end()) return known->second;
  return Tidy(Text(reference, "display"));
}

bool ReadContent(Reading& reading, agency::v1::PlanContent& content) {
  for (const json& goal : List(reading.resource, "goal")) {
    const std::string text = GoalText(reading, goal);
    if (text.empty() || content.goals_size() == kGoalsMax) continue;
    content.add_goals(text);
  }
  int number = 0;
  for (const json& activity : List(reading.resource, "activity")) {
    if (content.actions_size() == kActionsMax) {
      Note(reading.item, "more than 100 actions; the rest left out");
      break;
    }
    if (!ReadActivity(reading, activity, ++number, content)) return false;
  }
  return true;
}

// "draft", "agreed", "resolved" or "other" (both closed).
void SetPlanState(const Reading& reading, const std::string& word,
                  PlanStated& plan) {
  if (word == "draft" || Text(reading.resource, "intent") == "proposal") {
    plan.set_state(agency::v1::PLAN_STATE_DRAFT);
  } else if (word == "agreed") {
    plan.set_state(agency::v1::PLAN_STATE_AGREED);
  }
  if (word != "resolved" && word != "other") return;
  plan.set_state(agency::v1::PLAN_STATE_CLOSED);
  plan.set_closure(word == "resolved" ? agency::v1::CLOSURE_REASON_RESOLVED
                                      : agency::v1::CLOSURE_REASON_OTHER);
  plan.set_closure_wording(Text(reading.resource, "status"));
  if (!plan.period().has_until()) {
    *plan.mutable_period()->mutable_until() = ToDate(ExtractDay(reading));
  }
}

agency::v1::ReferralState ReferralStateOf(const std::string& word) {
  if (word == "made") return agency::v1::REFERRAL_STATE_MADE;
  if (word == "accepted") return agency::v1::REFERRAL_STATE_ACCEPTED;
  return agency::v1::REFERRAL_STATE_WITHDRAWN;
}

std::string ReasonOf(const json& resource) {
  std::string reason;
  for (const json& one : List(resource, "reasonCode")) {
    if (!reason.empty()) absl::StrAppend(&reason, "; ");
    absl::StrAppend(&reason, Wording(one));
  }
  return reason;
}

// The day a team, or one's part in it, has ended: its own, or the extract's for
// a team that works no more.
void EndTeam(const Reading& reading, agency::v1::Period& period) {
  const std::string status = Text(reading.resource, "status");
  if (period.has_until()) return;
  if (status == "inactive" || status == "entered-in-error") {
    *period.mutable_until() = ToDate(ExtractDay(reading));
  }
}

struct Part {
  std::string role;  // our word of a lead, or empty
  std::string wording;
  agency::v1::PractitionerRef who;
  agency::v1::Period period;
};

// False: a date cannot be one.
bool ReadParts(Reading& reading, std::vector<Part>& parts) {
  for (const json& from : List(reading.resource, "participant")) {
    const auto who = Practitioner(reading, At(from, "member"));
    if (!who) continue;  // patients and organisations take no statement here
    Part part;
    part.who = *who;
    part.role = FindConcept(reading.mapping, "lead_roles", At(from, "role"))
                    .value_or("");
    part.wording = Wording(At(from, "role"));
    if (!At(from, "period").is_null() &&
        !ReadPeriod(At(from, "period"), part.period)) {
      return false;
    }
    if (At(from, "period").is_null() &&
        !ReadPeriod(At(reading.resource, "period"), part.period)) {
      return false;
    }
    EndTeam(reading, part.period);
    parts.push_back(part);
  }
  return true;
}

void SayLead(Reading& reading, const std::string& subject, const Part& part) {
  agency::v1::LeadStated& lead =
      *Say(reading.feed, absl::StrCat(reading.key, "/lead"),
           reading.feed.extracted_at, reading.item)
           .mutable_lead_stated();
  *lead.mutable_appointment() =
      Local(reading.feed, absl::StrCat(reading.key, "/lead"));
  if (IsPersonKey(subject)) {
    *lead.mutable_person() = PersonOf(reading.feed, subject);
  } else {
    *lead.mutable_family() = ThingOf(reading.feed, subject);
  }
  *lead.mutable_practitioner() = part.who;
  *lead.mutable_period() = part.period;
}

void SayInvolvement(Reading& reading, const std::string& subject,
                    const Part& part) {
  const std::string key = absl::StrCat(reading.key, "/", part.who.local_id());
  agency::v1::InvolvementStated& involvement =
      *Say(reading.feed, key, reading.feed.extracted_at, reading.item)
           .mutable_involvement_stated();
  *involvement.mutable_involvement() = Local(reading.feed, key);
  *involvement.mutable_person() = PersonOf(reading.feed, subject);
  involvement.set_service(
      FindConcept(reading.mapping, "services", At(reading.resource, "category"))
          .value_or(reading.mapping.Setting("service", "health")));
  involvement.set_role(part.wording);
  *involvement.mutable_worker() = part.who;
  *involvement.mutable_period() = part.period;
}

// The part that leads; the first of those that have not ended. Two that lead at
// once are for a person to look at.
const Part* FindLead(Reading& reading, const std::vector<Part>& parts) {
  const Part* lead = nullptr;
  for (const Part& part : parts) {
    if (part.role.empty()) continue;
    if (lead == nullptr || lead->period.has_until()) {
      lead = &part;
    } else if (!part.period.has_until()) {
      Note(reading.item, "a second lead of one team was left out");
    }
  }
  return lead;
}

}  // namespace

void ReadGroup(Reading& reading) {
  if (Text(reading.resource, "type") != "person") {
    return Refuse(reading.item, "a group of no persons is no family");
  }
  if (reading.directory.families.count(reading.key) == 0) {
    return Skip(reading.item, "a group that the table does not call a family");
  }
  if (!IsTrue(reading.resource, "actual")) {
    return Skip(reading.item, "a description of a group, not a group");
  }
  const json& active = At(reading.resource, "active");
  if (active.is_boolean() && !active.get<bool>()) {
    return Skip(reading.item, "a group no longer in use");
  }
  agency::v1::FamilyStated family;
  *family.mutable_family() = ThingOf(reading.feed, reading.key);
  const json& members = List(reading.resource, "member");
  if (members.size() > kMembersMax) {
    return SetAside(reading.item, "a family of more than 50");
  }
  for (const json& member : members) {
    if (!ReadMember(reading, member, family)) {
      return SetAside(reading.item, "a date that cannot be one");
    }
  }
  if (family.members_size() == 0) {
    return Skip(reading.item, "a family without members");
  }
  *Say(reading.feed, reading.key, reading.feed.extracted_at, reading.item)
       .mutable_family_stated() = family;
}

void ReadCarePlan(Reading& reading) {
  const auto category = FindConcept(reading.mapping, "plan_categories",
                                    At(reading.resource, "category"));
  if (!category) {
    return Skip(reading.item, "a care plan of no category in the table");
  }
  if (Text(reading.resource, "intent") == "option") {
    return Skip(reading.item, "an option, not a plan");
  }
  const std::string state = StateWord(reading, "plan_states");
  if (state.empty()) return SetAside(reading.item, "unknown status of a plan");
  PlanStated plan;
  *plan.mutable_plan() = Local(reading.feed, reading.key);
  if (!ReadSubject(reading, plan)) {
    return SetAside(reading.item, "it is about nobody of whom an id is known");
  }
  plan.mutable_content()->set_category(*category);
  if (!ReadContent(reading, *plan.mutable_content()) ||
      !ReadPeriod(At(reading.resource, "period"), *plan.mutable_period())) {
    return SetAside(reading.item, "a date that cannot be one");
  }
  SetPlanState(reading, state, plan);
  *Say(reading.feed, reading.key, WhenOf(reading, "created"), reading.item)
       .mutable_plan_stated() = plan;
}

void ReadServiceRequest(Reading& reading) {
  auto service = FindConcept(reading.mapping, "referral_categories",
                             At(reading.resource, "category"));
  if (!service) {
    service = FindConcept(reading.mapping, "referral_categories",
                          At(reading.resource, "code"));
  }
  if (!service) {
    return Skip(reading.item, "a service request of no category in the table");
  }
  const std::string intent = Text(reading.resource, "intent");
  if (intent == "proposal" || intent == "plan" || intent == "option" ||
      IsTrue(reading.resource, "doNotPerform")) {
    return Skip(reading.item, "a request that is not to be carried out");
  }
  const std::string state = StateWord(reading, "referral_states");
  if (state == "not_made") return Skip(reading.item, "a draft of a referral");
  if (state.empty()) {
    return SetAside(reading.item, "unknown status of a service request");
  }
  agency::v1::ReferralStated referral;
  *referral.mutable_referral() = Local(reading.feed, reading.key);
  if (!ReadSubject(reading, referral) || referral.about_size() == 0) {
    return SetAside(reading.item, "it is about nobody of whom an id is known");
  }
  const std::string requester =
      Resolve(reading, At(reading.resource, "requester"));
  referral.set_referrer(IsPersonKey(requester)
                            ? agency::v1::REFERRER_KIND_FAMILY
                            : agency::v1::REFERRER_KIND_PRACTITIONER);
  for (const json& performer : List(reading.resource, "performer")) {
    if (referral.to_agency().empty()) {
      referral.set_to_agency(Agency(reading, performer));
    }
  }
  referral.set_service(*service);
  referral.set_reason(ReasonOf(reading.resource));
  referral.set_state(ReferralStateOf(state));
  const std::string authored = Text(reading.resource, "authoredOn");
  if (!authored.empty()) {
    const auto date = ParseFhirDate(authored);
    if (!date) return SetAside(reading.item, "a date that cannot be one");
    *referral.mutable_made_on() = *date;
  }
  *Say(reading.feed, reading.key, WhenOf(reading, "authoredOn"), reading.item)
       .mutable_referral_stated() = referral;
}

void ReadCareTeam(Reading& reading) {
  if (Text(reading.resource, "status") == "proposed") {
    return Skip(reading.item, "a team that is only proposed");
  }
  const std::string subject = Resolve(reading, At(reading.resource, "subject"));
  const bool family = reading.directory.families.count(subject) > 0;
  if (!family &&
      (!IsPersonKey(subject) || reading.directory.animals.count(subject) > 0)) {
    return SetAside(reading.item, "it is about nobody of whom an id is known");
  }
  std::vector<Part> parts;
  if (!ReadParts(reading, parts)) {
    return SetAside(reading.item, "a date that cannot be one");
  }
  const Part* lead = FindLead(reading, parts);
  if (lead != nullptr) SayLead(reading, subject, *lead);
  std::set<std::string> said;  // one may take part in two roles
  for (const Part& part : parts) {
    if (part.role.empty() && !family &&
        said.insert(part.who.local_id()).second) {
      SayInvolvement(reading, subject, part);
    }
  }
  if (reading.item.said.empty()) {
    Skip(reading.item, "a team without a practitioner of whom an id is known");
  }
}

}  // namespace kith::adapters::health
