#include "services/disclosure/disclosed.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kith::disclosure {
namespace {

// A piece of an answer; any message serves.
struct Piece {
  ledger::v1::ItemLabel label;
  ledger::v1::AccessRecord part;
};

Piece PieceOf(const std::string& agency, uint64_t family) {
  Piece piece;
  piece.label.set_class_(agency::v1::ITEM_CLASS_NEED);
  piece.label.set_agency(agency);
  piece.label.set_family(family);
  piece.part.add_families(family);
  return piece;
}

Context Works(std::set<uint64_t> families) {
  Context context;
  for (uint64_t family : families) {
    context.agencies_of_family[family] = {"health"};
  }
  return context;
}

Reader Health() {
  Reader reader;
  reader.agency = "health";
  reader.role = agency::v1::ROLE_PRACTITIONER;
  reader.purpose = "early_help";
  return reader;
}

const auto kNoFinish = [](ledger::v1::AccessRecord*) {};
const auto kSelf = [](ledger::v1::AccessRecord* answer) { return answer; };

TEST(DisclosedTest, OnlyWhatMayBeShownIsMergedAndAllIsAccountedFor) {
  Discloser door(Health(), Works({1}));
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("school", 1)};
  const auto answer =
      door.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish);
  EXPECT_EQ(answer.value().families_size(), 1);
  ledger::v1::AccessRecord record;
  answer.account().AddTo(record);
  ASSERT_EQ(record.tallies_size(), 2);
  EXPECT_EQ(record.tallies(0).reason(), "no_permission");
  EXPECT_FALSE(record.tallies(0).shown());
  EXPECT_EQ(record.tallies(1).reason(), "own_agency");
  EXPECT_TRUE(answer.account().shown());
  EXPECT_EQ(record.policy_version(), kPolicyVersion);
  EXPECT_EQ(record.roles_version(), ShippedRoles().version());
}

TEST(DisclosedTest, AnAsOfReadShowsWhatMayBeSeenBothThenAndNow) {
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("health", 2)};
  Discloser then_only(Health(), Works({1, 2}), Works({1}));
  EXPECT_EQ(
      then_only.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish)
          .value()
          .families_size(),
      1);
  Discloser now_only(Health(), Works({1}), Works({1, 2}));
  EXPECT_EQ(now_only.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish)
                .value()
                .families_size(),
            1);
}

TEST(DisclosedTest, AListLeavesOutEntriesOfWhichNothingIsShown) {
  Discloser door(Health(), Works({1}));
  const std::vector<std::vector<Piece>> entries = {
      {PieceOf("school", 1)}, {PieceOf("school", 1), PieceOf("health", 1)}};
  DisclosedList<ledger::v1::AccessRecord> list(door);
  EXPECT_FALSE(list.Append(entries[0], kSelf, kNoFinish));
  EXPECT_TRUE(list.Append(entries[1], kSelf, kNoFinish));
  EXPECT_EQ(list.size(), 1u);
  const auto answer = std::move(list).Done(kNoFinish);
  EXPECT_EQ(answer.value().families_size(), 1);
}

}  // namespace
}  // namespace kith::disclosure
