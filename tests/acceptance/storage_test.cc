// when a family refuses that its record be kept.
#include "gtest/gtest.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::ConsentStated;
using ledger::v1::Fact;
using ledger::v1::RecordRow;

// One woman, whom council and health know by her verified NHS number.
class StorageRows : public ::testing::Test {
 protected:
  StorageRows() {
    world.Feed("council");
    world.PersonWithNhsNumber("vera", absl::CivilDay(1985, 5, 5), kNumber);
    world.Feed("health");
    world.PersonWithNhsNumber("vera", absl::CivilDay(1985, 5, 5), kNumber);
    world.By("council", "w1");
  }

  static ConsentStated Storing(agency::v1::ConsentAnswer answer) {
    ConsentStated said;
    *said.add_about() = Person("council/vera");
    said.set_kind(agency::v1::CONSENT_KIND_STORE);
    said.set_answer(answer);
    said.set_understood(agency::v1::ANSWER_YES);
    *said.mutable_answered_by() = Person("council/vera");
    return said;
  }
  static agency::v1::NeedStated Need(const std::string& code) {
    agency::v1::NeedStated said;
    *said.mutable_person() = Person("council/vera");
    said.set_need(code);
    said.set_state(agency::v1::NEED_STATE_IDENTIFIED);
    return said;
  }
  bool AreLinked() {
    return *core::identity::PersonOf(world.state(),
                                     world.Record("council/vera")) ==
           *core::identity::PersonOf(world.state(),
                                     world.Record("health/vera"));
  }
  RecordRow Row() {
    return world.Row<RecordRow>(
        core::keys::Record(world.Record("council/vera")));
  }
  static int CountOf(const Ended& ended, Fact::WhatCase kind) {
    int count = 0;
    for (const auto& fact : ended.facts) {
      count += fact.fact.what_case() == kind ? 1 : 0;
    }
    return count;
  }

  static constexpr char kNumber[] = "9434765919";
  World world;
};

TEST_F(StorageRows, R078TheRecordLeavesLinkingAtOnceAndACountRemains) {
  ASSERT_TRUE(AreLinked());
  const Ended ended = world.Says(Storing(agency::v1::CONSENT_ANSWER_REFUSED));
  EXPECT_THAT(ended, IsAccepted());
  EXPECT_EQ(CountOf(ended, Fact::kRecordUnstored), 1);
  EXPECT_EQ(CountOf(ended, Fact::kSupportCounted), 1);
  EXPECT_EQ(CountOf(ended, Fact::kPersonSplit), 1);
  EXPECT_FALSE(AreLinked());
  EXPECT_TRUE(Row().unstored());
  EXPECT_THAT(world.Says(Storing(agency::v1::CONSENT_ANSWER_REFUSED)),
              ChangedNothing());
}

TEST_F(StorageRows, R078NothingMoreIsKeptNotEvenFromAFeed) {
  EXPECT_THAT(world.Says(Need("debt")), IsAccepted());
  ASSERT_THAT(world.Says(Storing(agency::v1::CONSENT_ANSWER_REFUSED)),
              IsAccepted());
  EXPECT_THAT(world.Says(Need("housing")), RefusedFor("NOT_STORED", "R-078"));
  world.Feed("council");
  agency::v1::InvolvementStated works;
  *works.mutable_involvement() = Local("council/episode");
  *works.mutable_person() = Person("council/vera");
  works.set_service("early_help");
  EXPECT_THAT(world.Says(works), RefusedFor("NOT_STORED", "R-078"));
}

TEST_F(StorageRows, R078WhatRestsOnAnotherGroundIsKeptAndKeptOn) {
  world.Under(agency::v1::LEGAL_BASIS_LEGAL_OBLIGATION);
  world.Feed("health");
  agency::v1::PersonStated known;
  known.mutable_record()->set_system("main");
  known.mutable_record()->set_local_id("dora");
  *known.mutable_birth_date() =
      core::testing::DateOf(absl::CivilDay(1960, 1, 1));
  ASSERT_THAT(world.Says(known), IsAccepted());
  world.Under(agency::v1::LEGAL_BASIS_UNSPECIFIED);
  ConsentStated refused = Storing(agency::v1::CONSENT_ANSWER_REFUSED);
  *refused.mutable_about(0) = Person("health/dora");
  *refused.mutable_answered_by() = Person("health/dora");
  *refused.mutable_consent() = Local("health/form");
  const Ended ended = world.Says(refused);
  EXPECT_THAT(ended, IsAccepted());
  EXPECT_EQ(CountOf(ended, Fact::kRecordUnstored), 0);
  agency::v1::NeedStated need = Need("debt");
  *need.mutable_person() = Person("health/dora");
  world.By("health", "n1");
  EXPECT_THAT(world.Says(need), RefusedFor("NOT_STORED", "R-078"));
  world.Under(agency::v1::LEGAL_BASIS_VITAL_INTERESTS);
  EXPECT_THAT(world.Says(need), IsAccepted());
}

TEST_F(StorageRows, R078AnotherAgencysRecordOfTheSamePersonStays) {
  ASSERT_THAT(world.Says(Storing(agency::v1::CONSENT_ANSWER_REFUSED)),
              IsAccepted());
  world.By("health", "n1");
  agency::v1::NeedStated need = Need("debt");
  *need.mutable_person() = Person("health/vera");
  EXPECT_THAT(world.Says(need), IsAccepted());
}

TEST_F(StorageRows, R078AChangedMindBringsTheRecordBackIntoLinking) {
  ASSERT_THAT(world.Says(Storing(agency::v1::CONSENT_ANSWER_REFUSED)),
              IsAccepted());
  const Ended ended = world.Says(Storing(agency::v1::CONSENT_ANSWER_GIVEN));
  EXPECT_THAT(ended, IsAccepted());
  EXPECT_EQ(CountOf(ended, Fact::kRecordStated), 1);
  EXPECT_FALSE(Row().unstored());
  EXPECT_TRUE(AreLinked());
  EXPECT_THAT(world.Says(Need("debt")), IsAccepted());
}

}  // namespace
}  // namespace kith::acceptance
