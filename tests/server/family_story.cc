#include "tests/server/family_story.h"

#include <gtest/gtest.h>

#include "absl/strings/substitute.h"

namespace kith::server_tests {
namespace {

agency::v1::PlanContent Content(const std::string& what) {
  return Text<agency::v1::PlanContent>(absl::Substitute(
      R"(goals: "calm mornings"
         actions { key: "a1" what: "$0"
           practitioner { agency: "council" local_id: "w1" }
           by { year: 2024 month: 9 day: 1 } })",
      what));
}

}  // namespace

std::string RecordText(const std::string& local_id) {
  return absl::Substitute(R"(record { system: "main" local_id: "$0" })",
                          local_id);
}

agency::v1::PersonRef Person(const std::string& local_id) {
  return Text<agency::v1::PersonRef>(RecordText(local_id));
}

std::string Absent(const std::string& id) {
  return id.substr(0, id.rfind('-') + 1) + std::string(26, '7');
}

FamilyStory::FamilyStory(TestServer& server, const std::string& prefix)
    : server_(server), prefix_(prefix) {
  mother_ = StatePerson("mother", 1985);
  child_ = StatePerson("child", 2016);
  const auto related = server_.Say(
      Who(), &FamilyService::Stub::StateRelationship,
      Text<api::v1::StateRelationshipRequest>(absl::Substitute(
          "relationship { person { $0 } to { $1 } kind: "
          "RELATIONSHIP_KIND_PARENT parental_responsibility: ANSWER_YES }",
          RecordText(Local("mother")), RecordText(Local("child")))));
  EXPECT_EQ(ReasonOf(related.status), "OK");
  const auto made = server_.Say(
      Who(), &FamilyService::Stub::RegisterFamily,
      Text<api::v1::RegisterFamilyRequest>(absl::Substitute(
          R"(family { defined_by { $0 }
               members { person { $0 } role: "mother" }
               members { person { $1 } role: "daughter" } })",
          RecordText(Local("mother")), RecordText(Local("child")))));
  EXPECT_EQ(ReasonOf(made.status), "OK");
  if (made.value.outcome().made_ids_size() == 1) {
    family_ = made.value.outcome().made_ids(0);
  }
  EXPECT_NE(family_, "");
  registered_ = made.value.outcome().position();
}

std::string FamilyStory::StatePerson(const std::string& who, int birth_year) {
  const auto made =
      server_.Say(Who(), &FamilyService::Stub::StatePerson,
                  Text<api::v1::StatePersonRequest>(absl::Substitute(
                      R"(person { $0
               names { use: NAME_USE_USUAL given: "$1" family: "Ferris$3" }
               birth_date { year: $2 month: 6 day: 2 }
               addresses { lines: "7 Quayside Row" postcode: "RV1 4QX" } })",
                      RecordText(Local(who)), who, birth_year, prefix_)));
  EXPECT_EQ(ReasonOf(made.status), "OK");
  EXPECT_EQ(made.value.outcome().made_ids_size(), 1);
  return made.value.outcome().made_ids_size() == 1
             ? made.value.outcome().made_ids(0)
             : "";
}

api::v1::OpenPlanRequest FamilyStory::Opening(const std::string& what) const {
  api::v1::OpenPlanRequest request;
  request.mutable_plan()->mutable_family()->set_id(family_);
  for (const char* who : {"mother", "child"}) {
    *request.mutable_plan()->add_about() = Person(Local(who));
  }
  *request.mutable_plan()->mutable_content() = Content(what);
  return request;
}

std::string FamilyStory::Share(const std::string& agency,
                               const std::string& more) {
  return Made(
      &ConsentService::Stub::StateConsent,
      absl::Substitute(
          R"(consent { about { $0 } about { $1 } kind: CONSENT_KIND_SHARE
               answer: CONSENT_ANSWER_GIVEN recipients { agency: "$2" }
               purpose: "early_help" answered_by { $0 }
               understood: ANSWER_YES $3 })",
          RecordText(Local("mother")), RecordText(Local("child")), agency,
          more));
}

void FamilyStory::ProtectMother() {
  Made(&FamilyService::Stub::StatePerson,
       absl::Substitute(R"(person { $0
           names { use: NAME_USE_USUAL given: "mother" family: "Ferris" }
           birth_date { year: 1985 month: 6 day: 2 }
           addresses { lines: "7 Quayside Row" postcode: "RV1 4QX"
                       protected: true } })",
                        RecordText(Local("mother"))));
}

void FamilyStory::Withdraw(const std::string& consent) {
  Made(&ConsentService::Stub::WithdrawConsent,
       absl::Substitute(
           R"(withdrawal { consent { id: "$0" } withdrawn_by { $1 } })",
           consent, RecordText(Local("mother"))));
}

std::string FamilyStory::OpenPlan(const std::string& what) {
  const auto made =
      server_.Say(Who(), &PlanService::Stub::OpenPlan, Opening(what));
  EXPECT_EQ(ReasonOf(made.status), "OK");
  EXPECT_EQ(made.value.outcome().made_ids_size(), 1);
  return made.value.outcome().made_ids_size() == 1
             ? made.value.outcome().made_ids(0)
             : "";
}

void FamilyStory::AppointLead(const std::string& practitioner) {
  const auto said =
      server_.Say(Who(), &LeadService::Stub::AppointLead,
                  Text<api::v1::AppointLeadRequest>(absl::Substitute(
                      R"(appointment { family { id: "$0" }
               practitioner { agency: "council" local_id: "$1"
                 name: "Grace Odili" contact: "020 7946 0000" }
               at: APPOINTED_AT_TEAM_AROUND_FAMILY agreed_by { $2 }
               accepted: true })",
                      family_, practitioner, RecordText(Local("mother")))));
  EXPECT_EQ(ReasonOf(said.status), "OK");
}

void FamilyStory::AgreePlan(const std::string& plan, uint64_t version) {
  const auto said = server_.Say(
      Who(), &PlanService::Stub::AgreePlan,
      Text<api::v1::AgreePlanRequest>(absl::Substitute(
          R"(agreement { plan { id: "$0" } version: $1 agreed_by { $2 } })",
          plan, version, RecordText(Local("mother")))));
  EXPECT_EQ(ReasonOf(said.status), "OK");
}

api::v1::AmendPlanRequest FamilyStory::Amending(const std::string& plan,
                                                uint64_t version,
                                                const std::string& what) const {
  api::v1::AmendPlanRequest request;
  auto& said = *request.mutable_amendment();
  said.mutable_plan()->set_id(plan);
  said.set_version(version);
  *said.mutable_content() = Content(what);
  *said.add_agreed_by() = Person(Local("mother"));
  return request;
}

api::v1::GetFamilyRequest FamilyStory::Get() const {
  api::v1::GetFamilyRequest request;
  request.set_family_id(family_);
  return request;
}

}  // namespace kith::server_tests
