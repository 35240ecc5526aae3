#include "tests/kafka/oracle.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/check.h"
#include "base/crypto.h"
#include "eventstore/rocks_store.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/keys.h"
#include "services/views/fold.h"

namespace kith::kafka_tests {
namespace {

// Hands out nothing: the ledger is looked at as it is.
class NoInbox final : public inbox::Inbox {
 public:
  absl::Status Start(absl::string_view, absl::Time) override {
    return absl::OkStatus();
  }
  absl::Status Submit(std::string, inbox::Ticket) override {
    return absl::UnavailableError("nothing is taken");
  }
  absl::StatusOr<inbox::Taken> Take(const inbox::TakeLimits&) override {
    inbox::Taken taken;
    taken.ended = true;
    return taken;
  }
  void Close() override {}
  inbox::Depth depth() const override { return {}; }
};

engine::ViewFold Views() {
  engine::ViewFold views;
  views.version = views::kViewFormat;
  views.fold = [](core::StateWriter& rows, const engine::RecordedFact& fact,
                  const core::KeyHash& hash) {
    return views::Fold(rows,
                       {fact.position, fact.recorded_at, fact.subject,
                        fact.statement, fact.fact},
                       hash);
  };
  return views;
}

std::unique_ptr<eventstore::Store> OpenStore(const std::string& data) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(data, "/store");
  options.master_key_file = absl::StrCat(data, "/store.key");
  auto store = eventstore::OpenRocksStore(options);
  KITH_CHECK(store.ok());
  return *std::move(store);
}

// What waits, or was tried again in vain, is told each time.
bool IsWaiting(const eventstore::StoredRecord& record) {
  ledger::v1::Fact fact;
  KITH_CHECK(record.payload.has_value() &&
             fact.ParseFromString(*record.payload));
  return fact.has_statement_parked() || fact.frame_quarantined().attempts() > 1;
}

}  // namespace

Oracle::Oracle(const std::string& data, const std::string& partnership,
               const std::string& keys)
    : partnership_(partnership),
      store_(OpenStore(data)),
      nothing_(std::make_unique<NoInbox>()),
      keys_(std::make_unique<engine::SourceKeys>(keys)) {
  engine::Options options;
  options.partnership = partnership;
  auto opened = engine::Engine::Open(options, *store_, *nothing_, Views(),
                                     *keys_, nullptr);
  KITH_CHECK(opened.ok());
  engine_ = *std::move(opened);
  const auto view = *engine_->Read();
  head_ = view->snapshot().head();
  const auto position = inbox::ParsePosition(view->snapshot().inbox_position());
  KITH_CHECK(position.ok());
  position_ = *position;
}

ledger::v1::OutcomeRow Oracle::OutcomeOf(const std::string& source,
                                         uint64_t epoch, uint64_t number) {
  const auto view = *engine_->Read();
  const auto outcome = core::ReadRow<ledger::v1::OutcomeRow>(
      view->state(), core::keys::Outcome(source, epoch, number));
  if (outcome.ok() && outcome->has_value()) return **outcome;
  ADD_FAILURE() << source << " " << number << " has no outcome";
  return {};
}

void Oracle::ExpectOneOutcomeEach(const engine::testing::TestSource& source,
                                  const std::set<uint64_t>& quarantined) {
  for (uint64_t number = 1; number <= source.last_sequence(); ++number) {
    const auto outcome = OutcomeOf(source.name(), source.epoch(), number);
    EXPECT_EQ(outcome.kind(), quarantined.count(number) > 0
                                  ? ledger::v1::OUTCOME_KIND_QUARANTINED
                                  : ledger::v1::OUTCOME_KIND_ACCEPTED)
        << source.name() << " " << number << " " << outcome.reason().code();
  }
  ExpectFactsOnce(source.name());
}

void Oracle::ExpectOneOutcomeEach(const std::string& source, uint64_t epoch,
                                  uint64_t last) {
  for (uint64_t number = 1; number <= last; ++number) {
    const auto outcome = OutcomeOf(source, epoch, number);
    EXPECT_TRUE(outcome.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED ||
                outcome.kind() == ledger::v1::OUTCOME_KIND_CHANGED_NOTHING)
        << source << " " << number << " " << outcome.reason().code();
  }
  ExpectFactsOnce(source);
}

void Oracle::ExpectFactsOnce(const std::string& source) {
  std::map<std::pair<uint64_t, uint64_t>, int> begun;
  const auto view = *engine_->Read();
  const absl::Status scanned = view->snapshot().ScanLedger(
      0, [&](const eventstore::StoredRecord& record) {
        if (record.source == source && record.ordinal == 0 &&
            !IsWaiting(record)) {
          ++begun[{record.epoch, record.sequence}];
        }
        return true;
      });
  ASSERT_TRUE(scanned.ok()) << scanned;
  for (const auto& [place, times] : begun) {
    EXPECT_EQ(times, 1) << source << " " << place.second;
  }
}

void Oracle::ExpectAtTheEndOf(const std::string& address,
                              const std::string& topic) {
  const std::vector<Record> records = ReadTopic(address, topic);
  ASSERT_FALSE(records.empty());
  const Record& last = records.back();
  EXPECT_EQ(position_.next, last.offset + 1);
  EXPECT_EQ(position_.digest,
            inbox::RecordDigest(last.offset, absl::ToUnixMillis(last.time),
                                base::Sha256(last.value.value_or(""))));
}

void Oracle::ExpectViewsEqualARebuild() {
  const engine::testing::Rows live =
      engine::testing::ViewRows(**engine_->Read());
  const absl::Status rebuilt = engine_->Rebuild(nullptr);
  ASSERT_TRUE(rebuilt.ok()) << rebuilt;
  EXPECT_TRUE(live == engine::testing::ViewRows(**engine_->Read()));
}

}  // namespace kith::kafka_tests
