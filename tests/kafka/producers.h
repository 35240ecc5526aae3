// Publishers of a test: they number and sign statements as adapters do, and
// know which of them the broker has taken.
#pragma once

#include <string>
#include <vector>

#include "services/engine/testing.h"
#include "services/inbox/kafka_writer.h"
#include "tests/kafka/topics.h"

namespace kith::kafka_tests {

// A frame as it would be produced, for a test to change.
Record RecordOf(const std::string& frame);

class Producer {
 public:
  // A feed of `agency` with that name, reaching the brokers at `address`.
  Producer(const std::string& partnership, const std::string& name,
           const std::string& agency, const std::string& address);

  engine::testing::TestSource& source() { return source_; }

  // The next statement: a new person of the agency.
  std::string NextFrame();
  // Hands this statement to the client and returns.
  void Say(const agency::v1::Statement& statement);
  // Hands `count` statements to the client and returns; they are on their way.
  void Say(size_t count);
  // Waits until the brokers have taken all that was said. From then on each of
  // them must have exactly one outcome.
  void AwaitAcknowledged();

 private:
  void Send(const std::string& frame);

  const std::string partnership_;
  engine::testing::TestSource source_;
  std::unique_ptr<inbox::KafkaWriter> writer_;
};

}  // namespace kith::kafka_tests
