#include "tests/server/shown.h"

#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "kith/api/v1/lead_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/plan_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"

namespace kith::server_tests {
namespace {

std::vector<std::string> IdsOf(const LedgerThings& things) {
  std::vector<std::string> ids;
  for (const auto& [number, thing] : things) ids.push_back(thing.id);
  return ids;
}

// Gets one id after the other: `set` names it in the request, `take` reads it
// off the answer.
template <class View, class Stub, class Request, class Response, class Set,
          class Take>
void Each(const TestServer& server, const Who& reader,
          const std::vector<std::string>& ids,
          grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                       Response*),
          const Set& set, const Take& take, ShownById<View>* shown) {
  for (const std::string& id : ids) {
    Request request;
    set(request, id);
    const auto answer = server.Call(reader, method, request);
    if (answer.ok()) (*shown)[id] = take(answer.value);
  }
}

}  // namespace

Shown GetAll(const TestServer& server, const Who& reader,
             const LedgerIndex& ledger) {
  Shown shown;
  const auto each = [&](const std::vector<std::string>& ids, auto method,
                        const auto& set, const auto& take, auto* all) {
    Each(server, reader, ids, method, set, take, all);
  };
  each(
      ledger.Families(), &api::v1::FamilyService::Stub::GetFamily,
      [](auto& request, const auto& id) { request.set_family_id(id); },
      [](const auto& answer) { return answer.family(); }, &shown.families);
  each(
      ledger.Persons(), &api::v1::FamilyService::Stub::GetPerson,
      [](auto& request, const auto& id) { request.set_person_id(id); },
      [](const auto& answer) { return answer.person(); }, &shown.persons);
  each(
      IdsOf(ledger.plans), &api::v1::PlanService::Stub::GetPlan,
      [](auto& request, const auto& id) { request.set_plan_id(id); },
      [](const auto& answer) { return answer.plan(); }, &shown.plans);
  each(
      IdsOf(ledger.referrals), &api::v1::ReferralService::Stub::GetReferral,
      [](auto& request, const auto& id) { request.set_referral_id(id); },
      [](const auto& answer) { return answer.referral(); }, &shown.referrals);
  each(
      IdsOf(ledger.assessments),
      &api::v1::AssessmentService::Stub::GetAssessment,
      [](auto& request, const auto& id) { request.set_assessment_id(id); },
      [](const auto& answer) { return answer.assessment(); },
      &shown.assessments);
  each(
      IdsOf(ledger.cases), &api::v1::DuplicateService::Stub::GetDuplicate,
      [](auto& request, const auto& id) { request.set_case_id(id); },
      [](const auto& answer) { return answer.case_(); }, &shown.cases);
  each(
      IdsOf(ledger.matches), &api::v1::DuplicateService::Stub::GetMatch,
      [](auto& request, const auto& id) { request.set_match_id(id); },
      [](const auto& answer) { return answer.match(); }, &shown.matches);
  each(
      IdsOf(ledger.overrides), &api::v1::OverrideService::Stub::GetOverride,
      [](auto& request, const auto& id) { request.set_override_id(id); },
      [](const auto& answer) { return answer.override(); }, &shown.overrides);
  each(
      IdsOf(ledger.items), &api::v1::OperationsService::Stub::GetQuarantineItem,
      [](auto& request, const auto& id) { request.set_item_id(id); },
      [](const auto& answer) { return answer.item(); }, &shown.items);
  each(
      ledger.Families(), &api::v1::LeadService::Stub::GetLead,
      [](auto& request, const auto& id) { request.set_family_id(id); },
      [](const auto& answer) { return answer.lead(); }, &shown.leads);
  return shown;
}

}  // namespace kith::server_tests
