#include <utility>

#include "base/status.h"
#include "kith/api/v1/lead_service.grpc.pb.h"
#include "services/api/person_query.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/views/read.h"

namespace kith::api {
namespace {

absl::StatusOr<access::Recorded<v1::LookupLeadResponse>> LookupLeadAnswer(
    ReadCall& call, const v1::LookupLeadRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  RETURN_IF_ERROR(call.Spend());
  ASSIGN_OR_RETURN(const std::vector<uint64_t> records,
                   OnePerson(call, request.person()));
  ASSIGN_OR_RETURN(const auto families, FamiliesFound(call, records));
  ASSIGN_OR_RETURN(
      const auto answers,
      views::LeadAnswers(call.view().view(), families, call.now()));
  views::Concerned concerned;
  for (const auto& pieces : answers) concerned.Add(pieces);
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  disclosure::DisclosedList<v1::LookupLeadResponse> list(door);
  for (const auto& pieces : answers) {
    list.Append(
        pieces,
        [](v1::LookupLeadResponse* response) {
          return response->add_answers();
        },
        [](v1::LeadAnswer* answer) { views::Finish(answer); });
  }
  return call.Record(
      std::move(list).Done([&](v1::LookupLeadResponse* response) {
        // Nobody, shielded and uncertain look alike, to a clock as well.
        response->set_ask_the_hub(response->answers().empty());
        if (response->ask_the_hub()) call.LeaveOnBeat();
        call.SignAnswer(response);
      }));
}

absl::StatusOr<access::Recorded<v1::GetLeadResponse>> GetLeadAnswer(
    ReadCall& call, const v1::GetLeadRequest& request) {
  RETURN_IF_ERROR(call.Open(request.read()));
  ASSIGN_OR_RETURN(const uint64_t family, call.Family(request.family_id()));
  return call.One<v1::GetLeadResponse>(
      {{family}, {}},
      [&]([[maybe_unused]] const core::StateReader& rows,
          [[maybe_unused]] absl::Time now) {
        return views::LeadPieces(rows, family, now);
      },
      [](v1::GetLeadResponse* response) { return response; });
}

class LeadServiceImpl final : public v1::LeadService::CallbackService {
 public:
  explicit LeadServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* LookupLead(Context* context, const v1::LookupLeadRequest* request,
                      v1::LookupLeadResponse* response) override {
    return shell_.Read(context, "LeadService.LookupLead", request, response,
                       LookupLeadAnswer);
  }

  Reactor* GetLead(Context* context, const v1::GetLeadRequest* request,
                   v1::GetLeadResponse* response) override {
    return shell_.Read(context, "LeadService.GetLead", request, response,
                       GetLeadAnswer);
  }

  Reactor* AppointLead(Context* context, const v1::AppointLeadRequest* request,
                       v1::AppointLeadResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_lead_appointed() = request->appointment();
    return shell_.Write(context, "LeadService.AppointLead", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* GiveLeadNotice(Context* context,
                          const v1::GiveLeadNoticeRequest* request,
                          v1::GiveLeadNoticeResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_lead_notice_given() = request->notice();
    return shell_.Write(context, "LeadService.GiveLeadNotice", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* AgreeLeadSuccessor(
      Context* context, const v1::AgreeLeadSuccessorRequest* request,
      v1::AgreeLeadSuccessorResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_lead_successor_agreed() = request->successor();
    return shell_.Write(context, "LeadService.AgreeLeadSuccessor",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* HandOverLead(Context* context,
                        const v1::HandOverLeadRequest* request,
                        v1::HandOverLeadResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_lead_handed_over() = request->handover();
    return shell_.Write(context, "LeadService.HandOverLead", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

  Reactor* EndLead(Context* context, const v1::EndLeadRequest* request,
                   v1::EndLeadResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_lead_ended() = request->end();
    return shell_.Write(context, "LeadService.EndLead", request->write(),
                        std::move(statement), response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeLeadService(Shell& shell) {
  return std::make_unique<LeadServiceImpl>(shell);
}

}  // namespace kith::api
