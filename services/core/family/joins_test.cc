#include "gtest/gtest.h"
#include "services/core/family/family.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::family {
namespace {

using agency::v1::FamiliesJoinDecided;
using agency::v1::FamilyStated;
using ledger::v1::Fact;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::PersonOf;
using testing::RefusedWith;
using testing::ThingOf;

// Council's records c*, school's records s*; mother and child.
class JoinsTest : public ::testing::Test {
 protected:
  JoinsTest() {
    c_mother = bench.AddRecord("council", "mother");
    c_child = bench.AddRecord("council", "child");
    s_child = bench.AddRecord("school", "child");
    s_other = bench.AddRecord("school", "other");
  }

  absl::StatusOr<std::vector<NewFact>> Conclusions() {
    return bench.Say([](Decision&) { return absl::OkStatus(); }, {Conclude});
  }
  // Says a fact, and lets Kith conclude from it.
  absl::StatusOr<std::vector<NewFact>> After(Subject subject,
                                             const Fact& fact) {
    return bench.Say([&](Decision& d) { return d.Add(subject, {}, fact); },
                     {Conclude});
  }
  Fact Member(EntityNumber family, EntityNumber record) {
    Fact fact;
    fact.mutable_member_stated()->set_family(family);
    fact.mutable_member_stated()->set_record(record);
    fact.mutable_member_stated()->mutable_said();
    return fact;
  }
  Fact Left(EntityNumber family, EntityNumber record) {
    Fact fact;
    fact.mutable_member_left()->set_family(family);
    fact.mutable_member_left()->set_record(record);
    *fact.mutable_member_left()->mutable_until() = testing::DateOf(today);
    return fact;
  }
  Fact Merged(EntityNumber survivor, EntityNumber retired) {
    bench.Link({survivor, retired}, true);
    Fact fact;
    fact.mutable_persons_merged()->set_survivor(survivor);
    fact.mutable_persons_merged()->set_retired(retired);
    return fact;
  }
  absl::StatusOr<std::vector<NewFact>> Say(const FamiliesJoinDecided& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); }, {Conclude});
  }
  FamiliesJoinDecided Decided(EntityNumber one, EntityNumber other,
                              bool joined) {
    FamiliesJoinDecided said;
    *said.mutable_one() =
        testing::ThingWithId(bench.IdOf(base::IdKind::kFamily, one));
    *said.mutable_other() =
        testing::ThingWithId(bench.IdOf(base::IdKind::kFamily, other));
    said.set_joined(joined);
    said.set_reason("the mother says so");
    return said;
  }
  EntityNumber Root(EntityNumber family) {
    return *Resolve(bench.state(), family);
  }

  const absl::CivilDay today{2024, 3, 4};
  Bench bench{{Evolve}};
  EntityNumber c_mother, c_child, s_child, s_other;
};

TEST_F(JoinsTest, AGroupNobodyDefinedJoinsWhenAllItsPeopleAreInTheOther) {
  const auto family =
      bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child});
  const auto facts = After(s_child, Merged(c_child, s_child));
  ASSERT_TRUE(facts.ok());
  ASSERT_EQ(facts->back().fact.what_case(), Fact::kFamiliesJoined);
  const auto& join = facts->back().fact.families_joined();
  EXPECT_EQ(join.survivor(), family);
  EXPECT_EQ(join.joined(), group);
  EXPECT_FALSE(join.decided());
  EXPECT_EQ(facts->back().subject, group);
  EXPECT_EQ(Root(group), family);
  EXPECT_THAT(*CurrentMembers(bench.state(), group, today),
              ElementsAre(c_mother, c_child, s_child));
}

TEST_F(JoinsTest, OneMemberOutsideKeepsFamiliesApart) {
  bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child, s_other});
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  EXPECT_EQ(Root(group), group);
  ASSERT_THAT(After(group, Left(group, s_other)), IsOk());
  EXPECT_NE(Root(group), group);
}

TEST_F(JoinsTest, AJoinIsUndoneWhenSomebodyElseBelongsToIt) {
  const auto family =
      bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child});
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  ASSERT_EQ(Root(group), family);
  const auto facts = After(group, Member(group, s_other));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kMemberStated),
                                              IsFact(Fact::kFamiliesParted))));
  EXPECT_EQ(Root(group), group);
  EXPECT_THAT(Conclusions(), IsOkAndHolds(IsEmpty()));
}

TEST_F(JoinsTest, AJoinIsUndoneWhenTheLinkEnds) {
  const auto family =
      bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child});
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  ASSERT_EQ(Root(group), family);
  auto record = *bench.Row<ledger::v1::RecordRow>(keys::Record(s_child));
  record.set_person(s_child);
  PutRow(bench.state(), s_child, keys::Record(s_child), record);
  bench.state().Delete(keys::Person(c_child));
  Fact split;
  split.mutable_person_split()->set_from(c_child);
  split.mutable_person_split()->set_part(s_child);
  const auto facts = After(s_child, split);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->back().fact.what_case(), Fact::kFamiliesParted);
  EXPECT_EQ(Root(group), group);
}

TEST_F(JoinsTest, AFamilyWithoutMembersJoinsNothing) {
  bench.AddFamily("council", "F", {c_mother}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child});
  ASSERT_THAT(After(group, Left(group, s_child)), IsOk());
  EXPECT_EQ(Root(group), group);
}

TEST_F(JoinsTest, R004TwoDefinedFamiliesNeverJoinByThemselves) {
  bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto other = bench.AddFamily("council", "H", {c_child}, c_child);
  EXPECT_THAT(After(other, Member(other, c_child)), IsOk());
  EXPECT_EQ(Root(other), other);
}

TEST_F(JoinsTest, AGroupInTwoDefinedFamiliesJoinsOnlyTheEarlier) {
  const auto first = bench.AddFamily("council", "F", {c_child}, c_mother);
  const auto second = bench.AddFamily("council", "H", {c_child}, c_child);
  const auto group = bench.AddFamily("school", "G", {s_child});
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  EXPECT_EQ(Root(group), first);
  EXPECT_EQ(Root(second), second);
}

TEST_F(JoinsTest, TheEarlierFoundedSurvivesThoughNobodyDefinedIt) {
  const auto group = bench.AddFamily("school", "G", {s_child});
  const auto family =
      bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  EXPECT_EQ(Root(family), group);
}

TEST_F(JoinsTest, APersonJoinsAndPartsDefinedFamiliesAndItHolds) {
  const auto one = bench.AddFamily("council", "F", {c_mother}, c_mother);
  const auto other = bench.AddFamily("council", "H", {c_child}, c_child);
  EXPECT_THAT(Say(Decided(other, one, true)), IsOk());
  EXPECT_EQ(Root(other), one);
  EXPECT_THAT(Say(Decided(one, other, true)), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(After(other, Member(other, s_other)), IsOk());
  EXPECT_EQ(Root(other), one);
  EXPECT_THAT(Say(Decided(one, other, false)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kFamiliesParted))));
  EXPECT_EQ(Root(other), other);
  EXPECT_THAT(Say(Decided(one, other, false)), IsOkAndHolds(IsEmpty()));
}

TEST_F(JoinsTest, WhatAPersonPartedNoRuleJoinsAgain) {
  const auto family =
      bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child});
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  ASSERT_EQ(Root(group), family);
  ASSERT_THAT(Say(Decided(family, group, false)), IsOk());
  EXPECT_EQ(Root(group), group);
  ASSERT_THAT(After(group, Member(group, s_child)), IsOk());
  EXPECT_EQ(Root(group), group);
  ASSERT_THAT(Say(Decided(family, group, true)), IsOk());
  EXPECT_EQ(Root(group), family);
}

TEST_F(JoinsTest, APersonsWordHoldsAJoinWhoseGroundsEnd) {
  const auto family =
      bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child});
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  ASSERT_THAT(Say(Decided(family, group, true)),
              IsOkAndHolds(::testing::Contains(IsFact(Fact::kFamiliesJoined))));
  ASSERT_THAT(After(group, Member(group, s_other)), IsOk());
  EXPECT_EQ(Root(group), family);
}

TEST_F(JoinsTest, OnlyAPersonDecidesAndGivesAReason) {
  const auto one = bench.AddFamily("council", "F", {c_mother}, c_mother);
  const auto other = bench.AddFamily("council", "H", {c_child}, c_child);
  FamiliesJoinDecided said = Decided(one, other, true);
  said.clear_reason();
  EXPECT_THAT(Say(said), RefusedWith("REASON_MISSING"));
  EXPECT_THAT(Say(Decided(one, one, true)), RefusedWith("ONE_FAMILY"));
  bench.Feed("council");
  EXPECT_THAT(Say(Decided(one, other, true)), RefusedWith("ACTS_ONLY"));
  bench.Act("council", "w1", agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say(Decided(one, other, true)), RefusedWith("ROLE_MAY_NOT"));
}

TEST_F(JoinsTest, GroupsJoinInAChainAndPartFromIt) {
  const auto family =
      bench.AddFamily("council", "F", {c_mother, c_child}, c_mother);
  const auto group = bench.AddFamily("school", "G", {s_child});
  const auto health = bench.AddFamily("health", "H", {s_child});
  ASSERT_THAT(After(s_child, Merged(c_child, s_child)), IsOk());
  EXPECT_EQ(Root(group), family);
  EXPECT_EQ(Root(health), family);
  EXPECT_THAT(*Group(bench.state(), health),
              ElementsAre(family, group, health));
  ASSERT_THAT(After(family, Left(family, c_child)), IsOk());
  EXPECT_EQ(Root(group), group);
  EXPECT_EQ(Root(health), group);
}

}  // namespace
}  // namespace kith::core::family
