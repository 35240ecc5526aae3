#include "services/api/health.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "services/api/errors.h"

namespace kith::api {
namespace {

namespace wire = grpc::health::v1;
using wire::HealthCheckResponse;

constexpr size_t kWatchersMax = 1000;

class HealthImpl;

// One watcher: writes the state, then each change of it.
class Watch final : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  Watch(HealthImpl& health, bool known) : health_(health), known_(known) {}

  // With the health's lock held. Returns whether a write is to be started.
  bool Next(bool serving) {
    const auto status = !known_   ? HealthCheckResponse::SERVICE_UNKNOWN
                        : serving ? HealthCheckResponse::SERVING
                                  : HealthCheckResponse::NOT_SERVING;
    if (ended_ || writing_ || (told_ && response_.status() == status)) {
      return false;
    }
    told_ = writing_ = true;
    response_.set_status(status);
    return true;
  }
  void Write() { StartWrite(&response_); }

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // With the health's lock held. True: the caller is to finish the watch.
  bool End() {
    end_asked_ = true;
    if (ended_ || writing_) return false;
    return ended_ = true;
  }
  bool end_asked() const { return end_asked_; }
  void WriteDone() { writing_ = false; }

 private:
  HealthImpl& health_;
  const bool known_;
  bool told_ = false, writing_ = false, end_asked_ = false, ended_ = false;
  HealthCheckResponse response_;
};

class HealthImpl final : public Health, public wire::Health::CallbackService {
 public:
  explicit HealthImpl(std::vector<std::string> services)
      : names_(services.begin(), services.end()) {
    names_.insert("");
  }

  void SetServing(bool serving) override {
    std::unique_lock<std::mutex> lock(mutex_);
    serving_ = serving;
    TellAll(lock);
  }

  void EndWatches() override {
    std::unique_lock<std::mutex> lock(mutex_);
    std::vector<class Watch*> ending;
    for (class Watch* watch : watches_) {
      if (watch->End()) ending.push_back(watch);
    }
    lock.unlock();
    for (class Watch* watch : ending) watch->Finish(grpc::Status::OK);
  }

  grpc::Service* service() override { return this; }

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const wire::HealthCheckRequest* request,
                                  HealthCheckResponse* response) override {
    auto* reactor = context->DefaultReactor();
    std::lock_guard<std::mutex> lock(mutex_);
    if (names_.count(request->service()) == 0) {
      reactor->Finish(ToGrpc(absl::NotFoundError("no such service")));
      return reactor;
    }
    response->set_status(serving_ ? HealthCheckResponse::SERVING
                                  : HealthCheckResponse::NOT_SERVING);
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<HealthCheckResponse>* Watch(
      grpc::CallbackServerContext*,
      const wire::HealthCheckRequest* request) override {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool known = names_.count(request->service()) > 0;
    auto* watch = new class Watch(*this, known);
    if (watches_.size() >= kWatchersMax) {
      watch->Finish(ToGrpc(absl::ResourceExhaustedError("too many watchers")));
      return watch;
    }
    watches_.insert(watch);
    const bool write = watch->Next(serving_);
    lock.unlock();
    if (write) watch->Write();
    return watch;
  }

  void WriteDone(class Watch* watch, bool ok) {
    std::unique_lock<std::mutex> lock(mutex_);
    watch->WriteDone();
    if (!ok || watch->end_asked()) {
      const bool finish = watch->End();
      lock.unlock();
      if (finish) watch->Finish(grpc::Status::OK);
      return;
    }
    const bool write = watch->Next(serving_);
    lock.unlock();
    if (write) watch->Write();
  }

  void Cancelled(class Watch* watch) {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool finish = watch->End();
    lock.unlock();
    if (finish) watch->Finish(grpc::Status::CANCELLED);
  }

  void Gone(class Watch* watch) {
    std::lock_guard<std::mutex> lock(mutex_);
    watches_.erase(watch);
  }

 private:
  void TellAll(std::unique_lock<std::mutex>& lock) {
    std::vector<class Watch*> telling;
    for (class Watch* watch : watches_) {
      if (watch->Next(serving_)) telling.push_back(watch);
    }
    lock.unlock();
    // A watch that writes does not end before its write is done.
    for (class Watch* watch : telling) watch->Write();
  }

  std::mutex mutex_;
  std::set<std::string> names_;
  std::set<class Watch*> watches_;  // guarded by mutex_
  bool serving_ = false;            // guarded by mutex_
};

void Watch::OnWriteDone(bool ok) { health_.WriteDone(this, ok); }
void Watch::OnCancel() { health_.Cancelled(this); }
void Watch::OnDone() {
  health_.Gone(this);
  delete this;
}

}  // namespace

std::unique_ptr<Health> MakeHealth(std::vector<std::string> services) {
  return std::make_unique<HealthImpl>(std::move(services));
}

}  // namespace kith::api
