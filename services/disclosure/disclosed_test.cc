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

TEST(DisclosedTest, OnlyWhatMayBeShownIsMergedAndAllIsAccountedFor) {
  Discloser door(Health(), Works({1}));
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("school", 1)};
  const auto answer = door.Compose<ledger::v1::AccessRecord>(pieces, kNoFinish);
  EXPECT_EQ(answer.value().families_size(), 1);
  ledger::v1::AccessRecord record;
  answer.account().AddTo(record);
  ASSERT_EQ(record.tallies_size(), 2);
  EXPECT_EQ(record.tallies(0).reason(), "no_permission");
  EXPECT_FALSE(record.tallies(0).shown());
  EXPECT_EQ(record.tallies(1).reason(), "own_agency");
  EXPECT_TRUE(answer.account().shown());
  EXPECT_EQ(record.policy_version(), kPolicyVersion);
}

TEST(DisclosedTest, AnAsOfReadShowsWhatMayBeSeenBothThenAndNow) {
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("health", 2)};
  Discloser then_only(Health(), Works({1, 2}), Works({1}));
  EXPECT_EQ(then_only.Compose<ledger::v1::AccessRecord>(pieces, kNoFinish)
                .value()
                .families_size(),
            1);
  Discloser now_only(Health(), Works({1}), Works({1, 2}));
  EXPECT_EQ(now_only.Compose<ledger::v1::AccessRecord>(pieces, kNoFinish)
                .value()
                .families_size(),
            1);
}

TEST(DisclosedTest, AListLeavesOutEntriesOfWhichNothingIsShown) {
  Discloser door(Health(), Works({1}));
  const std::vector<std::vector<Piece>> entries = {
      {PieceOf("school", 1)}, {PieceOf("school", 1), PieceOf("health", 1)}};
  int appended = 0;
  const auto answer = door.ComposeList<ledger::v1::AccessRecord>(
      entries, [&](auto& value, const auto& shown) {
        ++appended;
        for (const Piece* piece : shown) value.MergeFrom(piece->part);
      });
  EXPECT_EQ(appended, 1);
  EXPECT_EQ(answer.value().families_size(), 1);
}

}  // namespace
}  // namespace kith::disclosure
