#include <utility>

#include "base/status.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/views/read.h"
#include "services/views/worklists.h"

namespace kith::api {
namespace {

absl::StatusOr<access::Recorded<v1::ListOverridesResponse>> ListOverridesAnswer(
    ReadCall& call, const v1::ListOverridesRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t person,
                   SeenPerson(call, request.person_id()));
  return call.List<v1::ListOverridesResponse>(
      request.page(), request.person_id(),
      [&](const core::StateReader& rows, absl::Time,
          const views::PageFrom& from) {
        return views::OverridesAbout(rows, person, from);
      },
      [](v1::ListOverridesResponse* response) {
        return response->add_overrides();
      });
}

absl::StatusOr<access::Recorded<v1::GetOverrideResponse>> GetOverrideAnswer(
    ReadCall& call, const v1::GetOverrideRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t number,
                   call.Number(request.override_id(), base::IdKind::kOverride));
  return call.One<v1::GetOverrideResponse>(
      {},
      [&](const core::StateReader& rows, absl::Time) {
        return views::OverridePieces(rows, number);
      },
      [](v1::GetOverrideResponse* response) {
        return response->mutable_override();
      });
}

absl::StatusOr<access::Recorded<v1::ListReviewsResponse>> ListReviewsAnswer(
    ReadCall& call, const v1::ListReviewsRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  return call.List<v1::ListReviewsResponse>(
      request.page(), request.include_reviewed() ? "all" : "open",
      [&](const core::StateReader& rows, absl::Time now,
          const views::PageFrom& from) {
        return views::Reviews(rows, call.reader().agency,
                              request.include_reviewed(), now, from);
      },
      [](v1::ListReviewsResponse* response) {
        return response->add_reviews();
      });
}

class OverrideServiceImpl final : public v1::OverrideService::CallbackService {
 public:
  explicit OverrideServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* ListOverrides(Context* context,
                         const v1::ListOverridesRequest* request,
                         v1::ListOverridesResponse* response) override {
    return shell_.Read(context, "OverrideService.ListOverrides", request,
                       response, ListOverridesAnswer);
  }

  Reactor* GetOverride(Context* context, const v1::GetOverrideRequest* request,
                       v1::GetOverrideResponse* response) override {
    return shell_.Read(context, "OverrideService.GetOverride", request,
                       response, GetOverrideAnswer);
  }

  Reactor* ListReviews(Context* context, const v1::ListReviewsRequest* request,
                       v1::ListReviewsResponse* response) override {
    return shell_.Read(context, "OverrideService.ListReviews", request,
                       response, ListReviewsAnswer);
  }

  Reactor* StateOverride(Context* context,
                         const v1::StateOverrideRequest* request,
                         v1::StateOverrideResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_override_stated() = request->override();
    return shell_.Write(context, "OverrideService.StateOverride",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* TellFamily(Context* context, const v1::TellFamilyRequest* request,
                      v1::TellFamilyResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_override_told() = request->told();
    return shell_.Write(context, "OverrideService.TellFamily", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* ReviewOverride(Context* context,
                          const v1::ReviewOverrideRequest* request,
                          v1::ReviewOverrideResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_override_reviewed() = request->review();
    return shell_.Write(context, "OverrideService.ReviewOverride",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* BreakGlass(Context* context, const v1::BreakGlassRequest* request,
                      v1::BreakGlassResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_break_glass_stated() = request->glass();
    return shell_.Write(context, "OverrideService.BreakGlass", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* ApproveBreakGlass(Context* context,
                             const v1::ApproveBreakGlassRequest* request,
                             v1::ApproveBreakGlassResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_break_glass_approved() = request->approval();
    return shell_.Write(context, "OverrideService.ApproveBreakGlass",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* EndBreakGlass(Context* context,
                         const v1::EndBreakGlassRequest* request,
                         v1::EndBreakGlassResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_break_glass_ended() = request->end();
    return shell_.Write(context, "OverrideService.EndBreakGlass",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOverrideService(Shell& shell) {
  return std::make_unique<OverrideServiceImpl>(shell);
}

}  // namespace kith::api
