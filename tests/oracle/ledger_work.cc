// What agencies do with people and families, and what is ruled about them.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/oracle/ledger_inventor.h"

namespace kith::ledger_oracle {

void Inventor::AddPlan() {
  Plan plan;
  plan.agency = Speak();
  plan.family = AnyFamily();
  plan.about = SomeRecords(3);
  std::string more =
      Chance(70) ? "state: PLAN_STATE_AGREED" : "state: PLAN_STATE_CLOSED";
  plan.closed = more != "state: PLAN_STATE_AGREED";
  if (Chance(30)) {
    plan.doers = {AnyRecord()};
    absl::StrAppend(&more,
                    " content { actions { key: 'a' } } doers { "
                    "key: 'a' record: ",
                    plan.doers[0], " }");
  }
  plan.number = history_->Plan(plan.family, plan.about, more);
  if (!plan.closed && Chance(20)) {
    history_->Add(plan.family, plan.about,
                  absl::StrCat("plan_ended { reason: CLOSURE_REASON_RESOLVED "
                               "plan: ",
                               plan.number, " }"));
    plan.closed = true;
  }
  world_.plans.push_back(plan);
}

// One after the other.
void Inventor::AddLeads(Number family) {
  for (int i = Int(0, 2); i > 0; --i) {
    Lead lead;
    lead.family = family;
    lead.works_for = Pick(Agencies());
    lead.appointed_by = Speak();
    lead.practitioner =
        history_->Practitioner(lead.works_for, absl::StrCat("w", Int(1, 2)));
    lead.number = history_->Lead(family, lead.practitioner);
    lead.ended = i > 1 || Chance(30);
    if (lead.ended) {
      history_->Add(family, {},
                    absl::Substitute(
                        "lead_left { family: $0 appointment: $1 until { $2 } "
                        "reason: 'over' }",
                        family, lead.number, DateText(world_.today)));
    }
    world_.leads.push_back(lead);
  }
}

void Inventor::AddInvolvement() {
  Involvement one;
  one.agency = Speak();
  one.record = AnyRecord();
  one.span = AnySpan();
  history_->Add(one.record, {},
                absl::Substitute("involvement_recorded { $0 record: $1 said { "
                                 "service: 's' $2 } }",
                                 IdText("involvement", history_->NextNumber()),
                                 one.record, PeriodText(one.span)));
  world_.involvements.push_back(one);
}

void Inventor::AddNeed() {
  const Need need{AnyRecord(), Speak()};
  history_->Add(
      need.record, {},
      absl::Substitute("need_recorded { $0 record: $1 said { need: 'n' } }",
                       IdText("need", history_->NextNumber()), need.record));
  world_.needs.push_back(need);
}

void Inventor::AddRelationship() {
  const Relationship one{AnyRecord(), AnyRecord(), Speak()};
  if (one.person == one.to) return;
  history_->Add(one.person, {one.to},
                absl::Substitute("relationship_recorded { person: $0 to: $1 "
                                 "said { kind: RELATIONSHIP_KIND_PARENT } }",
                                 one.person, one.to));
  world_.relationships.push_back(one);
}

void Inventor::AddHelper() {
  const Helper helper{AnyFamily(), Speak(), Chance(50)};
  history_->Add(helper.family, {},
                absl::Substitute("network_recorded { $0 family: $1 said { "
                                 "name: 'n' contact: '$2' } }",
                                 IdText("entry", history_->NextNumber()),
                                 helper.family, helper.has_contact ? "c" : ""));
  world_.helpers.push_back(helper);
}

Ruling Inventor::AnyRuling() {
  Ruling ruling;
  ruling.agency = Speak();
  ruling.about = SomeRecords(3);
  if (Chance(30)) ruling.named = {AnyRecord()};
  if (Chance(70)) ruling.said_by = AnyRecord();
  ruling.number = history_->NextNumber();
  return ruling;
}

std::string Inventor::NamedText(const std::string& field,
                                const Ruling& ruling) {
  std::string text = absl::Substitute("$0 { agency: 'health' } ", field);
  for (const Number record : ruling.named) {
    absl::StrAppend(&text, field, " { record: ", record, " } ");
  }
  return text;
}

void Inventor::AddConsent() {
  const Ruling one = AnyRuling();
  history_->Add(
      one.about.front(), Rest(one.about),
      absl::Substitute(
          "consent_recorded { $0 $1 $2 answered_by: $3 said { kind: "
          "CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN } }",
          IdText("consent", one.number), ListText("records", one.about),
          NamedText("recipients", one), one.said_by));
  if (Chance(20)) {
    history_->Add(
        one.about.front(), Rest(one.about),
        absl::Substitute("consent_ended { consent: $0 }", one.number));
  }
  world_.consents.push_back(one);
}

void Inventor::AddRestriction() {
  const Ruling one = AnyRuling();
  history_->Add(
      one.about.front(), Rest(one.about),
      absl::Substitute("restriction_recorded { $0 $1 $2 asked_by: $3 }",
                       IdText("restriction", one.number),
                       ListText("records", one.about), NamedText("barred", one),
                       one.said_by));
  world_.restrictions.push_back(one);
}

void Inventor::AddOverride() {
  Ruling one = AnyRuling();
  one.named.clear();
  history_->Add(one.about.front(), Rest(one.about),
                absl::Substitute("override_recorded { $0 $1 $2 }",
                                 IdText("override", one.number),
                                 ListText("records", one.about),
                                 NamedText("recipients", one)));
  world_.overrides.push_back(one);
}

void Inventor::AddGlass() {
  Ruling one = AnyRuling();
  if (Chance(60)) one.family = AnyFamily();
  const Number subject = one.family != 0 ? one.family : one.about.front();
  std::vector<Number> others = one.about;
  others.erase(std::remove(others.begin(), others.end(), subject),
               others.end());
  history_->Add(subject, others,
                absl::Substitute("glass_broken { $0 family: $1 $2 }",
                                 IdText("access", one.number), one.family,
                                 ListText("records", one.about)));
  world_.glass.push_back(one);
}

Service Inventor::AnyService() {
  Service service;
  service.agency = Speak();
  service.about = SomeRecords(3);
  if (Chance(60)) service.family = AnyFamily();
  service.number = history_->NextNumber();
  return service;
}

void Inventor::AddAssessment() {
  const Service one = AnyService();
  history_->Add(
      one.about.front(), Rest(one.about),
      absl::Substitute(
          "assessment_recorded { $0 $1 family: $2 said { type: 't' } }",
          IdText("assessment", one.number), ListText("records", one.about),
          one.family));
  world_.assessments.push_back(one);
}

void Inventor::AddReferral() {
  Service one = AnyService();
  one.to_agency = Pick(Agencies());
  history_->Add(one.about.front(), Rest(one.about),
                absl::Substitute("referral_recorded { $0 $1 family: $2 said { "
                                 "service: 's' to_agency: '$3' } }",
                                 IdText("referral", one.number),
                                 ListText("records", one.about), one.family,
                                 one.to_agency));
  Times(Int(0, 2), [&] {
    one.steps.push_back(Speak());
    history_->Add(one.about.front(), Rest(one.about),
                  absl::Substitute("referral_stepped { referral: $0 said { to: "
                                   "REFERRAL_STATE_ACCEPTED } }",
                                   one.number));
  });
  world_.referrals.push_back(one);
}

void Inventor::AddMeeting() {
  Meeting meeting;
  meeting.agency = Speak();
  meeting.family = AnyFamily();
  for (const Plan& plan : world_.plans) {
    if (plan.family == meeting.family && Chance(70)) {
      meeting.plan = plan.number;
    }
  }
  std::set<Number> present;
  for (const Membership& member : world_.memberships) {
    if (member.family == meeting.family && Chance(60)) {
      present.insert(member.record);
    }
  }
  meeting.present = {present.begin(), present.end()};
  meeting.apart = !present.empty() && Chance(40);
  meeting.number = history_->NextNumber();
  history_->Add(
      meeting.family, {},
      absl::Substitute(
          "meeting_recorded { $0 family: $1 plan: $2 $3 said { kind: $4 } }",
          IdText("meeting", meeting.number), meeting.family, meeting.plan,
          ListText("family_present", meeting.present),
          meeting.apart ? "MEETING_KIND_SEPARATE_SESSION"
                        : "MEETING_KIND_TEAM_AROUND_FAMILY"));
  world_.meetings.push_back(meeting);
}

}  // namespace kith::ledger_oracle
