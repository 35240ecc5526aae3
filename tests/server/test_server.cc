#include "tests/server/test_server.h"

#include <grpcpp/create_channel.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "eventstore/rocks_store.h"
#include "google/rpc/status.pb.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "services/views/fold.h"

namespace kith::server_tests {
namespace {

constexpr size_t kWaitingMax = 200;

std::string NewFolder() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "kith-server-XXXXXX").string();
  KITH_CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

std::unique_ptr<eventstore::Store> OpenStore(const std::string& folder,
                                             const std::string& name) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(folder, "/", name);
  options.master_key_file = absl::StrCat(folder, "/", name, ".key");
  auto store = eventstore::OpenRocksStore(options);
  KITH_CHECK(store.ok());
  return *std::move(store);
}

engine::ViewFold Views() {
  engine::ViewFold views;
  views.version = views::kViewFormat;
  views.fold = [](core::StateWriter& rows, const engine::RecordedFact& fact,
                  const core::KeyHash& hash) {
    return views::Fold(rows,
                       {fact.position, fact.recorded_at, fact.subject,
                        fact.statement, fact.fact},
                       hash);
  };
  views.group_of = views::RowGroupOf;
  return views;
}

}  // namespace

void Introduce(const Who& who, grpc::ClientContext& context) {
  const std::pair<const char*, const std::string&> all[] = {
      {"kith-agency", who.agency}, {"kith-practitioner", who.practitioner},
      {"kith-role", who.role},     {"kith-purpose", who.purpose},
      {"kith-name", who.name},     {"kith-reason", who.reason},
      {"kith-person", who.person}};
  for (const auto& [key, value] : all) {
    if (!value.empty()) context.AddMetadata(key, value);
  }
}

Who Of(const std::string& agency, const std::string& practitioner,
       const std::string& role) {
  Who who;
  who.agency = agency;
  who.practitioner = practitioner;
  who.role = role;
  return who;
}

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  if (!rich.ParseFromString(status.error_details())) return info;
  if (rich.details_size() == 1) rich.details(0).UnpackTo(&info);
  return info;
}

std::string ReasonOf(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const google::rpc::ErrorInfo info = InfoOf(status);
  const auto rows = info.metadata().find("rows");
  if (rows == info.metadata().end()) return info.reason();
  return absl::StrCat(info.reason(), " ", rows->second);
}

absl::StatusOr<api::Caller> TestDoor::Of(const grpc::ServerContextBase& context,
                                         api::CallerKind) const {
  absl::StatusOr<api::Caller> caller = api::BelievedCaller(context);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (caller.ok() && shut_out_.count(caller->agency) > 0) {
    return absl::UnauthenticatedError("shut out");
  }
  return caller;
}

TestServer::TestServer(TestServerOptions options)
    : folder_(NewFolder()),
      store_(OpenStore(folder_, "store")),
      access_store_(OpenStore(folder_, "access")),
      failing_access_(
          std::make_unique<engine::testing::FailingStore>(*access_store_)),
      node_(std::make_unique<engine::testing::TestNode>(
          *store_, engine::Options(), Views())) {
  node_->Register();
  engine::testing::TestSource api_source(engine::testing::kPartnership,
                                         "api_node",
                                         agency::v1::SOURCE_KIND_API, "*");
  engine::testing::PutKey(node_->key_folder(), api_source);
  const auto registered = node_->Say(node_->root(), api_source.Registration());
  KITH_CHECK(registered.ok() &&
             registered->row.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED);

  access_ = std::make_unique<access::AccessLog>(
      "node-1", *failing_access_, [this] { return clock().Now(); });
  acts_ = std::make_unique<api::ActSource>(
      engine::testing::kPartnership, api_source.name(), api_source.key_id(),
      api_source.key(), 1, node_->engine());
  api_node_.reset(new api::Node{
      "node-1", "0.0.0", engine::testing::kPartnership, node_->engine(),
      *store_, *access_, clock(), *acts_, api::PageTokens(store_->pepper()),
      api::RateLimit(options.look_ups_per_hour, absl::Hours(1)),
      absl::StrCat(folder_, "/checkpoints")});
  workers_ = std::make_unique<api::Workers>(kWorkers, kWaitingMax);
  nodes_ = std::make_unique<api::OneNode>(*api_node_);
  shell_ = std::make_unique<api::Shell>(*nodes_, *workers_, metrics_, door_,
                                        options.times);
  options.grpc.listen = "127.0.0.1:0";
  auto server = api::Server::Start(options.grpc, *shell_);
  KITH_CHECK(server.ok());
  server_ = *std::move(server);
  server_->SetServing(true);
  channel_ = NewChannel();
}

TestServer::~TestServer() {
  channel_.reset();
  server_->Drain(absl::Seconds(5));
  workers_.reset();
  server_.reset();
  node_.reset();
  store_.reset();
  access_store_.reset();
  std::filesystem::remove_all(folder_);
}

std::shared_ptr<grpc::Channel> TestServer::NewChannel() const {
  grpc::ChannelArguments arguments;
  // Channels with equal arguments would share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                   grpc::InsecureChannelCredentials(),
                                   arguments);
}

uint64_t TestServer::PositionOf(const std::string& token) {
  const auto position = node_->engine().tokens().Open(token);
  KITH_CHECK(position.ok());
  return *position;
}

int TestServer::LooksAt(const std::string& family_id) const {
  api::v1::WhoLookedRequest request;
  request.set_family_id(family_id);
  request.mutable_page()->set_page_size(200);
  Who auditor = Of("audit", "a1", "auditor");
  auditor.reason = "test";
  const auto answer =
      Call(auditor, &api::v1::AuditService::Stub::WhoLooked, request);
  return answer.ok() ? answer.value.looks_size() : -1;
}

}  // namespace kith::server_tests
