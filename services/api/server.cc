#include "services/api/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/api/health.h"
#include "services/api/services.h"
#include "services/api/shell.h"

namespace kith::api {
namespace {

constexpr int kFrameBytes = 16 * 1024;
// Threads that gRPC itself takes: some that read connections - one that is
// flooded keeps a thread busy - and one for each open stream of reflection.
constexpr int kReaders = 4;
constexpr int kOwnThreadsMax = 32;
constexpr unsigned kCertificateReloadSeconds = 5;
// For answers that are on their way when the last call has ended.
constexpr absl::Duration kFlush = absl::Milliseconds(200);

const char* const kServices[] = {
    "AssessmentService", "AuditService",   "ConsentService",
    "DuplicateService",  "FamilyService",  "IntakeService",
    "LeadService",       "MeetingService", "OperationsService",
    "OverrideService",   "PlanService",    "ReferralService",
    "WatchService",
};

std::vector<std::string> ServiceNames() {
  std::vector<std::string> names;
  for (const char* name : kServices) {
    names.push_back(absl::StrCat("kith.api.v1.", name));
  }
  return names;
}

void SetLimits(const ServerOptions& options, grpc::ServerBuilder& builder) {
  auto millis = [](absl::Duration d) {
    return static_cast<int>(absl::ToInt64Milliseconds(d));
  };
  builder.SetMaxReceiveMessageSize(options.message_bytes_max);
  builder.SetMaxSendMessageSize(int{kAnswerBytesMax});
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                             options.metadata_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             options.streams_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             millis(options.connection_idle_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                             millis(options.connection_age_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                             millis(options.connection_age_grace));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             millis(options.handshake_max));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                             millis(options.keepalive));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             millis(options.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, kFrameBytes);
  grpc::ResourceQuota quota("kith");
  quota.Resize(static_cast<size_t>(options.buffered_bytes_max));
  quota.SetMaxThreads(kOwnThreadsMax);
  builder.SetResourceQuota(quota);
  using Option = grpc::ServerBuilder::SyncServerOption;
  builder.SetSyncServerOption(Option::NUM_CQS, kReaders);
  builder.SetSyncServerOption(Option::MIN_POLLERS, 1);
  builder.SetSyncServerOption(Option::MAX_POLLERS, 2);
  // Two servers on one port would each get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// Methods of Kith ask the shell who calls; here they only may not be begun
// without end. Health and reflection, which are gRPC's, ask nobody: those who
// are not admitted are turned away here. Of its errors gRPC hands on the code
// and the text, not the ErrorInfo.
class Gate final : public grpc::AuthMetadataProcessor {
 public:
  explicit Gate(Shell& shell) : shell_(shell) {}

  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata,
                       grpc::AuthContext* context, OutputMetadata*,
                       OutputMetadata*) override {
    const auto path = metadata.find(":path");
    if (path != metadata.end() && path->second.starts_with("/kith.api.")) {
      return shell_.begun().Begin(*context) ? grpc::Status::OK : TooMany();
    }
    if (!shell_.begun().BeginOther(*context)) return TooMany();
    return ToGrpc(shell_.callers().Admit(*context));
  }

 private:
  static grpc::Status TooMany() {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED, "too many calls were begun"};
  }

  Shell& shell_;
};

std::shared_ptr<grpc::ServerCredentials> CredentialsOf(
    const std::optional<TlsFiles>& tls, Shell& shell) {
  if (!tls) return grpc::InsecureServerCredentials();
  namespace x = grpc::experimental;
  x::TlsServerCredentialsOptions options(
      std::make_shared<x::FileWatcherCertificateProvider>(
          tls->key, tls->certificate, tls->client_authorities,
          kCertificateReloadSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  // gRPC 1.51 takes TLS 1.2 and 1.3 and nothing older.
  auto credentials = x::TlsServerCredentials(options);
  credentials->SetAuthMetadataProcessor(std::make_shared<Gate>(shell));
  return credentials;
}

class ServerImpl final : public Server {
 public:
  explicit ServerImpl(Shell& shell)
      : shell_(shell), health_(MakeHealth(ServiceNames())) {
    services_.push_back(MakeAssessmentService(shell));
    services_.push_back(MakeAuditService(shell));
    services_.push_back(MakeConsentService(shell));
    services_.push_back(MakeDuplicateService(shell));
    services_.push_back(MakeFamilyService(shell));
    services_.push_back(MakeIntakeService(shell));
    services_.push_back(MakeLeadService(shell));
    services_.push_back(MakeMeetingService(shell));
    services_.push_back(MakeOperationsService(shell));
    services_.push_back(MakeOverrideService(shell));
    services_.push_back(MakePlanService(shell));
    services_.push_back(MakeReferralService(shell));
    services_.push_back(MakeWatchService(shell));
  }

  absl::Status Listen(const ServerOptions& options) {
    grpc::EnableDefaultHealthCheckService(false);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    SetLimits(options, builder);
    builder.AddListeningPort(options.listen, CredentialsOf(options.tls, shell_),
                             &port_);
    for (auto& service : services_) builder.RegisterService(service.get());
    builder.RegisterService(health_->service());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", options.listen));
    }
    return absl::OkStatus();
  }

  int port() const override { return port_; }
  void SetServing(bool serving) override { health_->SetServing(serving); }

  void Drain(absl::Duration grace) override {
    health_->SetServing(false);
    health_->EndWatches();
    shell_.streams().Drain();
    shell_.calls().Drain(grace);
    // gRPC would wait for idle clients to hang up.
    server_->Shutdown(absl::ToChronoTime(absl::Now() + kFlush));
    server_->Wait();
  }

 private:
  Shell& shell_;
  std::unique_ptr<Health> health_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const ServerOptions& options, Shell& shell) {
  auto server = std::make_unique<ServerImpl>(shell);
  absl::Status listening = server->Listen(options);
  if (!listening.ok()) return listening;
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace kith::api
