#include "tests/simulation/view_versions.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "gtest/gtest.h"
#include "services/views/keys.h"

namespace kith::simulation {
namespace {

using engine::testing::Rows;

constexpr size_t kNamedMax = 5;

// Both in the order of keys. The same key with another value is missing too.
void NameMissing(const Rows& rows, const Rows& among, const char* which) {
  Rows missing;
  std::set_difference(rows.begin(), rows.end(), among.begin(), among.end(),
                      std::back_inserter(missing));
  if (missing.empty()) return;
  std::string keys;
  for (size_t i = 0; i < missing.size() && i < kNamedMax; ++i) {
    absl::StrAppend(&keys, " ", absl::CHexEscape(missing[i].first));
  }
  ADD_FAILURE() << missing.size() << " of " << rows.size()
                << " rows are not among the " << which << " ones:" << keys;
}

}  // namespace

Rows RowsOfVersion(const eventstore::Snapshot& snapshot, uint32_t version) {
  Rows rows;
  const absl::Status scanned =
      snapshot.Scan(eventstore::Table::View(version), "", "",
                    [&](absl::string_view key, absl::string_view value) {
                      rows.emplace_back(std::string(key), std::string(value));
                      return true;
                    });
  KITH_CHECK(scanned.ok());
  return rows;
}

Rows LiveVersion(const eventstore::Store& store) {
  const auto snapshot = store.Read();
  KITH_CHECK(snapshot.ok());
  return RowsOfVersion(**snapshot, (*snapshot)->views().live);
}

void ExpectSameRows(const Rows& live, const Rows& rebuilt) {
  NameMissing(live, rebuilt, "rebuilt");
  NameMissing(rebuilt, live, "live");
}

void ExpectRebuildsToTheSame(World& world) {
  const eventstore::Views before = world.store().views();
  const Rows live = LiveVersion(world.store());
  const absl::Status rebuilt = world.engine().Rebuild(nullptr);
  ASSERT_TRUE(rebuilt.ok()) << rebuilt;
  EXPECT_GT(world.store().views().live, before.live);
  EXPECT_FALSE(world.store().views().building.has_value());
  ExpectSameRows(live, LiveVersion(world.store()));
  ExpectSameRows(live, engine::testing::ViewRows(*world.Read()));
}

std::map<Kind, size_t> ThingsIn(const Rows& rows) {
  std::map<Kind, size_t> things;
  for (const auto& [key, value] : rows) {
    if (!key.starts_with("s/")) continue;
    ++things[views::keys::ParseThing(key).kind];
  }
  return things;
}

void ExpectThingsOfAllSorts(const Rows& rows) {
  std::map<Kind, size_t> things = ThingsIn(rows);
  for (const Kind kind :
       {Kind::kRecord, Kind::kPerson, Kind::kRelationship, Kind::kMatch,
        Kind::kFamily, Kind::kMember, Kind::kInvolvement, Kind::kNeed,
        Kind::kConsent, Kind::kPlan, Kind::kLead}) {
    EXPECT_GT(things[kind], 0u) << "things of kind " << kind;
  }
}

}  // namespace kith::simulation
