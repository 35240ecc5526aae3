#include "tests/simulation/kill_child.h"

#include <unistd.h>

#include <semaphore>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "eventstore/rocks_store.h"
#include "services/core/keys.h"
#include "services/engine/testing_node.h"

namespace kith::simulation {
namespace {

// How many statements wait for their outcome at once.
constexpr int kInFlight = 64;

uint64_t MarkOf(engine::testing::TestNode& node) {
  const auto row = core::ReadRow<ledger::v1::SourceRow>(
      node.Read()->state(), core::keys::Source(node.feed().name()));
  KITH_CHECK(row.ok());
  return row->has_value() ? (*row)->mark() : 0;
}

void Tell(int acknowledgements, const Acknowledged& told) {
  // Less than PIPE_BUF: whole or not at all.
  KITH_CHECK(write(acknowledgements, &told, sizeof(told)) == sizeof(told));
}

}  // namespace

agency::v1::Statement StatementOf(uint64_t sequence) {
  return engine::testing::Person("school", absl::StrCat(sequence % 97),
                                 absl::StrCat("Ada", sequence));
}

eventstore::Store& OpenStore(const std::string& folder,
                             std::unique_ptr<eventstore::Store>& store) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(folder, "/store");
  options.master_key_file = absl::StrCat(folder, "/master.key");
  auto opened = eventstore::OpenRocksStore(options);
  if (!opened.ok()) {
    fprintf(stderr, "%s\n", opened.status().ToString().c_str());
  }
  KITH_CHECK(opened.ok());
  store = *std::move(opened);
  return *store;
}

int RunKillChild(const std::string& folder, int acknowledgements) {
  std::unique_ptr<eventstore::Store> store;
  engine::testing::TestNode node(OpenStore(folder, store));
  uint64_t sequence = MarkOf(node);
  if (sequence == 0 && node.Read()->position() == 2) node.Register();
  std::counting_semaphore<kInFlight> room(kInFlight);
  while (true) {
    room.acquire();
    ++sequence;
    node.engine().Submit(
        node.feed().FrameAt(sequence, StatementOf(sequence),
                            node.clock().Now()),
        [&, sequence](const absl::StatusOr<engine::Outcome>& outcome) {
          KITH_CHECK(outcome.ok());
          Tell(acknowledgements, {sequence, outcome->row.position(),
                                  static_cast<uint32_t>(outcome->row.kind())});
          room.release();
        });
  }
}

}  // namespace kith::simulation
