#include <utility>

#include "base/status.h"
#include "kith/api/v1/consent_service.grpc.pb.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/views/read.h"

namespace kith::api {
namespace {

absl::StatusOr<access::Recorded<v1::ListConsentsResponse>> ListConsentsAnswer(
    ReadCall& call, const v1::ListConsentsRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t person,
                   SeenPerson(call, request.person_id()));
  return call.List<v1::ListConsentsResponse>(
      request.page(), request.person_id(),
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::ConsentsAbout(rows, person, from);
      },
      // Each entry is one consent or restriction, in a response of its own.
      [](v1::ListConsentsResponse* response) { return response; });
}

class ConsentServiceImpl final : public v1::ConsentService::CallbackService {
 public:
  explicit ConsentServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* ListConsents(Context* context,
                        const v1::ListConsentsRequest* request,
                        v1::ListConsentsResponse* response) override {
    return shell_.Read(context, "ConsentService.ListConsents", request,
                       response, ListConsentsAnswer);
  }

  Reactor* StateConsent(Context* context,
                        const v1::StateConsentRequest* request,
                        v1::StateConsentResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_consent_stated() = request->consent();
    return shell_.Write(context, "ConsentService.StateConsent",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* WithdrawConsent(Context* context,
                           const v1::WithdrawConsentRequest* request,
                           v1::WithdrawConsentResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_consent_withdrawn() = request->withdrawal();
    return shell_.Write(context, "ConsentService.WithdrawConsent",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StateRestriction(Context* context,
                            const v1::StateRestrictionRequest* request,
                            v1::StateRestrictionResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_restriction_stated() = request->restriction();
    return shell_.Write(context, "ConsentService.StateRestriction",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* LiftRestriction(Context* context,
                           const v1::LiftRestrictionRequest* request,
                           v1::LiftRestrictionResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_restriction_lifted() = request->lift();
    return shell_.Write(context, "ConsentService.LiftRestriction",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeConsentService(Shell& shell) {
  return std::make_unique<ConsentServiceImpl>(shell);
}

}  // namespace kith::api
