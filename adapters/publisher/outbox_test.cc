// What the outbox promises: nothing lost, nothing numbered twice, and damage
// told from a crash.
#include "adapters/publisher/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "adapters/publisher/record.h"

namespace kith::adapters {
namespace {

namespace fs = std::filesystem;

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  absl::StatusOr<std::unique_ptr<Outbox>> Open() {
    return Outbox::Open(folder_.string(), "hackney", "feed", limits_, now_);
  }
  std::string Segment(int number) {
    return (folder_ / ("0000000" + std::to_string(number) + ".outbox"))
        .string();
  }

  fs::path folder_;
  OutboxLimits limits_;
  absl::Time now_ = absl::FromUnixSeconds(1700000000);
};

TEST_F(OutboxTest, WhatIsKeptIsThereAfterOpeningAgain) {
  {
    auto outbox = Open();
    ASSERT_TRUE(outbox.ok()) << outbox.status();
    ASSERT_TRUE((*outbox)->Append({"one", "two"}, now_).ok());
    ASSERT_TRUE((*outbox)->MarkDelivered({{1, Ending::kAccepted}}, now_).ok());
    ASSERT_TRUE((*outbox)->Append({"three"}, now_).ok());
  }
  auto outbox = Open();
  ASSERT_TRUE(outbox.ok()) << outbox.status();
  EXPECT_EQ((*outbox)->next_sequence(), 4u);
  EXPECT_EQ((*outbox)->first_waiting(), 2u);
  EXPECT_EQ(*(*outbox)->Read(1), "one");
  EXPECT_EQ(*(*outbox)->Read(3), "three");
  EXPECT_EQ((*outbox)->epoch(), 1700000000u);
  EXPECT_EQ((*outbox)->Status().waiting, 2u);
  EXPECT_EQ((*outbox)->Status().waiting_bytes, 8u);
}

TEST_F(OutboxTest, ItCanBeLookedIntoWhileItIsOpenAndIsNotChanged) {
  EXPECT_TRUE(absl::IsNotFound(Outbox::Look(folder_.string()).status()));
  auto outbox = Open();
  ASSERT_TRUE(outbox.ok()) << outbox.status();
  ASSERT_TRUE((*outbox)->Append({"one", "two"}, now_).ok());
  ASSERT_TRUE((*outbox)->MarkDelivered({{1, Ending::kDelivered}}, now_).ok());
  const auto size = fs::file_size(Segment(1));
  std::ofstream(Segment(1), std::ios::app) << "KOB1 half a record";
  const auto status = Outbox::Look(folder_.string());
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->waiting, 1u);
  EXPECT_EQ(status->kept, 1u);
  EXPECT_EQ(status->source, "feed");
  EXPECT_EQ(status->oldest_waiting, now_);
  EXPECT_GT(fs::file_size(Segment(1)), size) << "it is being written";
}

TEST_F(OutboxTest, OnlyOneProcessHasItOpenAndOnlyItsOwnSource) {
  auto outbox = Open();
  ASSERT_TRUE(outbox.ok());
  EXPECT_TRUE(absl::IsUnavailable(Open().status()));
  outbox->reset();
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Outbox::Open(folder_.string(), "hackney", "other", limits_, now_)
          .status()));
}

// Cuts the last record at every byte: what was kept before it stays, and the
// next number follows on.
TEST_F(OutboxTest, ATornEndIsCutOffWhereverItTore) {
  { ASSERT_TRUE((*Open())->Append({"one"}, now_).ok()); }
  const auto whole = fs::file_size(Segment(1));
  { ASSERT_TRUE((*Open())->Append({"two"}, now_).ok()); }
  const auto longer = fs::file_size(Segment(1));
  fs::copy_file(Segment(1), folder_ / "copy");
  for (auto size = whole; size < longer; ++size) {
    fs::copy_file(folder_ / "copy", Segment(1),
                  fs::copy_options::overwrite_existing);
    fs::resize_file(Segment(1), size);
    auto outbox = Open();
    ASSERT_TRUE(outbox.ok()) << outbox.status();
    EXPECT_EQ((*outbox)->next_sequence(), 2u);
    EXPECT_EQ(*(*outbox)->Read(1), "one");
    ASSERT_TRUE((*outbox)->Append({"again"}, now_).ok());
    EXPECT_EQ(*(*outbox)->Read(2), "again");
  }
}

TEST_F(OutboxTest, AFlippedBitBeforeTheEndIsDataLoss) {
  {
    auto outbox = Open();
    ASSERT_TRUE((*outbox)->Append({"one"}, now_).ok());
    ASSERT_TRUE((*outbox)->Append({"two"}, now_).ok());
  }
  const auto size = fs::file_size(Segment(1));
  std::fstream file(Segment(1), std::ios::in | std::ios::out);
  // The last byte of the statement before the last record.
  const auto last = record::kFrameBytes + 1 + 8 + 8 + 3;
  file.seekp(static_cast<std::streamoff>(size - last - 1));
  file.put('!');
  file.close();
  EXPECT_TRUE(absl::IsDataLoss(Open().status()));
}

TEST_F(OutboxTest, ACrashBeforeTheFirstRecordLeavesAnOutboxToStart) {
  fs::create_directories(folder_);
  std::ofstream(Segment(1)).close();
  auto outbox = Open();
  ASSERT_TRUE(outbox.ok()) << outbox.status();
  EXPECT_EQ((*outbox)->next_sequence(), 1u);
}

TEST_F(OutboxTest, MoreThanTheLimitWaitsOutside) {
  limits_.entries_max = 2;
  auto outbox = Open();
  ASSERT_TRUE((*outbox)->Append({"one", "two"}, now_).ok());
  EXPECT_TRUE(absl::IsResourceExhausted((*outbox)->Append({"x"}, now_)));
  EXPECT_EQ((*outbox)->next_sequence(), 3u);
  ASSERT_TRUE((*outbox)->MarkDelivered({{1, Ending::kAccepted}}, now_).ok());
  EXPECT_TRUE((*outbox)->Append({"three"}, now_).ok());
}

TEST_F(OutboxTest, DeliveredStatementsAreKeptThirtyDays) {
  limits_.segment_bytes = 1;  // each record begins a segment
  auto outbox = Open();
  ASSERT_TRUE((*outbox)->Append({"one"}, now_).ok());
  ASSERT_TRUE((*outbox)->Append({"two"}, now_).ok());
  ASSERT_TRUE((*outbox)->MarkDelivered({{1, Ending::kAccepted}}, now_).ok());
  ASSERT_TRUE((*outbox)->Prune(now_ + absl::Hours(24 * 30 - 1)).ok());
  EXPECT_EQ(*(*outbox)->Read(1), "one");
  ASSERT_TRUE((*outbox)->Prune(now_ + absl::Hours(24 * 30)).ok());
  EXPECT_TRUE(absl::IsNotFound((*outbox)->Read(1).status()));
  EXPECT_EQ(*(*outbox)->Read(2), "two");
  outbox->reset();
  auto again = Open();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->first_sequence(), 2u);
  EXPECT_EQ((*again)->next_sequence(), 3u);
}

}  // namespace
}  // namespace kith::adapters
