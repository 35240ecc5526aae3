// Whatever happens in a town, in whatever order, its cases are those that its
// plans and people make.
#include <random>
#include <set>

#include "gtest/gtest.h"
#include "services/core/duplicate/overlap.h"
#include "services/core/duplicate/scene_testing.h"

namespace kith::core::duplicate {
namespace {

using ledger::v1::CaseRow;
using testing::IsOk;

constexpr int kPeople = 12;
constexpr int kPlans = 6;
constexpr int kSteps = 60;
constexpr uint32_t kTowns = 4;  // 150 have been run; each is a second

class RandomTown {
 public:
  explicit RandomTown(uint32_t seed) : random_(seed) {
    for (int i = 0; i < kPeople; ++i) {
      people_.push_back(town_.Person("council", "p" + std::to_string(i)));
    }
    for (const char* key : {"F", "G"}) {
      families_.push_back(town_.bench().AddFamily("school", key, {}));
    }
  }

  Town::Facts Step() {
    const EntityNumber one = Person();
    const EntityNumber other = Person();
    switch (Below(9)) {
      case 0:
      case 1:
        return ReportPlan();
      case 2:
        return town_.Relate(one, other, Relation(), Below(3) == 0,
                            Below(3) == 0);
      case 3:
        return town_.Join(families_[Below(2)], one);
      case 4:
        return town_.Leave(families_[Below(2)], one);
      case 5:
        return one == other
                   ? Nothing()
                   : town_.Compare(one, other,
                                   Below(2) == 0
                                       ? ledger::v1::PAIR_OUTCOME_POSSIBLE
                                       : ledger::v1::PAIR_OUTCOME_NONE);
      case 6:
        return LinkOrSplit(one, other);
      default:
        return DecideCase();
    }
  }

  void Check() {
    ways_.clear();
    std::set<std::pair<EntityNumber, EntityNumber>> pairs;
    for (const auto& [plan, unused] : known_) {
      const auto cases = CasesOf(town_.state(), plan);
      ASSERT_THAT(cases, IsOk());
      for (const CaseRow& row : *cases) {
        CheckCase(row);
        if (row.found().one() != plan) continue;
        EXPECT_LT(row.found().one(), row.found().other());
        EXPECT_TRUE(
            pairs.emplace(row.found().one(), row.found().other()).second)
            << "two cases of one pair";
      }
      CheckNoneMissing(plan);
    }
  }

 private:
  uint32_t Below(uint32_t limit) { return random_() % limit; }
  EntityNumber Person() { return people_[Below(kPeople)]; }
  Town::Facts Nothing() { return std::vector<NewFact>(); }
  agency::v1::RelationshipKind Relation() {
    static constexpr agency::v1::RelationshipKind kKinds[] = {
        agency::v1::RELATIONSHIP_KIND_SIBLING,
        agency::v1::RELATIONSHIP_KIND_PARENT,
        agency::v1::RELATIONSHIP_KIND_FRIEND};
    return kKinds[Below(3)];
  }

  Town::Facts ReportPlan() {
    const std::string agency = Below(2) == 0 ? "health" : "school";
    const std::string key = "P" + std::to_string(Below(kPlans));
    std::vector<EntityNumber> about = {Person()};
    if (Below(3) == 0) about.push_back(Person());
    const auto state = Below(3) == 0 ? agency::v1::PLAN_STATE_CLOSED
                                     : agency::v1::PLAN_STATE_AGREED;
    auto facts = town_.Report(agency, key, about, state);
    if (facts.ok()) known_[town_.Plan(agency, key)] = true;
    return facts;
  }

  Town::Facts LinkOrSplit(EntityNumber one, EntityNumber other) {
    if (one == other) return Nothing();
    if (one > other) std::swap(one, other);
    const auto found = linked_.find(other);
    if (found != linked_.end()) {
      const EntityNumber from = found->second;
      linked_.erase(found);
      return town_.Split(from, other, {other});
    }
    const bool free = linked_.count(one) == 0 && !IsSurvivor(other);
    if (!free) return Nothing();
    linked_[other] = one;
    return town_.Merge(one, other, {other});
  }
  bool IsSurvivor(EntityNumber person) {
    for (const auto& [retired, survivor] : linked_) {
      if (survivor == person) return true;
    }
    return false;
  }

  Town::Facts DecideCase() {
    if (known_.empty()) return Nothing();
    auto plan = known_.begin();
    std::advance(plan, Below(static_cast<uint32_t>(known_.size())));
    const auto cases = CasesOf(town_.state(), plan->first);
    if (!cases.ok() || cases->empty()) return Nothing();
    const CaseRow& row = (*cases)[Below(static_cast<uint32_t>(cases->size()))];
    if (row.state() == ledger::v1::CASE_STATE_GONE) return Nothing();
    if (row.state() != ledger::v1::CASE_STATE_OPEN) {
      return town_.Rule(row, agency::v1::DUPLICATE_DECISION_WITHDRAWN);
    }
    if (Below(2) == 0) {
      return town_.Rule(row, agency::v1::DUPLICATE_DECISION_DIFFERENT);
    }
    return town_.Rule(row, agency::v1::DUPLICATE_DECISION_SAME, plan->first);
  }

  // No case pairs closed plans; one that is not decided to be one plan pairs
  // plans that stand for themselves, and there is a way as it says.
  void CheckCase(const CaseRow& row) {
    if (row.state() == ledger::v1::CASE_STATE_GONE) return;
    const auto one = town_.PlanRow(row.found().one());
    const auto other = town_.PlanRow(row.found().other());
    EXPECT_TRUE(IsOpen(one) && IsOpen(other)) << row.ShortDebugString();
    const bool merged = one.merged_into() == row.found().other() ||
                        other.merged_into() == row.found().one();
    EXPECT_EQ(merged, row.state() == ledger::v1::CASE_STATE_SAME)
        << row.ShortDebugString();
    if (!merged) {
      EXPECT_EQ(one.merged_into(), 0u) << row.ShortDebugString();
      EXPECT_EQ(other.merged_into(), 0u) << row.ShortDebugString();
    }
    if (row.state() == ledger::v1::CASE_STATE_OPEN) CheckBasis(row);
  }

  const WaysByPlan& WaysOf(EntityNumber plan) {
    const auto found = ways_.find(plan);
    if (found != ways_.end()) return found->second;
    const ledger::v1::PlanRecorded recorded = town_.PlanRow(plan).recorded();
    const Scene scene{town_.state(), rules_, town_.bench().hash(),
                      absl::CivilDay(2024, 3, 4)};
    auto ways = WaysFrom(
        scene, Touch{{recorded.records().begin(), recorded.records().end()},
                     recorded.family()});
    KITH_CHECK(ways.ok());
    return ways_[plan] = *std::move(ways);
  }

  // Ways between all that the two plans of a case stand for.
  std::vector<Way> WaysBetween(EntityNumber one, EntityNumber other) {
    std::vector<Way> ways;
    const auto from = MergedUnder(town_.state(), one);
    const auto to = MergedUnder(town_.state(), other);
    KITH_CHECK(from.ok() && to.ok());
    for (EntityNumber plan : *from) {
      if (!IsOpen(town_.PlanRow(plan))) continue;
      for (EntityNumber there : *to) {
        const auto found = WaysOf(plan).find(there);
        if (found == WaysOf(plan).end() || !IsOpen(town_.PlanRow(there))) {
          continue;
        }
        ways.insert(ways.end(), found->second.begin(), found->second.end());
      }
    }
    return ways;
  }

  void CheckBasis(const CaseRow& row) {
    const Way basis{row.found().level(),
                    {row.found().basis().begin(), row.found().basis().end()}};
    auto ways = WaysBetween(row.found().one(), row.found().other());
    ASSERT_FALSE(ways.empty()) << row.ShortDebugString();
    SortByStrength(ways);
    EXPECT_EQ(ways.front().level, row.found().level())
        << row.ShortDebugString();
    bool holds = false;
    for (const Way& way : ways) {
      const auto same = SameWay(town_.state(), basis, way);
      holds = holds || (same.ok() && *same);
    }
    EXPECT_TRUE(holds) << row.ShortDebugString();
  }

  void CheckNoneMissing(EntityNumber plan) {
    const auto row = town_.PlanRow(plan);
    if (!IsOpen(row) || row.merged_into() != 0) return;
    for (const auto& [other, unused] : known_) {
      const auto other_row = town_.PlanRow(other);
      if (other == plan || !IsOpen(other_row) || other_row.merged_into() != 0) {
        continue;
      }
      if (WaysBetween(plan, other).empty()) continue;
      const auto found = town_.Case(plan, other);
      EXPECT_TRUE(found.has_value() &&
                  found->state() != ledger::v1::CASE_STATE_GONE)
          << "no case of " << plan << " and " << other;
    }
  }

  std::mt19937 random_;
  Town town_;
  ledger::v1::Rules rules_ = town_.bench().rules();
  std::map<EntityNumber, WaysByPlan> ways_;  // of the present state
  std::vector<EntityNumber> people_;
  std::vector<EntityNumber> families_;
  std::map<EntityNumber, bool> known_;           // plans
  std::map<EntityNumber, EntityNumber> linked_;  // retired -> survivor
};

TEST(RandomTownTest, CasesAreWhatPlansAndPeopleMake) {
  for (uint32_t seed = 1; seed <= kTowns; ++seed) {
    RandomTown town(seed);
    for (int step = 0; step < kSteps; ++step) {
      SCOPED_TRACE(::testing::Message() << "seed " << seed << " step " << step);
      const auto facts = town.Step();
      ASSERT_THAT(facts, IsOk());
      town.Check();
      if (!::testing::Test::HasFailure()) continue;
      for (const NewFact& fact : *facts) {
        ADD_FAILURE() << "after " << fact.fact.ShortDebugString();
      }
      return;
    }
  }
}

}  // namespace
}  // namespace kith::core::duplicate
