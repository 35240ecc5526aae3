#include <utility>

#include "base/status.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/views/find.h"
#include "services/views/read.h"

namespace kith::api {
namespace {

// Whose history an as-of read of this thing folds: the person it is about
// first.
absl::StatusOr<views::AsOfStart> StartOf(ReadCall& call, absl::string_view id) {
  ASSIGN_OR_RETURN(const auto named, views::Find(call.view().view(), id));
  views::AsOfStart start;
  if (named) start.records.push_back(named->subject);
  return start;
}

absl::StatusOr<access::Recorded<v1::GetReferralResponse>> GetReferralAnswer(
    ReadCall& call, const v1::GetReferralRequest& request) {
  RETURN_IF_ERROR(call.Open(request.read()));
  ASSIGN_OR_RETURN(const uint64_t referral,
                   call.Number(request.referral_id(), base::IdKind::kReferral));
  const auto start = StartOf(call, request.referral_id());
  if (!start.ok()) return start.status();
  return call.One<v1::GetReferralResponse>(
      *start,
      [&]([[maybe_unused]] const core::StateReader& rows,
          [[maybe_unused]] absl::Time now) {
        return views::ReferralPieces(rows, referral);
      },
      [](v1::GetReferralResponse* response) {
        return response->mutable_referral();
      });
}

absl::StatusOr<access::Recorded<v1::ListReferralsResponse>> ListReferralsAnswer(
    ReadCall& call, const v1::ListReferralsRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t family,
                   SeenFamily(call, request.family_id()));
  return call.List<v1::ListReferralsResponse>(
      request.page(), request.family_id(),
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::ReferralsOf(rows, family, now, from);
      },
      [](v1::ListReferralsResponse* response) {
        return response->add_referrals();
      });
}

class ReferralServiceImpl final : public v1::ReferralService::CallbackService {
 public:
  explicit ReferralServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* GetReferral(Context* context, const v1::GetReferralRequest* request,
                       v1::GetReferralResponse* response) override {
    return shell_.Read(context, "ReferralService.GetReferral", request,
                       response, GetReferralAnswer);
  }

  Reactor* ListReferrals(Context* context,
                         const v1::ListReferralsRequest* request,
                         v1::ListReferralsResponse* response) override {
    return shell_.Read(context, "ReferralService.ListReferrals", request,
                       response, ListReferralsAnswer);
  }

  Reactor* MakeReferral(Context* context,
                        const v1::MakeReferralRequest* request,
                        v1::MakeReferralResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_referral_stated() = request->referral();
    return shell_.Write(context, "ReferralService.MakeReferral",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* MoveReferral(Context* context,
                        const v1::MoveReferralRequest* request,
                        v1::MoveReferralResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_referral_moved() = request->step();
    return shell_.Write(context, "ReferralService.MoveReferral",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReferralService(Shell& shell) {
  return std::make_unique<ReferralServiceImpl>(shell);
}

}  // namespace kith::api
