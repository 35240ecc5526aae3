#include "tests/server/generic_client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include "absl/time/clock.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/message.h"

namespace kith::server_tests {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

constexpr char kReflection[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  KITH_CHECK(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// The messages of reflection are linked in with the server; their headers are
// not installed.
std::unique_ptr<Message> NewReflectionMessage(const std::string& name) {
  const auto* type = DescriptorPool::generated_pool()->FindMessageTypeByName(
      "grpc.reflection.v1alpha." + name);
  KITH_CHECK(type != nullptr);
  return std::unique_ptr<Message>(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
}

const Message& Part(const Message& message, const std::string& field) {
  const auto* descriptor = message.GetDescriptor()->FindFieldByName(field);
  return message.GetReflection()->GetMessage(message, descriptor);
}

std::unique_ptr<Message> Ask(grpc::Channel& channel, const std::string& field,
                             const std::string& value) {
  auto request = NewReflectionMessage("ServerReflectionRequest");
  request->GetReflection()->SetString(
      request.get(), request->GetDescriptor()->FindFieldByName(field), value);
  const GenericAnswer answer =
      CallGeneric(channel, kReflection, Who(), {request->SerializeAsString()});
  KITH_CHECK(answer.status.ok() && answer.messages.size() == 1);
  auto response = NewReflectionMessage("ServerReflectionResponse");
  KITH_CHECK(response->ParseFromString(answer.messages[0]));
  return response;
}

}  // namespace

GenericAnswer CallGeneric(grpc::Channel& channel, const std::string& method,
                          const Who& who,
                          const std::vector<std::string>& requests) {
  grpc::GenericStub stub(
      std::shared_ptr<grpc::Channel>(&channel, [](grpc::Channel*) {}));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  Introduce(who, context);
  grpc::CompletionQueue queue;
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  GenericAnswer answer;
  const auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  bool going = done();
  for (const std::string& request : requests) {
    if (!going) break;
    call->Write(ToBuffer(request), nullptr);
    going = done();
  }
  if (going) {
    call->WritesDone(nullptr);
    going = done();
  }
  while (going) {
    grpc::ByteBuffer buffer;
    call->Read(&buffer, nullptr);
    going = done();
    if (going) answer.messages.push_back(ToBytes(buffer));
  }
  call->Finish(&answer.status, nullptr);
  done();
  return answer;
}

Reflected::Reflected(grpc::Channel& channel) {
  const auto response = Ask(channel, "list_services", "*");
  const Message& list = Part(*response, "list_services_response");
  const auto* services = list.GetDescriptor()->FindFieldByName("service");
  for (int i = 0; i < list.GetReflection()->FieldSize(list, services); ++i) {
    const Message& one =
        list.GetReflection()->GetRepeatedMessage(list, services, i);
    services_.push_back(one.GetReflection()->GetString(
        one, one.GetDescriptor()->FindFieldByName("name")));
  }
  for (const std::string& name : services_) {
    Fetch(channel, "file_containing_symbol", name);
  }
  pool_ = std::make_unique<DescriptorPool>(&files_);
}

void Reflected::Fetch(grpc::Channel& channel, const std::string& field,
                      const std::string& value) {
  const auto response = Ask(channel, field, value);
  const Message& files = Part(*response, "file_descriptor_response");
  const auto* bytes =
      files.GetDescriptor()->FindFieldByName("file_descriptor_proto");
  for (int i = 0; i < files.GetReflection()->FieldSize(files, bytes); ++i) {
    FileDescriptorProto file, known;
    KITH_CHECK(file.ParseFromString(
        files.GetReflection()->GetRepeatedString(files, bytes, i)));
    if (files_.FindFileByName(file.name(), &known)) continue;
    KITH_CHECK(files_.Add(file));
    for (const std::string& needed : file.dependency()) {
      if (!files_.FindFileByName(needed, &known)) {
        Fetch(channel, "file_by_filename", needed);
      }
    }
  }
}

}  // namespace kith::server_tests
