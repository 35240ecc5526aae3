// Council files as statements: persons, episodes, Annex A lists 2 and 3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "adapters/common/text.h"
#include "adapters/council/reader.h"

namespace kith::adapters::council {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Mapping Table() {
  const auto yaml = ReadFile("adapters/council/mapping.yaml", 1 << 20);
  EXPECT_TRUE(yaml.ok()) << yaml.status();
  auto mapping = Mapping::Parse(*yaml);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return *std::move(mapping);
}

std::vector<Item> ReadAll(const std::string& text,
                          absl::Status* status = nullptr) {
  const Feed feed{"council", "mosaic", absl::FromUnixSeconds(1717200000), "",
                  ""};
  std::istringstream in(text);
  std::vector<Item> items;
  const absl::Status read = Read("f.csv", in, feed, Table(), [&](Item item) {
    items.push_back(std::move(item));
    return absl::OkStatus();
  });
  if (status != nullptr) *status = read;
  return items;
}

constexpr char kPersons[] =
    "Child Unique-ID,Family ID,First Name,SURNAME,DOB,Gender,Ethnicity,"
    "NHS No,NHS Number Verified,Post Code,Related Person ID,Relationship,PR\n";

TEST(PersonsTest, ARowIsAPersonAFamilyAndARelationship) {
  const auto items = ReadAll(absl::StrCat(
      kPersons,
      "1,F1,Nadia,Ferris,14/03/1988,b) Female,a) WBRI,999 123 0017,Y,"
      "RV1 4QX,2,Mother,Yes\n"));
  ASSERT_THAT(items, SizeIs(1));
  ASSERT_THAT(items[0].said, SizeIs(3));
  const auto& person = items[0].said[0].statement.person_stated();
  EXPECT_EQ(person.record().local_id(), "1");
  EXPECT_EQ(person.record().agency(), "");
  EXPECT_EQ(person.names(0).family(), "Ferris");
  EXPECT_EQ(person.birth_date().day(), 14);
  EXPECT_EQ(person.sex(), agency::v1::SEX_FEMALE);
  EXPECT_EQ(person.ethnicity(), "WBRI");
  EXPECT_EQ(person.identifiers(0).value(), "999 123 0017");
  EXPECT_EQ(person.identifiers(0).status(),
            agency::v1::IDENTIFIER_STATUS_VERIFIED);
  EXPECT_EQ(person.addresses(0).postcode(), "RV1 4QX");
  const auto& family = items[0].said[1].statement;
  EXPECT_EQ(family.snapshot().key().local_id(), "F1/1");
  EXPECT_EQ(family.family_stated().family().local().local_id(), "F1");
  const auto& relation = items[0].said[2].statement.relationship_stated();
  EXPECT_EQ(relation.kind(), agency::v1::RELATIONSHIP_KIND_PARENT);
  EXPECT_EQ(relation.to().record().local_id(), "2");
  EXPECT_EQ(relation.parental_responsibility(), agency::v1::ANSWER_YES);
}

TEST(PersonsTest, TheSpellingsOfOneValueAreOne) {
  for (const char* male : {"a) Male", "1", "M", "Male", "MALE ", "1 - Male"}) {
    const auto items =
        ReadAll(absl::StrCat(kPersons, "1,,A,B,,", male, ",,,,,,,\n"));
    EXPECT_EQ(items[0].said[0].statement.person_stated().sex(),
              agency::v1::SEX_MALE)
        << male;
  }
}

TEST(PersonsTest, UnknownCodesAreKeptAndRemarkedOn) {
  const auto items = ReadAll(absl::StrCat(kPersons, "1,,A,B,,7,ZZZZ,,,,,,\n"));
  EXPECT_EQ(items[0].ending, Ending::kReady);
  const auto& person = items[0].said[0].statement.person_stated();
  EXPECT_THAT(person.unknown_codes(),
              testing::ElementsAre("sex=7", "ethnicity=ZZZZ"));
  ASSERT_THAT(items[0].remarks, SizeIs(2));
  EXPECT_EQ(items[0].remarks[0].place.column, 9u);
}

TEST(PersonsTest, WhatStandsForNothingIsNothing) {
  const auto items =
      ReadAll(absl::StrCat(kPersons, "1,#N/A,A,B,#N/A,,N/A,NULL,,nan,,,\n"));
  ASSERT_THAT(items[0].said, SizeIs(1));
  const auto& person = items[0].said[0].statement.person_stated();
  EXPECT_FALSE(person.has_birth_date());
  EXPECT_THAT(person.identifiers(), IsEmpty());
}

// Check digits are the core's to judge: it keeps and flags what fails.
TEST(PersonsTest, NumbersThatFailTheirCheckArePassedOn) {
  const auto items =
      ReadAll(absl::StrCat(kPersons, "1,,A,B,,,,1234567890,,,,,\n"));
  EXPECT_EQ(items[0].said[0].statement.person_stated().identifiers(0).value(),
            "1234567890");
}

TEST(PersonsTest, ABirthDateToComeIsExpected) {
  const auto items =
      ReadAll(absl::StrCat(kPersons, "1,,,,30/09/2024,,,,,,,,\n"));
  EXPECT_TRUE(
      items[0].said[0].statement.person_stated().has_expected_birth_date());
}

TEST(PersonsTest, ABadRowNeverStopsTheFile) {
  const auto items = ReadAll(
      absl::StrCat(kPersons, "1,,A,B,31/02/2019,,,,,,,,\n", ",,A,B,,,,,,,,,\n",
                   "3,,\"A,B,,,,,,,,,\n", "4,,,,,,,,,,,,\n",
                   "5,,A,B,,,,,,,,,,surplus\n", "6,,Zo\xEB,B,,,,,,,,,\n"));
  ASSERT_THAT(items, SizeIs(6));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(items[i].ending, Ending::kSetAside) << i;
    EXPECT_FALSE(items[i].reason.empty());
    EXPECT_THAT(items[i].said, IsEmpty());
    EXPECT_EQ(items[i].place.line, 2u + i);
  }
  EXPECT_EQ(items[0].place.column, 8u);
  EXPECT_EQ(items[5].said[0].statement.person_stated().names(0).given(),
            "Zo\xC3\xAB");
}

constexpr char kEpisodes[] =
    "Episode ID,Person ID,Start Date,End Date,End Reason,Organisation,"
    "Worker ID,Worker Name\n";

TEST(EpisodesTest, AnOpenEpisodeIsAnInvolvementAPlanAndALead) {
  const auto items = ReadAll(
      absl::StrCat(kEpisodes, "E1,2,10/02/2024,,,Hub,w1,Marcus Hale\n"));
  ASSERT_THAT(items[0].said, SizeIs(3));
  EXPECT_EQ(items[0].said[0].statement.involvement_stated().service(),
            "early_help");
  const auto& plan = items[0].said[1].statement.plan_stated();
  EXPECT_EQ(plan.state(), agency::v1::PLAN_STATE_AGREED);
  EXPECT_EQ(plan.about(0).record().local_id(), "2");
  const auto& lead = items[0].said[2].statement.lead_stated();
  EXPECT_EQ(lead.practitioner().local_id(), "w1");
  EXPECT_EQ(lead.appointment().local_id(), "E1");
}

TEST(EpisodesTest, AnEndedEpisodeIsAClosedPlanWithItsReason) {
  const std::pair<const char*, agency::v1::ClosureReason> reasons[] = {
      {"Outcomes met", agency::v1::CLOSURE_REASON_RESOLVED},
      {"Step-up", agency::v1::CLOSURE_REASON_TRANSFERRED},
      {"Family withdrew", agency::v1::CLOSURE_REASON_WITHDRAWN},
      {"No further action", agency::v1::CLOSURE_REASON_OTHER},
      {"something else", agency::v1::CLOSURE_REASON_OTHER}};
  for (const auto& [wording, reason] : reasons) {
    const auto items = ReadAll(absl::StrCat(
        kEpisodes, "E1,2,10/02/2024,11/03/2024,", wording, ",,,\n"));
    ASSERT_THAT(items[0].said, SizeIs(2));  // no worker, no lead
    const auto& plan = items[0].said[1].statement.plan_stated();
    EXPECT_EQ(plan.state(), agency::v1::PLAN_STATE_CLOSED);
    EXPECT_EQ(plan.closure(), reason);
    EXPECT_EQ(plan.closure_wording(), wording);
  }
}

TEST(AnnexATest, List2IsAssessmentsNamedByChildAndStart) {
  const auto items = ReadAll(
      "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),"
      "Assessment start date,Assessment completion date,"
      "Organisation completing assessment\n"
      "9,a) Male,a) WBRI,20/09/2016,7.71,27/01/2024,#N/A,Hub\n"
      "9,a) Male,a) WBRI,20/09/2016,7.71,27/01/2024,30/01/2024,School\n");
  ASSERT_THAT(items, SizeIs(2));
  const auto& first = items[0].said[0].statement;
  EXPECT_EQ(first.assessment_stated().type(), "early_help");
  EXPECT_EQ(first.snapshot().key().local_id(), "assessment/9/2024-01-27");
  EXPECT_FALSE(first.assessment_stated().period().has_until());
  EXPECT_EQ(items[1].said[0].statement.snapshot().key().local_id(),
            "assessment/9/2024-01-27#2");
}

TEST(AnnexATest, List3IsReferralsWithWhatBecameOfThem) {
  const char* header =
      "Child Unique ID,Date of Referral,Referral Source,Referral NFA?\n";
  const std::pair<const char*, agency::v1::ReferralState> rows[] = {
      {"a) Yes", agency::v1::REFERRAL_STATE_DECLINED},
      {"0", agency::v1::REFERRAL_STATE_ACCEPTED},
      {"", agency::v1::REFERRAL_STATE_RECEIVED}};
  for (const auto& [nfa, state] : rows) {
    const auto items =
        ReadAll(absl::StrCat(header, "9,16/09/2020,q) 6: Police,", nfa, "\n"));
    const auto& referral = items[0].said[0].statement.referral_stated();
    EXPECT_EQ(referral.state(), state) << nfa;
    EXPECT_EQ(referral.reason(), "referred by police");
    EXPECT_EQ(referral.to_agency(), "council");
  }
}

TEST(BadInputTest, FilesOfNoKindKnownAreRefusedWithTheColumnsTheyLack) {
  absl::Status status;
  EXPECT_THAT(ReadAll("", &status), IsEmpty());
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(ReadAll("Colour,Shape\nred,round\n", &status), IsEmpty());
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  ReadAll("Episode ID,Person ID\n1,2\n", &status);
  EXPECT_THAT(std::string(status.message()), HasSubstr("episode_start"));
}

// The reader holds no more than a row; an enormous file is a long one.
TEST(BadInputTest, ALongFileIsReadToItsEnd) {
  std::string text = kPersons;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&text, i + 1, ",,A,B,,,,,,,,,\n");
  }
  EXPECT_THAT(ReadAll(text), SizeIs(20000));
}

}  // namespace
}  // namespace kith::adapters::council
