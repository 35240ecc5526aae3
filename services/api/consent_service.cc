#include <utility>

#include "base/status.h"
#include "kith/api/v1/consent_service.grpc.pb.h"
#include "services/api/explain.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/disclosure/policy.h"
#include "services/views/read.h"
#include "services/views/standing.h"
#include "services/views/worklists.h"

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

absl::StatusOr<access::Recorded<v1::ListSharingAgreementsResponse>>
ListSharingAgreementsAnswer(ReadCall& call,
                            const v1::ListSharingAgreementsRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  return call.List<v1::ListSharingAgreementsResponse>(
      request.page(), "",
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::SharingAgreements(rows, from);
      },
      [](v1::ListSharingAgreementsResponse* response) {
        return response->add_agreements();
      });
}

// Names nobody; an agency learns its own count, who oversees those of others.
absl::StatusOr<access::Recorded<v1::CountUnstoredResponse>> CountUnstoredAnswer(
    ReadCall& call, const v1::CountUnstoredRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const auto stands,
                   call.ContextAt(views::Concerned(), call.now()));
  ASSIGN_OR_RETURN(const auto rows, views::UnstoredSupport(call.view().view()));
  v1::CountUnstoredResponse response;
  for (const auto& row : rows) {
    if (!disclosure::MaySeeFigures(call.reader(), row.agency(),
                                   agency::v1::ITEM_CLASS_CONSENT, *stands)) {
      continue;
    }
    auto* count = response.add_counts();
    count->set_agency(row.agency());
    count->set_count(row.count());
  }
  call.SignAnswer(&response);
  return call.Plain(std::move(response));
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

  Reactor* StateFamilyAgreement(
      Context* context, const v1::StateFamilyAgreementRequest* request,
      v1::StateFamilyAgreementResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_family_agreement_stated() = request->agreement();
    return shell_.Write(context, "ConsentService.StateFamilyAgreement",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* SignFamilyAgreement(
      Context* context, const v1::SignFamilyAgreementRequest* request,
      v1::SignFamilyAgreementResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_family_agreement_signed() = request->signature();
    return shell_.Write(context, "ConsentService.SignFamilyAgreement",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StateSharingAgreement(
      Context* context, const v1::StateSharingAgreementRequest* request,
      v1::StateSharingAgreementResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_sharing_agreement_stated() = request->agreement();
    return shell_.Write(context, "ConsentService.StateSharingAgreement",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* ListSharingAgreements(
      Context* context, const v1::ListSharingAgreementsRequest* request,
      v1::ListSharingAgreementsResponse* response) override {
    return shell_.Read(context, "ConsentService.ListSharingAgreements", request,
                       response, ListSharingAgreementsAnswer);
  }

  Reactor* NoteSharing(Context* context, const v1::NoteSharingRequest* request,
                       v1::NoteSharingResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_sharing_note_stated() = request->note();
    return shell_.Write(context, "ConsentService.NoteSharing", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* CountUnstored(Context* context,
                         const v1::CountUnstoredRequest* request,
                         v1::CountUnstoredResponse* response) override {
    return shell_.Read(context, "ConsentService.CountUnstored", request,
                       response, CountUnstoredAnswer);
  }

  Reactor* ExplainAccess(Context* context,
                         const v1::ExplainAccessRequest* request,
                         v1::ExplainAccessResponse* response) override {
    return shell_.Read(context, "ConsentService.ExplainAccess", request,
                       response, ExplainAccessAnswer);
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeConsentService(Shell& shell) {
  return std::make_unique<ConsentServiceImpl>(shell);
}

}  // namespace kith::api
