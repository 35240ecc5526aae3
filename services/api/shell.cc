#include "services/api/shell.h"

#include <grpcpp/alarm.h>

#include <memory>

#include "absl/time/clock.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"
#include "services/api/named_things.h"
#include "services/api/outcome.h"

namespace kith::api {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kRequestIdMax = 64;

absl::Status CheckOptions(const v1::WriteOptions& options) {
  const size_t size = options.request_id().size();
  if (size >= 1 && size <= kRequestIdMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "write.request_id must have 1 to 64 characters");
}

// Acts that the access log accounts for before they are done.
ledger::v1::AccessKind AccountedAs(const agency::v1::Statement& statement) {
  using Statement = agency::v1::Statement;
  switch (statement.what_case()) {
    case Statement::kOverrideStated:
    case Statement::kOverrideTold:
    case Statement::kOverrideReviewed:
    case Statement::kBreakGlassStated:
    case Statement::kBreakGlassApproved:
    case Statement::kBreakGlassEnded:
      return ledger::v1::ACCESS_KIND_OVERRIDE;
    case Statement::kQuarantineDecided:
    case Statement::kSourceRegistered:
    case Statement::kSourceResumed:
    case Statement::kRulesActivated:
    case Statement::kReevaluationStepped:
      return ledger::v1::ACCESS_KIND_ADMINISTRATION;
    default:
      return ledger::v1::ACCESS_KIND_UNSPECIFIED;  // the ledger tells
  }
}

bool SaysFamilyIsTold(const agency::v1::Statement& statement) {
  if (statement.has_override_stated()) {
    return statement.override_stated().told() == agency::v1::ANSWER_YES;
  }
  return statement.has_break_glass_stated() &&
         statement.break_glass_stated().not_told_because().empty();
}

// Glass is broken, and mended, over what its breaker may not see, but not at
// will.
absl::Status MaySay(ReadCall& call, const agency::v1::Statement& statement) {
  const Named named = NamedIn(statement);
  if (statement.has_break_glass_stated() || statement.has_break_glass_ended()) {
    RETURN_IF_ERROR(call.Spend());
    RETURN_IF_ERROR(MayName(call, named));
  } else {
    RETURN_IF_ERROR(MaySee(call, named));
  }
  const auto kind = AccountedAs(statement);
  if (kind == ledger::v1::ACCESS_KIND_UNSPECIFIED) return absl::OkStatus();
  RETURN_IF_ERROR(TouchNamed(call, named));
  access::Act act;
  ASSIGN_OR_RETURN(act.acted_on, OverridesNamed(call, named));
  act.family_told = SaysFamilyIsTold(statement);
  return call.RecordAct(kind, std::move(act));
}

// Calls `act` then, on a thread of gRPC's.
void CallAt(absl::Time when, std::function<void()> act) {
  auto* alarm = new grpc::Alarm();
  alarm->Set(absl::ToChronoTime(when), [alarm, act = std::move(act)](bool) {
    act();
    delete alarm;  // it stays until this has returned
  });
}

absl::Time NextBeat(absl::Time begun, absl::Duration beat) {
  return begun + absl::Ceil(absl::Now() - begun, beat);
}

bool IsAwaited(const Context& context) {
  return !context.IsCancelled() &&
         absl::Now() <= absl::FromChrono(context.deadline());
}

absl::Time OccurredAt(const v1::WriteOptions& options, absl::Time now) {
  if (!options.has_occurred_at()) return now;
  return absl::FromUnixMicros(
      TimeUtil::TimestampToMicroseconds(options.occurred_at()));
}

}  // namespace

absl::StatusOr<Caller> Shell::CallerFor(const grpc::ServerContextBase& context,
                                        CallerKind kind) const {
  return callers_.Of(context, kind);
}

void Shell::Leave(Leaving how, absl::Time begun,
                  std::function<void()> leave) const {
  if (how == Leaving::kAtOnce) return leave();
  CallAt(NextBeat(begun, times_.not_found_beat), std::move(leave));
}

Reactor* Shell::Refuse(Context* context, const char* why) {
  Reactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(absl::InvalidArgumentError(why)));
  return reactor;
}

bool Shell::IsForAWorker(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsNotFound(status) ||
         absl::IsPermissionDenied(status);
}

Reactor* Shell::Run(Context* context, const char* method,
                    std::function<void(Finish)> work,
                    const std::function<bool(Finish)>& at_once) {
  Arrived(*context);
  Reactor* reactor = context->DefaultReactor();
  const absl::Time begun = absl::Now();
  const CallsUnderWay::Call under_way = calls_.Begin();
  const Finish finish([this, reactor, method, begun, under_way](
                          const absl::Status& status, Leaving how) {
    Leave(how, begun, [this, reactor, method, begun, under_way, status] {
      metrics_.Ended(method, status.code(), absl::Now() - begun);
      reactor->Finish(ToGrpc(status));
    });
  });
  if (under_way == nullptr) {
    finish(Draining());
    return reactor;
  }
  if (at_once && IsAwaited(*context) && at_once(finish)) return reactor;
  const bool taken = workers_.Run([context, finish, work = std::move(work)] {
    if (!IsAwaited(*context)) return finish(NobodyWaits());
    work(finish);
  });
  if (!taken) finish(absl::ResourceExhaustedError("too many calls wait"));
  return reactor;
}

Reactor* Shell::Write(Context* context, const char* method,
                      const v1::WriteOptions& options,
                      agency::v1::Statement statement, v1::Outcome* outcome) {
  return Run(context, method,
             [this, context, method, options, statement = std::move(statement),
              outcome](const Finish& finish) {
               Say(context, method, options, statement, outcome, finish);
             });
}

void Shell::Say(Context* context, const char* method,
                const v1::WriteOptions& options,
                agency::v1::Statement statement, v1::Outcome* outcome,
                const Finish& finish) {
  statement.set_basis(options.basis());
  absl::StatusOr<Caller> caller = CallerFor(*context);
  if (!caller.ok()) return finish(caller.status());
  absl::Status may = CheckOptions(options);
  if (!may.ok()) return finish(may);

  const absl::StatusOr<Node*> node = NodeFor(*caller);
  if (!node.ok()) return finish(node.status());
  ReadCall call(**node, *caller, method, absl::FromChrono(context->deadline()));
  may = call.CheckMethod();
  if (may.ok()) may = call.OpenPresent(v1::ReadOptions());
  if (may.ok()) may = MaySay(call, statement);
  if (!may.ok()) return finish(call.Denied(may));

  (*node)->acts.Say(caller->agency, caller->actor, options.request_id(),
                    OccurredAt(options, call.now()), statement,
                    [outcome, finish](absl::StatusOr<engine::Outcome> result) {
                      if (!result.ok()) return finish(result.status());
                      *outcome = ToApi(*result);
                      finish(ErrorOfWrite(*result));
                    });
}

}  // namespace kith::api
