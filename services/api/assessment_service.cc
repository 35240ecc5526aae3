#include <utility>

#include "base/status.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
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

absl::StatusOr<access::Recorded<v1::GetAssessmentResponse>> GetAssessmentAnswer(
    ReadCall& call, const v1::GetAssessmentRequest& request) {
  RETURN_IF_ERROR(call.Open(request.read()));
  ASSIGN_OR_RETURN(
      const uint64_t assessment,
      call.Number(request.assessment_id(), base::IdKind::kAssessment));
  const auto start = StartOf(call, request.assessment_id());
  if (!start.ok()) return start.status();
  return call.One<v1::GetAssessmentResponse>(
      *start,
      [&]([[maybe_unused]] const core::StateReader& rows,
          [[maybe_unused]] absl::Time now) {
        return views::AssessmentPieces(rows, assessment);
      },
      [](v1::GetAssessmentResponse* response) {
        return response->mutable_assessment();
      });
}

absl::StatusOr<access::Recorded<v1::ListAssessmentsResponse>>
ListAssessmentsAnswer(ReadCall& call,
                      const v1::ListAssessmentsRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t family,
                   SeenFamily(call, request.family_id()));
  return call.List<v1::ListAssessmentsResponse>(
      request.page(), request.family_id(),
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::AssessmentsOf(rows, family, now, from);
      },
      [](v1::ListAssessmentsResponse* response) {
        return response->add_assessments();
      });
}

class AssessmentServiceImpl final
    : public v1::AssessmentService::CallbackService {
 public:
  explicit AssessmentServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* GetAssessment(Context* context,
                         const v1::GetAssessmentRequest* request,
                         v1::GetAssessmentResponse* response) override {
    return shell_.Read(context, "AssessmentService.GetAssessment", request,
                       response, GetAssessmentAnswer);
  }

  Reactor* ListAssessments(Context* context,
                           const v1::ListAssessmentsRequest* request,
                           v1::ListAssessmentsResponse* response) override {
    return shell_.Read(context, "AssessmentService.ListAssessments", request,
                       response, ListAssessmentsAnswer);
  }

  Reactor* StateAssessment(Context* context,
                           const v1::StateAssessmentRequest* request,
                           v1::StateAssessmentResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_assessment_stated() = request->assessment();
    return shell_.Write(context, "AssessmentService.StateAssessment",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* GiveScore(Context* context, const v1::GiveScoreRequest* request,
                     v1::GiveScoreResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_score_given() = request->score();
    return shell_.Write(context, "AssessmentService.GiveScore",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAssessmentService(Shell& shell) {
  return std::make_unique<AssessmentServiceImpl>(shell);
}

}  // namespace kith::api
