#include "services/core/identity/identity.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::identity {
namespace {

using agency::v1::MatchDecision;
using agency::v1::PersonStated;
using ledger::v1::Fact;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr const char* kNhs = "9434765919";
constexpr const char* kOtherNhs = "4010232137";
constexpr const char* kUpn = "B801200005001";

struct Said {
  std::string agency = "council";
  std::string id;
  std::string given = "Anna";
  std::string family = "Smith";
  absl::CivilDay birth = absl::CivilDay(2015, 3, 4);
  std::string postcode = "NR1 1AA";
  std::string verified_nhs = "";
  std::string nhs = "";
  std::string upn = "";
  std::string same_as = "";  // the council's child id
};

void AddIdentifier(PersonStated& said, agency::v1::IdentifierKind kind,
                   const std::string& value,
                   agency::v1::IdentifierStatus status) {
  if (value.empty()) return;
  auto& identifier = *said.add_identifiers();
  identifier.set_kind(kind);
  identifier.set_value(value);
  identifier.set_status(status);
}

PersonStated Stated(const Said& said) {
  PersonStated person;
  *person.mutable_record() = Local(said.agency, said.id);
  auto& name = *person.add_names();
  name.set_given(said.given);
  name.set_family(said.family);
  *person.mutable_birth_date() = testing::DateOf(said.birth);
  person.add_addresses()->set_postcode(said.postcode);
  AddIdentifier(person, agency::v1::IDENTIFIER_KIND_NHS_NUMBER,
                said.verified_nhs, agency::v1::IDENTIFIER_STATUS_VERIFIED);
  AddIdentifier(person, agency::v1::IDENTIFIER_KIND_NHS_NUMBER, said.nhs,
                agency::v1::IDENTIFIER_STATUS_UNVERIFIED);
  AddIdentifier(person, agency::v1::IDENTIFIER_KIND_UPN, said.upn,
                agency::v1::IDENTIFIER_STATUS_UNVERIFIED);
  if (!said.same_as.empty()) {
    auto& identifier = *person.add_identifiers();
    identifier.set_kind(agency::v1::IDENTIFIER_KIND_LOCAL);
    *identifier.mutable_local() = Local("council", said.same_as);
  }
  return person;
}

class IdentityTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<NewFact>> Say(const Said& said) {
    bench_.Feed(said.agency);
    return bench_.Say([&](Decision& d) { return Decide(Stated(said), d); },
                      {Conclude});
  }
  absl::StatusOr<std::vector<NewFact>> Retract(const std::string& agency,
                                               const std::string& id) {
    agency::v1::RecordRetracted said;
    *said.mutable_record() = Local(agency, id);
    bench_.Feed(agency);
    return bench_.Say([&](Decision& d) { return Decide(said, d); }, {Conclude});
  }
  absl::StatusOr<std::vector<NewFact>> Rule(const std::string& one,
                                            const std::string& other,
                                            MatchDecision decision) {
    agency::v1::MatchDecided said;
    *said.mutable_one() = Ref(one);
    *said.mutable_other() = Ref(other);
    said.set_decision(decision);
    bench_.Act("council");
    return bench_.Say([&](Decision& d) { return Decide(said, d); }, {Conclude});
  }
  // "agency/id"
  static agency::v1::PersonRef Ref(const std::string& name) {
    const size_t slash = name.find('/');
    return testing::PersonOf(
        Local(name.substr(0, slash), name.substr(slash + 1)));
  }
  EntityNumber Number(const std::string& name) {
    const auto ref = Ref(name).record();
    const auto row = bench_.Row<ledger::v1::NumberRow>(
        ReferenceKey(bench_.hash(), "person", ref, ""));
    return row.has_value() ? row->number() : 0;
  }
  bool OnePerson(const std::string& one, const std::string& other) {
    return *PersonOf(bench_.state(), Number(one)) ==
           *PersonOf(bench_.state(), Number(other));
  }
  ledger::v1::PairJudged Judged(const std::string& one,
                                const std::string& other) {
    const auto [a, b] = std::minmax({Number(one), Number(other)});
    const auto row = bench_.Row<ledger::v1::MatchRow>(keys::Match(a, b));
    return row.has_value() ? row->judged() : ledger::v1::PairJudged();
  }
  ledger::v1::PairOutcome Outcome(const std::string& one,
                                  const std::string& other) {
    return Judged(one, other).outcome();
  }

  Bench bench_{{Evolve}};
};

TEST_F(IdentityTest, ANewRecordIsToldAndARepeatDecidesNothing) {
  EXPECT_THAT(Say({.id = "1"}),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRecordStated))));
  EXPECT_THAT(bench_.made(), SizeIs(1));
  EXPECT_THAT(Say({.id = "1"}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say({.id = "1", .given = "Ann"}), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(bench_.made(), IsEmpty());
}

TEST_F(IdentityTest, AnAgencyStatesItsOwnRecordsOnly) {
  bench_.Feed("health");
  EXPECT_THAT(bench_.Say([&](Decision& d) {
    return Decide(Stated({.agency = "council", .id = "1"}), d);
  }),
              RefusedWith("NOT_YOURS"));
}

TEST_F(IdentityTest, ImpossibleDatesAndTooLongListsMakeNoSense) {
  PersonStated said = Stated({.id = "1"});
  said.mutable_birth_date()->set_day(31);
  said.mutable_birth_date()->set_month(2);
  const auto say = [&] {
    return bench_.Say([&](Decision& d) { return Decide(said, d); });
  };
  EXPECT_THAT(say(), RefusedWith("DATE_INVALID"));
  said.mutable_birth_date()->set_day(28);
  for (int i = 0; i < 9; ++i) said.add_names();
  EXPECT_THAT(say(), IsOk());
  said.add_names();
  EXPECT_THAT(say(), RefusedWith("TOO_MANY"));
}

TEST_F(IdentityTest, AVerifiedNumberLinksWhateverElseDiffers) {
  ASSERT_THAT(Say({.agency = "health", .id = "h", .verified_nhs = kNhs}),
              IsOk());
  EXPECT_THAT(Say({.id = "c",
                   .family = "Jones",
                   .postcode = "CB1 1AA",
                   .verified_nhs = kNhs}),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRecordStated),
                                       IsFact(Fact::kPairJudged),
                                       IsFact(Fact::kPersonsMerged))));
  EXPECT_TRUE(OnePerson("health/h", "council/c"));
  EXPECT_TRUE(Judged("health/h", "council/c").verified());
}

TEST_F(IdentityTest, ANumberThatOneSideDidNotVerifyIsOnlyPossible) {
  ASSERT_THAT(Say({.agency = "health", .id = "h", .verified_nhs = kNhs}),
              IsOk());
  ASSERT_THAT(Say({.id = "c", .given = "Ann", .postcode = "", .nhs = kNhs}),
              IsOk());
  EXPECT_FALSE(OnePerson("health/h", "council/c"));
  EXPECT_EQ(Outcome("health/h", "council/c"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
}

TEST_F(IdentityTest, APupilNumberLinksWithAnEqualBirthDateOnly) {
  ASSERT_THAT(Say({.agency = "school", .id = "s", .upn = kUpn}), IsOk());
  ASSERT_THAT(Say({.id = "c", .family = "Jones", .postcode = "", .upn = kUpn}),
              IsOk());
  ASSERT_THAT(Say({.agency = "college",
                   .id = "x",
                   .family = "Jones",
                   .birth = absl::CivilDay(2015, 3, 5),
                   .postcode = "",
                   .upn = kUpn}),
              IsOk());
  EXPECT_TRUE(OnePerson("school/s", "council/c"));
  EXPECT_TRUE(Judged("school/s", "council/c").verified());
  EXPECT_EQ(Outcome("school/s", "college/x"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
}

TEST_F(IdentityTest, NameBirthDateAndPostcodeLinkAndAreNotVerified) {
  ASSERT_THAT(Say({.agency = "health", .id = "h", .given = "ANNA MARY"}),
              IsOk());
  ASSERT_THAT(Say({.id = "c", .postcode = "nr11aa"}), IsOk());
  EXPECT_TRUE(OnePerson("health/h", "council/c"));
  EXPECT_FALSE(Judged("health/h", "council/c").verified());
}

TEST_F(IdentityTest, WithoutThePostcodeTheyAreOnlyPossible) {
  ASSERT_THAT(Say({.agency = "health", .id = "h"}), IsOk());
  EXPECT_THAT(Say({.id = "c", .postcode = "CB1 1AA"}),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRecordStated),
                                       IsFact(Fact::kPairJudged))));
  EXPECT_EQ(Outcome("health/h", "council/c"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
}

TEST_F(IdentityTest, AGenericPostcodeIsNoEvidence) {
  ASSERT_THAT(Say({.agency = "health", .id = "h", .postcode = "ZZ99 3VZ"}),
              IsOk());
  ASSERT_THAT(Say({.id = "c", .postcode = "ZZ99 3VZ"}), IsOk());
  EXPECT_EQ(Outcome("health/h", "council/c"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
}

TEST_F(IdentityTest, SwappedDayAndMonthArePossible) {
  ASSERT_THAT(Say({.agency = "health", .id = "h"}), IsOk());
  ASSERT_THAT(Say({.id = "c", .birth = absl::CivilDay(2015, 4, 3)}), IsOk());
  EXPECT_EQ(Outcome("health/h", "council/c"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
}

TEST_F(IdentityTest, DifferentVerifiedNumbersForbidALink) {
  ASSERT_THAT(Say({.agency = "health", .id = "h", .verified_nhs = kNhs}),
              IsOk());
  ASSERT_THAT(Say({.id = "c", .verified_nhs = kOtherNhs}), IsOk());
  EXPECT_FALSE(OnePerson("health/h", "council/c"));
  EXPECT_EQ(Outcome("health/h", "council/c"), ledger::v1::PAIR_OUTCOME_VETO);
}

TEST_F(IdentityTest, OneNumberOnTwoPeopleIsAPossibleConfusion) {
  ASSERT_THAT(Say({.agency = "health", .id = "h", .verified_nhs = kNhs}),
              IsOk());
  ASSERT_THAT(Say({.id = "c",
                   .given = "George",
                   .family = "Okafor",
                   .birth = absl::CivilDay(1980, 1, 2),
                   .verified_nhs = kNhs}),
              IsOk());
  EXPECT_EQ(Outcome("health/h", "council/c"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
  EXPECT_EQ(Judged("health/h", "council/c").evidence().rbegin()->field(),
            "possible_confusion");
}

TEST_F(IdentityTest, TwinsAreNeverLinked) {
  ASSERT_THAT(Say({.agency = "health", .id = "h"}), IsOk());
  EXPECT_THAT(Say({.id = "c", .given = "Bella"}), IsOkAndHolds(SizeIs(1)));
  ASSERT_THAT(Say({.agency = "health", .id = "h2", .verified_nhs = kNhs}),
              IsOk());
  ASSERT_THAT(Say({.id = "c2", .given = "Bella", .verified_nhs = kNhs}),
              IsOk());
  EXPECT_FALSE(OnePerson("health/h2", "council/c2"));
  EXPECT_EQ(Outcome("health/h2", "council/c2"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
}

TEST_F(IdentityTest, AnAgencysWordThatItKnowsTheOtherRecordLinks) {
  ASSERT_THAT(Say({.agency = "school",
                   .id = "s",
                   .family = "Jones",
                   .postcode = "",
                   .same_as = "c"}),
              IsOk());
  EXPECT_THAT(Say({.id = "c"}), IsOk());
  EXPECT_TRUE(OnePerson("school/s", "council/c"));
  EXPECT_TRUE(Judged("school/s", "council/c").verified());
  ASSERT_THAT(Say({.agency = "college",
                   .id = "x",
                   .family = "Jones",
                   .birth = absl::CivilDay(2015, 3, 5),
                   .same_as = "c"}),
              IsOk());
  EXPECT_TRUE(OnePerson("college/x", "council/c"));
  EXPECT_FALSE(Judged("college/x", "council/c").verified());
}

TEST_F(IdentityTest, TwoOfOneFamilyByOneAgencyAreNotOneHuman) {
  ASSERT_THAT(Say({.id = "1"}), IsOk());
  ASSERT_THAT(Say({.id = "2"}), IsOk());
  EXPECT_TRUE(OnePerson("council/1", "council/2"));
  agency::v1::RelationshipStated sibling;
  *sibling.mutable_person() = Ref("council/1");
  *sibling.mutable_to() = Ref("council/2");
  sibling.set_kind(agency::v1::RELATIONSHIP_KIND_SIBLING);
  const auto say = [&] {
    return bench_.Say([&](Decision& d) { return Decide(sibling, d); },
                      {Conclude});
  };
  EXPECT_THAT(say(),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRelationshipRecorded),
                                       IsFact(Fact::kPairJudged),
                                       IsFact(Fact::kPersonSplit))));
  EXPECT_EQ(Outcome("council/1", "council/2"), ledger::v1::PAIR_OUTCOME_VETO);
  EXPECT_THAT(say(), IsOkAndHolds(IsEmpty()));
}

TEST_F(IdentityTest, AChangedRecordIsJudgedAnew) {
  ASSERT_THAT(Say({.agency = "health", .id = "h"}), IsOk());
  ASSERT_THAT(Say({.id = "c"}), IsOk());
  EXPECT_THAT(Say({.id = "c", .given = "Zoe", .postcode = "CB1 1AA"}),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRecordStated),
                                       IsFact(Fact::kPairJudged),
                                       IsFact(Fact::kPersonSplit))));
  EXPECT_EQ(Outcome("health/h", "council/c"), ledger::v1::PAIR_OUTCOME_NONE);
  EXPECT_FALSE(OnePerson("health/h", "council/c"));
}

TEST_F(IdentityTest, ARetractedRecordLeavesItsPersonAndComesBackWhenStated) {
  ASSERT_THAT(Say({.agency = "health", .id = "h"}), IsOk());
  ASSERT_THAT(Say({.id = "c"}), IsOk());
  EXPECT_THAT(Retract("council", "c"),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRecordGone),
                                       IsFact(Fact::kPairJudged),
                                       IsFact(Fact::kPersonSplit))));
  EXPECT_THAT(Retract("council", "c"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Retract("council", "never"),
              StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(Say({.id = "c"}), IsOk());
  EXPECT_TRUE(OnePerson("health/h", "council/c"));
}

TEST_F(IdentityTest, APersonsDecisionBindsUntilItIsWithdrawn) {
  ASSERT_THAT(Say({.agency = "health", .id = "h"}), IsOk());
  ASSERT_THAT(Say({.id = "c", .postcode = "CB1 1AA"}), IsOk());
  EXPECT_THAT(Rule("health/h", "council/c", agency::v1::MATCH_DECISION_SAME),
              IsOk());
  EXPECT_TRUE(OnePerson("health/h", "council/c"));
  ASSERT_THAT(Say({.id = "c", .given = "Zoe", .postcode = "CB1 1AA"}), IsOk());
  EXPECT_TRUE(OnePerson("health/h", "council/c"));
  EXPECT_THAT(Rule("health/h", "council/c", agency::v1::MATCH_DECISION_SAME),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(
      Rule("health/h", "council/c", agency::v1::MATCH_DECISION_WITHDRAWN),
      IsOk());
  EXPECT_FALSE(OnePerson("health/h", "council/c"));
  EXPECT_THAT(
      Rule("health/h", "council/c", agency::v1::MATCH_DECISION_WITHDRAWN),
      IsOkAndHolds(IsEmpty()));
}

TEST_F(IdentityTest, MergingAndUnmergingEqualsNeverHavingMerged) {
  ASSERT_THAT(Say({.agency = "health", .id = "h", .verified_nhs = kNhs}),
              IsOk());
  ASSERT_THAT(Say({.agency = "school", .id = "s", .verified_nhs = kNhs}),
              IsOk());
  ASSERT_THAT(Say({.id = "c", .postcode = "CB1 1AA"}), IsOk());
  const auto persons = [&] {
    std::map<std::string, std::string> rows;
    for (const auto& [key, row] : bench_.state().rows()) {
      const std::string kind = key.substr(0, 2);
      if (kind == "re" || kind == "pe" || kind == "bl") rows[key] = row.second;
    }
    return rows;
  };
  const auto before = persons();
  ASSERT_THAT(Rule("council/c", "health/h", agency::v1::MATCH_DECISION_SAME),
              IsOk());
  EXPECT_TRUE(OnePerson("council/c", "school/s"));
  ASSERT_THAT(
      Rule("council/c", "health/h", agency::v1::MATCH_DECISION_DIFFERENT),
      IsOk());
  EXPECT_FALSE(OnePerson("council/c", "school/s"));
  EXPECT_EQ(persons(), before);
}

TEST_F(IdentityTest, DecisionsThatCannotHoldTogetherAreRefused) {
  for (const char* id : {"1", "2", "3"}) {
    ASSERT_THAT(Say({.id = id, .postcode = absl::StrCat("CB", id, " 1AA")}),
                IsOk());
  }
  ASSERT_THAT(Rule("council/1", "council/2", agency::v1::MATCH_DECISION_SAME),
              IsOk());
  ASSERT_THAT(
      Rule("council/2", "council/3", agency::v1::MATCH_DECISION_DIFFERENT),
      IsOk());
  EXPECT_THAT(Rule("council/1", "council/3", agency::v1::MATCH_DECISION_SAME),
              RefusedWith("CONTRADICTS_DECISION"));
  EXPECT_THAT(Rule("council/1", "council/1", agency::v1::MATCH_DECISION_SAME),
              RefusedWith("SAME_RECORD"));
}

TEST_F(IdentityTest, ARecordBetweenTwoEquallyGoodPersonsIsPossibleWithBoth) {
  ASSERT_THAT(Say({.agency = "health", .id = "1", .verified_nhs = kNhs}),
              IsOk());
  ASSERT_THAT(Say({.agency = "health", .id = "2", .verified_nhs = kOtherNhs}),
              IsOk());
  ASSERT_THAT(Say({.id = "c"}), IsOk());
  EXPECT_EQ(Outcome("health/1", "council/c"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
  EXPECT_EQ(Outcome("health/2", "council/c"),
            ledger::v1::PAIR_OUTCOME_POSSIBLE);
  ASSERT_THAT(Retract("health", "2"), IsOk());
  EXPECT_EQ(Outcome("health/1", "council/c"), ledger::v1::PAIR_OUTCOME_LINK);
  EXPECT_TRUE(OnePerson("health/1", "council/c"));
}

TEST_F(IdentityTest, ACrowdedBlockIsUsedByNobodyAndAgainWhenItShrinks) {
  ledger::v1::Rules rules = bench_.rules();
  rules.set_candidates_max(30);  // blocks of three
  bench_.SetRules(rules);
  for (const char* id : {"1", "2", "3"}) ASSERT_THAT(Say({.id = id}), IsOk());
  EXPECT_TRUE(OnePerson("council/1", "council/3"));
  ASSERT_THAT(Say({.id = "4"}), IsOk());
  EXPECT_FALSE(OnePerson("council/1", "council/3"));
  ASSERT_THAT(Retract("council", "2"), IsOk());
  EXPECT_TRUE(OnePerson("council/1", "council/4"));
}

// Records of a few people, with errors, so that all rules meet.
std::vector<Said> Crowd(std::mt19937& random) {
  std::vector<Said> crowd;
  const char* const agencies[] = {"council", "health", "school"};
  const size_t count = 4 + random() % 8;
  for (size_t i = 0; i < count; ++i) {
    Said said;
    said.agency = agencies[random() % 3];
    said.id = absl::StrCat(i);
    said.given = random() % 3 == 0 ? "Bella" : "Anna";
    if (random() % 6 == 0) said.family = "Jones";
    if (random() % 4 == 0) said.birth = absl::CivilDay(2015, 4, 3);
    if (random() % 3 == 0) said.postcode = "CB1 1AA";
    if (random() % 4 == 0) said.verified_nhs = kNhs;
    if (random() % 5 == 0 && said.verified_nhs.empty()) {
      said.verified_nhs = kOtherNhs;
    }
    if (random() % 5 == 0) said.upn = kUpn;
    if (random() % 6 == 0) said.same_as = "0";
    crowd.push_back(said);
  }
  return crowd;
}

using Persons = std::set<std::set<std::string>>;

Persons PersonsAfter(std::vector<Said> crowd, uint32_t seed, bool detours) {
  std::mt19937 random(seed);
  std::shuffle(crowd.begin(), crowd.end(), random);
  Bench bench({Evolve});
  ledger::v1::Rules rules = bench.rules();
  rules.set_candidates_max(50);
  bench.SetRules(rules);
  const auto say = [&](const Said& said) {
    bench.Feed(said.agency);
    EXPECT_THAT(bench.Say([&](Decision& d) { return Decide(Stated(said), d); },
                          {Conclude}),
                IsOk());
  };
  for (Said said : crowd) {
    if (detours && random() % 2 == 0) {
      const Said last = said;
      said.birth = absl::CivilDay(2015, 3, 4);
      said.verified_nhs = kNhs;
      say(said);
      said = last;
    }
    say(said);
  }
  std::map<EntityNumber, std::set<std::string>> persons;
  for (const auto& [key, row] : bench.state().rows()) {
    ledger::v1::RecordRow record;
    if (key.substr(0, 3) != "re/" || !record.ParseFromString(row.second)) {
      continue;
    }
    persons[record.person()].insert(record.agency() + "/" +
                                    record.said().record().local_id());
  }
  Persons found;
  for (const auto& [number, records] : persons) found.insert(records);
  return found;
}

TEST(IdentityOrderTest, PersonsDoNotDependOnTheOrderNorOnWhatRecordsOnceSaid) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::vector<Said> crowd = Crowd(random);
    const Persons expected = PersonsAfter(crowd, seed, false);
    for (uint32_t order = 1; order <= 4; ++order) {
      EXPECT_EQ(PersonsAfter(crowd, seed + 1000 * order, order > 2), expected);
    }
  }
}

}  // namespace
}  // namespace kith::core::identity
