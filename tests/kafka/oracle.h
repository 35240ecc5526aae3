// What a ledger holds, held against what its producers were told and against
// its topic. Opens the folder of a node that has ended.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "eventstore/store.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/engine/engine.h"
#include "services/engine/testing.h"
#include "services/inbox/kafka_position.h"
#include "tests/kafka/topics.h"

namespace kith::kafka_tests {

class Oracle {
 public:
  // `data`: a node's folder. Fails the test when it does not open.
  Oracle(const std::string& data, const std::string& partnership,
         const std::string& keys);

  const eventstore::Head& head() const { return head_; }
  const inbox::KafkaPosition& position() const { return position_; }

  // Fails the test unless each number of the source has exactly one outcome
  // (accepted, but for `quarantined`), and its facts are recorded once.
  void ExpectOneOutcomeEach(const engine::testing::TestSource& source,
                            const std::set<uint64_t>& quarantined = {});
  // The same of an adapter's numbers 1 to `last`, which may change nothing.
  void ExpectOneOutcomeEach(const std::string& source, uint64_t epoch,
                            uint64_t last);
  // Fails the test unless the position is that of the topic's last record.
  void ExpectAtTheEndOf(const std::string& address, const std::string& topic);
  // Fails the test unless the views are what a rebuild makes of the facts.
  void ExpectViewsEqualARebuild();

 private:
  // The outcome of a number; fails the test when there is none.
  ledger::v1::OutcomeRow OutcomeOf(const std::string& source, uint64_t epoch,
                                   uint64_t number);
  // Fails the test unless each statement's facts stand together, once.
  void ExpectFactsOnce(const std::string& source);

  std::string partnership_;
  std::unique_ptr<eventstore::Store> store_;
  std::unique_ptr<inbox::Inbox> nothing_;
  std::unique_ptr<engine::SourceKeys> keys_;
  std::unique_ptr<engine::Engine> engine_;
  eventstore::Head head_;
  inbox::KafkaPosition position_;
};

}  // namespace kith::kafka_tests
