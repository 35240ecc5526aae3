// The ten lines of every method: who calls, on a worker or at once from memory,
// answer once.
//
// Two kinds of method: `Read` computes an answer that passed disclosure and
// whose access record is durable; `Write` says a statement and answers with its
// outcome. Both finish the reactor exactly once. Thread-safe.
#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/api/v1/common.pb.h"
#include "services/access/recorded.h"
#include "services/api/begun_calls.h"
#include "services/api/call_metrics.h"
#include "services/api/caller.h"
#include "services/api/calls_under_way.h"
#include "services/api/errors.h"
#include "services/api/node.h"
#include "services/api/nodes.h"
#include "services/api/open_streams.h"
#include "services/api/read_call.h"
#include "services/api/stream.h"
#include "services/api/whole.h"
#include "services/api/workers.h"

namespace kith::api {

using Reactor = grpc::ServerUnaryReactor;
using Context = grpc::CallbackServerContext;

// When a call ends.
enum class Leaving { kAtOnce, kOnBeat };

struct ShellTimes {
  // What is absent is known at once, what is withheld after a decision: whoever
  // measures could tell them apart. So NOT_FOUND, and what a method says is as
  // good (`ReadCall::LeaveOnBeat`), leaves on a beat, counted from the
  // beginning of the call; what decides is done well within one.
  absl::Duration not_found_beat = absl::Milliseconds(20);
  // A watching stream says that it lives when it said nothing for so long ...
  absl::Duration heartbeat = absl::Seconds(10);
  // ... and is given up when its reader takes nothing for so long.
  absl::Duration slow_reader_max = absl::Seconds(30);
};

class Shell {
 public:
  // All must outlive the shell, and the server that calls it.
  Shell(const Nodes& nodes, Workers& workers, CallMetrics& metrics,
        const Callers& callers, const ShellTimes& times = {})
      : nodes_(nodes),
        workers_(workers),
        metrics_(metrics),
        callers_(callers),
        times_(times) {}

  CallMetrics& metrics() { return metrics_; }
  const Callers& callers() const { return callers_; }
  const ShellTimes& times() const { return times_; }
  Workers& workers() { return workers_; }
  // Told by the server when it drains.
  OpenStreams& streams() { return streams_; }
  CallsUnderWay& calls() { return calls_; }
  // The server asks it whether a call may begin.
  BegunCalls& begun() { return begun_; }
  // What every method says first.
  void Arrived(const grpc::ServerContextBase& context) {
    begun_.Arrived(*context.auth_context());
  }

  // `answer`: StatusOr<Recorded<Response>>(ReadCall&, const Request&). It may
  // block on the disk.
  template <class Request, class Response, class Answer>
  Reactor* Read(Context* context, const char* method, const Request* request,
                Response* response, Answer answer,
                CallerKind kind = CallerKind::kPerson) {
    return Run(context, method,
               [this, context, method, request, response, kind,
                answer = std::move(answer)](const Finish& finish) {
                 const absl::Status given =
                     Give(CallerFor(*context, kind), *context, method, *request,
                          response, answer, ReadCall::From::kDisk, finish);
                 if (!given.ok()) finish(given);
               });
  }

  // The same of a request and a response in their wire format, for an answer
  // that is kept in it: StatusOr<Recorded<Encoded<..>>>(ReadCall&, const
  // Request&). What is kept is answered at once, without a worker; otherwise
  // `answer` is asked again, so it may have no effect but its record.
  template <class Request, class Answer>
  Reactor* ReadEncoded(Context* context, const char* method,
                       const grpc::ByteBuffer* request,
                       grpc::ByteBuffer* response, Answer answer) {
    // Given up before it was said: as gRPC takes it where it parses requests.
    if (!request->Valid()) return Refuse(context, "no request");
    const auto answer_from = [this, context, method, request, response,
                              answer = std::move(answer)](
                                 ReadCall::From from, const Finish& finish) {
      Request parsed;
      grpc::ByteBuffer bytes = *request;
      if (!grpc::SerializationTraits<Request>::Deserialize(&bytes, &parsed)
               .ok()) {
        return absl::InvalidArgumentError("the request does not parse");
      }
      return Give(CallerFor(*context), *context, method, parsed, response,
                  answer, from, finish);
    };
    return Run(
        context, method,
        [answer_from](const Finish& finish) {
          const absl::Status given = answer_from(ReadCall::From::kDisk, finish);
          if (!given.ok()) finish(given);
        },
        [answer_from](const Finish& finish) {
          const absl::Status given =
              answer_from(ReadCall::From::kMemory, finish);
          if (IsForAWorker(given)) return false;
          if (!given.ok()) finish(given);
          return true;
        });
  }

  // Says `statement` for the caller; fills `outcome` in.
  Reactor* Write(Context* context, const char* method,
                 const v1::WriteOptions& options,
                 agency::v1::Statement statement, v1::Outcome* outcome);

  // A stream of answers: `send_all(ReadCall&, const Request&, stream)` sends
  // them and returns how the stream ends. Streams have workers of their own: a
  // slow reader keeps one busy.
  template <class Response, class Request, class SendAll>
  grpc::ServerWriteReactor<Response>* Stream(Context* context,
                                             const char* method,
                                             const Request* request,
                                             SendAll send_all) {
    Arrived(*context);
    auto* stream = new AnswerStream<Response>(context);
    const absl::Time begun = absl::Now();
    const CallsUnderWay::Call under_way = calls_.Begin();
    auto end = [this, stream, method, begun,
                under_way](const absl::Status& status) {
      stream->AwaitSent();
      Leave(LeavingOf(status), begun,
            [this, stream, method, begun, under_way, status] {
              metrics_.Ended(method, status.code(), absl::Now() - begun);
              stream->End(status);
            });
    };
    if (under_way == nullptr) {
      end(Draining());
      return stream;
    }
    const bool taken = streaming_.Run([this, context, method, request, stream,
                                       end, send_all = std::move(send_all)] {
      if (context->IsCancelled()) return end(NobodyWaits());
      absl::StatusOr<Caller> caller = CallerFor(*context);
      if (!caller.ok()) return end(caller.status());
      const absl::StatusOr<Node*> node = NodeFor(*caller);
      if (!node.ok()) return end(node.status());
      ReadCall call(**node, *std::move(caller), method,
                    absl::FromChrono(context->deadline()));
      absl::Status sent = call.CheckMethod();
      if (sent.ok()) sent = send_all(call, *request, *stream);
      end(sent.ok() ? sent : call.Denied(sent));
    });
    if (!taken) end(absl::ResourceExhaustedError("too many calls wait"));
    return stream;
  }

  // Who calls, or why they may not.
  absl::StatusOr<Caller> CallerFor(const grpc::ServerContextBase& context,
                                   CallerKind kind = CallerKind::kPerson) const;
  // The partnership they name; errors as in NodeOf.
  absl::StatusOr<Node*> NodeFor(const Caller& caller) const {
    return NodeOf(nodes_, caller);
  }

  // How a call ends with this status, unless its method says more.
  static Leaving LeavingOf(const absl::Status& status) {
    return absl::IsNotFound(status) ? Leaving::kOnBeat : Leaving::kAtOnce;
  }
  // Calls `leave`, which ends a call that began then: at once, or on its next
  // beat, from a thread of gRPC's.
  void Leave(Leaving how, absl::Time begun, std::function<void()> leave) const;

  // What a call is told that was given up before it was worked on.
  static absl::Status NobodyWaits() {
    return absl::DeadlineExceededError("nobody waits any more");
  }
  // What a call is told that comes during a drain.
  static absl::Status Draining() {
    return absl::UnavailableError("the server drains; connect again");
  }

 private:
  // Ends a call: on the beat where its status or its method says so.
  class Finish {
   public:
    using Function = std::function<void(const absl::Status&, Leaving)>;
    explicit Finish(Function function) : function_(std::move(function)) {}
    void operator()(const absl::Status& status) const {
      function_(status, LeavingOf(status));
    }
    void OnBeat(const absl::Status& status) const {
      function_(status, Leaving::kOnBeat);
    }

   private:
    Function function_;
  };

  static constexpr size_t kStreamWorkers = 4;
  static constexpr size_t kStreamsWaitingMax = 64;

  // Ends a call that did not arrive.
  static Reactor* Refuse(Context* context, const char* why);
  // What was not kept, and refusals that must be recorded before they are told.
  static bool IsForAWorker(const absl::Status& status);
  // `work` on a worker, unless `at_once` could do it without waiting.
  Reactor* Run(Context* context, const char* method,
               std::function<void(Finish)> work,
               const std::function<bool(Finish)>& at_once = nullptr);
  void Say(Context* context, const char* method,
           const v1::WriteOptions& options, agency::v1::Statement statement,
           v1::Outcome* outcome, const Finish& finish);

  // Gives the answer to `finish` when its access record is durable; nobody
  // waits for that. Otherwise returns why there is none: recorded, if it had to
  // be and the disk may be waited for.
  template <class Request, class Response, class Answer>
  absl::Status Give(absl::StatusOr<Caller> caller, const Context& context,
                    const char* method, const Request& request,
                    Response* response, const Answer& answer,
                    ReadCall::From from, const Finish& finish) {
    if (!caller.ok()) return caller.status();
    ASSIGN_OR_RETURN(Node* const node, NodeFor(*caller));
    ReadCall call(*node, *std::move(caller), method,
                  absl::FromChrono(context.deadline()), from);
    absl::Status may = call.CheckMethod();
    if (!may.ok()) return call.Denied(may);
    auto recorded = answer(call, request);
    if (!recorded.ok()) return call.Denied(recorded.status());
    const bool on_beat = call.leaves_on_beat();
    std::move(*recorded).Then([response, finish, on_beat](auto durable) {
      absl::Status status = durable.status();
      if (status.ok()) {
        Fill(*std::move(durable), response);
        status = CheckAnswerBytes(BytesOf(*response));
      }
      on_beat ? finish.OnBeat(status) : finish(status);
    });
    return absl::OkStatus();
  }
  template <class Response>
  static void Fill(Response answer, Response* response) {
    *response = std::move(answer);
  }
  template <class Response>
  static void Fill(const Encoded<Response>& answer,
                   grpc::ByteBuffer* response) {
    const grpc::Slice slice(answer.bytes);
    *response = grpc::ByteBuffer(&slice, 1);
  }
  static size_t BytesOf(const google::protobuf::MessageLite& response) {
    return response.ByteSizeLong();
  }
  static size_t BytesOf(const grpc::ByteBuffer& response) {
    return response.Length();
  }

  const Nodes& nodes_;
  Workers& workers_;
  CallMetrics& metrics_;
  const Callers& callers_;
  const ShellTimes times_;
  OpenStreams streams_;
  CallsUnderWay calls_;
  BegunCalls begun_;
  Workers streaming_{kStreamWorkers, kStreamsWaitingMax};
};

}  // namespace kith::api
