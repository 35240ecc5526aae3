#include <grpcpp/support/byte_buffer.h>

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "services/api/open_streams.h"
#include "services/api/outcome.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/core/keys.h"

namespace kith::api {
namespace {

// Frames of one stream that wait for their outcome; beyond, reading pauses.
constexpr size_t kInFlightMax = 512;

constexpr char kSubmit[] = "IntakeService.Submit";

// One adapter's stream: reads ahead, answers in order.
//
// Frames are handed to the engine as they come; answers wait in `open_` in the
// order of their frames. The stream ends when reading has ended and all is
// answered, when the server drains and all that was read is answered, or with
// the first error (INVALID_ARGUMENT: a message that does not parse), though the
// client might still send. Who calls is asked anew for every message: who is
// denied meanwhile is refused from the next one on (UNAUTHENTICATED), and what
// came before stays. The engine's callbacks may come late: the stream ends only
// after the last one came.
class IntakeStream final
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
      public OpenStream {
 public:
  IntakeStream(Shell& shell, const Context& context, Node& node,
               CallsUnderWay::Call under_way)
      : shell_(shell),
        context_(context),
        node_(node),
        under_way_(std::move(under_way)) {}

  // Begins to read. `self` is let go when gRPC is done with the stream.
  void Begin(std::shared_ptr<IntakeStream> self) {
    self_ = std::move(self);
    std::unique_lock<std::mutex> lock(mutex_);
    Step(lock);
  }

  void Drain() override {
    std::unique_lock<std::mutex> lock(mutex_);
    draining_ = true;
    Step(lock);
  }

  void OnReadDone(bool ok) override {
    const absl::Status may = ok ? MayGoOn() : absl::OkStatus();
    std::unique_lock<std::mutex> lock(mutex_);
    if (!ok) no_more_ = true;
    if (status_.ok()) status_ = may;
    // What comes while the stream ends was never taken: it will come again.
    if (!ok || IsEnding()) {
      reading_ = false;
      return Step(lock);
    }
    v1::SubmitRequest request;
    if (!ParseRequest(request)) {
      status_ = absl::InvalidArgumentError("a message is no SubmitRequest");
      reading_ = false;
      return Step(lock);
    }
    open_.push_back(std::make_unique<Open>());
    Open* mine = open_.back().get();
    mine->response.set_tag(request.tag());
    ++with_engine_;
    std::string frame = request.frame().SerializeAsString();
    lock.unlock();
    node_.engine.Submit(std::move(frame),
                        [this, mine](absl::StatusOr<engine::Outcome> outcome) {
                          Answered(mine, std::move(outcome));
                        });
    lock.lock();
    // Only now: the next frame is handed over after this one.
    reading_ = false;
    Step(lock);
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock<std::mutex> lock(mutex_);
    writing_ = false;
    if (!ok) no_more_ = true;
    if (!ok && status_.ok()) status_ = absl::CancelledError("nobody listens");
    if (!open_.empty()) open_.pop_front();
    Step(lock);
  }

  void OnCancel() override {
    std::unique_lock<std::mutex> lock(mutex_);
    no_more_ = true;
    if (status_.ok()) status_ = absl::CancelledError("cancelled");
    Step(lock);
  }

  void OnDone() override { const auto last = std::move(self_); }

 private:
  struct Open {
    v1::SubmitResponse response;
    grpc::ByteBuffer bytes;  // gRPC's while it is written
    bool answered = false;
  };

  // Whether the caller may still speak to this node: a few looks at files.
  absl::Status MayGoOn() const {
    ASSIGN_OR_RETURN(const Caller caller,
                     shell_.CallerFor(context_, CallerKind::kFeed));
    ASSIGN_OR_RETURN(const Node* const node, shell_.NodeFor(caller));
    if (node == &node_) return absl::OkStatus();
    return absl::PermissionDeniedError(
        "the caller's agency is of another partnership now");
  }

  void Answered(Open* mine, absl::StatusOr<engine::Outcome> outcome) {
    std::unique_lock<std::mutex> lock(mutex_);
    --with_engine_;
    if (!outcome.ok()) {
      if (status_.ok()) status_ = outcome.status();
    } else if (outcome->expected_sequence != 0) {
      mine->response.set_expected_sequence(outcome->expected_sequence);
      mine->answered = true;
    } else {
      *mine->response.mutable_outcome() = ToApi(*outcome);
      mine->answered = true;
    }
    Step(lock);
  }

  // Starts what can be started now, with `lock` let go meanwhile. One thread
  // at a time, which does the others' work as well: so the stream cannot end
  // between two starts. It may be gone when this returns.
  void Step(std::unique_lock<std::mutex>& lock) {
    again_ = true;
    if (stepping_) return;
    stepping_ = true;
    while (again_ && !finished_) {
      again_ = false;
      if (IsOver()) {
        finished_ = true;
        const absl::Status status = EndStatus();
        lock.unlock();
        shell_.metrics().Ended(kSubmit, status.code(), absl::Now() - begun_);
        return Finish(ToGrpc(status));
      }
      StartNext(lock);
    }
    stepping_ = false;
  }

  void StartNext(std::unique_lock<std::mutex>& lock) {
    const bool write = !writing_ && !open_.empty() && open_.front()->answered &&
                       !IsCancelled();
    const bool read =
        !reading_ && !no_more_ && !IsEnding() && open_.size() < kInFlightMax;
    writing_ = writing_ || write;
    reading_ = reading_ || read;
    const grpc::ByteBuffer* response = write ? WriteFirst() : nullptr;
    lock.unlock();
    if (write) StartWrite(response);
    if (read) StartRead(&request_);
    lock.lock();
  }

  // With the lock held:
  bool ParseRequest(v1::SubmitRequest& request) {
    return grpc::SerializationTraits<v1::SubmitRequest>::Deserialize(&request_,
                                                                     &request)
        .ok();
  }
  // The first answer as bytes.
  const grpc::ByteBuffer* WriteFirst() {
    Open& first = *open_.front();
    bool own_buffer = false;
    const grpc::Status written =
        grpc::SerializationTraits<v1::SubmitResponse>::Serialize(
            first.response, &first.bytes, &own_buffer);
    KITH_CHECK(written.ok());
    return &first.bytes;
  }
  bool IsCancelled() const {
    return status_.code() == absl::StatusCode::kCancelled;
  }
  bool IsEnding() const { return draining_ || !status_.ok(); }
  bool IsOver() const {
    if (writing_ || with_engine_ > 0) return false;
    if (!status_.ok()) return true;
    return open_.empty() && (draining_ || (no_more_ && !reading_));
  }
  absl::Status EndStatus() const {
    if (!status_.ok() || (no_more_ && !reading_)) return status_;
    return absl::UnavailableError("the server drains; connect again");
  }

  Shell& shell_;
  const Context& context_;  // gRPC's until OnDone
  Node& node_;
  const CallsUnderWay::Call under_way_;
  const absl::Time begun_ = absl::Now();
  std::shared_ptr<IntakeStream> self_;
  std::mutex mutex_;
  grpc::ByteBuffer request_;                // gRPC's while reading_
  std::deque<std::unique_ptr<Open>> open_;  // guarded by mutex_, in order
  size_t with_engine_ = 0;                  // guarded by mutex_
  bool reading_ = false;                    // guarded by mutex_
  bool writing_ = false;                    // guarded by mutex_
  bool no_more_ = false;                    // guarded by mutex_
  bool draining_ = false;                   // guarded by mutex_
  bool finished_ = false;                   // guarded by mutex_
  bool stepping_ = false;                   // guarded by mutex_
  bool again_ = false;                      // guarded by mutex_
  absl::Status status_;                     // guarded by mutex_
};

// A stream that is refused at once.
class RefusedStream final
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit RefusedStream(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

bool MaySpeakFor(const ledger::v1::SourceRow& source,
                 const std::string& agency) {
  for (const std::string& one : source.agencies()) {
    if (one == agency || one == "*") return true;
  }
  return false;
}

// NOT_FOUND: it does not speak for the caller's agency.
absl::StatusOr<ledger::v1::SourceRow> OwnSource(ReadCall& call,
                                                const std::string& name) {
  RETURN_IF_ERROR(call.OpenPresent(v1::ReadOptions()));
  ASSIGN_OR_RETURN(auto source,
                   core::ReadRow<ledger::v1::SourceRow>(
                       call.view().state(), core::keys::Source(name)));
  if (!source || !MaySpeakFor(*source, call.reader().agency)) {
    return NotFound();
  }
  return *std::move(source);
}

absl::StatusOr<access::Recorded<v1::GetSourceResponse>> GetSourceAnswer(
    ReadCall& call, const v1::GetSourceRequest& request) {
  ASSIGN_OR_RETURN(const auto source, OwnSource(call, request.source()));
  v1::GetSourceResponse response;
  response.set_epoch(source.epoch());
  response.set_mark(source.mark());
  return call.Plain(std::move(response));
}

absl::StatusOr<access::Recorded<v1::GetOutcomeResponse>> GetOutcomeAnswer(
    ReadCall& call, const v1::GetOutcomeRequest& request) {
  ASSIGN_OR_RETURN(const auto source, OwnSource(call, request.source()));
  const uint64_t epoch =
      request.epoch() == 0 ? source.epoch() : request.epoch();
  ASSIGN_OR_RETURN(auto row, core::ReadRow<ledger::v1::OutcomeRow>(
                                 call.view().state(),
                                 core::keys::Outcome(request.source(), epoch,
                                                     request.sequence())));
  if (!row) return NotFound();
  engine::Outcome outcome;
  outcome.position = call.Token(row->position());
  outcome.row = *std::move(row);
  v1::GetOutcomeResponse response;
  *response.mutable_outcome() = ToApi(outcome);
  return call.Plain(std::move(response));
}

// Messages of the stream come as bytes: gRPC takes one that does not parse for
// the end of the stream, and an adapter would think itself done.
using Methods = v1::IntakeService::WithRawCallbackMethod_Submit<
    v1::IntakeService::WithCallbackMethod_GetSource<
        v1::IntakeService::WithCallbackMethod_GetOutcome<
            v1::IntakeService::Service>>>;

class IntakeServiceImpl final : public Methods {
 public:
  explicit IntakeServiceImpl(Shell& shell) : shell_(shell) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Submit(
      Context* context) override {
    shell_.Arrived(*context);
    absl::StatusOr<Caller> caller =
        shell_.CallerFor(*context, CallerKind::kFeed);
    if (!caller.ok()) return Refuse(caller.status());
    const absl::StatusOr<Node*> node = shell_.NodeFor(*caller);
    if (!node.ok()) return Refuse(node.status());
    CallsUnderWay::Call under_way = shell_.calls().Begin();
    if (under_way == nullptr) return Refuse(Shell::Draining());
    auto stream = std::make_shared<IntakeStream>(shell_, *context, **node,
                                                 std::move(under_way));
    if (!shell_.streams().Add(stream)) return Refuse(Shell::Draining());
    IntakeStream* const reactor = stream.get();
    reactor->Begin(std::move(stream));
    return reactor;
  }

  Reactor* GetSource(Context* context, const v1::GetSourceRequest* request,
                     v1::GetSourceResponse* response) override {
    return shell_.Read(context, "IntakeService.GetSource", request, response,
                       GetSourceAnswer, CallerKind::kFeed);
  }

  Reactor* GetOutcome(Context* context, const v1::GetOutcomeRequest* request,
                      v1::GetOutcomeResponse* response) override {
    return shell_.Read(context, "IntakeService.GetOutcome", request, response,
                       GetOutcomeAnswer, CallerKind::kFeed);
  }

 private:
  RefusedStream* Refuse(const absl::Status& why) {
    shell_.metrics().Ended(kSubmit, why.code(), absl::ZeroDuration());
    return new RefusedStream(why);
  }

  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeIntakeService(Shell& shell) {
  return std::make_unique<IntakeServiceImpl>(shell);
}

}  // namespace kith::api
