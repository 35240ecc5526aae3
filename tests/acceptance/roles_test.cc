// The role table promises no act that the rules then refuse to the role
// (R-262): each method that acts, in every role, beside what core answers.
#include "services/disclosure/roles.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "base/check.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "kith/api/v1/assessment_service.pb.h"
#include "kith/api/v1/consent_service.pb.h"
#include "kith/api/v1/duplicate_service.pb.h"
#include "kith/api/v1/family_service.pb.h"
#include "kith/api/v1/lead_service.pb.h"
#include "kith/api/v1/meeting_service.pb.h"
#include "kith/api/v1/operations_service.pb.h"
#include "kith/api/v1/override_service.pb.h"
#include "kith/api/v1/plan_service.pb.h"
#include "kith/api/v1/referral_service.pb.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::Role;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ledger::v1::Fact;

// One request of each service that acts.
std::vector<const Descriptor*> RequestsOfServices() {
  return {api::v1::GiveScoreRequest::descriptor(),
          api::v1::StateConsentRequest::descriptor(),
          api::v1::DecideDuplicateRequest::descriptor(),
          api::v1::StatePersonRequest::descriptor(),
          api::v1::AppointLeadRequest::descriptor(),
          api::v1::StateMeetingRequest::descriptor(),
          api::v1::RegisterSourceRequest::descriptor(),
          api::v1::StateOverrideRequest::descriptor(),
          api::v1::OpenPlanRequest::descriptor(),
          api::v1::MakeReferralRequest::descriptor()};
}

bool IsContent(const FieldDescriptor& field) {
  const auto* what =
      agency::v1::Statement::descriptor()->FindOneofByName("what");
  for (int i = 0; i < what->field_count(); ++i) {
    if (what->field(i)->message_type() == field.message_type()) {
      return field.type() == FieldDescriptor::TYPE_MESSAGE;
    }
  }
  return false;
}

// What each method that acts says: "PlanService.OpenPlan", a PlanOpened.
std::map<std::string, const Descriptor*> Acts() {
  std::map<std::string, const Descriptor*> acts;
  for (const Descriptor* request : RequestsOfServices()) {
    const auto* service = request->file()->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const Descriptor* input = method->input_type();
      if (input->FindFieldByName("write") == nullptr) continue;
      const std::string name =
          absl::StrCat(service->name(), ".", method->name());
      for (int j = 0; j < input->field_count(); ++j) {
        if (!IsContent(*input->field(j))) continue;
        acts[name] = input->field(j)->message_type();
      }
      EXPECT_EQ(acts.count(name), 1u) << name << " says nothing";
    }
  }
  return acts;
}

// Enough of everything for an act to come to the question who may do it. W1 of
// the council opened a plan and shared without permission, a school nurse broke
// the glass, and health has a plan for the same girl.
class RoleRows : public ::testing::Test {
 protected:
  void Begin() {
    world = std::make_unique<World>();
    world->On(2024, 3, 4).Feed("council");
    world->Person("mother", absl::CivilDay(1985, 5, 5));
    world->Person("girl", absl::CivilDay(2012, 9, 1));
    const std::string family =
        world->Family("ferris", {"council/mother", "council/girl"});
    world->By("council", "w1");
    plan = Made<agency::v1::PlanOpened>(absl::Substitute(
        R"(family { id: "$0" } about { $1 }
           content { goals: "calm mornings" actions { key: "a1" what: "walks"
             practitioner { agency: "council" local_id: "w1" }
             by { year: 2024 month: 9 day: 1 } } })",
        family, kGirl));
    shared = Made<agency::v1::OverrideStated>(absl::Substitute(
        R"(about { $0 } recipients { agency: "health" } purpose: "safeguarding"
           classes: ITEM_CLASS_CONTACT until { year: 2024 month: 3 day: 11 }
           reason: OVERRIDE_REASON_SAFEGUARDING wording: "a bruise"
           basis: LEGAL_BASIS_PUBLIC_TASK told: ANSWER_YES
           advice { kind: ADVISER_KIND_MANAGER adviser: "M. Cole"
             on { year: 2024 month: 3 day: 4 } wording: "share it" })",
        kGirl));
    world->By("school", "nurse");
    glass = Made<agency::v1::BreakGlassStated>(absl::Substitute(
        R"(family { id: "$0" } reason: OVERRIDE_REASON_THREAT_TO_LIFE
           wording: "collapsed" basis: LEGAL_BASIS_VITAL_INTERESTS
           minutes: 240)",
        family));
    world->Feed("health");
    const Ended reported = world->Says(Text<agency::v1::PlanStated>(
        absl::StrCat(R"(plan { system: "main" local_id: "P1" }
                        state: PLAN_STATE_AGREED about { )",
                     kGirl, " }")));
    case_id = reported.Find(Fact::kDuplicatePlanFound)
                  .duplicate_plan_found()
                  .case_()
                  .id();
  }

  // What is said, in text format, where nothing at all comes to no question;
  // several ways where each is for other roles.
  std::vector<std::string> WaysToSay(const std::string& act) const {
    const std::map<std::string, std::vector<std::string>> ways = {
        {"ConsentService.StateConsent",
         {"kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_REFUSED"}},
        {"DuplicateService.DecideDuplicate",
         {absl::StrCat("decision: DUPLICATE_DECISION_DIFFERENT reason: 'asked' "
                       "case_id: '",
                       case_id, "'")}},
        {"LeadService.AppointLead",
         {"at: APPOINTED_AT_PANEL", "at: APPOINTED_AT_TEAM_AROUND_FAMILY"}},
        {"OverrideService.ReviewOverride",
         {absl::StrCat("finding: OVERRIDE_FINDING_JUSTIFIED override { id: '",
                       shared, "' }")}},
        {"OverrideService.ApproveBreakGlass",
         {absl::StrCat("access { id: '", glass, "' }")}},
        {"PlanService.AgreePlan", {OfPlan("version: 99")}},
        {"PlanService.AmendPlan", {OfPlan("version: 99")}},
        {"PlanService.UpdateAction",
         {OfPlan("action: 'a1' state: ACTION_STATE_DONE")}},
        {"PlanService.ReviewPlan", {OfPlan("")}},
        {"PlanService.ClosePlan",
         {OfPlan("version: 99 reason: CLOSURE_REASON_RESOLVED")}}};
    const auto found = ways.find(act);
    return found == ways.end() ? std::vector<std::string>{""} : found->second;
  }

  // Whether the rules refuse every way to say it to the role as such.
  bool RefusedToRole(const std::string& act, const Descriptor& content,
                     Role role) {
    static const auto* const kOfTheRole =
        new std::set<std::string>{"ROLE_MAY_NOT", "NOT_ADMINISTRATOR", "PANEL"};
    for (const std::string& text : WaysToSay(act)) {
      const std::unique_ptr<Message> said(
          google::protobuf::MessageFactory::generated_factory()
              ->GetPrototype(&content)
              ->New());
      KITH_CHECK(
          google::protobuf::TextFormat::ParseFromString(text, said.get()));
      world->By("council", "w2", role);
      if (kOfTheRole->count(world->Says(*said).outcome.reason().code()) == 0) {
        return false;
      }
    }
    return true;
  }

  template <class T>
  static T Text(const std::string& text) {
    return core::testing::Text<T>(text);
  }
  template <class T>
  std::string Made(const std::string& text) {
    const Ended ended = world->Says(Text<T>(text));
    EXPECT_THAT(ended, IsAccepted());
    return ended.id();
  }
  std::string OfPlan(const std::string& more) const {
    return absl::StrCat("plan { id: '", plan, "' } ", more);
  }

  static constexpr char kGirl[] =
      R"(record { agency: "council" system: "main" local_id: "girl" })";
  std::unique_ptr<World> world;
  std::string plan, shared, glass, case_id;
};

TEST_F(RoleRows, R262TheTablePromisesNoActThatTheRulesRefuseToTheRole) {
  for (const auto& [act, content] : Acts()) {
    Begin();
    for (const auto& rights : disclosure::ShippedRoles().table().roles()) {
      if (!disclosure::ShippedRoles().MayCall(rights.role(), act)) continue;
      EXPECT_FALSE(RefusedToRole(act, *content, rights.role()))
          << disclosure::NameOf(rights.role()) << " " << act;
    }
  }
}

// The comparison above sees what it looks for: who leads no family's work is
// refused every act but those that the table alone keeps from them.
TEST_F(RoleRows, R262TheRulesRefuseEachActToWhoOnlyWatches) {
  const std::set<std::string> by_table_alone = {
      "DuplicateService.DecideMatch", "FamilyService.StatePerson",
      "FamilyService.RetractRecord",  "FamilyService.StateRelationship",
      "LeadService.GiveLeadNotice",   "LeadService.HandOverLead",
      "LeadService.EndLead"};
  const auto acts = Acts();
  EXPECT_GT(acts.size(), 45u);
  for (const auto& [act, content] : acts) {
    Begin();
    EXPECT_EQ(RefusedToRole(act, *content, agency::v1::ROLE_LEADERSHIP_MANAGER),
              by_table_alone.count(act) == 0)
        << act;
    EXPECT_FALSE(disclosure::ShippedRoles().MayCall(
        agency::v1::ROLE_LEADERSHIP_MANAGER, act))
        << act;
  }
}

}  // namespace
}  // namespace kith::acceptance
