#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "services/api/looks.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/api/stream.h"
#include "services/views/read.h"
#include "services/views/timeline.h"

namespace kith::api {
namespace {

using google::protobuf::util::TimeUtil;
using ReplayStream = AnswerStream<v1::ReplayResponse>;

constexpr size_t kReplayPage = 100;

google::protobuf::Timestamp ToProto(int64_t micros) {
  return TimeUtil::MicrosecondsToTimestamp(micros);
}

// The fact at `position`, whole, with what the ledger knows of it.
absl::StatusOr<v1::ReplayEntry> EntryAt(ReadCall& call, uint64_t position) {
  ASSIGN_OR_RETURN(const eventstore::StoredRecord record,
                   call.view().snapshot().ReadRecord(position));
  v1::ReplayEntry entry;
  entry.set_position(call.Token(position + 1));
  entry.set_number(position);
  *entry.mutable_recorded_at() = ToProto(record.recorded_at_micros);
  entry.set_rules_number(record.rules_number);
  entry.set_digest(absl::BytesToHexString(record.digest));
  entry.mutable_statement()->set_source(record.source);
  entry.mutable_statement()->set_epoch(record.epoch);
  entry.mutable_statement()->set_sequence(record.sequence);
  if (!record.payload ||
      !entry.mutable_fact()->ParseFromString(*record.payload)) {
    return absl::DataLossError("a fact of the timeline does not read back");
  }
  const auto* kind = ledger::v1::Fact::descriptor()->FindFieldByNumber(
      entry.fact().what_case());
  if (kind != nullptr) entry.set_kind(kind->message_type()->name());
  return entry;
}

// Sends what may be shown of one entry. False: nobody listens.
absl::StatusOr<bool> SendOne(ReadCall& call,
                             const views::Pieces<v1::ReplayEntry>& pieces,
                             ReplayStream& stream, bool& any_shown) {
  views::Concerned concerned;
  concerned.Add(pieces);
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  auto disclosed = door.Compose<v1::ReplayResponse>(
      pieces,
      [](v1::ReplayResponse* response) { return response->mutable_entry(); },
      [&](v1::ReplayResponse* response) {
        if (response->has_entry()) views::Finish(response->mutable_entry());
        call.SignAnswer(response);
      });
  const bool shown = disclosed.account().shown();
  ASSIGN_OR_RETURN(auto recorded, call.Record(std::move(disclosed)));
  any_shown = any_shown || shown;
  if (shown) return stream.Send(std::move(recorded));
  RETURN_IF_ERROR(std::move(recorded).Wait().status());
  return stream.IsListenedTo();
}

absl::Status ReplayAll(ReadCall& call, const v1::ReplayRequest& request,
                       ReplayStream& stream) {
  if (!request.reason().empty()) call.SetReason(request.reason());
  RETURN_IF_ERROR(call.Open(request.read()));
  uint64_t after = 0;
  if (!request.after_position().empty()) {
    ASSIGN_OR_RETURN(
        after, call.node().engine.tokens().Open(request.after_position()));
  }
  ASSIGN_OR_RETURN(const uint64_t family,
                   SeenFamily(call, request.family_id()));
  RETURN_IF_ERROR(call.FoldAsOf({{family}, {}}));
  ASSIGN_OR_RETURN(const auto there,
                   views::SummaryPieces(call.rows(), family, call.then()));
  if (!there) return NotFound();
  const views::ReadEntry read =
      [&](uint64_t position) -> absl::StatusOr<std::optional<v1::ReplayEntry>> {
    if (position < after || position >= call.until()) {
      return std::optional<v1::ReplayEntry>();
    }
    ASSIGN_OR_RETURN(auto entry, EntryAt(call, position));
    return std::optional<v1::ReplayEntry>(std::move(entry));
  };
  const views::Telling telling = call.reader().role == agency::v1::ROLE_AUDITOR
                                     ? views::Telling::kWhole
                                     : views::Telling::kAsViewsShow;
  bool any_shown = after > 0;
  views::PageFrom from{"", kReplayPage};
  do {
    ASSIGN_OR_RETURN(auto page, views::Replay(call.rows(), family, call.then(),
                                              from, read, telling));
    for (auto& entry : page.entries) {
      RETURN_IF_ERROR(call.DropUndone(&entry.pieces));
      ASSIGN_OR_RETURN(const bool listening,
                       SendOne(call, entry.pieces, stream, any_shown));
      if (!listening) return absl::CancelledError("nobody listens");
    }
    from.cursor = page.next;
  } while (!from.cursor.empty());
  // A history of which nothing may be seen is as if it were not there.
  return any_shown ? absl::OkStatus() : NotFound();
}

absl::StatusOr<access::Recorded<v1::WhoLookedResponse>> WhoLookedAnswer(
    ReadCall& call, const v1::WhoLookedRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(v1::ReadOptions()));
  ASSIGN_OR_RETURN(const uint64_t family, call.Family(request.family_id()));
  ASSIGN_OR_RETURN(const Looked looked, LookedAt(call, family));
  views::Concerned concerned;
  concerned.Add(looked.label);
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  if (!door.Admit(looked.label)) return call.Withheld(door);
  const absl::Time complete_to = call.node().access.CompleteTo();
  return call.List<v1::WhoLookedResponse>(
      request.page(), request.family_id(),
      [&](const core::StateReader&, absl::Time, const views::PageFrom& from) {
        return Looks(call, looked, from);
      },
      [](v1::WhoLookedResponse* response) { return response->add_looks(); },
      [&](v1::WhoLookedResponse* response) {
        auto* node = response->add_nodes();
        node->set_node(call.node().access.node());
        *node->mutable_complete_to() = ToProto(absl::ToUnixMicros(complete_to));
      });
}

class AuditServiceImpl final : public v1::AuditService::CallbackService {
 public:
  explicit AuditServiceImpl(Shell& shell) : shell_(shell) {}

  grpc::ServerWriteReactor<v1::ReplayResponse>* Replay(
      Context* context, const v1::ReplayRequest* request) override {
    return shell_.Stream<v1::ReplayResponse>(context, "AuditService.Replay",
                                             request, ReplayAll);
  }

  Reactor* WhoLooked(Context* context, const v1::WhoLookedRequest* request,
                     v1::WhoLookedResponse* response) override {
    return shell_.Read(context, "AuditService.WhoLooked", request, response,
                       WhoLookedAnswer);
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAuditService(Shell& shell) {
  return std::make_unique<AuditServiceImpl>(shell);
}

}  // namespace kith::api
