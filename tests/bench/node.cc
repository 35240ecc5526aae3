#include "tests/bench/node.h"

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "eventstore/rocks_store.h"
#include "services/inbox/memory_inbox.h"
#include "services/views/fold.h"
#include "tests/simulation/population.h"

namespace kith::bench {
namespace {

constexpr char kPartnership[] = "bench";
// As an adapter with a full outbox: many in flight, and bounded.
constexpr size_t kInFlightMax = 8000;
// How often one call of `Updates` may come by each family.
constexpr int kRoundsMax = 1000;

template <class T>
T OrStop(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
  }
  KITH_CHECK(value.ok());
  return *std::move(value);
}

std::unique_ptr<eventstore::Store> OpenStore(const std::string& folder,
                                             rocksdb::Env* env) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(folder, "/store");
  options.master_key_file = absl::StrCat(folder, "/master.key");
  options.env = env;
  return OrStop(eventstore::OpenRocksStore(options));
}

// Counts what is on its way and what came of it.
class Flight {
 public:
  void Begin() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return flying_ < kInFlightMax; });
    ++flying_;
  }
  void End(const absl::StatusOr<engine::Outcome>& outcome) {
    const bool fine =
        outcome.ok() &&
        (outcome->row.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED ||
         outcome->row.kind() == ledger::v1::OUTCOME_KIND_CHANGED_NOTHING);
    const std::lock_guard lock(mutex_);
    if (!fine && odd_++ == 0) Explain(outcome);
    if (--flying_ == 0 || flying_ == kInFlightMax / 2) changed_.notify_all();
  }
  size_t WaitForAll() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return flying_ == 0; });
    return odd_;
  }

 private:
  static void Explain(const absl::StatusOr<engine::Outcome>& outcome) {
    std::fprintf(stderr, "not accepted: %s\n",
                 outcome.ok() ? outcome->row.ShortDebugString().c_str()
                              : outcome.status().ToString().c_str());
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t flying_ = 0;
  size_t odd_ = 0;
};

}  // namespace

engine::ViewFold RealViews() {
  const auto fold = [](core::StateWriter& rows,
                       const engine::RecordedFact& fact,
                       const core::KeyHash& hash) {
    return views::Fold(rows,
                       {fact.position, fact.recorded_at, fact.subject,
                        fact.statement, fact.fact},
                       hash);
  };
  return {fold, views::kViewFormat, views::RowGroupOf};
}

Node::Node(const std::string& folder, rocksdb::Env* env,
           const std::string& kafka, size_t callers)
    : folder_(folder),
      env_(env),
      broker_(kafka),
      root_(kPartnership, "root", agency::v1::SOURCE_KIND_SYSTEM, "council") {
  const std::string key_folder = absl::StrCat(folder, "/source-keys");
  std::filesystem::create_directories(folder);
  for (const char* agency : {"council", "school", "health"}) {
    feeds_.emplace_back(kPartnership, absl::StrCat(agency, "_feed"),
                        agency::v1::SOURCE_KIND_OUTBOX, agency);
    engine::testing::PutKey(key_folder, feeds_.back());
  }
  for (size_t i = 0; i < callers; ++i) {
    callers_.emplace_back(kPartnership, absl::StrCat("council_", i),
                          agency::v1::SOURCE_KIND_OUTBOX, "council");
    engine::testing::PutKey(key_folder, callers_.back());
  }
  engine::testing::PutKey(key_folder, root_);
  keys_ = std::make_unique<engine::SourceKeys>(key_folder);
  Start();
  for (const auto* sources : {&feeds_, &callers_}) {
    for (const auto& source : *sources) {
      OrStop(engine::testing::SubmitAndWait(
          *engine_, root_.Frame(source.Registration(), clock_.Now())));
    }
  }
}

Node::~Node() { Stop(); }

void Node::Start() {
  store_ = OpenStore(folder_, env_);
  const auto now = [this] { return clock_.Now(); };
  if (broker_.empty()) {
    inbox_ =
        std::make_unique<inbox::MemoryInbox>(inbox::MemoryInboxOptions{}, now);
  } else {
    inbox::KafkaInboxOptions options;
    options.partnership = kPartnership;
    options.node = "bench";
    options.connection = {{"bootstrap.servers", broker_}};
    auto kafka = std::make_unique<inbox::KafkaInbox>(options, now);
    kafka_ = kafka.get();
    inbox_ = std::move(kafka);
  }
  engine::Options options;
  options.partnership = kPartnership;
  options.hold_gaps = !broker_.empty();
  options.genesis =
      engine::testing::GenesisOf(kPartnership, root_, clock_.Now());
  engine_ = OrStop(engine::Engine::Open(options, *store_, *inbox_, RealViews(),
                                        *keys_, nullptr));
}

void Node::Stop() {
  if (engine_ == nullptr) return;
  engine_->Stop();
  engine_.reset();
  inbox_.reset();
  kafka_ = nullptr;
  store_.reset();
}

std::vector<std::string> Node::Sign(const std::vector<Spoken>& statements) {
  std::vector<std::string> frames;
  frames.reserve(statements.size());
  for (const Spoken& spoken : statements) {
    for (auto& feed : feeds_) {
      if (feed.agency() != spoken.agency) continue;
      frames.push_back(feed.Frame(spoken.said, clock_.Now()));
    }
  }
  return frames;
}

std::string Node::SignAs(size_t caller, const agency::v1::Statement& said) {
  return callers_[caller].Frame(said, clock_.Now());
}

double Node::Run(std::vector<std::string> frames, size_t odd_max) {
  Flight flight;
  const absl::Time start = absl::Now();
  for (std::string& frame : frames) {
    flight.Begin();
    engine_->Submit(std::move(frame),
                    [&](const absl::StatusOr<engine::Outcome>& outcome) {
                      flight.End(outcome);
                    });
  }
  const size_t odd = flight.WaitForAll();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  KITH_CHECK(odd <= odd_max);
  return seconds;
}

std::vector<Node::Spoken> Introductions(uint64_t from, uint64_t to) {
  std::vector<Node::Spoken> spoken;
  const auto say = [&](const std::string& agency, agency::v1::Statement said) {
    spoken.push_back({agency, std::move(said)});
  };
  for (uint64_t family = from; family < to; ++family) {
    const simulation::Told council = {"council", family};
    const simulation::Told school = {"school", family};
    const simulation::Told health = {"health", family};
    for (int member = 0; member < simulation::kMembers; ++member) {
      say("council", simulation::PersonStatement(council, member));
    }
    say("council", simulation::FamilyStatement(council));
    for (const int child : {2, 3}) {
      say("school", simulation::PersonStatement(school, child));
      say("health", simulation::PersonStatement(health, child));
    }
    say("health", simulation::PersonStatement(health, 0));
    say("council", simulation::InvolvementStatement(council, 2));
  }
  return spoken;
}

std::vector<Node::Spoken> Updates(uint64_t families, size_t count,
                                  int version) {
  std::vector<Node::Spoken> spoken;
  KITH_CHECK(count <= families * kRoundsMax);
  for (size_t i = 0; i < count; ++i) {
    // A stride that meets all families in an order of its own. Each round says
    // something later than all before it: what an agency said already, or said
    // later, would change nothing and write next to nothing.
    const uint64_t family = i * 7919 % families;
    const int round = version * kRoundsMax + static_cast<int>(i / families);
    const simulation::Told council = {"council", family, round};
    const simulation::Told school = {"school", family, round};
    const simulation::Told health = {"health", family, round};
    switch (i % 8) {
      case 0:
        spoken.push_back({"council", simulation::PersonStatement(council, 1)});
        break;
      case 1:
        spoken.push_back({"school", simulation::PersonStatement(school, 2)});
        break;
      case 2:
        spoken.push_back({"health", simulation::PersonStatement(health, 3)});
        break;
      case 3:
        spoken.push_back(
            {"council", simulation::InvolvementStatement(council, 2)});
        break;
      case 4:
        spoken.push_back({"school", simulation::NeedStatement(school, 2)});
        break;
      case 5:
        spoken.push_back(
            {"school", simulation::InvolvementStatement(school, 3)});
        break;
      case 6:
        spoken.push_back({"council", simulation::MeetingStatement(council)});
        break;
      default:
        spoken.push_back({"health", simulation::PersonStatement(health, 0)});
    }
  }
  return spoken;
}

}  // namespace kith::bench
