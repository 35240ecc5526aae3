// What agencies record of the people that were invented: plans, leads,
// meetings, consents, what changes, what feeds and the hub tell, overrides.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "tests/server/invention.h"

namespace kith::server_tests {
namespace {

using api::v1::AssessmentService;
using api::v1::DuplicateService;
using api::v1::MeetingService;
using api::v1::OverrideService;
using api::v1::ReferralService;

constexpr int kOwnAnswer = 16;

}  // namespace

void Invention::OpenPlan(const Family& family) {
  const std::vector<size_t> about = Some(family.members, 3);
  const std::string content = absl::Substitute(
      R"(content { goals: "calm"
           actions { key: "a1" what: "walks" service: "$0"
                     practitioner { agency: "$0" local_id: "w1" }
                     by { year: 2024 month: $1 day: 1 } }
           actions { key: "a2" what: "rests" person { $2 }
                     by { year: 2024 month: 4 day: 1 } } })",
      AnyAgency(), Int(3, 9), Ref(Pick(about)));
  const Who who = By(family.agency);
  Thing plan = {family.agency, "", about};
  plan.id = Try(who, &PlanService::Stub::OpenPlan,
                absl::Substitute("plan { family { id: '$0' } $1 $2 }",
                                 family.id, About(about), content));
  if (plan.id.empty()) return;
  plans_.push_back(plan);
  const std::vector<size_t> adults = AdultsIn(family.members);
  if (!adults.empty() && Chance(75)) {
    Try(who, &PlanService::Stub::AgreePlan,
        absl::Substitute("agreement { plan { id: '$0' } version: 1 $1 }",
                         plan.id, About(adults, "agreed_by")));
  }
  if (Chance(60)) StateMeeting(family, plan.id);
  if (Chance(40)) StateMeeting(family, "");
}

void Invention::AppointLead(const Family& family) {
  const std::vector<size_t> adults = AdultsIn(family.members);
  if (adults.empty()) return;
  Try(By(family.agency), &LeadService::Stub::AppointLead,
      absl::Substitute(
          R"(appointment { family { id: "$0" } accepted: true $1
               practitioner { agency: "$2" local_id: "w1" name: "Grace Odili"
                              contact: "020 7946 0000" }
               at: APPOINTED_AT_TEAM_AROUND_FAMILY })",
          family.id, About({adults[0]}, "agreed_by"),
          Chance(50) ? family.agency : AnyAgency()));
}

void Invention::StateMeeting(const Family& family, const std::string& plan) {
  const bool apart = Chance(30);
  Try(By(family.agency), &MeetingService::Stub::StateMeeting,
      absl::Substitute(
          R"(meeting { family { id: "$0" } $1 kind: $2 $3
               at { seconds: 1709500000 } state: MEETING_STATE_HELD
               practitioners { local_id: "w1" } notes: "notes" })",
          family.id,
          plan.empty() || apart ? ""
                                : absl::StrCat("plan { id: '", plan, "' }"),
          apart ? "MEETING_KIND_SEPARATE_SESSION"
                : "MEETING_KIND_TEAM_AROUND_FAMILY",
          About(Some(family.members, apart ? 1 : 3), "family_present")));
}

// Of the agency's own people; a family is named where one comes to mind, which
// is not always one of theirs.
void Invention::StateAssessment(const std::string& agency) {
  const std::vector<size_t> own = RecordsOf(agency);
  if (own.empty()) return;
  Thing assessment = {agency, "", Some(own, 2)};
  assessment.id = Try(
      By(agency), &AssessmentService::Stub::StateAssessment,
      absl::Substitute(
          "assessment { $0 type: 'early' strengths: 'kind' $1 }",
          About(assessment.about),
          Chance(50) ? absl::StrCat("family { id: '", Pick(families_).id, "' }")
                     : ""));
  if (!assessment.id.empty()) assessments_.push_back(assessment);
}

void Invention::MakeReferral(const std::string& agency) {
  const std::vector<size_t> own = RecordsOf(agency);
  if (own.empty()) return;
  Thing referral = {agency, "", Some(own, 2)};
  referral.id = Try(
      By(agency), &ReferralService::Stub::MakeReferral,
      absl::Substitute(
          R"(referral { $0 $1 service: "youth" to_agency: "$2" reason: "help"
               referrer: REFERRER_KIND_PRACTITIONER family_agreed: ANSWER_YES })",
          About(referral.about),
          Chance(40) ? absl::StrCat("family { id: '", Pick(families_).id, "' }")
                     : "",
          AnyAgency()));
  if (!referral.id.empty()) referrals_.push_back(referral);
}

void Invention::StateConsent(const std::string& agency) {
  const std::vector<size_t> own = RecordsOf(agency);
  const std::vector<size_t> adults = AdultsIn(own);
  if (adults.empty()) return;
  // Adults answer for themselves and for children.
  const size_t answers = Pick(adults);
  std::vector<size_t> about = {answers};
  for (const size_t one : own) {
    const int age = kYear - humans_[records_[one].human].born;
    if (age < kOwnAnswer && Chance(40)) about.push_back(one);
  }
  Thing consent = {agency, "", about};
  const bool stores = Chance(4);
  consent.id = Try(
      By(agency), &ConsentService::Stub::StateConsent,
      absl::Substitute(
          R"(consent { $0 kind: $1 answer: $2 purpose: "$3" understood: ANSWER_YES
               answered_by { $4 } $5 $6
               check_by { year: 2024 month: 4 day: $7 } })",
          About(about), stores ? "CONSENT_KIND_STORE" : "CONSENT_KIND_SHARE",
          stores || Chance(20) ? "CONSENT_ANSWER_REFUSED"
                               : "CONSENT_ANSWER_GIVEN",
          Chance(80) ? "early_help" : "safeguarding", Ref(answers),
          stores
              ? ""
              : SomeWho("recipients", agency) + SomeWho("recipients", agency),
          stores ? "" : SomeClasses(), Int(1, 28)));
  if (!consent.id.empty()) consents_.push_back(consent);
}

void Invention::StateRestriction(const std::string& agency) {
  const std::vector<size_t> own = RecordsOf(agency);
  if (own.empty()) return;
  const std::vector<size_t> about = Some(own, 2);
  std::string more = SomeClasses();
  for (const Thing& one : assessments_) {
    if (one.agency != agency || !Chance(30)) continue;
    more = absl::Substitute("item_ids: '$0'", one.id);
  }
  if (Chance(30)) absl::StrAppend(&more, " from_family: true");
  Try(By(agency), &ConsentService::Stub::StateRestriction,
      absl::Substitute("restriction { $0 asked_by { $1 } $2 $3 }", About(about),
                       Ref(about[0]),
                       Chance(70) ? SomeWho("barred", agency) : "", more));
}

// Scores, steps, reviews and contacts by whoever happens to see the thing.
void Invention::TellByOthers() {
  for (const Thing& one : assessments_) {
    Try(By(Chance(50) ? one.agency : AnyAgency()),
        &AssessmentService::Stub::GiveScore,
        absl::Substitute(
            R"(score { assessment { id: "$0" } score {
                 instrument: "norfolk-scaling" item: "home" value: $1
                 phase: SCORE_PHASE_BEGINNING } })",
            one.id, Int(1, 9)));
  }
  for (const Thing& one : referrals_) {
    if (!Chance(60)) continue;
    Try(By(AnyAgency()), &ReferralService::Stub::MoveReferral,
        absl::Substitute(R"(step { referral { id: "$0" } reason: "r"
                              to: REFERRAL_STATE_RECEIVED })",
                         one.id));
  }
  for (const Thing& one : plans_) {
    if (Chance(50)) {
      Try(By(Chance(50) ? one.agency : AnyAgency()),
          &PlanService::Stub::ReviewPlan,
          absl::Substitute("review { plan { id: '$0' } summary: 's' }",
                           one.id));
    }
    Try(By(AnyAgency()), &PlanService::Stub::RecordContact,
        absl::Substitute("contact { contact { plan { id: '$0' } note: 'n' } }",
                         one.id));
  }
}

// Plans close, consents are withdrawn, members leave, records were errors.
void Invention::ChangeThings() {
  for (const Thing& one : plans_) {
    if (!Chance(15)) continue;
    Try(By(one.agency), &PlanService::Stub::ClosePlan,
        absl::Substitute(R"(closure { plan { id: "$0" } wording: "done"
                              reason: CLOSURE_REASON_RESOLVED })",
                         one.id));
  }
  for (const Thing& one : consents_) {
    if (!Chance(15)) continue;
    Try(By(one.agency), &ConsentService::Stub::WithdrawConsent,
        absl::Substitute(
            "withdrawal { consent { id: '$0' } withdrawn_by { $1 } }", one.id,
            Ref(one.about[0])));
  }
  for (const Family& family : families_) {
    if (family.members.size() < 2 || !Chance(30)) continue;
    Try(By(family.agency), &FamilyService::Stub::EndMembership,
        absl::Substitute(R"(membership { family { id: "$0" } person { $1 }
                              until { year: 2024 month: 3 day: 10 } })",
                         family.id, Ref(family.members[1])));
  }
  if (!records_.empty() && Chance(30)) {
    const size_t gone = Int(0, static_cast<int>(records_.size()) - 1);
    Try(By(records_[gone].agency), &FamilyService::Stub::RetractRecord,
        absl::Substitute("record { $0 reason: 'an error' }", Ref(gone)));
  }
}

// Reports that lack something, of people whom nobody stated, and senseless
// ones.
void Invention::TellFeeds() {
  auto& feed = server_.node().feed();
  const auto say = [&](const std::string& text) {
    const auto said =
        server_.node().Say(feed, Text<agency::v1::Statement>(text));
    KITH_CHECK(said.ok());
  };
  for (const size_t own : RecordsOf("school")) {
    if (!Chance(40)) continue;
    say(absl::Substitute(
        R"(assessment_stated { about { record { system: "main" agency: "school"
             local_id: "$0" } } type: "t"
             assessment { system: "main" agency: "school" local_id: "f$1" } })",
        records_[own].local_id, own));
    say(absl::Substitute(
        R"(consent_stated { about { record { system: "main" agency: "school"
             local_id: "$0" } } kind: CONSENT_KIND_SHARE purpose: "early_help"
             answer: CONSENT_ANSWER_GIVEN recipients { agency: "police" }
             consent { system: "main" agency: "school" local_id: "c$1" } })",
        records_[own].local_id, own));
  }
  for (int i = Int(1, 3); i > 0; --i) {
    say(absl::Substitute(
        R"(need_stated { person { record { system: "main" agency: "school"
             local_id: "nobody$0" } } need: "debt"
             entry { system: "main" agency: "school" local_id: "n$0" } })",
        i));
    say("need_stated { need: 'debt' }");
  }
}

void Invention::TellHub() {
  const Who hub = Of("council", "hub", "hub_administrator");
  for (int i = Int(1, 3); i > 0; --i) {
    Try(hub, &ConsentService::Stub::StateSharingAgreement,
        absl::Substitute(R"(agreement { parties: "council" parties: "$0"
                   agreement { system: "main" local_id: "g$1" } })",
                         Pick(std::vector<std::string>{"health", "school"}),
                         i));
    Try(Of("council", "chair", "panel_chair"),
        &MeetingService::Stub::StatePanelItem,
        R"(item { question: "how to help with debt" })");
  }
}

// Some of them, as the lists of the hub have them.
void Invention::DecideWorklists() {
  const Who hub = Of("council", "hub", "hub_administrator");
  const auto matches = server_.Call(
      hub, &DuplicateService::Stub::ListMatches,
      Text<api::v1::ListMatchesRequest>("page { page_size: 200 }"));
  for (const auto& match : matches.value.matches()) {
    if (match.records_size() != 2 || !Chance(30)) continue;
    Try(hub, &DuplicateService::Stub::DecideMatch,
        absl::Substitute(
            R"(decision { one { person_id: "$0" } other { person_id: "$1" }
                 decision: $2 reason: "looked" })",
            match.records(0).record_id(), match.records(1).record_id(),
            Chance(50) ? "MATCH_DECISION_SAME" : "MATCH_DECISION_DIFFERENT"));
  }
  const auto cases = server_.Call(
      hub, &DuplicateService::Stub::ListDuplicates,
      Text<api::v1::ListDuplicatesRequest>("page { page_size: 200 }"));
  for (const auto& one : cases.value.cases()) {
    if (one.sides_size() != 2 || !Chance(30)) continue;
    const std::string decision =
        Chance(50)
            ? "DUPLICATE_DECISION_DIFFERENT"
            : absl::Substitute(
                  R"(DUPLICATE_DECISION_SAME surviving_plan { id: "$0" })",
                  one.sides(0).plan_id());
    Try(hub, &DuplicateService::Stub::DecideDuplicate,
        absl::Substitute(
            R"(decision { case_id: "$0" reason: "looked" decision: $1 })",
            one.case_id(), decision));
  }
}

void Invention::Override() {
  for (const std::string& agency : Agencies()) {
    const std::vector<size_t> own = RecordsOf(agency);
    if (own.empty()) continue;
    if (Chance(50)) {
      Try(By(agency, "safeguarding_lead"),
          &OverrideService::Stub::StateOverride,
          absl::Substitute(
              R"(override { $0 $1 purpose: "safeguarding" $2
                   until { year: 2024 month: 5 day: 20 }
                   reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "threat"
                   basis: LEGAL_BASIS_PUBLIC_TASK told: $3 })",
              About(Some(own, 3)), SomeWho("recipients", agency), SomeClasses(),
              Chance(50) ? "ANSWER_YES"
                         : "ANSWER_NO not_told_because: 'harm' "
                           "decided_with: 'police'"));
    }
    if (Chance(50)) {
      Try(By(AnyAgency(), "safeguarding_lead"),
          &OverrideService::Stub::BreakGlass,
          absl::Substitute(
              R"(glass { family { id: "$0" } basis: LEGAL_BASIS_VITAL_INTERESTS
                   reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "collapsed"
                   minutes: 60 $1 })",
              Pick(families_).id, SomeClasses()));
    }
  }
}

std::vector<Who> Invention::Readers(
    const std::vector<std::pair<std::string, std::string>>& persons) {
  static const auto* kRoles = new std::vector<std::string>{
      "practitioner",      "lead_professional", "panel_chair",
      "hub_administrator", "access_team",       "safeguarding_lead",
      "auditor",           "privacy_officer",   "integration_engineer",
      "practitioner",      "practitioner",      "safeguarding_lead"};
  static const auto* kPurposes = new std::vector<std::string>{
      "early_help",   "early_help",     "early_help",
      "safeguarding", "administration", "lead_contact"};
  std::vector<Who> readers;
  for (const std::string& role : *kRoles) {
    Who who = By(AnyAgency(), role);
    who.purpose = Pick(*kPurposes);
    if (role == "auditor" && Chance(80)) who.reason = "complaint";
    readers.push_back(who);
  }
  for (int i = 0; i < 4; ++i) {
    const auto& [person, agency] = Pick(persons);
    Who member = Of(Chance(80) ? agency : AnyAgency(), "", "family_member");
    member.purpose = Chance(50) ? "own_information" : "early_help";
    member.person = person;
    readers.push_back(member);
  }
  return readers;
}

}  // namespace kith::server_tests
