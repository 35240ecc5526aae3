#include "services/core/keys.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace kith::core::keys {
namespace {

TEST(KeysTest, ThePrefixOfAnIndexHoldsItsRowsAndNoOthers) {
  EXPECT_TRUE(absl::StartsWith(MatchOf(1, 2), MatchesOf(1)));
  EXPECT_FALSE(absl::StartsWith(MatchOf(256, 2), MatchesOf(1)));
  EXPECT_TRUE(absl::StartsWith(Member(1, 2, "council"), MembersOf(1)));
  EXPECT_TRUE(absl::StartsWith(WaitingSince(5, 1), WaitingSincePrefix()));
}

TEST(KeysTest, KeysOfOneKindSortByNumber) {
  EXPECT_LT(Item(255), Item(256));
  EXPECT_LT(WaitingSince(255, 9), WaitingSince(256, 1));
}

TEST(KeysTest, TheLastNumberIsReadBack) {
  EXPECT_EQ(LastNumber(Waiting(std::string(32, '/'), 77)), 77u);
}

TEST(KeysTest, NoTwoKindsShareTheirLetters) {
  const std::string hash(32, 'h');
  const std::set<std::string> kinds = {Ledger().substr(0, 2),
                                       Counter().substr(0, 2),
                                       Source("a").substr(0, 2),
                                       SourceOfKey("a").substr(0, 2),
                                       WaitingCount().substr(0, 2),
                                       Outcome("a", 1, 1).substr(0, 2),
                                       Request("a", hash).substr(0, 2),
                                       Snapshot(hash).substr(0, 2),
                                       Item(1).substr(0, 2),
                                       Held("a", 1, 1).substr(0, 2),
                                       Waiting(hash, 1).substr(0, 2),
                                       WaitingSince(1, 1).substr(0, 2),
                                       Behind("a", hash).substr(0, 2),
                                       Reference("a", hash).substr(0, 2),
                                       Id("a").substr(0, 2),
                                       Practitioner(1).substr(0, 2),
                                       Record(1).substr(0, 2),
                                       Person(1).substr(0, 2),
                                       Match(1, 2).substr(0, 2),
                                       MatchOf(1, 2).substr(0, 2),
                                       Block(hash, 1).substr(0, 2),
                                       Relationship(1, 2, "a").substr(0, 2),
                                       RelationshipTo(1, 2, "a").substr(0, 2),
                                       Family(1).substr(0, 2),
                                       Member(1, 2, "a").substr(0, 2),
                                       MemberOf(1, 2, "a").substr(0, 2),
                                       Consent(1).substr(0, 2),
                                       ConsentAbout(1, 2).substr(0, 2),
                                       Override(1).substr(0, 2),
                                       OverrideAbout(1, 2).substr(0, 2),
                                       Glass(1).substr(0, 2),
                                       GlassBy(1, 2).substr(0, 2),
                                       Restriction(1).substr(0, 2),
                                       RestrictionAbout(1, 2).substr(0, 2),
                                       Referral(1).substr(0, 2),
                                       Assessment(1).substr(0, 2),
                                       Plan(1).substr(0, 2),
                                       PlanTouching(1, 2).substr(0, 2),
                                       PlanOfFamily(1, 2).substr(0, 2),
                                       Meeting(1).substr(0, 2),
                                       Lead(1).substr(0, 2),
                                       Case(1).substr(0, 2),
                                       CaseOfPlans(1, 2).substr(0, 2),
                                       CaseOfPlan(1, 2).substr(0, 2),
                                       AtAddress(hash, 1).substr(0, 2)};
  EXPECT_EQ(kinds.size(), 45u);
}

}  // namespace
}  // namespace kith::core::keys
