#include "tests/kafka/producers.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "services/engine/testing_node.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::kafka_tests {

Record RecordOf(const std::string& frame) {
  const auto message = wire::MessageOfFrame(frame, absl::Now());
  EXPECT_TRUE(message.ok()) << message.status();
  Record record;
  record.key = message->key;
  record.value = message->value;
  for (const wire::Header& header : message->headers) {
    record.headers.emplace_back(header.name, header.value);
  }
  return record;
}

Producer::Producer(const std::string& partnership, const std::string& name,
                   const std::string& agency, const std::string& address)
    : partnership_(partnership),
      source_(partnership, name, agency::v1::SOURCE_KIND_OUTBOX, agency) {
  inbox::KafkaWriterOptions options;
  options.topic = wire::InboxTopic(partnership);
  options.connection = {{"bootstrap.servers", address}};
  options.node = name;
  options.patience = absl::Minutes(3);
  auto writer = inbox::KafkaWriter::Make(options, nullptr);
  KITH_CHECK(writer.ok());
  writer_ = *std::move(writer);
}

std::string Producer::NextFrame() {
  const std::string id =
      absl::StrCat(source_.name(), "-", source_.last_sequence() + 1);
  return source_.Frame(
      engine::testing::Person(source_.agency(), id, absl::StrCat("P", id)),
      absl::Now());
}

void Producer::Say(const agency::v1::Statement& statement) {
  Send(source_.Frame(statement, absl::Now()));
}

void Producer::Say(size_t count) {
  for (size_t i = 0; i < count; ++i) Send(NextFrame());
}

void Producer::Send(const std::string& frame) {
  auto message = wire::MessageOfFrame(frame, absl::Now());
  KITH_CHECK(message.ok());
  const absl::Status written = writer_->Write(*std::move(message), 0);
  ASSERT_TRUE(written.ok()) << written;
}

void Producer::AwaitAcknowledged() {
  const absl::Status taken = writer_->Flush();
  ASSERT_TRUE(taken.ok()) << taken;
}

}  // namespace kith::kafka_tests
