#include <utility>

#include "base/status.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/views/read.h"
#include "services/views/worklists.h"

namespace kith::api {
namespace {

absl::StatusOr<access::Recorded<v1::ListDuplicatesResponse>>
ListDuplicatesAnswer(ReadCall& call, const v1::ListDuplicatesRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  return call.List<v1::ListDuplicatesResponse>(
      request.page(), request.include_decided() ? "all" : "open",
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::Duplicates(rows, request.include_decided(), now, from);
      },
      [](v1::ListDuplicatesResponse* response) {
        return response->add_cases();
      });
}

absl::StatusOr<access::Recorded<v1::GetDuplicateResponse>> GetDuplicateAnswer(
    ReadCall& call, const v1::GetDuplicateRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t number,
                   call.Number(request.case_id(), base::IdKind::kCase));
  return call.One<v1::GetDuplicateResponse>(
      views::AsOfStart(),
      [&]([[maybe_unused]] const core::StateReader& rows,
          [[maybe_unused]] absl::Time now) {
        return views::DuplicatePieces(rows, number, now);
      },
      [](v1::GetDuplicateResponse* response) {
        return response->mutable_case_();
      });
}

absl::StatusOr<access::Recorded<v1::ListMatchesResponse>> ListMatchesAnswer(
    ReadCall& call, const v1::ListMatchesRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  return call.List<v1::ListMatchesResponse>(
      request.page(), request.include_decided() ? "all" : "open",
      [&](const core::StateReader& rows, absl::Time now,
          const views::PageFrom& from) {
        return views::Matches(rows, request.include_decided(), now, from);
      },
      [](v1::ListMatchesResponse* response) {
        return response->add_matches();
      });
}

absl::StatusOr<access::Recorded<v1::GetMatchResponse>> GetMatchAnswer(
    ReadCall& call, const v1::GetMatchRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t match,
                   call.Number(request.match_id(), base::IdKind::kMatch));
  return call.One<v1::GetMatchResponse>(
      views::AsOfStart(),
      [&](const core::StateReader& rows, absl::Time now) {
        return views::MatchPieces(rows, match, now);
      },
      [](v1::GetMatchResponse* response) { return response->mutable_match(); });
}

class DuplicateServiceImpl final
    : public v1::DuplicateService::CallbackService {
 public:
  explicit DuplicateServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* ListDuplicates(Context* context,
                          const v1::ListDuplicatesRequest* request,
                          v1::ListDuplicatesResponse* response) override {
    return shell_.Read(context, "DuplicateService.ListDuplicates", request,
                       response, ListDuplicatesAnswer);
  }

  Reactor* GetDuplicate(Context* context,
                        const v1::GetDuplicateRequest* request,
                        v1::GetDuplicateResponse* response) override {
    return shell_.Read(context, "DuplicateService.GetDuplicate", request,
                       response, GetDuplicateAnswer);
  }

  Reactor* ListMatches(Context* context, const v1::ListMatchesRequest* request,
                       v1::ListMatchesResponse* response) override {
    return shell_.Read(context, "DuplicateService.ListMatches", request,
                       response, ListMatchesAnswer);
  }

  Reactor* GetMatch(Context* context, const v1::GetMatchRequest* request,
                    v1::GetMatchResponse* response) override {
    return shell_.Read(context, "DuplicateService.GetMatch", request, response,
                       GetMatchAnswer);
  }

  Reactor* DecideDuplicate(Context* context,
                           const v1::DecideDuplicateRequest* request,
                           v1::DecideDuplicateResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_duplicate_decided() = request->decision();
    return shell_.Write(context, "DuplicateService.DecideDuplicate",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* DecideMatch(Context* context, const v1::DecideMatchRequest* request,
                       v1::DecideMatchResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_match_decided() = request->decision();
    return shell_.Write(context, "DuplicateService.DecideMatch",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeDuplicateService(Shell& shell) {
  return std::make_unique<DuplicateServiceImpl>(shell);
}

}  // namespace kith::api
