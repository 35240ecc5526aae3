#include "adapters/publisher/intake_sink.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "kith/api/v1/intake_service.grpc.pb.h"

namespace kith::adapters {
namespace {

using api::v1::IntakeService;
using api::v1::SubmitRequest;
using api::v1::SubmitResponse;

// Frames on their way at once.
constexpr uint64_t kWindow = 512;
constexpr auto kConnect = std::chrono::seconds(5);
constexpr auto kSilence = std::chrono::seconds(30);

absl::Status ToStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

Ending EndingOf(const api::v1::Outcome& outcome) {
  switch (outcome.kind()) {
    case ledger::v1::OUTCOME_KIND_ACCEPTED:
      return Ending::kAccepted;
    case ledger::v1::OUTCOME_KIND_CHANGED_NOTHING:
      return Ending::kChangedNothing;
    case ledger::v1::OUTCOME_KIND_REFUSED:
      return Ending::kRefused;
    case ledger::v1::OUTCOME_KIND_PARKED:
      return Ending::kParked;
    default:
      return Ending::kSetAside;  // quarantined
  }
}

std::string ReasonOf(const api::v1::Outcome& outcome) {
  std::string reason = outcome.reason().code();
  if (!outcome.reason().text().empty()) {
    absl::StrAppend(&reason, reason.empty() ? "" : ": ",
                    outcome.reason().text());
  }
  return reason;
}

Answer ToAnswer(const SubmitResponse& response) {
  Answer answer;
  answer.sequence = response.tag();
  answer.expected_sequence = response.expected_sequence();
  answer.ending = EndingOf(response.outcome());
  answer.reason = ReasonOf(response.outcome());
  return answer;
}

using Stream = grpc::ClientReaderWriter<SubmitRequest, SubmitResponse>;

// Reads answers on a thread of its own, so that a full window never keeps the
// two sides waiting for each other.
class Answers {
 public:
  explicit Answers(Stream& stream)
      : thread_([this, &stream] { Run(stream); }) {}
  ~Answers() { thread_.join(); }

  // Waits until there is an answer or the stream has ended. False: silence.
  bool Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kSilence,
                             [this] { return ended_ || !answers_.empty(); });
  }

  // The next answer if one is there.
  std::optional<Answer> Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (answers_.empty()) return std::nullopt;
    std::optional<Answer> first(std::move(answers_.front()));
    answers_.pop_front();
    return first;
  }

 private:
  void Run(Stream& stream) {
    SubmitResponse response;
    while (stream.Read(&response)) {
      const std::lock_guard<std::mutex> lock(mutex_);
      answers_.push_back(ToAnswer(response));  // at most kWindow of them
      changed_.notify_one();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Answer> answers_;
  bool ended_ = false;
  std::thread thread_;
};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const ClientTls& tls) {
  if (tls.authority.empty()) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({tls.authority, tls.key, tls.certificate});
}

class IntakeSink final : public Sink {
 public:
  IntakeSink(const std::string& server, std::string partnership,
             std::string agency, std::string source, const ClientTls& tls)
      : channel_(grpc::CreateChannel(server, CredentialsOf(tls))),
        stub_(IntakeService::NewStub(channel_)),
        partnership_(std::move(partnership)),
        agency_(std::move(agency)),
        source_(std::move(source)) {}

  absl::StatusOr<std::optional<Mark>> MarkOf(
      const std::string& source) override {
    RETURN_IF_ERROR(Connect());
    grpc::ClientContext context;
    Introduce(context);
    context.set_deadline(std::chrono::system_clock::now() + kSilence);
    api::v1::GetSourceRequest request;
    request.set_source(source);
    api::v1::GetSourceResponse response;
    RETURN_IF_ERROR(ToStatus(stub_->GetSource(&context, request, &response)));
    return std::optional<Mark>(Mark{response.epoch(), response.mark()});
  }

  absl::Status Send(const Next& next, const Answered& answered) override {
    RETURN_IF_ERROR(Connect());
    grpc::ClientContext context;
    Introduce(context);
    const std::unique_ptr<Stream> stream = stub_->Submit(&context);
    absl::Status problem;
    bool unanswered = false;
    {
      Answers answers(*stream);
      problem = Exchange(*stream, answers, next, answered, unanswered);
      if (!problem.ok()) context.TryCancel();
    }
    const absl::Status ended = ToStatus(stream->Finish());
    if (!problem.ok()) return problem;
    if (ended.ok() && unanswered) {
      return absl::UnavailableError("the server broke off");
    }
    return ended;
  }

 private:
  // A refused connection is an answer; only a silent one is waited for.
  absl::Status Connect() {
    const auto deadline = std::chrono::system_clock::now() + kConnect;
    auto state = channel_->GetState(/*try_to_connect=*/true);
    while (state != GRPC_CHANNEL_READY) {
      if (state == GRPC_CHANNEL_TRANSIENT_FAILURE ||
          !channel_->WaitForStateChange(state, deadline)) {
        return absl::UnavailableError("the server is not reachable");
      }
      state = channel_->GetState(/*try_to_connect=*/true);
    }
    return absl::OkStatus();
  }

  // Who calls, as services/api reads it.
  void Introduce(grpc::ClientContext& context) const {
    context.AddMetadata("kith-agency", agency_);
    context.AddMetadata("kith-practitioner", source_);
    context.AddMetadata("kith-role", "integration_engineer");
    context.AddMetadata("kith-purpose", "intake");
    if (!partnership_.empty()) {
      context.AddMetadata("kith-partnership", partnership_);
    }
  }

  // Writes while the window allows, else waits for an answer.
  static absl::Status Exchange(Stream& stream, Answers& answers,
                               const Next& next, const Answered& answered,
                               bool& unanswered) {
    uint64_t outstanding = 0;
    bool writing = true;
    while (true) {
      const bool may_write = writing && outstanding < kWindow;
      if (!may_write && !answers.Wait()) {
        return absl::DeadlineExceededError("the server does not answer");
      }
      const std::optional<Answer> answer = answers.Take();
      if (may_write) {
        if (!answer) {
          ASSIGN_OR_RETURN(const std::optional<OutboxFrame> frame, next());
          if (!frame) {
            writing = false;
            stream.WritesDone();
          } else if (Write(stream, *frame)) {
            ++outstanding;
          } else {
            writing = false;  // broken off: the end of the stream says why
          }
          continue;
        }
      } else if (!answer) {
        unanswered = outstanding > 0;
        return absl::OkStatus();  // the end of the stream says why
      }
      --outstanding;
      RETURN_IF_ERROR(answered(*answer));
    }
  }

  static bool Write(Stream& stream, const OutboxFrame& frame) {
    SubmitRequest request;
    request.set_tag(frame.sequence);
    return request.mutable_frame()->ParseFromString(frame.bytes) &&
           stream.Write(request);
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<IntakeService::Stub> stub_;
  const std::string partnership_;
  const std::string agency_;
  const std::string source_;
};

}  // namespace

std::unique_ptr<Sink> MakeIntakeSink(const std::string& server,
                                     const std::string& partnership,
                                     const std::string& agency,
                                     const std::string& source,
                                     const ClientTls& tls) {
  return std::make_unique<IntakeSink>(server, partnership, agency, source, tls);
}

}  // namespace kith::adapters
