#include "tests/simulation/invariants.h"

#include "base/check.h"
#include "gtest/gtest.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/keys.h"
#include "tests/simulation/world.h"

namespace kith::simulation {
namespace {

// The part of a key before its number.
std::string PrefixOf(const std::string& key) {
  return key.substr(0, key.size() - 8);
}

template <class T>
void ForEach(const engine::ReadView& view, const std::string& prefix,
             const std::function<void(const std::string&, const T&)>& visit) {
  const absl::Status scanned = view.state().Scan(
      prefix, [&](absl::string_view key, absl::string_view value) {
        T row;
        EXPECT_TRUE(
            row.ParseFromArray(value.data(), static_cast<int>(value.size())));
        visit(std::string(key), row);
        return true;
      });
  EXPECT_TRUE(scanned.ok()) << scanned;
}

absl::Status FoldOne(const engine::ReadView& view,
                     const eventstore::StoredRecord& record,
                     core::MapState& rows) {
  static const engine::ViewFold views = RealViews();
  const Said said = SaidIn(record);
  return views.fold(rows,
                    {record.position, said.recorded_at, record.subject,
                     said.statement, said.fact},
                    view.hash());
}

engine::testing::Rows RowsOf(const core::MapState& state) {
  engine::testing::Rows rows;
  for (const auto& [key, row] : state.rows()) {
    rows.emplace_back(key, row.second);
  }
  return rows;
}

}  // namespace

void ExpectOneOpenLeadAFamily(const engine::ReadView& view) {
  std::map<uint64_t, int> open;
  ForEach<ledger::v1::LeadRow>(
      view, PrefixOf(core::keys::Lead(1)),
      [&](const std::string&, const ledger::v1::LeadRow& row) {
        if (row.state() == ledger::v1::LEAD_STATE_ENDED) return;
        EXPECT_EQ(++open[row.taken().family()], 1)
            << "family " << row.taken().family();
      });
}

void ExpectClosedPlansUnchanged(const engine::ReadView& view,
                                ClosedPlans& closed) {
  ForEach<ledger::v1::PlanRow>(
      view, PrefixOf(core::keys::Plan(1)),
      [&](const std::string& key, const ledger::v1::PlanRow& row) {
        if (row.reported()) return;  // its feed may open it again
        const std::string bytes = row.recorded().SerializeAsString();
        const auto before = closed.find(key);
        if (before != closed.end()) {
          EXPECT_EQ(before->second, bytes)
              << "plan " << core::keys::LastNumber(key);
        } else if (row.recorded().state() == agency::v1::PLAN_STATE_CLOSED) {
          closed[key] = bytes;
        }
      });
}

void ExpectFoldsMeet(const engine::ReadView& view, const Seen& seen) {
  core::MapState rows;
  auto next = seen.begin();
  const auto meet = [&](uint64_t position) {
    if (next == seen.end() || next->first != position) return;
    EXPECT_EQ(RowsOf(rows), next->second) << "at position " << position;
    ++next;
  };
  const absl::Status scanned = view.snapshot().ScanLedger(
      0, [&](const eventstore::StoredRecord& record) {
        meet(record.position);
        const absl::Status folded = FoldOne(view, record, rows);
        EXPECT_TRUE(folded.ok()) << folded;
        return folded.ok();
      });
  EXPECT_TRUE(scanned.ok()) << scanned;
  meet(view.position());
  EXPECT_TRUE(next == seen.end());
}

Said SaidIn(const eventstore::StoredRecord& record) {
  Said said;
  said.recorded_at = absl::FromUnixMicros(record.recorded_at_micros);
  said.statement.set_source(record.source);
  said.statement.set_epoch(record.epoch);
  said.statement.set_sequence(record.sequence);
  KITH_CHECK(said.fact.ParseFromString(*record.payload));
  return said;
}

engine::testing::Rows LiveRows(const engine::ReadView& view) {
  engine::testing::Rows rows = engine::testing::ViewRows(view);
  std::erase_if(rows, [](const auto& row) { return row.first[0] == '!'; });
  return rows;
}

}  // namespace kith::simulation
