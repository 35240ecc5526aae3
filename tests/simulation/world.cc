#include "tests/simulation/world.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "eventstore/rocks_store.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/keys.h"
#include "services/views/fold.h"

namespace kith::simulation {
namespace {

absl::Time Beginning() {
  return absl::FromCivil(absl::CivilDay(2024, 1, 1), absl::UTCTimeZone());
}

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

std::unique_ptr<eventstore::Store> OpenStore(const std::string& folder) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(folder, "/store");
  options.master_key_file = absl::StrCat(folder, "/master.key");
  auto opened = eventstore::OpenRocksStore(options);
  if (!opened.ok()) {
    std::fprintf(stderr, "%s\n", opened.status().ToString().c_str());
  }
  KITH_CHECK(opened.ok());
  return *std::move(opened);
}

World::World(const Agencies& agencies, std::string key_folder,
             engine::Options options, std::unique_ptr<eventstore::Store> store)
    : genesis_(engine::testing::GenesisOf(kPartnership, agencies.root(),
                                          Beginning())),
      options_(std::move(options)),
      clock_(Beginning()),
      keys_(std::move(key_folder)),
      store_(std::move(store)) {
  Open();
}

World::~World() { Close(); }

void World::Open() {
  breakable_ = std::make_unique<engine::testing::FailingStore>(*store_);
  inbox_ = std::make_unique<inbox::MemoryInbox>(
      inbox::MemoryInboxOptions{}, [this] { return clock_.Now(); });
  engine::Options options = options_;
  options.partnership = kPartnership;
  options.genesis = genesis_;
  auto opened = engine::Engine::Open(options, *breakable_, *inbox_, RealViews(),
                                     keys_, nullptr);
  if (!opened.ok()) {
    std::fprintf(stderr, "%s\n", opened.status().ToString().c_str());
  }
  KITH_CHECK(opened.ok());
  engine_ = *std::move(opened);
}

void World::Close() {
  if (engine_ == nullptr) return;
  engine_->Stop();
  const absl::Status reason = engine_->status().reason;
  if (!reason.ok() && !absl::IsDataLoss(reason)) {
    std::fprintf(stderr, "the node stopped: %s\n", reason.ToString().c_str());
  }
  engine_.reset();
}

absl::StatusOr<engine::Outcome> World::Submit(const Arrival& arrival) {
  clock_.Set(arrival.at);
  return engine::testing::SubmitAndWait(*engine_, arrival.frame);
}

void World::SubmitOnly(const Arrival& arrival, engine::Engine::Done done) {
  clock_.Set(arrival.at);
  engine_->Submit(arrival.frame, std::move(done));
}

std::vector<DuplicateCase> World::Cases() {
  const auto view = Read();
  const auto id_of = [&](core::EntityNumber plan) {
    const auto row = core::ReadRow<ledger::v1::PlanRow>(view->state(),
                                                        core::keys::Plan(plan));
    KITH_CHECK(row.ok() && row->has_value());
    return (*row)->recorded().plan().id();
  };
  const std::string first = core::keys::Case(0);
  std::vector<DuplicateCase> cases;
  KITH_CHECK(view->state()
                 .Scan(first.substr(0, first.size() - 8),
                       [&](absl::string_view, absl::string_view bytes) {
                         ledger::v1::CaseRow row;
                         KITH_CHECK(row.ParseFromString(std::string(bytes)));
                         cases.push_back({row.found().case_().id(),
                                          id_of(row.found().one()),
                                          id_of(row.found().other())});
                         return true;
                       })
                 .ok());
  return cases;
}

void World::BreakAtNextCommit(engine::testing::FailingStore::Failure how) {
  breakable_->FailNextCommit(how);
}

void World::BeforeSwitch(std::function<void()> called) {
  breakable_->OnSwitch(std::move(called));
}

KeyFolder::KeyFolder(const Agencies& agencies) {
  path_ = (std::filesystem::temp_directory_path() / "kith-sim-XXXXXX").string();
  KITH_CHECK(mkdtemp(path_.data()) != nullptr);
  for (const auto* source : agencies.sources()) {
    engine::testing::PutKey(path_, *source);
  }
}

KeyFolder::~KeyFolder() { std::filesystem::remove_all(path_); }

}  // namespace kith::simulation
