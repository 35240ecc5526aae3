#include <utility>

#include "base/status.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/views/read.h"
#include "services/views/worklists.h"

namespace kith::api {
namespace {

absl::StatusOr<access::Recorded<v1::ListMeetingsResponse>> ListMeetingsAnswer(
    ReadCall& call, const v1::ListMeetingsRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t family,
                   SeenFamily(call, request.family_id()));
  return call.List<v1::ListMeetingsResponse>(
      request.page(), request.family_id(),
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::MeetingsOf(rows, family, now, from);
      },
      [](v1::ListMeetingsResponse* response) {
        return response->add_meetings();
      });
}

absl::StatusOr<access::Recorded<v1::ListPanelItemsResponse>>
ListPanelItemsAnswer(ReadCall& call, const v1::ListPanelItemsRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  return call.List<v1::ListPanelItemsResponse>(
      request.page(), "",
      [&](const core::StateReader& rows, [[maybe_unused]] absl::Time now,
          const views::PageFrom& from) {
        return views::PanelItems(rows, from);
      },
      [](v1::ListPanelItemsResponse* response) {
        return response->add_items();
      });
}

class MeetingServiceImpl final : public v1::MeetingService::CallbackService {
 public:
  explicit MeetingServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* ListMeetings(Context* context,
                        const v1::ListMeetingsRequest* request,
                        v1::ListMeetingsResponse* response) override {
    return shell_.Read(context, "MeetingService.ListMeetings", request,
                       response, ListMeetingsAnswer);
  }

  Reactor* StateMeeting(Context* context,
                        const v1::StateMeetingRequest* request,
                        v1::StateMeetingResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_meeting_stated() = request->meeting();
    return shell_.Write(context, "MeetingService.StateMeeting",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* StatePanelItem(Context* context,
                          const v1::StatePanelItemRequest* request,
                          v1::StatePanelItemResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_anonymous_panel_item_stated() = request->item();
    return shell_.Write(context, "MeetingService.StatePanelItem",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* ListPanelItems(Context* context,
                          const v1::ListPanelItemsRequest* request,
                          v1::ListPanelItemsResponse* response) override {
    return shell_.Read(context, "MeetingService.ListPanelItems", request,
                       response, ListPanelItemsAnswer);
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeMeetingService(Shell& shell) {
  return std::make_unique<MeetingServiceImpl>(shell);
}

}  // namespace kith::api
