#include "tests/bench/streams.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "rocksdb/db.h"
#include "services/api/workers.h"

namespace kith::bench {
namespace {

using api::v1::IntakeService;
using api::v1::SubmitRequest;
using api::v1::SubmitResponse;

// One stream of the bare server: reads, puts, answers, and again.
class BareStream final
    : public grpc::ServerBidiReactor<SubmitRequest, SubmitResponse> {
 public:
  BareStream(rocksdb::DB& db, api::Workers& workers, uint64_t number)
      : db_(db), workers_(workers), number_(number) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    KITH_CHECK(workers_.Run([this] {
      rocksdb::WriteOptions synced;
      synced.sync = true;
      KITH_CHECK(db_.Put(synced, absl::StrCat(number_, " ", ++count_),
                         request_.frame().SerializeAsString())
                     .ok());
      response_.set_tag(request_.tag());
      response_.mutable_outcome()->set_kind(ledger::v1::OUTCOME_KIND_ACCEPTED);
      StartWrite(&response_);
    }));
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  rocksdb::DB& db_;
  api::Workers& workers_;
  const uint64_t number_;
  uint64_t count_ = 0;
  SubmitRequest request_;
  SubmitResponse response_;
};

class BareService final : public IntakeService::CallbackService {
 public:
  BareService(rocksdb::DB& db, size_t threads)
      : db_(db), workers_(threads, /*waiting_max=*/1024) {}
  grpc::ServerBidiReactor<SubmitRequest, SubmitResponse>* Submit(
      grpc::CallbackServerContext*) override {
    return new BareStream(db_, workers_, ++streams_);
  }

 private:
  rocksdb::DB& db_;
  api::Workers workers_;
  std::atomic<uint64_t> streams_ = 0;
};

// All callers of a run.
class Callers {
 public:
  explicit Callers(size_t count) : open_(count) {}
  void Answered(absl::Duration took) {
    const std::lock_guard lock(mutex_);
    millis_.push_back(absl::ToDoubleMilliseconds(took));
  }
  void Ended() {
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) changed_.notify_all();
  }
  std::vector<double> Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
    return std::move(millis_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t open_;
  std::vector<double> millis_;
};

class CallerStream final
    : public grpc::ClientBidiReactor<SubmitRequest, SubmitResponse> {
 public:
  CallerStream(IntakeService::Stub& stub,
               const std::vector<std::string>& frames, Callers& all)
      : frames_(frames), all_(all) {
    context_.AddMetadata("kith-agency", "council");
    context_.AddMetadata("kith-practitioner", "bench");
    context_.AddMetadata("kith-role", "integration_engineer");
    context_.AddMetadata("kith-purpose", "intake");
    stub.async()->Submit(&context_, this);
  }
  void Begin() {
    StartCall();
    Send();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;  // it has ended: OnDone tells how
    all_.Answered(absl::Now() - sent_at_);
    const bool accepted =
        response_.outcome().kind() == ledger::v1::OUTCOME_KIND_ACCEPTED &&
        response_.expected_sequence() == 0 && response_.tag() == next_;
    if (!accepted) {
      std::fprintf(stderr, "not accepted: %s\n",
                   response_.ShortDebugString().c_str());
    }
    KITH_CHECK(accepted);
    next_ < frames_.size() ? Send() : StartWritesDone();
  }
  void OnDone(const grpc::Status& status) override {
    if (!status.ok()) {
      std::fprintf(stderr, "a stream failed: %s\n",
                   status.error_message().c_str());
    }
    KITH_CHECK(status.ok());
    all_.Ended();
  }

 private:
  void Send() {
    KITH_CHECK(request_.mutable_frame()->ParseFromString(frames_[next_]));
    request_.set_tag(++next_);
    sent_at_ = absl::Now();
    StartRead(&response_);
    StartWrite(&request_);
  }

  const std::vector<std::string>& frames_;
  Callers& all_;
  grpc::ClientContext context_;
  size_t next_ = 0;
  absl::Time sent_at_;
  SubmitRequest request_;
  SubmitResponse response_;
};

}  // namespace

struct BareIntake::Impl {
  Impl(std::unique_ptr<rocksdb::DB> opened, size_t threads)
      : db(std::move(opened)), service(*db, threads) {}
  std::unique_ptr<rocksdb::DB> db;
  BareService service;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

BareIntake::BareIntake(const std::string& folder, size_t threads) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  KITH_CHECK(rocksdb::DB::Open(options, folder, &db).ok());
  impl_ = std::make_unique<Impl>(std::unique_ptr<rocksdb::DB>(db), threads);
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &impl_->port);
  builder.RegisterService(&impl_->service);
  impl_->server = builder.BuildAndStart();
  KITH_CHECK(impl_->server != nullptr && impl_->port != 0);
}

BareIntake::~BareIntake() {
  impl_->server->Shutdown();
  impl_->server->Wait();
}

int BareIntake::port() const { return impl_->port; }

StreamFigures SendAll(int port,
                      const std::vector<std::vector<std::string>>& frames) {
  IntakeService::Stub stub(grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  Callers all(frames.size());
  std::vector<std::unique_ptr<CallerStream>> callers;
  for (const auto& of_one : frames) {
    callers.push_back(std::make_unique<CallerStream>(stub, of_one, all));
  }
  const absl::Time start = absl::Now();
  for (const auto& caller : callers) caller->Begin();
  std::vector<double> millis = all.Wait();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::sort(millis.begin(), millis.end());
  return {static_cast<double>(millis.size()) / seconds,
          millis[millis.size() / 2], millis[millis.size() * 99 / 100]};
}

}  // namespace kith::bench
