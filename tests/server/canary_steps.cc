#include "tests/server/canary_steps.h"

namespace kith::server_tests {

// Who they are, what is known of them, and who may learn it.
const std::vector<CanaryStep>& CanaryPeople() {
  static const auto* all = new std::vector<CanaryStep>{
      {"worker", "FamilyService.StatePerson", R"(person { %mother%
         names { use: NAME_USE_USUAL } birth_date { %30 years ago% }
         identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "%number%"
                       status: IDENTIFIER_STATUS_VERIFIED }
         identifiers {} addresses {} contact_points { kind: "phone" } })",
       "mother"},
      {"worker", "FamilyService.StatePerson", R"(person { %child%
         names {} birth_date { %8 years ago% } addresses {}
         identifiers { kind: IDENTIFIER_KIND_LOCAL
                       local { agency: "school" local_id: "@pupil" } } })"},
      {"worker", "FamilyService.StatePerson", R"(person { %teen%
         names {} birth_date { %14 years ago% } addresses { protected: true } })"},
      {"worker", "FamilyService.StatePerson", R"(person { %father%
         names {} birth_date { %35 years ago% } })"},
      {"worker", "FamilyService.StatePerson", R"(person { %old%
         names {} replaced_by { local_id: "@father" system: "main" } })"},
      {"worker", "FamilyService.StatePerson", "person { %wrong% names {} }"},
      {"worker", "FamilyService.RetractRecord", "record { %wrong% }"},
      {"nurse", "FamilyService.StatePerson", R"(person { %patient%
         names {} birth_date { %30 years ago% } addresses {}
         identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "%number%"
                       status: IDENTIFIER_STATUS_VERIFIED } })"},
      {"worker", "FamilyService.StatePerson", R"(person { %aunt%
         names { given: "@Rosa" family: "@Lind" }
         birth_date { %40 years ago% } addresses { postcode: "RV1 4QX" } })"},
      {"nurse", "FamilyService.StatePerson", R"(person { %aunt%
         names { given: "@Rosa" family: "@Lind" }
         birth_date { %40 years ago% } addresses { postcode: "RV1 4QX" } })"},
      {"worker", "FamilyService.StateRelationship", R"(relationship {
         person { %mother% } to { %child% } kind: RELATIONSHIP_KIND_PARENT
         parental_responsibility: ANSWER_YES lives_with: ANSWER_YES })"},
      {"worker", "FamilyService.StateRelationship", R"(relationship {
         person { %mother% } to { %teen% } kind: RELATIONSHIP_KIND_PARENT
         parental_responsibility: ANSWER_YES })"},
      {"worker", "FamilyService.RegisterFamily", R"(family {
         defined_by { %mother% } locality: "north"
         members { person { %mother% } lives_here: ANSWER_YES }
         members { person { %child% } lives_here: ANSWER_YES }
         members { person { %teen% } lives_here: ANSWER_YES } })",
       "family"},
      {"worker", "FamilyService.RegisterFamily", R"(family {
         defined_by { %father% } members { person { %father% } } })",
       "other"},
      {"worker", "FamilyService.StateNetworkMember",
       "member { family { id: '%#family%' } supporting: ANSWER_YES }"},
      {"worker", "FamilyService.StateInvolvement", R"(involvement {
         person { %mother% } worker { local_id: "@w1" }
         period { from { %1 years ago% } } })"},
      {"worker", "FamilyService.StateNeed",
       "need { person { %mother% } state: NEED_STATE_IDENTIFIED }"},
      {"worker", "FamilyService.StateYoungCarer", R"(status {
         person { %teen% } young_carer: ANSWER_YES cares_for { %mother% } })"},
      {"worker", "FamilyService.StateFosteringStay", R"(stay {
         child { %teen% } carer { %father% } close_relative: ANSWER_NO
         period { from { %today% } } })"},
      {"worker", "FamilyService.JudgeCompetence",
       "judgement { person { %teen% } competent: true }"},
      {"hub", "DuplicateService.DecideMatch", R"(decision {
         one { %child% } other { %teen% }
         decision: MATCH_DECISION_DIFFERENT })"},
      {"worker", "ConsentService.StateConsent", R"(consent {
         about { %mother% } about { %child% } kind: CONSENT_KIND_SHARE
         answer: CONSENT_ANSWER_GIVEN recipients { agency: "health" }
         recipients { practitioner { agency: "health" local_id: "@n1" } }
         recipients { person { %father% } } purpose: "early_help"
         answered_by { %mother% } understood: ANSWER_YES
         copy_given: ANSWER_YES told_how_to_change: ANSWER_YES
         check_by { %soon% } })",
       "consent"},
      {"worker", "ConsentService.StateConsent", R"(consent {
         about { %mother% } kind: CONSENT_KIND_SERVICE
         answer: CONSENT_ANSWER_GIVEN answered_by { %mother% }
         purpose: "early_help" understood: ANSWER_YES })",
       "withdrawn"},
      {"worker", "ConsentService.WithdrawConsent", R"(withdrawal {
         consent { id: "%#withdrawn%" } withdrawn_by { %mother% } })"},
      {"worker", "ConsentService.StateRestriction", R"(restriction {
         about { %child% } barred { agency: "police" }
         barred { practitioner { agency: "police" local_id: "@p1" } }
         barred { person { %father% } } asked_by { %mother% } })",
       "restriction"},
      {"worker", "ConsentService.LiftRestriction", R"(lift {
         restriction { id: "%#restriction%" } asked_by { %mother% } })"},
      {"worker", "ConsentService.StateFamilyAgreement", R"(agreement {
         family { id: "%#family%" } parties { %mother% } parties { %teen% }
         duty_explained: ANSWER_YES })",
       "agreement"},
      {"worker", "ConsentService.SignFamilyAgreement", R"(signature {
         agreement { id: "%#agreement%" } signed_by { %mother% }
         signed_on { %today% } })"},
      {"hub", "ConsentService.StateSharingAgreement", R"(agreement {
         parties: "council" parties: "health"
         agreement { system: "main" local_id: "g1" } })"},
      {"worker", "ConsentService.NoteSharing", R"(note {
         about { %mother% } kind: SHARING_NOTE_KIND_WORRY
         recipients { agency: "health" } purpose: "early_help" })"}};
  return *all;
}

// What is done for them.
const std::vector<CanaryStep>& CanaryWork() {
  static const auto* all = new std::vector<CanaryStep>{
      {"worker", "ReferralService.MakeReferral", R"(referral {
         about { %mother% } family { id: "%#family%" } to_agency: "council"
         referrer: REFERRER_KIND_PRACTITIONER })",
       "referral"},
      {"worker", "ReferralService.MakeReferral", R"(referral {
         about { %mother% } family_agreed: ANSWER_YES
         referrer: REFERRER_KIND_FAMILY })"},
      {"worker", "ReferralService.MoveReferral", R"(step {
         referral { id: "%#referral%" } to: REFERRAL_STATE_RECEIVED })"},
      {"worker", "AssessmentService.StateAssessment", R"(assessment {
         about { %mother% } about { %child% } family { id: "%#family%" }
         worries { key: "w" } scores { instrument: "norfolk-scaling" value: 3
           scored_by { %mother% } phase: SCORE_PHASE_BEGINNING } })",
       "assessment"},
      {"worker", "AssessmentService.GiveScore", R"(score {
         assessment { id: "%#assessment%" }
         score { instrument: "norfolk-scaling" value: 5
                 scored_by { %mother% } phase: SCORE_PHASE_MONITORING } })"},
      {"feed", "", R"(lead_stated { appointment { system: "main"
           local_id: "@lead" } family { id: "%#other%" } person { %father% }
           practitioner { local_id: "@w3" } period { from { %today% } } }
         snapshot { key { system: "main" local_id: "@lead" }
           extracted_at { seconds: 1700000000 } })"},
      {"worker", "PlanService.OpenPlan", R"(plan {
         family { id: "%#family%" } about { %mother% } about { %child% }
         content { actions { key: "a" practitioner { local_id: "@w1" }
                             by { %soon% } }
                   actions { key: "b" person { %mother% } by { %soon% } } } })",
       "plan"},
      {"worker", "LeadService.AppointLead", R"(appointment {
         family { id: "%#family%" } practitioner { local_id: "@w1" }
         at: APPOINTED_AT_TEAM_AROUND_FAMILY agreed_by { %mother% }
         accepted: true })"},
      {"worker", "PlanService.AgreePlan", R"(agreement {
         plan { id: "%#plan%" } version: 1 agreed_by { %mother% } })"},
      {"worker", "PlanService.AmendPlan", R"(amendment {
         plan { id: "%#plan%" } version: 1 agreed_by { %mother% }
         content { actions { key: "a" practitioner { local_id: "@w1" }
                             by { %soon% } } } })"},
      {"worker", "PlanService.UpdateAction", R"(action {
         plan { id: "%#plan%" } action: "a" state: ACTION_STATE_DONE })"},
      {"worker", "MeetingService.StateMeeting", R"(meeting {
         family { id: "%#family%" } plan { id: "%#plan%" }
         kind: MEETING_KIND_TEAM_AROUND_FAMILY state: MEETING_STATE_HELD
         at { seconds: %second% } family_present { %mother% }
         practitioners { local_id: "@w1" } chair { local_id: "@w2" } })",
       "meeting"},
      {"worker", "PlanService.ReviewPlan", R"(review {
         plan { id: "%#plan%" } meeting { id: "%#meeting%" } })"},
      {"worker", "PlanService.RecordContact",
       "contact { contact { plan { id: '%#plan%' } on { %today% } } }"},
      {"feed", "", R"(plan_stated { plan { system: "main" local_id: "@plan" }
           about { %child% } family { id: "%#family%" }
           state: PLAN_STATE_AGREED content { actions { key: "a"
             practitioner { local_id: "@w1" } by { %soon% } } } })"},
      {"chair", "MeetingService.StatePanelItem", "item { locality: 'north' }"},
      {"safeguarder", "OverrideService.StateOverride", R"(override {
         about { %mother% } about { %child% } recipients { agency: "police" }
         recipients { practitioner { agency: "police" local_id: "@p1" } }
         purpose: "safeguarding" classes: ITEM_CLASS_CONTACT until { %soon% }
         reason: OVERRIDE_REASON_THREAT_TO_LIFE basis: LEGAL_BASIS_PUBLIC_TASK
         advice { kind: ADVISER_KIND_MANAGER on { %today% } }
         told: ANSWER_NO decided_with: "@partner" })",
       "override"},
      {"safeguarder", "OverrideService.TellFamily",
       "told { override { id: '%#override%' } on { %today% } }"},
      {"officer", "OverrideService.ReviewOverride", R"(review {
         override { id: "%#override%" }
         finding: OVERRIDE_FINDING_JUSTIFIED })"},
      {"constable", "OverrideService.BreakGlass", R"(glass {
         family { id: "%#family%" } reason: OVERRIDE_REASON_THREAT_TO_LIFE
         basis: LEGAL_BASIS_VITAL_INTERESTS minutes: 60 shielded: true })",
       "glass"},
      {"officer", "OverrideService.ApproveBreakGlass",
       "approval { access { id: '%#glass%' } }"}};
  return *all;
}

// What ends.
const std::vector<CanaryStep>& CanaryEnds() {
  static const auto* all = new std::vector<CanaryStep>{
      {"hub", "DuplicateService.DecideDuplicate", R"(decision {
         case_id: "%#case%" decision: DUPLICATE_DECISION_DIFFERENT })"},
      {"worker", "LeadService.GiveLeadNotice",
       "notice { family { id: '%#family%' } }"},
      {"worker", "LeadService.AgreeLeadSuccessor", R"(successor {
         family { id: "%#family%" } practitioner { local_id: "@w2" }
         agreed_by { %mother% } })"},
      {"worker", "LeadService.HandOverLead", R"(handover {
         family { id: "%#family%" } outgoing_attended: ANSWER_YES })"},
      {"successor", "PlanService.ClosePlan", R"(closure {
         plan { id: "%#plan%" } reason: CLOSURE_REASON_RESOLVED
         referral { id: "%#referral%" } })"},
      {"successor", "LeadService.EndLead",
       "end { family { id: '%#family%' } }"},
      {"worker", "FamilyService.DecideFamiliesJoin", R"(decision {
         one { id: "%#family%" } other { id: "%#other%" } joined: true })"},
      {"worker", "FamilyService.EndMembership", R"(membership {
         family { id: "%#family%" } person { %teen% } until { %today% }
         said_by { %mother% } })"},
      {"constable", "OverrideService.EndBreakGlass",
       "end { access { id: '%#glass%' } }"}};
  return *all;
}

}  // namespace kith::server_tests
