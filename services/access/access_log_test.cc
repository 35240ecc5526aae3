#include "services/access/access_log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <utility>

#include "eventstore/memory_store.h"

namespace kith::access {
namespace {

struct Piece {
  ledger::v1::ItemLabel label;
  ledger::v1::AccessRecord part;
};

disclosure::Reader Health() {
  disclosure::Reader reader;
  reader.agency = "health";
  reader.practitioner = "hv-7";
  reader.role = agency::v1::ROLE_PRACTITIONER;
  reader.purpose = "early_help";
  return reader;
}

disclosure::Disclosed<ledger::v1::AccessRecord> AnswerAbout(uint64_t family) {
  disclosure::Discloser door(Health(), disclosure::Context());
  door.Touch(family);
  return door.Nothing(ledger::v1::AccessRecord());
}

absl::Time Noon() { return absl::FromUnixSeconds(1'780'000'000); }

class AccessLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<eventstore::Store> store_ = eventstore::OpenMemoryStore();
  AccessLog log_{"node-1", *store_, Noon};

  void Look(uint64_t family, const std::string& method) {
    ASSERT_TRUE(
        log_.Record(AnswerAbout(family), Health(), {method, 9, 0}).Wait().ok());
  }
};

TEST_F(AccessLogTest, AnAnswerIsRecordedBeforeItIsGiven) {
  Look(5, "FamilyService.GetFamily");
  EXPECT_EQ((*store_->Read())->head().next, 1u);
  const auto looks = log_.WhoLooked({5}, 0, 10);
  ASSERT_TRUE(looks.ok());
  ASSERT_EQ(looks->size(), 1u);
  const auto& record = looks->front().record;
  EXPECT_EQ(record.agency(), "health");
  EXPECT_EQ(record.practitioner(), "hv-7");
  EXPECT_EQ(record.purpose(), "early_help");
  EXPECT_EQ(record.method(), "FamilyService.GetFamily");
  EXPECT_EQ(record.node(), "node-1");
  EXPECT_EQ(record.position(), 9u);
}

TEST_F(AccessLogTest, WhoLookedIsOfThatFamilyOnlyLatestFirst) {
  Look(5, "first");
  Look(6, "other");
  Look(5, "second");
  const auto looks = log_.WhoLooked({5}, 0, 10);
  ASSERT_TRUE(looks.ok());
  ASSERT_EQ(looks->size(), 2u);
  EXPECT_EQ((*looks)[0].record.method(), "second");
  EXPECT_EQ((*looks)[1].record.method(), "first");
}

TEST_F(AccessLogTest, WhoLookedGoesOnBeforeAPosition) {
  for (const char* method : {"a", "b", "c"}) Look(5, method);
  const auto first = log_.WhoLooked({5}, 0, 2);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->size(), 2u);
  const auto rest = log_.WhoLooked({5}, first->back().position, 2);
  ASSERT_TRUE(rest.ok());
  ASSERT_EQ(rest->size(), 1u);
  EXPECT_EQ(rest->front().record.method(), "a");
}

TEST_F(AccessLogTest, DenialsAreRecordedToo) {
  disclosure::Account account;
  account.families.insert(5);
  ASSERT_TRUE(log_.RecordDenial(Health(), account, {"Replay", 1, 0}).ok());
  const auto looks = log_.WhoLooked({5}, 0, 10);
  ASSERT_TRUE(looks.ok());
  ASSERT_EQ(looks->size(), 1u);
  EXPECT_TRUE(looks->front().record.denied());
}

// A page of possible matches is about hundreds of people of no family; others
// beside them may be of one.
TEST_F(AccessLogTest, EverybodyOutsideOfAFamilyFindsTheLook) {
  disclosure::Discloser door(Health(), disclosure::Context());
  for (uint64_t record = 1000; record < 1400; ++record) {
    ledger::v1::ItemLabel label;
    label.add_records(record);
    door.Admit(label);
  }
  ledger::v1::ItemLabel of_family;
  of_family.set_family(5);
  of_family.add_records(2000);
  door.Admit(of_family);
  ASSERT_TRUE(log_.Record(door.Nothing(ledger::v1::AccessRecord()), Health(),
                          {"DuplicateService.ListMatches", 9, 0})
                  .Wait()
                  .ok());
  for (const uint64_t subject : {1000, 1064, 1399, 5}) {
    EXPECT_EQ(log_.WhoLooked({subject}, 0, 10)->size(), 1u) << subject;
  }
  // Who is of a family is found with it.
  EXPECT_EQ(log_.WhoLooked({2000}, 0, 10)->size(), 0u);
}

TEST_F(AccessLogTest, AWalkTellsHowFarItIsAndCanBeStopped) {
  Look(5, "FamilyService.GetFamily");
  Look(5, "FamilyService.GetFamily");
  uint64_t of = 0;
  const auto walked = log_.Verify([&](uint64_t, uint64_t total) {
    of = total;
    return true;
  });
  ASSERT_TRUE(walked.ok());
  EXPECT_EQ(walked->records, 2u);
  EXPECT_EQ(of, 2u);
  EXPECT_TRUE(absl::IsCancelled(
      log_.Verify([](uint64_t, uint64_t) { return false; }).status()));
}

TEST_F(AccessLogTest, LooksOfManyThreadsAreAllKept) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 50; ++n) Look(5, "GetFamily");
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto looks = log_.WhoLooked({5}, 0, 1000);
  ASSERT_TRUE(looks.ok());
  EXPECT_EQ(looks->size(), 400u);
}

// A store whose disk fails.
class BrokenStore final : public eventstore::Store {
 public:
  explicit BrokenStore(eventstore::Store& whole) : whole_(whole) {}
  absl::StatusOr<eventstore::Head> Commit(const eventstore::Batch&) override {
    return absl::DataLossError("the disk failed");
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
                          eventstore::Position to) override {
    return whole_.CommitView(rows, to);
  }
  absl::Status SwitchView() override { return whole_.SwitchView(); }
  absl::Status AbandonView() override { return whole_.AbandonView(); }
  absl::StatusOr<eventstore::Verified> Verify(
      const Progress& progress) const override {
    return whole_.Verify(progress);
  }
  absl::StatusOr<eventstore::Head> Checkpoint(
      const std::string& folder) override {
    return whole_.Checkpoint(folder);
  }

 private:
  eventstore::Store& whole_;
};

TEST_F(AccessLogTest, WhoDoesNotWaitIsToldOnceTheRecordIsDurable) {
  std::promise<uint64_t> recorded;
  log_.Record(AnswerAbout(5), Health(), {"GetFamily", 1, 0})
      .Then([&](const absl::StatusOr<ledger::v1::AccessRecord>& answer) {
        recorded.set_value(answer.ok() ? (*store_->Read())->head().next : 0);
      });
  EXPECT_EQ(recorded.get_future().get(), 1u);
}

TEST_F(AccessLogTest, WhatWaitsWhenTheLogEndsIsWritten) {
  constexpr uint64_t kAnswers = 1000;
  std::atomic<uint64_t> told = 0;
  {
    AccessLog log("node-2", *store_, Noon);
    for (uint64_t i = 0; i < kAnswers; ++i) {
      log.Record(AnswerAbout(5), Health(), {"GetFamily", 1, 0})
          .Then([&](const auto& answer) { told += answer.ok() ? 1 : 0; });
    }
  }
  EXPECT_EQ(told, kAnswers);
  EXPECT_EQ((*store_->Read())->head().next, kAnswers);
}

TEST_F(AccessLogTest, WhatCannotBeRecordedIsNotAnswered) {
  BrokenStore broken(*store_);
  AccessLog log("node-1", broken, Noon);
  const auto answer =
      log.Record(AnswerAbout(5), Health(), {"GetFamily", 1, 0}).Wait();
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace kith::access
