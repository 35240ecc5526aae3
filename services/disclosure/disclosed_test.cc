#include "services/disclosure/disclosed.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
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

Discloser::SharedContext Shared(Context context) {
  return std::make_shared<const Context>(std::move(context));
}

Reader Health() {
  Reader reader;
  reader.agency = "health";
  reader.role = agency::v1::ROLE_PRACTITIONER;
  reader.purpose = "early_help";
  return reader;
}

const auto kNoFinish = [](ledger::v1::AccessRecord*) {};
const auto kSelf = [](ledger::v1::AccessRecord* answer) { return answer; };

TEST(DisclosedTest, OnlyWhatMayBeShownIsMergedAndAllIsAccountedFor) {
  Discloser door(Health(), Works({1}));
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("school", 1)};
  const auto answer =
      door.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish);
  EXPECT_EQ(answer.value().families_size(), 1);
  ledger::v1::AccessRecord record;
  answer.account().AddTo(record);
  ASSERT_EQ(record.tallies_size(), 2);
  EXPECT_EQ(record.tallies(0).reason(), "no_permission");
  EXPECT_FALSE(record.tallies(0).shown());
  EXPECT_EQ(record.tallies(1).reason(), "own_agency");
  EXPECT_TRUE(answer.account().shown());
  EXPECT_EQ(record.policy_version(), kPolicyVersion);
  EXPECT_EQ(record.roles_version(), ShippedRoles().version());
}

TEST(DisclosedTest, AnAsOfReadShowsWhatMayBeSeenBothThenAndNow) {
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("health", 2)};
  Discloser then_only(Health());
  then_only.UseBoth(Shared(Works({1, 2})), absl::Time(), Shared(Works({1})));
  EXPECT_EQ(
      then_only.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish)
          .value()
          .families_size(),
      1);
  Discloser now_only(Health());
  now_only.UseBoth(Shared(Works({1})), absl::Time(), Shared(Works({1, 2})));
  EXPECT_EQ(now_only.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish)
                .value()
                .families_size(),
            1);
}

// a copy for somebody from whom something is kept.
TEST(DisclosedTest, R070ACopyHoldsWhatBothMaySee) {
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("school", 1)};
  Context context = Works({1});
  context.agencies_of_family[1].insert("school");
  const auto shown_to = [&](const Reader& receiver) {
    Discloser door(Health(), context);
    door.CopyFor(receiver);
    return door.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish)
        .value()
        .families_size();
  };
  EXPECT_EQ(shown_to(Health()), 1);
  Reader school = Health();
  school.agency = "school";
  EXPECT_EQ(shown_to(school), 0);
}

// Though who makes the copy goes by one of them alone.
TEST(DisclosedTest, R070ACopyOfThePastGoesByBothMomentsOfWhoGetsIt) {
  const std::vector<Piece> pieces = {PieceOf("health", 1)};
  Reader auditor = Health();
  auditor.role = agency::v1::ROLE_AUDITOR;
  auditor.reason = "complaint";
  const auto shown = [&](const Context& then, const Context& now) {
    Discloser door(auditor);
    door.CopyFor(Health());
    door.UseBoth(Shared(then), absl::Time(), Shared(now));
    return door.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish)
        .account()
        .shown();
  };
  EXPECT_TRUE(shown(Works({1}), Works({1})));
  EXPECT_FALSE(shown(Works({}), Works({1})));
  EXPECT_FALSE(shown(Works({1}), Works({})));
}

TEST(DisclosedTest, WhatLicensedThenIsJudgedByTheClockOfThen) {
  std::vector<Piece> pieces = {PieceOf("school", 1)};
  pieces[0].label.add_records(7);
  const absl::Time then = absl::FromUnixSeconds(1'700'000'000);
  Context context = Works({1});
  context.records[7] = {"school", {7}, {7}, false, {}};
  Override one;
  one.records = {7};
  one.agencies = {"health"};
  one.purpose = "early_help";
  one.from = then;
  one.until = then + absl::Hours(1);
  one.complete = true;
  context.overrides = {one};
  const auto shown = [&](absl::Time at, absl::Time now) {
    Reader reader = Health();
    reader.at = now;
    Discloser door(reader);
    door.UseBoth(Shared(context), at, Shared(context));
    return door.Compose<ledger::v1::AccessRecord>(pieces, kSelf, kNoFinish)
        .account()
        .shown();
  };
  EXPECT_TRUE(shown(then, then));
  EXPECT_FALSE(shown(then - absl::Seconds(1), then));
  EXPECT_FALSE(shown(then, then + absl::Hours(1)));
}

// Remembers all that is made, by what was shown.
struct Memory {
  std::map<std::vector<bool>, std::shared_ptr<const std::string>> all;

  std::shared_ptr<const std::string> Find(const std::vector<bool>& shown) {
    const auto found = all.find(shown);
    return found == all.end() ? nullptr : found->second;
  }
  void Remember(std::vector<bool> shown,
                std::shared_ptr<const std::string> made) {
    all.emplace(std::move(shown), std::move(made));
  }
};

TEST(DisclosedTest, WhatWasMadeIsForThoseWhoAreShownTheSame) {
  const std::vector<Piece> pieces = {PieceOf("health", 1),
                                     PieceOf("health", 2)};
  Memory memory;
  int made = 0;
  const auto families = [&](const Context& context) {
    Discloser door(Health(), context);
    const auto answer = door.ComposeOnce<ledger::v1::AccessRecord, std::string>(
        pieces, memory, kSelf,
        [&](ledger::v1::AccessRecord* record) {
          ++made;
          return record->SerializeAsString();
        },
        [](std::string*) {});
    ledger::v1::AccessRecord record;
    EXPECT_TRUE(record.ParseFromString(answer.value()));
    ledger::v1::AccessRecord account;
    answer.account().AddTo(account);
    int shown = 0;
    for (const auto& tally : account.tallies()) {
      if (tally.shown()) shown += static_cast<int>(tally.count());
    }
    EXPECT_EQ(shown, record.families_size());
    return record.families_size();
  };
  EXPECT_EQ(families(Works({1, 2})), 2);
  EXPECT_EQ(families(Works({1, 2})), 2);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(families(Works({1})), 1);
  EXPECT_EQ(families(Works({})), 0);
  EXPECT_EQ(made, 3);
}

TEST(DisclosedTest, AListLeavesOutEntriesOfWhichNothingIsShown) {
  Discloser door(Health(), Works({1}));
  const std::vector<std::vector<Piece>> entries = {
      {PieceOf("school", 1)}, {PieceOf("school", 1), PieceOf("health", 1)}};
  DisclosedList<ledger::v1::AccessRecord> list(door);
  EXPECT_FALSE(list.Append(entries[0], kSelf, kNoFinish));
  EXPECT_TRUE(list.Append(entries[1], kSelf, kNoFinish));
  EXPECT_EQ(list.size(), 1u);
  const auto answer = std::move(list).Done(kNoFinish);
  EXPECT_EQ(answer.value().families_size(), 1);
}

}  // namespace
}  // namespace kith::disclosure
