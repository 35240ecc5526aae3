// Rows about families and the people around them.
#include "services/core/family/family.h"

#include "gtest/gtest.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::FamiliesJoinDecided;
using agency::v1::FamilyStated;
using agency::v1::MembershipEnded;
using ledger::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FamilyRows : public ::testing::Test {
 protected:
  FamilyRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("father", absl::CivilDay(1983, 5, 5));
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.By("council", "w1");
  }

  static FamilyStated Definition(absl::string_view who,
                                 const std::vector<std::string>& members) {
    FamilyStated said;
    *said.mutable_defined_by() = Person(who);
    for (const std::string& member : members) {
      *said.add_members()->mutable_person() = Person(member);
    }
    return said;
  }
  MembershipEnded Leaves(const std::string& family, absl::string_view who) {
    MembershipEnded said;
    *said.mutable_family() = ThingWithId(family);
    *said.mutable_person() = Person(who);
    return said;
  }
  FamiliesJoinDecided Joined(const std::string& one, const std::string& other,
                             bool joined) {
    FamiliesJoinDecided said;
    *said.mutable_one() = ThingWithId(one);
    *said.mutable_other() = ThingWithId(other);
    said.set_joined(joined);
    said.set_reason("mother and father agree");
    return said;
  }
  std::vector<core::EntityNumber> Members(core::EntityNumber family,
                                          absl::CivilDay day) {
    return *core::family::CurrentMembers(world.state(), family, day);
  }
  core::EntityNumber Root(core::EntityNumber family) {
    return *core::family::Resolve(world.state(), family);
  }

  World world;
};

TEST_F(FamilyRows, R001AFamilyIsWhatANamedPersonSaysItIs) {
  FamilyStated said = Definition("council/mother", {"council/child"});
  FamilyStated nobodys = said;
  nobodys.clear_defined_by();
  EXPECT_THAT(world.Says(nobodys),
              RefusedFor("FAMILY_WITHOUT_DEFINER", "R-001"));
  const Ended founded = world.Says(said);
  EXPECT_THAT(founded, Records(Fact::kFamilyFounded, Fact::kMemberStated));
  EXPECT_FALSE(founded.id().empty());
}

TEST_F(FamilyRows, R002TheNetworkIsAListOfItsOwn) {
  const std::string family =
      world.Says(Definition("council/mother", {"council/mother"})).id();
  agency::v1::NetworkMemberStated said;
  *said.mutable_family() = ThingWithId(family);
  said.set_name("Rose");
  said.set_relationship("neighbour");
  said.set_supporting(agency::v1::ANSWER_YES);
  EXPECT_THAT(world.Says(said), Records(Fact::kNetworkRecorded));
  EXPECT_THAT(Members(world.Number(family), world.today()),
              ElementsAre(world.Record("council/mother")));
}

TEST_F(FamilyRows, R003APastMembershipCanBeSeenAsItWas) {
  const std::string family =
      world
          .Says(Definition("council/mother",
                           {"council/mother", "council/father"}))
          .id();
  world.On(2024, 6, 1);
  EXPECT_THAT(world.Says(Leaves(family, "council/father")),
              Records(Fact::kMemberLeft));
  EXPECT_THAT(world.Says(Leaves(family, "council/father")), ChangedNothing());
  EXPECT_THAT(Members(world.Number(family), absl::CivilDay(2024, 5, 31)),
              ElementsAre(world.Record("council/mother"),
                          world.Record("council/father")));
  EXPECT_THAT(Members(world.Number(family), absl::CivilDay(2024, 6, 1)),
              ElementsAre(world.Record("council/mother")));
}

TEST_F(FamilyRows, R004OverlappingFamiliesAreBothKept) {
  const std::string mothers =
      world.Says(Definition("council/mother", {"council/child"})).id();
  const std::string fathers =
      world.Says(Definition("council/father", {"council/child"})).id();
  EXPECT_THAT(*core::family::FamiliesOf(
                  world.state(), world.Record("council/child"), world.today()),
              ElementsAre(world.Number(mothers), world.Number(fathers)));
}

TEST_F(FamilyRows, R004FamiliesOfTwoPeopleBecomeOneByDecisionOnly) {
  const std::string mothers =
      world.Says(Definition("council/mother", {"council/child"})).id();
  const std::string fathers =
      world.Says(Definition("council/father", {"council/child"})).id();
  EXPECT_THAT(world.Says(Joined(mothers, fathers, true)),
              Records(Fact::kFamiliesJoined));
  EXPECT_EQ(Root(world.Number(fathers)), world.Number(mothers));
  EXPECT_THAT(world.Says(Joined(mothers, fathers, true)), ChangedNothing());
  EXPECT_THAT(world.Says(Joined(mothers, fathers, false)),
              Records(Fact::kFamiliesParted));
  EXPECT_EQ(Root(world.Number(fathers)), world.Number(fathers));
}

TEST_F(FamilyRows, R009AllWhoLiveInTheHomeAreMembersWithTheirRole) {
  FamilyStated said = Definition("council/mother", {"council/father"});
  said.mutable_members(0)->set_role("mum's partner");
  said.mutable_members(0)->set_lives_here(agency::v1::ANSWER_YES);
  const Ended ended = world.Says(said);
  const auto& stated = ended.Find(Fact::kMemberStated).member_stated();
  EXPECT_EQ(stated.said().role(), "mum's partner");
  EXPECT_EQ(stated.said().lives_here(), agency::v1::ANSWER_YES);
  EXPECT_EQ(stated.said_by(), world.Record("council/mother"));
}

TEST_F(FamilyRows, R020AFamilyOfAdultsIsValid) {
  EXPECT_THAT(world.Says(Definition("council/mother",
                                    {"council/mother", "council/father"})),
              IsAccepted());
}

TEST_F(FamilyRows, R023ACorrectionIsANewFactAndTheOldOneStays) {
  const std::string family =
      world.Says(Definition("council/mother", {"council/child"})).id();
  FamilyStated again = Definition("council/mother", {"council/child"});
  *again.mutable_family() = ThingWithId(family);
  EXPECT_THAT(world.Says(again), ChangedNothing());
  again.mutable_members(0)->set_role("son");
  EXPECT_THAT(world.Says(again), Records(Fact::kMemberStated));
}

TEST_F(FamilyRows, R025AgenciesSayInWhatRoleTheyWorkWithSomebodySinceWhen) {
  world.Feed("health");
  agency::v1::InvolvementStated said;
  said.mutable_involvement()->set_local_id("E1");
  *said.mutable_person() = Person("council/mother");
  said.set_service("district_nursing");
  said.set_role("nurse");
  *said.mutable_period()->mutable_from() = Day(2024, 1, 10);
  EXPECT_THAT(world.Says(said), Records(Fact::kInvolvementRecorded));
  EXPECT_THAT(world.Says(said), ChangedNothing());
}

TEST_F(FamilyRows, AFeedsMembersWaitForWhomNobodyStatedYet) {
  world.Feed("health");
  FamilyStated said;
  said.mutable_family()->mutable_local()->set_local_id("G1");
  *said.add_members()->mutable_person() = Person("council/unborn");
  EXPECT_THAT(world.Says(said), IsParked());
  world.Feed("council");
  agency::v1::PersonStated unborn;
  unborn.mutable_record()->set_system("main");
  unborn.mutable_record()->set_local_id("unborn");
  *unborn.mutable_expected_birth_date() = Day(2024, 9, 1);
  EXPECT_THAT(world.Says(unborn),
              Records(Fact::kRecordStated, Fact::kParkingEnded,
                      Fact::kFamilyFounded, Fact::kMemberStated));
}

TEST_F(FamilyRows, AGroupOfLinkedPeopleIsTheFamilyUntilSomebodyElseJoinsIt) {
  world.Feed("council");
  world.PersonWithNhsNumber("ada", absl::CivilDay(2015, 1, 2), "9434765919");
  world.Person("bob", absl::CivilDay(2016, 1, 2));
  world.By("council", "w1");
  const std::string family =
      world
          .Says(Definition("council/mother", {"council/mother", "council/ada"}))
          .id();
  world.Feed("health");
  world.PersonWithNhsNumber("ada", absl::CivilDay(2015, 1, 2), "9434765919");
  world.Family("G1", {"health/ada"});
  const core::EntityNumber group = world.FamilyNumber("health/G1");
  EXPECT_EQ(Root(group), world.Number(family));
  world.Person("zoe", absl::CivilDay(2018, 1, 2));
  world.Family("G1", {"health/ada", "health/zoe"});
  EXPECT_EQ(Root(group), group);
}

}  // namespace
}  // namespace kith::acceptance
