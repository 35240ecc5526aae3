#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventstore/files.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "services/api/data_folder.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/api/stream.h"
#include "services/core/keys.h"
#include "services/views/worklists.h"

namespace kith::api {
namespace {

constexpr uint64_t kProgressEvery = 10000;
constexpr size_t kCheckpointNameMax = 64;

ledger::v1::ItemLabel OperationLabel() {
  ledger::v1::ItemLabel label;
  label.set_class_(agency::v1::ITEM_CLASS_OPERATION);
  return label;
}

// PERMISSION_DENIED unless the caller's role sees operations.
absl::Status MayOperate(ReadCall& call) {
  RETURN_IF_ERROR(call.OpenPresent(v1::ReadOptions()));
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door({}));
  if (door.Admit(OperationLabel())) return absl::OkStatus();
  return absl::PermissionDeniedError("this role does not operate the node");
}

absl::StatusOr<access::Recorded<v1::ListQuarantineResponse>>
ListQuarantineAnswer(ReadCall& call, const v1::ListQuarantineRequest& request) {
  RETURN_IF_ERROR(MayOperate(call));
  return call.List<v1::ListQuarantineResponse>(
      request.page(), request.include_parked() ? "all" : "quarantined",
      [&](const core::StateReader& rows, absl::Time,
          const views::PageFrom& from) {
        return views::Quarantine(rows, request.include_parked(), from);
      },
      [](v1::ListQuarantineResponse* response) {
        return response->add_items();
      });
}

absl::StatusOr<access::Recorded<v1::GetQuarantineItemResponse>>
GetQuarantineItemAnswer(ReadCall& call,
                        const v1::GetQuarantineItemRequest& request) {
  RETURN_IF_ERROR(MayOperate(call));
  ASSIGN_OR_RETURN(const uint64_t item,
                   call.Number(request.item_id(), base::IdKind::kItem));
  return call.One<v1::GetQuarantineItemResponse>(
      views::AsOfStart(),
      [&](const core::StateReader& rows, absl::Time) {
        return views::QuarantinePieces(rows, item);
      },
      [](v1::GetQuarantineItemResponse* response) {
        return response->mutable_item();
      });
}

// What the views do not know of a source stands in the state.
absl::StatusOr<views::Page<v1::SourceStatus>> SourcesNow(
    const ReadCall& call, const core::StateReader& rows,
    const views::PageFrom& from) {
  ASSIGN_OR_RETURN(auto page, views::Sources(rows, from));
  for (auto& entry : page.entries) {
    for (auto& piece : entry.pieces) {
      ASSIGN_OR_RETURN(
          const auto row,
          core::ReadRow<ledger::v1::SourceRow>(
              call.view().state(), core::keys::Source(piece.part.source())));
      if (!row) continue;
      piece.part.set_epoch(row->epoch());
      piece.part.set_mark(row->mark());
      if (row->has_last_at()) *piece.part.mutable_last_at() = row->last_at();
    }
  }
  return page;
}

absl::StatusOr<access::Recorded<v1::ListSourcesResponse>> ListSourcesAnswer(
    ReadCall& call, const v1::ListSourcesRequest& request) {
  RETURN_IF_ERROR(MayOperate(call));
  return call.List<v1::ListSourcesResponse>(
      request.page(), "",
      [&](const core::StateReader& rows, absl::Time,
          const views::PageFrom& from) { return SourcesNow(call, rows, from); },
      [](v1::ListSourcesResponse* response) {
        return response->add_sources();
      });
}

absl::StatusOr<v1::NodeStatus> StatusOf(ReadCall& call) {
  Node& node = call.node();
  const engine::EngineStatus engine = node.engine.status();
  v1::NodeStatus status;
  status.set_partnership(node.partnership);
  status.set_version(node.version);
  status.set_facts(call.view().position());
  status.set_head_digest(
      absl::BytesToHexString(call.view().snapshot().head().digest));
  status.set_view_version(node.store.views().live);
  ASSIGN_OR_RETURN(const auto ledger,
                   core::ReadRow<ledger::v1::LedgerRow>(call.view().state(),
                                                        core::keys::Ledger()));
  if (ledger) status.set_rules_number(ledger->rules_number());
  status.set_inbox_depth(engine.waiting.count);
  status.set_serving(engine.ready);
  status.set_reason(std::string(engine.reason.message()));
  return status;
}

absl::StatusOr<access::Recorded<v1::GetStatusResponse>> GetStatusAnswer(
    ReadCall& call, const v1::GetStatusRequest&) {
  RETURN_IF_ERROR(MayOperate(call));
  v1::GetStatusResponse response;
  ASSIGN_OR_RETURN(*response.mutable_status(), StatusOf(call));
  return call.Plain(std::move(response));
}

bool IsCheckpointName(const std::string& name) {
  if (name.empty() || name.size() > kCheckpointNameMax || name[0] == '.') {
    return false;
  }
  for (char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' &&
        c != '_' && c != '.') {
      return false;
    }
  }
  return true;
}

// The access log after the ledger: no fact is in the copy whose readers until
// then are not. Without its manifest, written last, neither is a checkpoint.
absl::StatusOr<eventstore::Head> CopyBoth(Node& node,
                                          const std::string& folder) {
  if (eventstore::Exists(folder)) {
    return absl::AlreadyExistsError(absl::StrCat(folder, " is there already"));
  }
  ASSIGN_OR_RETURN(
      const eventstore::Head head,
      node.store.Checkpoint(absl::StrCat(folder, "/", kLedgerName)));
  RETURN_IF_ERROR(
      node.access.Checkpoint(absl::StrCat(folder, "/", kAccessLogName)));
  return head;
}

absl::StatusOr<access::Recorded<v1::CheckpointResponse>> CheckpointAnswer(
    ReadCall& call, const v1::CheckpointRequest& request) {
  RETURN_IF_ERROR(MayOperate(call));
  RETURN_IF_ERROR(call.RecordAct(ledger::v1::ACCESS_KIND_ADMINISTRATION));
  if (!IsCheckpointName(request.name())) {
    return absl::InvalidArgumentError(
        "name must be 1 to 64 letters, digits, '-', '_' or '.'");
  }
  if (call.node().checkpoint_folder.empty()) {
    return absl::FailedPreconditionError(
        "no checkpoint folder is configured on this node");
  }
  v1::CheckpointResponse response;
  response.set_folder(
      absl::StrCat(call.node().checkpoint_folder, "/", request.name()));
  ASSIGN_OR_RETURN(const eventstore::Head head,
                   CopyBoth(call.node(), response.folder()));
  response.set_position(call.Token(head.next));
  return call.Plain(std::move(response));
}

// What a walk found, for who asked for it: the store's own words, which name
// positions and files, and nothing of anybody.
absl::Status Told(const char* of_what, const absl::Status& found) {
  if (!absl::IsDataLoss(found)) return found;
  ledger::v1::Reason reason;
  reason.set_code("DAMAGED");
  reason.set_text(absl::StrCat(of_what, ": ", found.message()));
  reason.set_status_code(static_cast<int>(absl::StatusCode::kDataLoss));
  return ErrorOf(reason);
}

absl::Status VerifyAll(ReadCall& call, const v1::VerifyLedgerRequest& request,
                       AnswerStream<v1::VerifyLedgerResponse>& stream) {
  RETURN_IF_ERROR(MayOperate(call));
  RETURN_IF_ERROR(call.RecordAct(ledger::v1::ACCESS_KIND_ADMINISTRATION));
  const uint64_t every =
      request.progress_every() == 0 ? kProgressEvery : request.progress_every();
  v1::VerifyLedgerResponse response;
  // Progress of a walk, told when so many more are done.
  const auto telling = [&](auto note) -> eventstore::Store::Progress {
    return
        [&, note, told = uint64_t{0}](uint64_t done, uint64_t total) mutable {
          if (done < told + every) return true;
          told = done;
          note(done, total);
          return stream.SendProgress(response);
        };
  };
  const auto facts =
      call.node().store.Verify(telling([&](uint64_t done, uint64_t total) {
        response.set_done(done);
        response.set_total(total);
      }));
  if (!facts.ok()) return Told("the ledger", facts.status());
  response.set_done(facts->records);
  response.set_total(facts->records);
  const auto looks =
      call.node().access.Verify(telling([&](uint64_t done, uint64_t total) {
        response.set_access_records(done);
        response.set_access_total(total);
      }));
  if (!looks.ok()) return Told("the access log", looks.status());
  response.set_finished(true);
  response.set_head_digest(absl::BytesToHexString(facts->head.digest));
  response.set_unreadable(facts->unreadable);
  response.set_access_records(looks->records);
  response.set_access_total(looks->records);
  ASSIGN_OR_RETURN(auto recorded, call.Plain(std::move(response)));
  return stream.Send(std::move(recorded)).status();
}

absl::Status RebuildAll(ReadCall& call, const v1::RebuildViewsRequest&,
                        AnswerStream<v1::RebuildViewsResponse>& stream) {
  RETURN_IF_ERROR(MayOperate(call));
  RETURN_IF_ERROR(call.RecordAct(ledger::v1::ACCESS_KIND_ADMINISTRATION));
  v1::RebuildViewsResponse response;
  // A rebuild goes on when nobody listens any more.
  RETURN_IF_ERROR(
      call.node().engine.Rebuild([&](uint64_t done, uint64_t total) {
        response.set_done(done);
        response.set_total(total);
        stream.SendProgress(response);
      }));
  response.set_finished(true);
  response.set_view_version(call.node().store.views().live);
  ASSIGN_OR_RETURN(auto recorded, call.Plain(std::move(response)));
  return stream.Send(std::move(recorded)).status();
}

class OperationsServiceImpl final
    : public v1::OperationsService::CallbackService {
 public:
  explicit OperationsServiceImpl(Shell& shell) : shell_(shell) {}

  Reactor* ListQuarantine(Context* context,
                          const v1::ListQuarantineRequest* request,
                          v1::ListQuarantineResponse* response) override {
    return shell_.Read(context, "OperationsService.ListQuarantine", request,
                       response, ListQuarantineAnswer);
  }

  Reactor* GetQuarantineItem(Context* context,
                             const v1::GetQuarantineItemRequest* request,
                             v1::GetQuarantineItemResponse* response) override {
    return shell_.Read(context, "OperationsService.GetQuarantineItem", request,
                       response, GetQuarantineItemAnswer);
  }

  Reactor* ListSources(Context* context, const v1::ListSourcesRequest* request,
                       v1::ListSourcesResponse* response) override {
    return shell_.Read(context, "OperationsService.ListSources", request,
                       response, ListSourcesAnswer);
  }

  grpc::ServerWriteReactor<v1::VerifyLedgerResponse>* VerifyLedger(
      Context* context, const v1::VerifyLedgerRequest* request) override {
    return shell_.Stream<v1::VerifyLedgerResponse>(
        context, "OperationsService.VerifyLedger", request, VerifyAll);
  }

  grpc::ServerWriteReactor<v1::RebuildViewsResponse>* RebuildViews(
      Context* context, const v1::RebuildViewsRequest* request) override {
    return shell_.Stream<v1::RebuildViewsResponse>(
        context, "OperationsService.RebuildViews", request, RebuildAll);
  }

  Reactor* Checkpoint(Context* context, const v1::CheckpointRequest* request,
                      v1::CheckpointResponse* response) override {
    return shell_.Read(context, "OperationsService.Checkpoint", request,
                       response, CheckpointAnswer);
  }

  Reactor* GetStatus(Context* context, const v1::GetStatusRequest* request,
                     v1::GetStatusResponse* response) override {
    return shell_.Read(context, "OperationsService.GetStatus", request,
                       response, GetStatusAnswer);
  }

  Reactor* DecideQuarantine(Context* context,
                            const v1::DecideQuarantineRequest* request,
                            v1::DecideQuarantineResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_quarantine_decided() = request->decision();
    return shell_.Write(context, "OperationsService.DecideQuarantine",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* RegisterSource(Context* context,
                          const v1::RegisterSourceRequest* request,
                          v1::RegisterSourceResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_source_registered() = request->registration();
    return shell_.Write(context, "OperationsService.RegisterSource",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

  Reactor* ResumeSource(Context* context,
                        const v1::ResumeSourceRequest* request,
                        v1::ResumeSourceResponse* response) override {
    agency::v1::Statement statement;
    *statement.mutable_source_resumed() = request->resumption();
    return shell_.Write(context, "OperationsService.ResumeSource",
                        request->write(), std::move(statement),
                        response->mutable_outcome());
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOperationsService(Shell& shell) {
  return std::make_unique<OperationsServiceImpl>(shell);
}

}  // namespace kith::api
