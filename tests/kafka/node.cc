#include "tests/kafka/node.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "kith/api/v1/operations_service.grpc.pb.h"

namespace kith::kafka_tests {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(50);

template <class Condition>
bool Await(absl::Duration patience, const Condition& condition) {
  const absl::Time end = absl::Now() + patience;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(kLook);
  }
  return true;
}

std::vector<std::string> CommandOf(const NodeOptions& options) {
  std::vector<std::string> command;
  if (options.file_size_max_kib > 0) {
    // An ignored signal stays ignored: writing then fails instead of killing.
    command = {"/bin/bash", "-c",
               absl::StrCat("trap '' XFSZ; ulimit -f ",
                            options.file_size_max_kib, "; exec \"$@\""),
               "bash"};
  }
  std::string program = KITH_KITHD_PROGRAM;
  if (!options.kill_at.empty()) {
    program = KITH_KILLED_KITHD_PROGRAM;
    command.insert(command.end(),
                   {"/usr/bin/env", "KITH_KILL_AT=" + options.kill_at});
  }
  command.insert(command.end(),
                 {program, "--development-plaintext", "--data",
                  options.folder + "/data", "--node", options.node, "--listen",
                  "127.0.0.1:0", "--http", "127.0.0.1:0"});
  if (!options.brokers.empty()) {
    command.insert(command.end(), {"--partnership", options.partnership,
                                   "--kafka", options.brokers});
  }
  if (!options.keys.empty()) {
    command.insert(command.end(), {"--keys", options.keys});
  }
  command.insert(command.end(), options.flags.begin(), options.flags.end());
  return command;
}

void Introduce(const std::string& partnership, grpc::ClientContext& context) {
  context.AddMetadata("kith-agency", "hub");
  context.AddMetadata("kith-practitioner", "h1");
  context.AddMetadata("kith-role", "hub_administrator");
  context.AddMetadata("kith-purpose", "early_help");
  context.AddMetadata("kith-partnership", partnership);
}

}  // namespace

Node::Node(NodeOptions options) : options_(std::move(options)) {
  std::filesystem::create_directories(options_.folder);
  Start();
}

void Node::Launch() {
  process_ = std::make_unique<server_tests::Process>(CommandOf(options_),
                                                     options_.folder);
}

bool Node::HasEnded() const {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(process_->pid()), &info,
                WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != 0;
}

void Node::Start() {
  Launch();
  const std::string ready = process_->WaitForLine("kithd ready: ");
  char names[256] = "";
  EXPECT_EQ(std::sscanf(ready.c_str(),
                        "kithd ready: partnership=%255s grpc_port=%d "
                        "http_port=%d",
                        names, &grpc_port_, &http_port_),
            3)
      << ready << "\n"
      << process_->Errors();
  channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", grpc_port_),
                                 grpc::InsecureChannelCredentials());
}

void Node::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

server_tests::Ended Node::Terminate() {
  process_->Signal(SIGTERM);
  return process_->Wait();
}

std::string Node::Ready() const {
  return server_tests::HttpGet(http_port_, "/readyz");
}

bool Node::WaitFor(const std::string& text, absl::Duration patience) const {
  return Await(patience,
               [&] { return Ready().find(text) != std::string::npos; });
}

std::string Node::Metrics() const {
  return server_tests::HttpGet(http_port_, "/metrics");
}

double Node::Metric(const std::string& name) const {
  const std::string begin =
      absl::StrCat(name, "{partnership=\"", options_.partnership, "\"} ");
  for (absl::string_view line : absl::StrSplit(Metrics(), '\n')) {
    double value = 0;
    if (line.substr(0, begin.size()) == begin &&
        absl::SimpleAtod(line.substr(begin.size()), &value)) {
      return value;
    }
  }
  return -1;
}

bool Node::WaitForMetric(const std::string& name, double value,
                         absl::Duration patience) const {
  return Await(patience, [&] { return Metric(name) == value; });
}

bool Node::WaitForLag0(absl::Duration patience) const {
  return Await(patience, [&] {
    return Metric("kith_inbox_reachable") == 1 &&
           Metric("kith_inbox_frames") == 0;
  });
}

bool Node::WaitForOffset(int64_t next, absl::Duration patience) const {
  return Await(patience, [&] {
    return Metric("kith_inbox_next_offset") >= static_cast<double>(next);
  });
}

server_tests::Ended Node::Kith(const std::vector<std::string>& words) const {
  std::vector<std::string> command = {KITH_KITH_PROGRAM,
                                      "--server",
                                      absl::StrCat("127.0.0.1:", grpc_port_),
                                      "--plaintext",
                                      "--partnership",
                                      options_.partnership,
                                      "--agency",
                                      "hub",
                                      "--as",
                                      "h1",
                                      "--role",
                                      "hub_administrator",
                                      "--purpose",
                                      "early_help"};
  command.insert(command.end(), words.begin(), words.end());
  return server_tests::RunProgram(command, options_.folder);
}

api::v1::NodeStatus Node::Status() const {
  grpc::ClientContext context;
  Introduce(options_.partnership, context);
  api::v1::GetStatusResponse response;
  const grpc::Status status =
      api::v1::OperationsService::NewStub(channel_)->GetStatus(
          &context, api::v1::GetStatusRequest(), &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.status();
}

std::string Node::Checkpoint(const std::string& name) const {
  grpc::ClientContext context;
  Introduce(options_.partnership, context);
  api::v1::CheckpointRequest request;
  request.set_name(name);
  api::v1::CheckpointResponse response;
  const grpc::Status status =
      api::v1::OperationsService::NewStub(channel_)->Checkpoint(
          &context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.folder();
}

std::vector<std::string> Node::QuarantineReasons() const {
  std::vector<std::string> reasons;
  api::v1::ListQuarantineRequest request;
  const auto stub = api::v1::OperationsService::NewStub(channel_);
  do {
    grpc::ClientContext context;
    Introduce(options_.partnership, context);
    api::v1::ListQuarantineResponse response;
    const grpc::Status status =
        stub->ListQuarantine(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    if (!status.ok()) break;
    for (const auto& item : response.items()) {
      reasons.push_back(item.reason().code());
    }
    request.mutable_page()->set_page_token(response.next_page_token());
  } while (!request.page().page_token().empty());
  std::sort(reasons.begin(), reasons.end());
  return reasons;
}

Node::Answer Node::Register(const agency::v1::Statement& registration,
                            const std::string& request_id,
                            absl::Duration patience) const {
  grpc::ClientContext context;
  Introduce(options_.partnership, context);
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  api::v1::RegisterSourceRequest request;
  *request.mutable_registration() = registration.source_registered();
  request.mutable_write()->set_request_id(request_id);
  api::v1::RegisterSourceResponse response;
  Answer answer;
  answer.status = api::v1::OperationsService::NewStub(channel_)->RegisterSource(
      &context, request, &response);
  answer.outcome = response.outcome();
  return answer;
}

grpc::Status Node::Register(const agency::v1::Statement& registration) const {
  return Register(registration,
                  "register-" + registration.source_registered().source(),
                  absl::Seconds(60))
      .status;
}

}  // namespace kith::kafka_tests
