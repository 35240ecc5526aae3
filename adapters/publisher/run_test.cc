// From items to outcomes, against an inbox that behaves like the server's.
#include "adapters/publisher/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "adapters/common/feed.h"
#include "adapters/publisher/deliver.h"
#include "base/crypto.h"
#include "kith/agency/v1/frame.pb.h"

namespace kith::adapters {
namespace {

namespace fs = std::filesystem;

// Takes frames in order, checks their mac, and can be told to break off.
class FakeInbox final : public Sink {
 public:
  absl::StatusOr<std::optional<Mark>> MarkOf(const std::string&) override {
    if (down) return absl::UnavailableError("down");
    return std::optional<Mark>(Mark{epoch, mark});
  }

  absl::Status Send(const Next& next, const Answered& answered) override {
    while (true) {
      auto frame = next();
      if (!frame.ok()) return frame.status();
      if (!frame->has_value()) return absl::OkStatus();
      if (break_after == 0) return absl::UnavailableError("broke off");
      if (break_after > 0) --break_after;
      const absl::Status told = answered(Decide(**frame));
      if (!told.ok()) return told;
    }
  }

  Answer Decide(const OutboxFrame& sent) {
    agency::v1::Frame frame;
    agency::v1::Body body;
    EXPECT_TRUE(frame.ParseFromString(sent.bytes));
    EXPECT_EQ(frame.mac(), base::HmacSha256(secret, frame.body()));
    EXPECT_TRUE(body.ParseFromString(frame.body()));
    EXPECT_EQ(body.envelope().sequence(), sent.sequence);
    epoch = body.envelope().epoch();
    if (sent.sequence > mark + 1) return {sent.sequence, mark + 1};
    agency::v1::Statement statement;
    EXPECT_TRUE(statement.ParseFromString(body.content()));
    const std::string key = statement.snapshot().key().local_id();
    if (sent.sequence == mark + 1) {
      ++mark;
      order.push_back(key);
    }
    Answer answer{sent.sequence, 0, Ending::kAccepted, ""};
    if (key == "refused") answer = {sent.sequence, 0, Ending::kRefused, "RULE"};
    if (key == "known") answer.ending = Ending::kChangedNothing;
    if (key == "waits" && ++asked < 2) answer.ending = Ending::kParked;
    return answer;
  }

  std::string secret = std::string(32, 'k');
  uint64_t epoch = 0;
  uint64_t mark = 0;
  std::vector<std::string> order;
  int asked = 0;
  int break_after = -1;
  bool down = false;
};

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    OpenOutbox();
  }
  void TearDown() override { fs::remove_all(folder_); }

  void OpenOutbox() {
    outbox_.reset();
    auto opened =
        Outbox::Open(folder_.string(), "hackney", "feed", OutboxLimits{}, now_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    outbox_ = *std::move(opened);
  }

  static Item Saying(const std::vector<std::string>& keys) {
    Item item;
    item.kind = "row";
    for (const std::string& key : keys) {
      const Feed feed{"council", "mosaic", absl::UnixEpoch(), "", ""};
      Say(feed, key, absl::UnixEpoch(), item).mutable_need_stated();
    }
    return item;
  }

  Report RunOf(std::vector<Item> items, Sink* sink) {
    adapters::Run run(publisher_, outbox_.get(), sink, [this] { return now_; });
    for (Item& item : items) EXPECT_TRUE(run.Take(std::move(item)).ok());
    EXPECT_TRUE(run.Finish().ok());
    return run.report();
  }

  fs::path folder_;
  const absl::Time now_ = absl::FromUnixSeconds(1700000000);
  const Publisher publisher_{
      "hackney", "council", "feed", {"1", std::string(32, 'k')}};
  std::unique_ptr<Outbox> outbox_;
  FakeInbox inbox_;
};

TEST_F(RunTest, EachItemEndsAsItsWeightiestStatement) {
  const Report report =
      RunOf({Saying({"new", "known"}), Saying({"known", "known"}),
             Saying({"new", "refused"})},
            &inbox_);
  EXPECT_EQ(report.total().total(), 3u);
  EXPECT_EQ(report.total().of(Ending::kAccepted), 1u);
  EXPECT_EQ(report.total().of(Ending::kChangedNothing), 1u);
  EXPECT_EQ(report.total().of(Ending::kRefused), 1u);
  EXPECT_EQ(report.reasons().count("refused: RULE"), 1u);
}

TEST_F(RunTest, WhatWasParkedIsAskedAfterAtTheEnd) {
  const Report report = RunOf({Saying({"waits"})}, &inbox_);
  EXPECT_EQ(report.total().of(Ending::kAccepted), 1u);
}

TEST_F(RunTest, PeopleAreSaidBeforeWhatIsSaidOfThem) {
  Item need = Saying({"need"});
  Item person = Saying({"person"});
  person.said[0].statement.mutable_person_stated();
  RunOf({need, person}, &inbox_);
  EXPECT_THAT(inbox_.order, testing::ElementsAre("person", "need"));
}

TEST_F(RunTest, AServerThatIsDownLosesNothing) {
  inbox_.down = true;
  adapters::Run run(publisher_, outbox_.get(), &inbox_,
                    [this] { return now_; });
  ASSERT_TRUE(run.Take(Saying({"a", "b"})).ok());
  ASSERT_TRUE(run.Finish().ok());
  EXPECT_TRUE(absl::IsUnavailable(run.delivery()));
  EXPECT_EQ(run.report().total().of(Ending::kKept), 1u);
  OpenOutbox();  // another process, later
  inbox_.down = false;
  ASSERT_TRUE(
      Deliver(
          *outbox_, inbox_, [this] { return now_; }, [](const Answer&) {})
          .ok());
  EXPECT_THAT(inbox_.order, testing::ElementsAre("a", "b"));
  EXPECT_EQ(outbox_->Status().waiting, 0u);
}

// Whatever the moment at which the stream breaks, each statement is decided
// once, in order.
TEST_F(RunTest, AStreamThatBreaksOffIsTakenUpWhereItBroke) {
  for (int after = 0; after < 4; ++after) {
    SCOPED_TRACE(after);
    TearDown();
    OpenOutbox();
    inbox_ = FakeInbox();
    inbox_.break_after = after;
    RunOf({Saying({"a"}), Saying({"b"}), Saying({"c"}), Saying({"d"})},
          &inbox_);
    inbox_.break_after = -1;
    ASSERT_TRUE(
        Deliver(
            *outbox_, inbox_, [this] { return now_; }, [](const Answer&) {})
            .ok());
    EXPECT_THAT(inbox_.order, testing::ElementsAre("a", "b", "c", "d"));
  }
}

TEST_F(RunTest, AServerThatWentBackGetsWhatItLostAgain) {
  RunOf({Saying({"a"}), Saying({"b"}), Saying({"c"})}, &inbox_);
  inbox_.mark = 1;  // restored from a checkpoint
  inbox_.order.clear();
  RunOf({Saying({"d"})}, &inbox_);
  EXPECT_THAT(inbox_.order, testing::ElementsAre("b", "c", "d"));
}

TEST_F(RunTest, AnOutboxWhosePlaceWasTakenSaysSo) {
  inbox_.epoch = outbox_->epoch() + 1;
  adapters::Run run(publisher_, outbox_.get(), &inbox_,
                    [this] { return now_; });
  ASSERT_TRUE(run.Take(Saying({"a"})).ok());
  ASSERT_TRUE(run.Finish().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(run.delivery()));
  EXPECT_EQ(run.report().total().of(Ending::kKept), 1u);
}

TEST_F(RunTest, AStatementThatIsTooLongIsSetAsideAlone) {
  Item enormous = Saying({"a"});
  enormous.said[0].statement.mutable_need_stated()->set_wording(
      std::string(kBodyBytesMax, 'x'));
  const Report report = RunOf({enormous, Saying({"b"})}, &inbox_);
  EXPECT_EQ(report.total().of(Ending::kSetAside), 1u);
  EXPECT_EQ(report.total().of(Ending::kAccepted), 1u);
  EXPECT_THAT(inbox_.order, testing::ElementsAre("b"));
}

// Takes everything and knows nothing of marks, as Kafka does; fails for good
// `failures` times, each time after one statement.
class FakeTopic final : public Sink {
 public:
  absl::StatusOr<std::optional<Mark>> MarkOf(const std::string&) override {
    return std::optional<Mark>();
  }
  absl::Status Send(const Next& next, const Answered& answered) override {
    for (int sent = 0;; ++sent) {
      auto frame = next();
      if (!frame.ok()) return frame.status();
      if (!frame->has_value()) return absl::OkStatus();
      if (failures > 0 && sent == progress) {
        --failures;
        return absl::AbortedError("the producer failed");
      }
      sequences.push_back((*frame)->sequence);
      Answer answer{(*frame)->sequence};
      answer.ending = Ending::kDelivered;
      const absl::Status told = answered(answer);
      if (!told.ok()) return told;
    }
  }

  int failures = 0;
  int progress = 1;
  std::vector<uint64_t> sequences;
};

TEST_F(RunTest, ADeliveredStatementIsToldAsSuchAndNothingMore) {
  FakeTopic topic;
  const Report report = RunOf({Saying({"a", "b"}), Saying({"c"})}, &topic);
  EXPECT_EQ(report.total().of(Ending::kDelivered), 2u);
  EXPECT_THAT(topic.sequences, testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(outbox_->Status().waiting, 0u);
}

TEST_F(RunTest, ASinkThatBeganAnewIsGivenTheRestAtOnce) {
  FakeTopic topic;
  topic.failures = 20;  // with progress each time that is no reason to give up
  std::vector<Item> items;
  for (int i = 0; i < 30; ++i) items.push_back(Saying({"a"}));
  RunOf(std::move(items), &topic);
  EXPECT_THAT(topic.sequences, testing::SizeIs(30));
  EXPECT_EQ(topic.sequences.back(), 30u);
  topic.failures = 20;
  topic.progress = 0;
  adapters::Run run(publisher_, outbox_.get(), &topic, [this] { return now_; });
  ASSERT_TRUE(run.Take(Saying({"a"})).ok());
  ASSERT_TRUE(run.Finish().ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(run.delivery()));
  EXPECT_EQ(run.report().total().of(Ending::kKept), 1u);
  EXPECT_GT(topic.failures, 0) << "tries have a limit";
}

TEST_F(RunTest, AnItemOfWhichHalfWaitsIsKept) {
  inbox_.break_after = 1;
  EXPECT_EQ(RunOf({Saying({"a", "b"})}, &inbox_).total().of(Ending::kKept), 1u);
  EXPECT_EQ(Weightier(Ending::kDelivered, Ending::kKept), Ending::kKept);
  EXPECT_EQ(Weightier(Ending::kSetAside, Ending::kDelivered),
            Ending::kSetAside);
}

TEST_F(RunTest, OnlyWhatWasDeliveredAndIsKeptIsSentAgain) {
  FakeTopic topic;
  RunOf({Saying({"a"}), Saying({"b"}), Saying({"c"})}, &topic);
  topic.sequences.clear();
  topic.failures = 1;
  const auto nobody = [](const Answer&) {};
  EXPECT_EQ(Resend(*outbox_, topic, 2, 3, nobody), absl::OkStatus());
  EXPECT_THAT(topic.sequences, testing::ElementsAre(2, 3));
  EXPECT_TRUE(absl::IsOutOfRange(Resend(*outbox_, topic, 2, 4, nobody)));
  EXPECT_TRUE(absl::IsOutOfRange(Resend(*outbox_, topic, 0, 1, nobody)));
  EXPECT_TRUE(absl::IsOutOfRange(Resend(*outbox_, topic, 3, 2, nobody)));
}

TEST_F(RunTest, ADryRunTellsNobody) {
  adapters::Run run(publisher_, nullptr, nullptr, [this] { return now_; });
  ASSERT_TRUE(run.Take(Saying({"a"})).ok());
  ASSERT_TRUE(run.Finish().ok());
  EXPECT_EQ(run.report().total().of(Ending::kReady), 1u);
}

}  // namespace
}  // namespace kith::adapters
