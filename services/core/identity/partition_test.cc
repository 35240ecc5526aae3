#include "services/core/identity/partition.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::core::identity {
namespace {

using ::testing::ElementsAre;

constexpr LinkClass kDecided = LinkClass::kDecided;
constexpr LinkClass kVerified = LinkClass::kVerified;
constexpr LinkClass kOther = LinkClass::kOther;

using Pairs = std::set<std::pair<size_t, size_t>>;

std::function<bool(size_t, size_t)> Apart(const Pairs& pairs) {
  return [pairs](size_t a, size_t b) {
    return pairs.count(std::minmax(a, b)) > 0;
  };
}

std::vector<size_t> Divide(size_t count, const std::vector<Link>& links,
                           const Pairs& found, const Pairs& decided = {}) {
  return Partition(count, links, {Apart(decided), Apart(found)});
}

TEST(PartitionTest, LinksMakePersons) {
  EXPECT_THAT(Divide(4, {{0, 2, kVerified}, {2, 3, kOther}}, {}),
              ElementsAre(0, 1, 0, 0));
}

TEST(PartitionTest, TheStrongerLinkWinsOverOneInConflict) {
  EXPECT_THAT(Divide(3, {{0, 1, kVerified}, {1, 2, kOther}}, {{0, 2}}),
              ElementsAre(0, 0, 2));
}

TEST(PartitionTest, BetweenTwoEquallyGoodPersonsARecordGoesToNeither) {
  EXPECT_THAT(Divide(3, {{0, 1, kOther}, {1, 2, kOther}}, {{0, 2}}),
              ElementsAre(0, 1, 2));
}

TEST(PartitionTest, AConflictAtTheEndsOfAChainLeavesTheChainUnlinked) {
  EXPECT_THAT(
      Divide(4, {{0, 1, kOther}, {1, 2, kOther}, {2, 3, kOther}}, {{0, 3}}),
      ElementsAre(0, 1, 2, 3));
}

TEST(PartitionTest, WhatPeopleDecideOverridesWhatWasFound) {
  EXPECT_THAT(Divide(3, {{0, 1, kDecided}, {1, 2, kDecided}}, {{0, 2}}),
              ElementsAre(0, 0, 0));
}

TEST(PartitionTest, NeitherNamesNorOrderMatter) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const size_t count = 2 + random() % 6;
    std::vector<Link> links;
    Pairs apart;
    for (size_t a = 0; a < count; ++a) {
      for (size_t b = a + 1; b < count; ++b) {
        if (random() % 3 == 0) {
          links.push_back({a, b, static_cast<LinkClass>(random() % 3)});
        }
        if (random() % 4 == 0) apart.insert({a, b});
      }
    }
    const auto expected = Divide(count, links, apart);
    std::vector<size_t> name(count);
    for (size_t i = 0; i < count; ++i) name[i] = i;
    std::shuffle(name.begin(), name.end(), random);
    std::vector<Link> renamed;
    for (const Link& link : links) {
      renamed.push_back({name[link.other], name[link.one], link.of});
    }
    std::shuffle(renamed.begin(), renamed.end(), random);
    Pairs renamed_apart;
    for (const auto& [a, b] : apart) {
      renamed_apart.insert(std::minmax(name[a], name[b]));
    }
    const auto found = Divide(count, renamed, renamed_apart);
    for (size_t a = 0; a < count; ++a) {
      for (size_t b = 0; b < count; ++b) {
        EXPECT_EQ(expected[a] == expected[b], found[name[a]] == found[name[b]]);
      }
    }
  }
}

}  // namespace
}  // namespace kith::core::identity
