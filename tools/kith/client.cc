#include "tools/kith/client.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kith/api/v1/assessment_service.pb.h"
#include "kith/api/v1/audit_service.pb.h"
#include "kith/api/v1/consent_service.pb.h"
#include "kith/api/v1/duplicate_service.pb.h"
#include "kith/api/v1/family_service.pb.h"
#include "kith/api/v1/intake_service.pb.h"
#include "kith/api/v1/lead_service.pb.h"
#include "kith/api/v1/meeting_service.pb.h"
#include "kith/api/v1/operations_service.pb.h"
#include "kith/api/v1/override_service.pb.h"
#include "kith/api/v1/plan_service.pb.h"
#include "kith/api/v1/referral_service.pb.h"
#include "kith/api/v1/watch_service.pb.h"
#include "tools/authority/development.h"

namespace kith::cli {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::Message;

// Every file with a service whose methods a person calls.
std::vector<const FileDescriptor*> ServiceFiles() {
  return {api::v1::GetAssessmentRequest::descriptor()->file(),
          api::v1::ReplayRequest::descriptor()->file(),
          api::v1::ListConsentsRequest::descriptor()->file(),
          api::v1::GetDuplicateRequest::descriptor()->file(),
          api::v1::GetFamilyRequest::descriptor()->file(),
          api::v1::GetOutcomeRequest::descriptor()->file(),
          api::v1::GetLeadRequest::descriptor()->file(),
          api::v1::ListMeetingsRequest::descriptor()->file(),
          api::v1::GetStatusRequest::descriptor()->file(),
          api::v1::ListReviewsRequest::descriptor()->file(),
          api::v1::GetPlanRequest::descriptor()->file(),
          api::v1::GetReferralRequest::descriptor()->file(),
          api::v1::WatchFamilyRequest::descriptor()->file()};
}

// A stream of frames is for adapters.
bool IsOneRequest(const google::protobuf::MethodDescriptor& method) {
  return !method.client_streaming();
}

using Metadata = std::vector<std::pair<const char*, std::string>>;

void Add(const Metadata& all, grpc::ClientContext& context) {
  for (const auto& [key, value] : all) {
    if (!value.empty()) context.AddMetadata(key, value);
  }
}

void AddIdentity(const ClientOptions& options, grpc::ClientContext& context) {
  const Identity& who = options.who;
  Add({{"kith-purpose", who.purpose},
       {"kith-reason", who.reason},
       {"kith-partnership", who.partnership}},
      context);
  if (!options.credentials.plaintext) {
    return Add(
        {{"authorization", absl::StrCat("Bearer ", options.credentials.token)}},
        context);
  }
  Add({{"kith-agency", who.agency},
       {"kith-practitioner", who.practitioner},
       {"kith-role", who.role},
       {"kith-name", who.name},
       {"kith-profession", who.profession},
       {"kith-contact", who.contact},
       {"kith-person", who.person}},
      context);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentialsOf(
    const Credentials& credentials) {
  if (credentials.plaintext) return grpc::InsecureChannelCredentials();
  if (credentials.authority.empty() || credentials.certificate.empty() ||
      credentials.key.empty() || credentials.token.empty()) {
    return absl::InvalidArgumentError(
        "name a --profile, or --tls-ca, --cert, --key and --token (see `kith "
        "dev-token`); --plaintext is for a node in development");
  }
  grpc::SslCredentialsOptions options;
  ASSIGN_OR_RETURN(options.pem_root_certs,
                   authority::ReadText(credentials.authority));
  ASSIGN_OR_RETURN(options.pem_cert_chain,
                   authority::ReadText(credentials.certificate));
  ASSIGN_OR_RETURN(options.pem_private_key,
                   authority::ReadText(credentials.key));
  return grpc::SslCredentials(options);
}

grpc::ByteBuffer ToBuffer(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

bool FromBuffer(const grpc::ByteBuffer& buffer, Message* message) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return message->ParseFromString(bytes);
}

std::string InfoOf(const grpc::Status& status) {
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  if (!rich.ParseFromString(status.error_details())) return "";
  for (const auto& detail : rich.details()) {
    if (!detail.UnpackTo(&info)) continue;
    std::string text = info.reason();
    for (const char* key : {"rows", "field"}) {
      auto found = info.metadata().find(key);
      if (found != info.metadata().end()) {
        absl::StrAppend(&text, " ", key, "=", found->second);
      }
    }
    return text;
  }
  return "";
}

// One operation of a call on its own queue, one at a time.
class Step {
 public:
  explicit Step(grpc::CompletionQueue& queue) : queue_(queue) {}
  // Whether the operation that was started succeeded.
  bool Done() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

 private:
  grpc::CompletionQueue& queue_;
};

}  // namespace

struct Client::Channel {
  explicit Channel(const std::shared_ptr<grpc::Channel>& channel)
      : stub(channel) {}
  grpc::GenericStub stub;
};

Client::Client(const ClientOptions& options) : options_(options) {}
Client::~Client() = default;

absl::Status Client::Connect() {
  if (channel_ != nullptr) return absl::OkStatus();
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials =
      ChannelCredentialsOf(options_.credentials);
  if (!credentials.ok()) {
    return absl::InvalidArgumentError(credentials.status().message());
  }
  channel_ = std::make_unique<Channel>(
      grpc::CreateChannel(options_.server, *credentials));
  return absl::OkStatus();
}

absl::Status Client::Call(const std::string& method, const Message& request,
                          Message* response) {
  return Stream(method, request, response, [](const Message&) { return true; });
}

absl::Status Client::Stream(const std::string& method, const Message& request,
                            Message* response,
                            const std::function<bool(const Message&)>& each) {
  absl::StatusOr<const google::protobuf::MethodDescriptor*> found =
      FindMethod(method);
  if (!found.ok()) return found.status();
  RETURN_IF_ERROR(Connect());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options_.timeout));
  AddIdentity(options_, context);

  grpc::CompletionQueue queue;
  Step step(queue);
  const std::string path = absl::StrCat("/", (*found)->service()->full_name(),
                                        "/", (*found)->name());
  auto call = channel_->stub.PrepareCall(&context, path, &queue);
  call->StartCall(nullptr);
  bool going = step.Done();
  if (going) {
    call->WriteLast(ToBuffer(request), grpc::WriteOptions(), nullptr);
    going = step.Done();
  }
  bool parsed = true;
  while (going) {
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    if (!step.Done()) break;
    parsed = FromBuffer(answer, response);
    if (!parsed || !each(*response)) {
      context.TryCancel();
      going = false;
    }
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  step.Done();
  last_error_info_ = InfoOf(status);
  if (!parsed) return absl::InternalError("the answer does not parse");
  if (status.ok() || status.error_code() == grpc::StatusCode::CANCELLED) {
    return absl::OkStatus();
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(
    const std::string& method) {
  const size_t dot = method.find('.');
  for (const FileDescriptor* file : ServiceFiles()) {
    const auto* service = file->FindServiceByName(method.substr(0, dot));
    if (service == nullptr || dot == std::string::npos) continue;
    const auto* found = service->FindMethodByName(method.substr(dot + 1));
    if (found != nullptr && IsOneRequest(*found)) return found;
  }
  return absl::NotFoundError(absl::StrCat("there is no method \"", method,
                                          "\"; `kith call --list` shows all"));
}

std::vector<std::string> AllMethods() {
  std::vector<std::string> all;
  for (const FileDescriptor* file : ServiceFiles()) {
    for (int s = 0; s < file->service_count(); ++s) {
      const auto* service = file->service(s);
      for (int m = 0; m < service->method_count(); ++m) {
        if (!IsOneRequest(*service->method(m))) continue;
        all.push_back(
            absl::StrCat(service->name(), ".", service->method(m)->name()));
      }
    }
  }
  return all;
}

}  // namespace kith::cli
