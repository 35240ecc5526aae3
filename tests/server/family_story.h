// A family for tests, said by the council's practitioner w1: a mother, who
// defines it, and her child of seven.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kith/agency/v1/work.pb.h"
#include "kith/api/v1/consent_service.grpc.pb.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "kith/api/v1/lead_service.grpc.pb.h"
#include "kith/api/v1/plan_service.grpc.pb.h"
#include "tests/server/test_server.h"

namespace kith::server_tests {

using api::v1::ConsentService;
using api::v1::FamilyService;
using api::v1::LeadService;
using api::v1::PlanService;

// The record of the council called `local_id`, in text format.
std::string RecordText(const std::string& local_id);
agency::v1::PersonRef Person(const std::string& local_id);

// An id shaped like this one, and of nothing.
std::string Absent(const std::string& id);

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

  // Each fails the test when it is not accepted. Says what a request in text
  // format says; returns the first id that it made, or nothing.
  template <class Stub, class Request, class Response>
  std::string Made(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                const Request&, Response*),
                   const std::string& request, const Who& who = Who()) {
    const auto said = server_.Say(who, method, Text<Request>(request));
    EXPECT_EQ(ReasonOf(said.status), "OK") << request;
    return said.value.outcome().made_ids().empty()
               ? ""
               : said.value.outcome().made_ids(0);
  }
  // The mother lets an agency see what concerns her and her child; `more` is
  // said of that consent, which is returned.
  std::string Share(const std::string& agency, const std::string& more = "");
  void Withdraw(const std::string& consent);
  // From now on nobody is to learn where she lives.
  void ProtectMother();
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
