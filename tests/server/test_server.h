// A whole node in one process, for tests: RocksDB in a folder of its own, the
// real services behind a real socket, and a clock that stands still.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "eventstore/store.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "services/access/access_log.h"
#include "services/api/call_metrics.h"
#include "services/api/node.h"
#include "services/api/server.h"
#include "services/api/shell.h"
#include "services/api/workers.h"
#include "services/engine/failing_store.h"
#include "services/engine/testing_node.h"

namespace kith::server_tests {

// A message from text format; stops the test program when it does not parse.
template <class T>
T Text(const std::string& text) {
  T message;
  KITH_CHECK(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

// Who calls: a practitioner of the council, unless said otherwise. What is
// empty is not sent.
struct Who {
  std::string agency = "council", practitioner = "w1";
  std::string role = "practitioner", purpose = "early_help";
  std::string name, reason, person;
};
void Introduce(const Who& who, grpc::ClientContext& context);
Who Of(const std::string& agency, const std::string& practitioner,
       const std::string& role = "practitioner");

template <class Response>
struct Answer {
  grpc::Status status;
  Response value;

  bool ok() const { return status.ok(); }
  grpc::StatusCode code() const { return status.error_code(); }
};
// The ErrorInfo of a status; empty without exactly one.
google::rpc::ErrorInfo InfoOf(const grpc::Status& status);
// "NOT_LEAD R-222": reason and rows of an error; "OK".
std::string ReasonOf(const grpc::Status& status);

struct TestServerOptions {
  api::ServerOptions grpc;  // listens on a free port
  int look_ups_per_hour = 1000;
  // Most tests ask for much that is not there.
  api::ShellTimes times = {.not_found_beat = absl::Milliseconds(1)};
};

// Believes whoever calls, but who is shut out. Thread-safe.
class TestDoor final : public api::Callers {
 public:
  void ShutOut(const std::string& agency) {
    const std::lock_guard<std::mutex> lock(mutex_);
    shut_out_.insert(agency);
  }
  void LetIn(const std::string& agency) {
    const std::lock_guard<std::mutex> lock(mutex_);
    shut_out_.erase(agency);
  }

  absl::StatusOr<api::Caller> Of(const grpc::ServerContextBase& context,
                                 api::CallerKind kind) const override;
  absl::Status Admit(const grpc::AuthContext&) const override {
    return absl::OkStatus();
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> shut_out_;  // agencies; guarded by mutex_
};

class TestServer {
 public:
  static constexpr size_t kWorkers = 4;

  explicit TestServer(TestServerOptions options = {});
  ~TestServer();

  engine::ManualClock& clock() { return node_->clock(); }
  // Its feed "school_feed" speaks for "school".
  engine::testing::TestNode& node() { return *node_; }
  engine::testing::FailingStore& access_store() { return *failing_access_; }
  api::Server& server() { return *server_; }
  api::Node& api_node() { return *api_node_; }
  api::Shell& shell() { return *shell_; }
  TestDoor& door() { return door_; }
  const std::string& folder() const { return folder_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  // A connection of its own.
  std::shared_ptr<grpc::Channel> NewChannel() const;

  template <class Stub, class Request, class Response>
  Answer<Response> Call(const Who& who,
                        grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                     const Request&, Response*),
                        const Request& request) const {
    grpc::ClientContext context;
    Introduce(who, context);
    Stub stub(channel_);
    Answer<Response> answer;
    answer.status = (stub.*method)(&context, request, &answer.value);
    return answer;
  }

  // The same for a write, with a request id of its own if it has none.
  template <class Stub, class Request, class Response>
  Answer<Response> Say(const Who& who,
                       grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                    const Request&, Response*),
                       Request request) {
    if (request.write().request_id().empty()) {
      request.mutable_write()->set_request_id(
          absl::StrCat("request-", ++requests_));
    }
    return Call(who, method, request);
  }

  // What a position token says: two tokens of one position differ.
  uint64_t PositionOf(const std::string& token);

  // The first page of looks at a family, by an auditor.
  int LooksAt(const std::string& family_id) const;

 private:
  class NoMetrics final : public api::CallMetrics {
    void Ended(const char*, absl::StatusCode, absl::Duration) override {}
  };

  std::string folder_;
  std::unique_ptr<eventstore::Store> store_, access_store_;
  std::unique_ptr<engine::testing::FailingStore> failing_access_;
  std::unique_ptr<engine::testing::TestNode> node_;
  std::unique_ptr<access::AccessLog> access_;
  std::unique_ptr<api::ActSource> acts_;
  std::unique_ptr<api::Node> api_node_;
  std::unique_ptr<api::OneNode> nodes_;
  NoMetrics metrics_;
  TestDoor door_;
  std::unique_ptr<api::Workers> workers_;
  std::unique_ptr<api::Shell> shell_;
  std::unique_ptr<api::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  int requests_ = 0;
};

}  // namespace kith::server_tests
