// A family for tests, said by the council's practitioner w1: a mother, who
// defines it, and her child of seven.
#pragma once

#include <string>

#include "kith/agency/v1/work.pb.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "kith/api/v1/lead_service.grpc.pb.h"
#include "kith/api/v1/plan_service.grpc.pb.h"
#include "tests/server/test_server.h"

namespace kith::server_tests {

using api::v1::FamilyService;
using api::v1::LeadService;
using api::v1::PlanService;

// The record of the council called `local_id`, in text format.
std::string RecordText(const std::string& local_id);
agency::v1::PersonRef Person(const std::string& local_id);

class FamilyStory {
 public:
  // States the people, with `prefix` before their local ids, and registers the
  // family.
  explicit FamilyStory(TestServer& server, const std::string& prefix = "");

  const std::string& family() const { return family_; }
  const std::string& mother() const { return mother_; }  // a person id
  const std::string& child() const { return child_; }
  std::string Local(const std::string& who) const { return prefix_ + who; }
  // Token of the position after the registration.
  const std::string& registered() const { return registered_; }

  // Each fails the test when it is not accepted.
  std::string OpenPlan(const std::string& what = "walks to school");
  void AppointLead(const std::string& practitioner = "w1");
  void AgreePlan(const std::string& plan, uint64_t version);

  api::v1::OpenPlanRequest Opening(const std::string& what) const;
  api::v1::AmendPlanRequest Amending(const std::string& plan, uint64_t version,
                                     const std::string& what) const;
  api::v1::GetFamilyRequest Get() const;

 private:
  std::string StatePerson(const std::string& who, int birth_year);

  TestServer& server_;
  const std::string prefix_;
  std::string mother_, child_, family_, registered_;
};

}  // namespace kith::server_tests
