#include "tests/bench/calls.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/check.h"

namespace kith::bench {
namespace {

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::shared_ptr<grpc::ChannelCredentials> CallerCredentials(
    const CallLoad& load) {
  if (!load.tls) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({load.tls->authority, load.tls->client_key,
                               load.tls->client_certificate});
}

std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(
    const std::optional<Tls>& tls) {
  if (!tls) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls->authority;
  options.pem_key_cert_pairs = {{tls->server_key, tls->server_certificate}};
  return grpc::SslServerCredentials(options);
}

// Reads the request, answers with the same bytes each time.
class EmptyReactor : public grpc::ServerGenericBidiReactor {
 public:
  explicit EmptyReactor(const std::string& answer) : answer_(BufferOf(answer)) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
};

class EmptyService : public grpc::CallbackGenericService {
 public:
  explicit EmptyService(size_t answer_bytes) : answer_(answer_bytes, 'x') {}
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext*) override {
    return new EmptyReactor(answer_);
  }

 private:
  const std::string answer_;
};

// One of the calls in flight; begins the next when it is answered.
struct Slot {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::ByteBuffer answer;
  grpc::Status status;
  absl::Time begun;
};

class Caller {
 public:
  explicit Caller(const CallLoad& load)
      : load_(load),
        stub_(grpc::CreateChannel(absl::StrCat("127.0.0.1:", load.port),
                                  CallerCredentials(load))),
        slots_(load.in_flight) {}

  CallFigures Run() {
    const absl::Time start = absl::Now();
    for (Slot& slot : slots_) Begin(slot);
    while (micros_.size() < load_.calls) {
      void* tag = nullptr;
      bool ok = false;
      KITH_CHECK(queue_.Next(&tag, &ok));
      End(*static_cast<Slot*>(tag));
    }
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    return Figures(seconds);
  }

 private:
  void Begin(Slot& slot) {
    if (begun_ == load_.calls) return;
    slot.context = std::make_unique<grpc::ClientContext>();
    for (const auto& [key, value] : load_.metadata) {
      slot.context->AddMetadata(key, value);
    }
    slot.begun = absl::Now();
    slot.reader = stub_.PrepareUnaryCall(
        slot.context.get(), load_.method,
        BufferOf(load_.requests[begun_++ % load_.requests.size()]), &queue_);
    slot.reader->StartCall();
    slot.reader->Finish(&slot.answer, &slot.status, &slot);
  }
  void End(Slot& slot) {
    if (!slot.status.ok()) {
      std::fprintf(stderr, "a call failed: %s\n",
                   slot.status.error_message().c_str());
    }
    KITH_CHECK(slot.status.ok());
    micros_.push_back(absl::ToDoubleMicroseconds(absl::Now() - slot.begun));
    answer_bytes_ = slot.answer.Length();
    Begin(slot);
  }
  CallFigures Figures(double seconds) {
    std::sort(micros_.begin(), micros_.end());
    const auto count = static_cast<double>(micros_.size());
    return {micros_[micros_.size() / 2], micros_[micros_.size() * 99 / 100],
            count / seconds, answer_bytes_};
  }

  const CallLoad& load_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  std::vector<Slot> slots_;
  size_t begun_ = 0;
  std::vector<double> micros_;
  size_t answer_bytes_ = 0;
};

}  // namespace

struct EmptyServer::Impl {
  explicit Impl(size_t answer_bytes) : service(answer_bytes) {}
  EmptyService service;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

EmptyServer::EmptyServer(size_t answer_bytes, const std::optional<Tls>& tls)
    : impl_(std::make_unique<Impl>(answer_bytes)) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", ServerCredentialsOf(tls),
                           &impl_->port);
  builder.RegisterCallbackGenericService(&impl_->service);
  impl_->server = builder.BuildAndStart();
  KITH_CHECK(impl_->server != nullptr && impl_->port != 0);
}

EmptyServer::~EmptyServer() { impl_->server->Shutdown(); }

int EmptyServer::port() const { return impl_->port; }

CallFigures MakeCalls(const CallLoad& load) { return Caller(load).Run(); }

}  // namespace kith::bench
