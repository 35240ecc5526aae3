#include "services/core/decision.h"

#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core {
namespace {

using ledger::v1::Fact;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOkAndHolds;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::StatusIs;

agency::v1::PractitionerRef Nurse(absl::string_view agency,
                                  absl::string_view name) {
  agency::v1::PractitionerRef ref;
  ref.set_agency(std::string(agency));
  ref.set_local_id("n7");
  ref.set_name(std::string(name));
  return ref;
}

Bench::Step Mention(agency::v1::PractitionerRef ref) {
  return
      [ref](Decision& decision) { return decision.Practitioner(ref).status(); };
}

TEST(DecisionTest, AnActBringsItsActorAndNamesThemInEachFact) {
  Bench bench({});
  const auto facts =
      bench.Say([](Decision& decision) { return decision.Add(0, {}, Fact()); });
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kPractitionerKnown),
                                              IsFact(Fact::WHAT_NOT_SET))));
  EXPECT_EQ((*facts)[0].fact.by().practitioner(), (*facts)[0].subject);
  EXPECT_EQ((*facts)[1].fact.by().practitioner(), (*facts)[0].subject);
  EXPECT_EQ((*facts)[1].fact.by().agency(), "council");
}

TEST(DecisionTest, APractitionerIsMadeOnceAndUpdatedByTheirOwnAgencyOnly) {
  Bench bench({});
  bench.Feed("health");
  EXPECT_THAT(bench.Say(Mention(Nurse("", "N. Ahmed"))),
              IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(bench.Say(Mention(Nurse("", "N. Ahmed"))),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(bench.Say(Mention(Nurse("", "N. Begum"))),
              IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(bench.Say(Mention(Nurse("", ""))), IsOkAndHolds(IsEmpty()));
  bench.Feed("council");
  EXPECT_THAT(bench.Say(Mention(Nurse("health", "nurse"))),
              IsOkAndHolds(IsEmpty()));
}

TEST(DecisionTest, WhatIsRefusedTakesNoNumber) {
  Bench bench({});
  const auto make = [](bool refuse) {
    return [refuse](Decision& decision) {
      decision.Tell(decision.NewIdentity(base::IdKind::kFamily));
      return refuse ? Refuse("NO", "no") : absl::OkStatus();
    };
  };
  EXPECT_THAT(bench.Say(make(true)), RefusedWith("NO"));
  EXPECT_THAT(bench.Say(make(false)), testing::IsOk());
  ASSERT_THAT(bench.made(), SizeIs(1));
  EXPECT_EQ(bench.made()[0].number(), 1u);
}

TEST(DecisionTest, AnUnmetRowRefusesAnActAndIsNotedOnAReport) {
  Bench bench({});
  const auto say = [](Decision& decision) {
    RETURN_IF_ERROR(decision.Require(false, Refuse("NO", "no", {"R-109"})));
    return decision.Add(0, {}, Fact());
  };
  EXPECT_THAT(bench.Say(say), RefusedWith("NO"));
  bench.Feed("council");
  const auto facts = bench.Say(
      say, {[](Decision& decision) { return decision.Add(0, {}, Fact()); }});
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-109"));
  EXPECT_THAT((*facts)[1].fact.unmet(), IsEmpty());
}

TEST(DecisionTest, ReferencesNameWhatExistsByEitherName) {
  Bench bench({});
  const EntityNumber anna = bench.AddRecord("council", "A1");
  const auto find = [&](const agency::v1::PersonRef& ref) {
    return bench.Say([&](Decision& decision) {
      ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(ref));
      EXPECT_EQ(record, anna);
      return absl::OkStatus();
    });
  };
  EXPECT_THAT(find(testing::PersonOf(testing::Local("council", "A1"))),
              testing::IsOk());
  EXPECT_THAT(find(testing::PersonOf(testing::Local("", "A1"))),
              testing::IsOk());
  EXPECT_THAT(
      find(testing::PersonWithId(bench.IdOf(base::IdKind::kPerson, anna))),
      testing::IsOk());
  EXPECT_THAT(find({}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(DecisionTest, AMissingReferenceIsReportedWithItsAgency) {
  Bench bench({});
  const auto status =
      bench
          .Say([](Decision& decision) {
            return decision
                .Record(testing::PersonOf(testing::Local("", "nobody")))
                .status();
          })
          .status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
  const auto missing = MissingRefOf(status);
  ASSERT_TRUE(missing.has_value());
  EXPECT_EQ(missing->kind(), "person");
  EXPECT_EQ(missing->ref().agency(), "council");
}

}  // namespace
}  // namespace kith::core
