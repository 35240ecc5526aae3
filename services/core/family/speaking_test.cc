#include "services/core/family/speaking.h"

#include <vector>

#include "base/status.h"
#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::family {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RefusedWith;

// Three records that are taken for one person, and one of somebody else.
class SpeakingTest : public ::testing::Test {
 protected:
  SpeakingTest() {
    for (const char* agency : {"council", "health", "school"}) {
      own.push_back(bench.AddRecord(agency, "anna"));
    }
    other = bench.AddRecord("council", "ben");
    bench.Link(own, true);
    AsAnna();
  }

  void AsAnna() {
    bench.Act("council", bench.IdOf(base::IdKind::kPerson, own[0]),
              agency::v1::ROLE_FAMILY_MEMBER);
  }
  absl::Status Speaks(EntityNumber record) {
    return bench
        .Say([&](Decision& d) { return RequireYourself(record, "by", d); })
        .status();
  }
  // What people decided of the first record and another.
  void Rule(EntityNumber record, agency::v1::MatchDecision decision) {
    const std::string key = keys::Match(own[0], record);
    auto match = *bench.Row<ledger::v1::MatchRow>(key);
    match.set_decision(decision);
    PutRow(bench.state(), record, key, match);
  }

  testing::Bench bench{{}};
  std::vector<EntityNumber> own;
  EntityNumber other = 0;
};

TEST_F(SpeakingTest, R097AMemberSpeaksForTheirOwnRecordsAlone) {
  for (const EntityNumber record : own) EXPECT_THAT(Speaks(record), IsOk());
  EXPECT_THAT(Speaks(other), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Speaks(0), IsOk());  // that nobody is named is for others to mind
  bench.Act("council", "nobody known", agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Speaks(own[0]), RefusedWith("NOT_YOURSELF"));
}

TEST_F(SpeakingTest, PractitionersAndFeedsTellWhatOthersSaid) {
  bench.Act("council");
  EXPECT_THAT(Speaks(other), IsOk());
  bench.Feed("council");
  EXPECT_THAT(Speaks(other), IsOk());
}

TEST_F(SpeakingTest, WhatAMachineFoundAlikeIsNotTheirsUntilPeopleDecide) {
  bench.Link(own, false);
  EXPECT_THAT(Speaks(own[0]), IsOk());
  EXPECT_THAT(Speaks(own[1]), RefusedWith("NOT_YOURSELF"));
  Rule(own[1], agency::v1::MATCH_DECISION_SAME);
  EXPECT_THAT(Speaks(own[1]), IsOk());
  EXPECT_THAT(Speaks(own[2]), RefusedWith("NOT_YOURSELF"));
}

// The first is linked to each of the others, and they not to one another.
TEST_F(SpeakingTest, SureLinksAreFollowedOneAfterTheOther) {
  bench.Act("school", bench.IdOf(base::IdKind::kPerson, own[2]),
            agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Speaks(own[1]), IsOk());
  Rule(own[1], agency::v1::MATCH_DECISION_DIFFERENT);
  EXPECT_THAT(Speaks(own[1]), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Speaks(own[0]), IsOk());
}

TEST_F(SpeakingTest, OthersTakeAPersonForOneByEveryLink) {
  bench.Link(own, false);
  const auto records = [&] {
    std::vector<EntityNumber> found;
    EXPECT_THAT(bench.Say([&](Decision& d) {
      ASSIGN_OR_RETURN(found, RecordsFor(d, own[1]));
      return absl::OkStatus();
    }),
                IsOk());
    return found;
  };
  EXPECT_THAT(records(), ElementsAre(own[1]));
  bench.Act("council");
  EXPECT_EQ(records(), own);
}

}  // namespace
}  // namespace kith::core::family
