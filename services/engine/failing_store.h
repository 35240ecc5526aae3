// A store whose next commit fails, for tests: written or not, as nobody knows
// after a real failure; or one that is found damaged. What lies behind it stays
// whole. It also tells when it is about to be written to.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/store.h"

namespace kith::engine::testing {

class FailingStore final : public eventstore::Store {
 public:
  explicit FailingStore(eventstore::Store& whole) : whole_(whole) {}

  enum class Failure { kNone, kBeforeWriting, kAfterWriting };
  void FailNextCommit(Failure how) { next_ = how; }
  // What the next walks find.
  void SayDamaged() { damaged_ = true; }
  // Called before each commit.
  void OnCommit(std::function<void()> called) { called_ = std::move(called); }
  // Called before a new version of the views becomes the live one.
  void OnSwitch(std::function<void()> called) {
    switching_ = std::move(called);
  }

  absl::StatusOr<eventstore::Head> Commit(
      const eventstore::Batch& batch) override {
    if (called_) called_();
    const Failure how = next_;
    if (how == Failure::kBeforeWriting) return Broken();
    absl::StatusOr<eventstore::Head> head = whole_.Commit(batch);
    if (how == Failure::kAfterWriting) return Broken();
    return head;
  }
  absl::StatusOr<std::unique_ptr<eventstore::Snapshot>> Read() const override {
    return whole_.Read();
  }
  const std::string& incarnation() const override {
    return whole_.incarnation();
  }
  const std::string& pepper() const override { return whole_.pepper(); }
  absl::Status DestroyKey(eventstore::SubjectNumber subject) override {
    return whole_.DestroyKey(subject);
  }
  eventstore::Views views() const override { return whole_.views(); }
  absl::StatusOr<uint32_t> BeginView() override { return whole_.BeginView(); }
  absl::Status CommitView(const std::vector<eventstore::RowChange>& rows,
                          eventstore::Position built_to) override {
    return whole_.CommitView(rows, built_to);
  }
  absl::Status SwitchView() override {
    if (switching_) switching_();
    return whole_.SwitchView();
  }
  absl::Status AbandonView() override { return whole_.AbandonView(); }
  absl::StatusOr<eventstore::Verified> Verify(
      const Progress& progress) const override {
    if (damaged_) return absl::DataLossError("damaged, says the test");
    return whole_.Verify(progress);
  }
  absl::StatusOr<eventstore::Head> Checkpoint(
      const std::string& folder) override {
    return whole_.Checkpoint(folder);
  }

 private:
  static absl::Status Broken() {
    return absl::DataLossError("the disk failed, says the test");
  }

  eventstore::Store& whole_;
  std::atomic<Failure> next_ = Failure::kNone;
  std::atomic<bool> damaged_ = false;
  std::function<void()> called_;
  std::function<void()> switching_;
};

}  // namespace kith::engine::testing
