#include "services/core/family/family.h"

#include "gtest/gtest.h"
#include "kith/agency/v1/family.pb.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::family {
namespace {

using agency::v1::FamilyStated;
using agency::v1::MembershipEnded;
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
using testing::StatusIs;
using testing::ThingOf;

class FamilyTest : public ::testing::Test {
 protected:
  FamilyTest() {
    anna = bench.AddRecord("council", "anna");
    ben = bench.AddRecord("council", "ben");
  }

  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); }, {Conclude});
  }

  static FamilyStated Stated(absl::string_view key,
                             const std::vector<std::string>& members) {
    FamilyStated said;
    if (!key.empty()) *said.mutable_family() = ThingOf(Local("", key));
    for (const std::string& member : members) {
      *said.add_members()->mutable_person() =
          PersonOf(Local("council", member));
    }
    return said;
  }
  static FamilyStated DefinedBy(absl::string_view who, FamilyStated said) {
    *said.mutable_defined_by() = PersonOf(Local("council", who));
    return said;
  }
  static MembershipEnded Leaves(absl::string_view family,
                                absl::string_view who) {
    MembershipEnded said;
    *said.mutable_family() = ThingOf(Local("council", family));
    *said.mutable_person() = PersonOf(Local("council", who));
    return said;
  }

  EntityNumber Family(absl::string_view agency, absl::string_view key) {
    const auto row = bench.Row<ledger::v1::NumberRow>(
        ReferenceKey(bench.hash(), "family", Local(agency, key), agency));
    return row.has_value() ? row->number() : 0;
  }
  std::vector<EntityNumber> Members(EntityNumber family, absl::CivilDay day) {
    return *CurrentMembers(bench.state(), family, day);
  }

  const absl::CivilDay today{2024, 3, 4};
  Bench bench{{Evolve}};
  EntityNumber anna = 0;
  EntityNumber ben = 0;
};

TEST_F(FamilyTest, R001AFamilyIsFoundedFromANamedPersonsPointOfView) {
  EXPECT_THAT(Say(Stated("", {"anna"})), RefusedWith("FAMILY_WITHOUT_DEFINER"));
  const auto facts = Say(DefinedBy("anna", Stated("", {"anna", "ben"})));
  ASSERT_THAT(
      facts, IsOkAndHolds(ElementsAre(
                 IsFact(Fact::kPractitionerKnown), IsFact(Fact::kFamilyFounded),
                 IsFact(Fact::kMemberStated), IsFact(Fact::kMemberStated))));
  const auto& founded = (*facts)[1].fact.family_founded();
  EXPECT_EQ(founded.defined_by(), anna);
  ASSERT_EQ(bench.made().size(), 1u);
  EXPECT_EQ(bench.made()[0].number(), founded.family().number());
  EXPECT_EQ((*facts)[3].fact.member_stated().said_by(), anna);
  EXPECT_THAT((*facts)[3].also_about, ElementsAre(ben));
}

TEST_F(FamilyTest, ASystemsGroupNeedsNoDefinerButAKey) {
  bench.Feed("council");
  EXPECT_THAT(Say(Stated("", {"anna"})), RefusedWith("KEY_MISSING"));
  EXPECT_THAT(Say(Stated("F1", {"anna"})),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kFamilyFounded),
                                       IsFact(Fact::kMemberStated))));
  EXPECT_THAT(Say(Stated("F1", {"anna"})), IsOkAndHolds(IsEmpty()));
}

TEST_F(FamilyTest, R020AFamilyWithoutAChildIsValid) {
  EXPECT_THAT(Say(DefinedBy("ben", Stated("", {}))), IsOk());
}

TEST_F(FamilyTest, AMemberListedTwiceIsSenseless) {
  bench.Feed("council");
  EXPECT_THAT(Say(Stated("F1", {"anna", "anna"})), RefusedWith("LISTED_TWICE"));
}

TEST_F(FamilyTest, FiftyMembersAreTheMost) {
  bench.Feed("council");
  FamilyStated said = Stated("F1", {});
  for (int i = 0; i < kMembersMax; ++i) {
    const std::string id = "m" + std::to_string(i);
    bench.AddRecord("council", id);
    *said.add_members()->mutable_person() = PersonOf(Local("council", id));
  }
  FamilyStated more = said;
  *more.add_members()->mutable_person() = PersonOf(Local("council", "anna"));
  EXPECT_THAT(Say(more), RefusedWith("TOO_MANY"));
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(FamilyTest, R003MembershipsHavePeriodsAndTheirLastDayIsNotCurrent) {
  bench.Feed("council");
  ASSERT_THAT(Say(Stated("F1", {"anna", "ben"})), IsOk());
  const EntityNumber family = Family("council", "F1");
  bench.Act("council");
  MembershipEnded said = Leaves("F1", "ben");
  *said.mutable_until() = testing::DateOf(absl::CivilDay(2024, 4, 1));
  ASSERT_THAT(Say(said), IsOk());
  EXPECT_THAT(Members(family, absl::CivilDay(2024, 3, 31)),
              ElementsAre(anna, ben));
  EXPECT_THAT(Members(family, absl::CivilDay(2024, 4, 1)), ElementsAre(anna));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
}

TEST_F(FamilyTest, R003WhoComesBackIsAMemberAnewFromThatDay) {
  bench.Feed("council");
  ASSERT_THAT(Say(Stated("F1", {"anna", "ben"})), IsOk());
  const EntityNumber family = Family("council", "F1");
  ASSERT_THAT(Say(Leaves("F1", "ben")), IsOk());
  EXPECT_THAT(Members(family, today), ElementsAre(anna));
  bench.On(absl::CivilDay(2024, 6, 1));
  const auto back = Say(Stated("F1", {"anna", "ben"}));
  ASSERT_THAT(back, IsOkAndHolds(ElementsAre(IsFact(Fact::kMemberStated))));
  EXPECT_EQ((*back)[0].fact.member_stated().said().period().from().month(), 6);
  EXPECT_THAT(Say(Stated("F1", {"anna", "ben"})), IsOkAndHolds(IsEmpty()));
}

TEST_F(FamilyTest, AMembershipDoesNotEndBeforeItBegan) {
  bench.Feed("council");
  FamilyStated stated = Stated("F1", {"ben"});
  *stated.mutable_members(0)->mutable_period()->mutable_from() =
      testing::DateOf(today);
  ASSERT_THAT(Say(stated), IsOk());
  MembershipEnded said = Leaves("F1", "ben");
  *said.mutable_until() = testing::DateOf(today - 1);
  EXPECT_THAT(Say(said), RefusedWith("ENDS_BEFORE_IT_BEGAN"));
  *said.mutable_until() = testing::DateOf(today);
  EXPECT_THAT(Say(said), IsOk());
}

// one member's word stood as another's.
TEST_F(FamilyTest, AMemberDefinesTheirFamilyAsThemselvesAlone) {
  bench.Act("council", bench.IdOf(base::IdKind::kPerson, ben),
            agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say(DefinedBy("anna", Stated("", {"anna", "ben"}))),
              RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(DefinedBy("ben", Stated("F1", {"anna", "ben"}))), IsOk());
  MembershipEnded said = Leaves("F1", "ben");
  *said.mutable_said_by() = PersonOf(Local("council", "anna"));
  EXPECT_THAT(Say(said), RefusedWith("NOT_YOURSELF"));
  *said.mutable_said_by() = PersonOf(Local("council", "ben"));
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(FamilyTest, NobodyLeavesWhoWasNoMember) {
  bench.Feed("council");
  ASSERT_THAT(Say(Stated("F1", {"anna"})), IsOk());
  EXPECT_THAT(Say(Leaves("F1", "ben")), RefusedWith("NOT_A_MEMBER"));
}

TEST_F(FamilyTest, ACompleteListEndsWhatTheSameAgencySaidOnly) {
  bench.Feed("health");
  EXPECT_THAT(Say(Stated("F1", {})), IsOk());  // health's own F1
  bench.Feed("council");
  ASSERT_THAT(Say(Stated("F1", {"anna", "ben"})), IsOk());
  const EntityNumber family = Family("council", "F1");
  bench.Feed("health");
  FamilyStated others = Stated("", {"ben"});
  *others.mutable_family() = ThingOf(Local("council", "F1"));
  ASSERT_THAT(Say(others), IsOk());

  bench.Feed("council");
  FamilyStated partial = Stated("F1", {"anna"});
  EXPECT_THAT(Say(partial), IsOkAndHolds(IsEmpty()));
  partial.set_complete(true);
  EXPECT_THAT(Say(partial),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kMemberLeft))));
  EXPECT_THAT(Members(family, today), ElementsAre(anna, ben));  // health's word
  EXPECT_THAT(Say(partial), IsOkAndHolds(IsEmpty()));
  bench.Feed("health");
  others.clear_members();
  others.set_complete(true);
  ASSERT_THAT(Say(others), IsOk());
  EXPECT_THAT(Members(family, today), ElementsAre(anna));
}

TEST_F(FamilyTest, AnActEndsAMembershipWhoeverStatedIt) {
  bench.Feed("council");
  ASSERT_THAT(Say(Stated("F1", {"anna", "ben"})), IsOk());
  bench.Feed("health");
  EXPECT_THAT(Say(Leaves("F1", "ben")), RefusedWith("NOT_A_MEMBER"));
  bench.Act("health");
  EXPECT_THAT(Say(Leaves("F1", "ben")), IsOk());
  EXPECT_THAT(Members(Family("council", "F1"), today), ElementsAre(anna));
}

TEST_F(FamilyTest, R004AnotherPersonsFamilyIsAnotherFamily) {
  ASSERT_THAT(Say(DefinedBy("anna", Stated("F1", {"anna"}))), IsOk());
  EXPECT_THAT(Say(DefinedBy("ben", Stated("F1", {"ben"}))),
              RefusedWith("FAMILY_HAS_DEFINER"));
  ASSERT_THAT(Say(DefinedBy("ben", Stated("F2", {"anna", "ben"}))), IsOk());
  EXPECT_THAT(*FamiliesOf(bench.state(), anna, today),
              ElementsAre(Family("council", "F1"), Family("council", "F2")));
}

TEST_F(FamilyTest, ADefinerIsTakenUpLaterOnce) {
  bench.Feed("council");
  ASSERT_THAT(Say(Stated("F1", {"anna"})), IsOk());
  bench.Act("council");
  const FamilyStated said = DefinedBy("anna", Stated("F1", {}));
  EXPECT_THAT(Say(said), IsOk());
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  const auto row =
      bench.Row<ledger::v1::FamilyRow>(keys::Family(Family("council", "F1")));
  EXPECT_EQ(row->founded().defined_by(), anna);
  EXPECT_FALSE(row->founded().family().id().empty());
}

TEST_F(FamilyTest, R262WhoOnlySeesFiguresFoundsNoFamily) {
  bench.Act("council", "boss", agency::v1::ROLE_LEADERSHIP_MANAGER);
  EXPECT_THAT(Say(DefinedBy("anna", Stated("", {"anna"}))),
              RefusedWith("ROLE_MAY_NOT"));
}

TEST_F(FamilyTest, APersonWhoIsNotKnownIsMissing) {
  bench.Feed("council");
  EXPECT_THAT(Say(Stated("F1", {"nobody"})),
              StatusIs(absl::StatusCode::kNotFound));
  FamilyStated others = Stated("", {"anna"});
  *others.mutable_family() = ThingOf(Local("health", "F9"));
  EXPECT_THAT(Say(others), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(FamilyTest, FamilyForIsWhatTheAgencyItselfStates) {
  bench.Feed("council");
  ASSERT_THAT(Say(Stated("F1", {"anna"})), IsOk());
  EXPECT_EQ(*FamilyFor(bench.state(), "council", anna, today),
            Family("council", "F1"));
  EXPECT_EQ(*FamilyFor(bench.state(), "health", anna, today), 0u);
  EXPECT_EQ(*FamilyFor(bench.state(), "council", ben, today), 0u);
}

TEST_F(FamilyTest, FoundForMakesAFamilyThatNobodyDefined) {
  EntityNumber made = 0;
  ASSERT_THAT(bench.Say([&](Decision& d) {
    ASSIGN_OR_RETURN(made, FamilyOrFound(d, anna));
    ASSIGN_OR_RETURN(const EntityNumber again, FamilyOrFound(d, anna));
    EXPECT_EQ(made, again);
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_THAT(Members(made, today), ElementsAre(anna));
}

}  // namespace
}  // namespace kith::core::family
