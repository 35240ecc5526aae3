#include "tests/kafka/feed.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/time/clock.h"
#include "adapters/common/feed.h"
#include "adapters/publisher/deliver.h"
#include "base/check.h"
#include "kith/agency/v1/frame.pb.h"
#include "wire/topics.h"

namespace kith::kafka_tests {

Feed::Feed(const std::string& address, const std::string& partnership,
           const Settings& settings)
    : partnership_(partnership),
      topic_(wire::InboxTopic(partnership)),
      publisher_{partnership,
                 kAgency,
                 kSource,
                 {"council_feed_k1", std::string(32, 'k')}} {
  folder_ =
      (std::filesystem::temp_directory_path() / "kith-feed-XXXXXX").string();
  KITH_CHECK(mkdtemp(folder_.data()) != nullptr);
  Reopen();
  MakeTopic(address, topic_, settings);
}

Feed::~Feed() {
  outbox_.reset();
  std::filesystem::remove_all(folder_);
}

void Feed::Reopen() {
  outbox_.reset();
  auto opened = adapters::Outbox::Open(folder_ + "/outbox", partnership_,
                                       kSource, {}, absl::Now());
  KITH_CHECK(opened.ok());
  outbox_ = *std::move(opened);
}

void Feed::Say(size_t count, size_t bytes) {
  std::vector<std::string> frames;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t number = outbox_->next_sequence() + i;
    adapters::Item item;
    const adapters::Feed feed{kAgency, "mosaic", absl::Now(), "", ""};
    auto& said = adapters::Say(feed, absl::StrCat("key", number),
                               feed.extracted_at, item);
    said.mutable_need_stated()->set_wording(std::string(bytes, 'x'));
    auto frame = adapters::MakeFrame(publisher_, outbox_->epoch(), number,
                                     item.said.front());
    KITH_CHECK(frame.ok());
    frames.push_back(*std::move(frame));
  }
  const absl::Status kept = outbox_->Append(frames, absl::Now());
  EXPECT_TRUE(kept.ok()) << kept;
}

std::unique_ptr<adapters::Sink> Feed::SinkThrough(
    const std::string& through, const adapters::KafkaLimits& limits,
    const wire::Properties& more) const {
  wire::Properties properties = {{"bootstrap.servers", through}};
  properties.insert(properties.end(), more.begin(), more.end());
  auto sink = adapters::MakeKafkaSink(
      properties, partnership_, [] { return absl::Now(); }, limits);
  EXPECT_TRUE(sink.ok()) << sink.status();
  return *std::move(sink);
}

absl::Status Feed::Deliver(adapters::Sink& sink) {
  return adapters::Deliver(
      *outbox_, sink, [] { return absl::Now(); },
      [this](const adapters::Answer& answer) {
        EXPECT_EQ(answer.ending, adapters::Ending::kDelivered);
        ++delivered_;
      });
}

size_t Feed::ExpectHeld(const std::string& address) {
  const std::vector<Record> records = ReadTopic(address, topic_);
  const Order order = ExpectOrdered(records);
  EXPECT_GE(order.last + 1, outbox_->first_waiting());
  for (const Record& record : records) {
    const auto kept = outbox_->Read(PlaceOf(record).sequence);
    EXPECT_TRUE(kept.ok() && *kept == record.value) << record.offset;
  }
  return order.repeats;
}

Place PlaceOf(const Record& record) {
  agency::v1::Frame frame;
  agency::v1::Body body;
  if (!record.value || !frame.ParseFromString(*record.value) ||
      !body.ParseFromString(frame.body())) {
    ADD_FAILURE() << "no frame at " << record.offset;
    return {};
  }
  const auto& envelope = body.envelope();
  return {envelope.source(), envelope.epoch(), envelope.sequence()};
}

Order ExpectOrdered(const std::vector<Record>& records) {
  Order order;
  std::vector<const Record*> first = {nullptr};  // by number
  for (const Record& record : records) {
    const uint64_t sequence = PlaceOf(record).sequence;
    if (sequence == first.size()) {
      first.push_back(&record);
    } else if (sequence > 0 && sequence < first.size()) {
      ++order.repeats;
      EXPECT_EQ(record.value, first[sequence]->value) << record.offset;
    } else {
      ADD_FAILURE() << "number " << sequence << " where " << first.size()
                    << " was due, at " << record.offset;
      break;
    }
  }
  order.last = first.size() - 1;
  return order;
}

}  // namespace kith::kafka_tests
