#include <utility>

#include "base/status.h"
#include "kith/api/v1/plan_service.grpc.pb.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/views/find.h"
#include "services/views/read.h"

namespace kith::api {
namespace {

// Whose history a plan's as-of read folds: its family's.
absl::StatusOr<views::AsOfStart> StartOfPlan(ReadCall& call,
                                             absl::string_view plan_id) {
  ASSIGN_OR_RETURN(const auto named, views::Find(call.view().view(), plan_id));
  views::AsOfStart start;
  if (named) start.families.push_back(named->subject);
  return start;
}

absl::StatusOr<access::Recorded<v1::GetPlanResponse>> GetPlanAnswer(
    ReadCall& call, const v1::GetPlanRequest& request) {
  RETURN_IF_ERROR(call.Open(request.read()));
  ASSIGN_OR_RETURN(const uint64_t plan,
                   call.Number(request.plan_id(), base::IdKind::kPlan));
  const auto start = StartOfPlan(call, request.plan_id());
  if (!start.ok()) return start.status();
  return call.One<v1::GetPlanResponse>(
      *start,
      [&]([[maybe_unused]] const core::StateReader& rows,
          [[maybe_unused]] absl::Time now) {
        return views::PlanPieces(rows, plan, now);
      },
      [](v1::GetPlanResponse* response) { return response->mutable_plan(); });
}

absl::StatusOr<access::Recorded<v1::ListPlansResponse>> ListPlansAnswer(
    ReadCall& call, const v1::ListPlansRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t family,
                   SeenFamily(call, request.family_id()));
  return call.List<v1::ListPlansResponse>(
      request.page(), request.family_id(),
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::PlansOf(rows, family, now, from);
      },
      [](v1::ListPlansResponse* response) { return response->add_plans(); });
}

class PlanServiceImpl final : public v1::PlanService::CallbackService {
 public:
  explicit PlanServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* GetPlan(Context* context, const v1::GetPlanRequest* request,
                   v1::GetPlanResponse* response) override {
    return shell_.Read(context, "PlanService.GetPlan", request, response,
                       GetPlanAnswer);
  }

  Reactor* ListPlans(Context* context, const v1::ListPlansRequest* request,
                     v1::ListPlansResponse* response) override {
    return shell_.Read(context, "PlanService.ListPlans", request, response,
                       ListPlansAnswer);
  }

  Reactor* OpenPlan(Context* context, const v1::OpenPlanRequest* request,
                    v1::OpenPlanResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_plan_opened() = request->plan();
    return shell_.Write(context, "PlanService.OpenPlan", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* AgreePlan(Context* context, const v1::AgreePlanRequest* request,
                     v1::AgreePlanResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_plan_agreed() = request->agreement();
    return shell_.Write(context, "PlanService.AgreePlan", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* AmendPlan(Context* context, const v1::AmendPlanRequest* request,
                     v1::AmendPlanResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_plan_amended() = request->amendment();
    return shell_.Write(context, "PlanService.AmendPlan", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* UpdateAction(Context* context,
                        const v1::UpdateActionRequest* request,
                        v1::UpdateActionResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_action_updated() = request->action();
    return shell_.Write(context, "PlanService.UpdateAction", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* ReviewPlan(Context* context, const v1::ReviewPlanRequest* request,
                      v1::ReviewPlanResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_plan_reviewed() = request->review();
    return shell_.Write(context, "PlanService.ReviewPlan", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* ClosePlan(Context* context, const v1::ClosePlanRequest* request,
                     v1::ClosePlanResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_plan_closed() = request->closure();
    return shell_.Write(context, "PlanService.ClosePlan", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* RecordContact(Context* context,
                         const v1::RecordContactRequest* request,
                         v1::RecordContactResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_contact_recorded() = request->contact();
    return shell_.Write(context, "PlanService.RecordContact", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakePlanService(Shell& shell) {
  return std::make_unique<PlanServiceImpl>(shell);
}

}  // namespace kith::api
