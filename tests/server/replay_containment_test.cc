// A history with a marker in every text: a replay shows nobody one that no
// other read shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/substitute.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "tests/server/replay_story.h"

namespace kith::server_tests {
namespace {

using api::v1::AssessmentService;
using api::v1::DuplicateService;
using api::v1::MeetingService;
using api::v1::OverrideService;
using api::v1::ReferralService;
using ::testing::IsSupersetOf;

// A family of which everything is said, with a marker of its own ("mk_...") in
// each text.
class ContainmentTest : public ReplayContentTest {
 protected:
  static std::set<std::string> MarkersIn(const std::string& text) {
    static const std::regex kMarker("mk_[a-z]+");
    return {std::sregex_token_iterator(text.begin(), text.end(), kMarker),
            std::sregex_token_iterator()};
  }

  std::string F(const std::string& text) const {
    return absl::StrReplaceAll(
        text, {{"$F", absl::StrCat("{ id: \"", story.family(), "\" }")},
               {"$M", absl::StrCat("{ ", RecordText("mother"), " }")},
               {"$C", absl::StrCat("{ ", RecordText("child"), " }")},
               {"$D", absl::StrCat("{ ", RecordText("father"), " }")},
               {"$T", absl::StrCat("{ ", RecordText("teen"), " }")},
               {"$P", absl::StrCat("{ id: \"", plan, "\" }")}});
  }
  template <class Method>
  std::string Say(const Method& method, const std::string& text,
                  const Who& who = Who()) {
    return story.Made(method, F(text), who);
  }

  void TellOfPeople() {
    StateMother(R"(gender: "mk_gender" ethnicity: "mk_ethnicity"
        religion: "mk_religion" languages: "mk_language"
        disabilities: "mk_disability" communication_needs: "mk_communication"
        contact_points { kind: "mk_kind" value: "mk_telephone" }
        addresses { lines: "mk_line" postcode: "RV1 4QX" uprn: "mk_uprn" }
        identifiers { kind: IDENTIFIER_KIND_LOCAL value: "mk_identifier"
                      local { system: "mk_less" local_id: "mk_idlocal" } }
        names { use: NAME_USE_FORMER given: "mk_given" family: "mk_family" }
        unknown_codes: "mk_code")");
    teen = Say(&FamilyService::Stub::StatePerson,
               R"(person { record { system: "main" local_id: "teen" }
                 names { use: NAME_USE_USUAL given: "mk_teen" family: "Ferris" }
                 birth_date { year: 2010 month: 6 day: 2 } })");
    father = Say(&FamilyService::Stub::StatePerson,
                 R"(person { record { system: "main" local_id: "father" }
                 names { use: NAME_USE_USUAL given: "mk_fathergiven" family: "mk_fatherfamily" }
                 birth_date { year: 1980 month: 1 day: 2 }
                 ethnicity: "mk_fatherethnicity"
                 contact_points { kind: "mobile" value: "mk_fathertelephone" } })");
    Say(&FamilyService::Stub::RegisterFamily,
        R"(family { family $F members { person $D role: "mk_role" }
             members { person $T role: "son" } })");
    Say(&FamilyService::Stub::StateRelationship,
        R"(relationship { person $D to $C wording: "mk_relationship"
             kind: RELATIONSHIP_KIND_STEP_PARENT })");
    Say(&FamilyService::Stub::StateNetworkMember,
        R"(member { family $F name: "mk_aunt" relationship: "mk_relation"
             contact: "mk_contact" entry { system: "main" local_id: "mk_entry" } })");
    Say(&FamilyService::Stub::StateInvolvement,
        R"(involvement { person $C service: "mk_service" role: "mk_inrole"
             involvement { system: "main" local_id: "mk_inlocal" }
             worker { agency: "council" local_id: "w3" name: "mk_worker" }
             end_reason: "mk_endreason"
             period { from { year: 2023 month: 1 day: 2 }
                      until { year: 2024 month: 1 day: 2 } } })");
    Say(&FamilyService::Stub::StateNeed,
        R"(need { person $C need: "housing" wording: "mk_need"
             entry { system: "main" local_id: "mk_needlocal" }
             state: NEED_STATE_IDENTIFIED })");
    Say(&FamilyService::Stub::StateYoungCarer,
        R"(status { person $C cares_for $M young_carer: ANSWER_YES
             identified_by: "mk_identifiedby" })");
    Say(&FamilyService::Stub::JudgeCompetence,
        R"(judgement { person $T matter: "mk_matter" competent: true
             reasons: "mk_reasons" })");
  }

  void TellOfConsent() {
    const std::string consent =
        Say(&ConsentService::Stub::StateConsent,
            R"(consent { about $C kind: CONSENT_KIND_SHARE
             consent { system: "main" local_id: "mk_consentlocal" }
             answer: CONSENT_ANSWER_GIVEN recipients { person $D }
             purpose: "early_help" classes: ITEM_CLASS_NEED
             answered_by $M understood: ANSWER_YES wording: "mk_consent" })");
    Say(&ConsentService::Stub::WithdrawConsent,
        absl::StrCat("withdrawal { consent { id: \"", consent,
                     "\" } withdrawn_by $M wording: \"mk_withdrawn\" }"));
    const std::string restriction =
        Say(&ConsentService::Stub::StateRestriction,
            R"(restriction { about $C barred { agency: "mk_barred" }
                 asked_by $M reason: "mk_restriction" })");
    Say(&ConsentService::Stub::LiftRestriction,
        absl::StrCat("lift { restriction { id: \"", restriction,
                     "\" } asked_by $M reason: \"mk_lifted\" }"));
    Say(&ConsentService::Stub::NoteSharing,
        R"(note { about $C about $M kind: SHARING_NOTE_KIND_WORRY
             recipients { person $D } purpose: "early_help"
             wording: "mk_note" answer: "mk_answer" })");
    Say(&ConsentService::Stub::StateFamilyAgreement,
        R"(agreement { family $F parties $M parties $D
             expectations: "mk_expectations" duty_explained: ANSWER_YES })");
  }

  void TellOfWork() {
    const std::string referral =
        Say(&ReferralService::Stub::MakeReferral,
            R"(referral { about $C about $M family $F service: "mk_refservice"
                 referrer: REFERRER_KIND_PRACTITIONER to_agency: "youth"
                 reason: "mk_refreason" family_agreed: ANSWER_YES })");
    Say(&ReferralService::Stub::MoveReferral,
        absl::StrCat("step { referral { id: \"", referral,
                     R"(" } to: REFERRAL_STATE_WITHDRAWN reason: "mk_step"
                        outcome: "mk_outcome" })"));
    const std::string assessment =
        Say(&AssessmentService::Stub::StateAssessment,
            R"(assessment { about $C about $M family $F type: "mk_type"
                 organisation: "mk_organisation" strengths: "mk_strength"
                 worries { key: "k" worry: "mk_worry" worried: "mk_worried"
                           goal: "mk_goal" } })");
    Say(&AssessmentService::Stub::GiveScore,
        absl::StrCat(
            "score { assessment { id: \"", assessment,
            R"(" } score { instrument: "norfolk-scaling" item: "mk_item"
                        value: 3 phase: SCORE_PHASE_BEGINNING scored_by $M why: "mk_why" } })"));
    plan = Say(&PlanService::Stub::OpenPlan,
               R"(plan { family $F about $M about $C content {
                    category: "mk_category" goals: "mk_plangoal"
                    success_signs: "mk_sign"
                    actions { key: "a1" what: "mk_what" service: "school"
                              difference: "mk_firstdifference" person $D
                              by { year: 2024 month: 9 day: 1 } } } })");
    story.AgreePlan(plan, 1);
    Say(&PlanService::Stub::AmendPlan,
        R"(amendment { plan $P version: 1 agreed_by $M content {
             goals: "mk_latergoal"
             actions { key: "a1" what: "mk_laterwhat" service: "school"
                       by { year: 2024 month: 9 day: 1 } person $D } } })");
    Say(&PlanService::Stub::UpdateAction,
        R"(action { plan $P action: "a1" state: ACTION_STATE_OPEN
             difference: "mk_difference" })");
    Say(&PlanService::Stub::UpdateAction,
        R"(action { plan $P action: "a1" state: ACTION_STATE_DONE
             difference: "mk_laterdifference" })");
    const std::string meeting =
        Say(&MeetingService::Stub::StateMeeting,
            R"(meeting { family $F plan $P kind: MEETING_KIND_TEAM_AROUND_FAMILY
             at { seconds: 1709500000 }
                      state: MEETING_STATE_HELD family_present $M place: "mk_place"
             notes: "mk_minutes" practitioners { local_id: "w4" name: "mk_present" } })");
    Say(&MeetingService::Stub::StateMeeting,
        R"(meeting { family $F kind: MEETING_KIND_SEPARATE_SESSION
             at { seconds: 1709500000 }
                      state: MEETING_STATE_HELD family_present $C notes: "mk_apart" })");
    story.AppointLead();
    Say(&PlanService::Stub::ReviewPlan,
        absl::StrCat("review { plan $P summary: \"mk_review\" meeting { id: \"",
                     meeting, "\" } }"));
    Say(&PlanService::Stub::RecordContact,
        R"(contact { contact { plan $P note: "mk_contactnote" } })");
    Say(&LeadService::Stub::GiveLeadNotice,
        R"(notice { family $F reason: "mk_notice"
             review_on { year: 2024 month: 5 day: 1 } })");
  }

  void TellOfOverride() {
    const std::string override =
        Say(&OverrideService::Stub::StateOverride,
            R"(override { about $M recipients { agency: "police" }
             purpose: "safeguarding" classes: ITEM_CLASS_CONTACT
             until { year: 2024 month: 3 day: 5 }
             reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "mk_override"
             basis: LEGAL_BASIS_PUBLIC_TASK told: ANSWER_NO
             not_told_because: "mk_nottold" decided_with: "mk_decidedwith" })");
    Say(&OverrideService::Stub::TellFamily,
        absl::StrCat("told { override { id: \"", override,
                     "\" } on { year: 2024 month: 3 day: 4 } "
                     "wording: \"mk_told\" }"));
  }

  void Consent(const std::string& agency, const std::string& about,
               const std::string& more) {
    Say(&ConsentService::Stub::StateConsent,
        absl::Substitute(R"(consent { $0 kind: CONSENT_KIND_SHARE
            answer: CONSENT_ANSWER_GIVEN recipients { agency: "$1" }
            purpose: "early_help" answered_by $$M understood: ANSWER_YES $2 })",
                         about, agency, more));
  }

  void SetUp() override {
    TellOfPeople();
    TellOfConsent();
    TellOfWork();
    TellOfOverride();
    const std::string all = "about $M about $C";
    Consent("health", all, "classes: ITEM_CLASS_IDENTITY");
    Consent("nursery", all, "classes: ITEM_CLASS_CONTACT");
    Consent("school", "about $M", "");
    Consent("youth", "about $C", "");
    Consent("gp", all, "");
    Consent("court", all,
            "classes: ITEM_CLASS_FAMILY classes: ITEM_CLASS_CONSENT");
    Consent("clinic", all,
            "classes: ITEM_CLASS_MEETING classes: ITEM_CLASS_ASSESSMENT "
            "classes: ITEM_CLASS_REFERRAL");
    for (const char* agency : {"trust", "housing"}) {
      Consent(agency, all, "");
      Say(&ConsentService::Stub::StateConsent,
          absl::Substitute(R"(consent { about $$D kind: CONSENT_KIND_SHARE
              answer: CONSENT_ANSWER_GIVEN recipients { agency: "$0" }
              purpose: "early_help" answered_by $$D understood: ANSWER_YES })",
                           agency));
    }
    Say(&ConsentService::Stub::StateRestriction,
        R"(restriction { about $C barred { agency: "housing" }
             classes: ITEM_CLASS_NEED asked_by $M })");
  }

  static std::vector<Who> Readers() {
    std::vector<Who> readers = {Who(),
                                Of("council", "w9", "lead_professional"),
                                Of("council", "sg", "safeguarding_lead"),
                                Of("hub", "h1", "hub_administrator"),
                                Of("police", "p1"),
                                Of("council", "pc", "panel_chair")};
    for (const char* agency : {"health", "nursery", "school", "youth", "gp",
                               "court", "clinic", "trust", "housing"}) {
      readers.push_back(Of(agency, "r1"));
    }
    Who administration;
    administration.purpose = "administration";
    readers.push_back(administration);
    return readers;
  }

  template <class Stub, class Request, class Response>
  void Take(const Who& who,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                         Response*),
            Request request, std::set<std::string>& seen) {
    if constexpr (requires { request.mutable_page(); }) {
      request.mutable_page()->set_page_size(200);
    }
    const auto answer = server.Call(who, method, request);
    if (!answer.ok()) return;
    seen.merge(MarkersIn(answer.value.ShortDebugString()));
  }

  // All that the reads of families, people and their things show.
  std::set<std::string> SeenOtherwise(const Who& who) {
    std::set<std::string> seen;
    Take(who, &FamilyService::Stub::GetFamily, story.Get(), seen);
    const auto of_family = [&](auto method, auto request) {
      request.set_family_id(story.family());
      Take(who, method, request, seen);
    };
    of_family(&FamilyService::Stub::GetTimeline, api::v1::GetTimelineRequest());
    of_family(&PlanService::Stub::ListPlans, api::v1::ListPlansRequest());
    of_family(&MeetingService::Stub::ListMeetings,
              api::v1::ListMeetingsRequest());
    of_family(&ReferralService::Stub::ListReferrals,
              api::v1::ListReferralsRequest());
    of_family(&AssessmentService::Stub::ListAssessments,
              api::v1::ListAssessmentsRequest());
    of_family(&LeadService::Stub::GetLead, api::v1::GetLeadRequest());
    for (const std::string& person :
         {story.mother(), story.child(), father, teen}) {
      const auto of_person = [&](auto method, auto request) {
        request.set_person_id(person);
        Take(who, method, request, seen);
      };
      of_person(&FamilyService::Stub::GetPerson, api::v1::GetPersonRequest());
      of_person(&ConsentService::Stub::ListConsents,
                api::v1::ListConsentsRequest());
      of_person(&OverrideService::Stub::ListOverrides,
                api::v1::ListOverridesRequest());
    }
    api::v1::ListDuplicatesRequest duplicates;
    duplicates.set_include_decided(true);
    Take(who, &DuplicateService::Stub::ListDuplicates, duplicates, seen);
    api::v1::ListMatchesRequest matches;
    matches.set_include_decided(true);
    Take(who, &DuplicateService::Stub::ListMatches, matches, seen);
    return seen;
  }

  std::string plan, father, teen;
};

TEST_F(ContainmentTest, AReplayShowsNobodyWhatNoOtherReadShowsThem) {
  // What a later word of the council took the place of: its own agency's.
  const std::set<std::string> superseded = {
      "mk_category", "mk_plangoal",   "mk_sign",
      "mk_what",     "mk_difference", "mk_firstdifference"};
  size_t shown = 0;
  for (const Who& who : Readers()) {
    std::set<std::string> replayed = MarkersIn(Replay(who));
    shown += replayed.size();
    const std::set<std::string> seen = SeenOtherwise(who);
    for (const std::string& marker : replayed) {
      if (seen.count(marker) > 0) continue;
      EXPECT_TRUE(who.agency == "council" && superseded.count(marker) > 0)
          << marker << " is replayed to " << who.agency << " as " << who.role
          << " for " << who.purpose;
    }
  }
  EXPECT_GT(shown, 150u);
}

// That the test above is about all there is: whatever was said is in the facts.
TEST_F(ContainmentTest, EveryMarkerIsInTheLedger) {
  Who auditor = Of("audit", "a1", "auditor");
  auditor.reason = "complaint 7";
  const std::set<std::string> all = MarkersIn(Replay(auditor));
  EXPECT_GE(all.size(), 70u);
  EXPECT_THAT(all, IsSupersetOf({"mk_telephone", "mk_contact", "mk_minutes",
                                 "mk_apart", "mk_laterdifference", "mk_notice",
                                 "mk_withdrawn", "mk_told"}));
}

}  // namespace
}  // namespace kith::server_tests
