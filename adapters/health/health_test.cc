// FHIR resources as statements: each rule of the mapping, and bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/common/text.h"
#include "adapters/health/reader.h"

namespace kith::adapters::health {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOwnWords[] =
    "version: 1\n"
    "tables:\n"
    "  agencies: {council: ['https://ods|C1'], school: ['https://ods|S1']}\n"
    "  identifier_systems: {local: ['https://council/child']}\n";

Mapping Table(const std::string& own = kOwnWords) {
  const auto yaml = ReadFile("adapters/health/mapping.yaml", 1 << 20);
  EXPECT_TRUE(yaml.ok()) << yaml.status();
  auto mapping = Mapping::Parse(*yaml, own);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return *std::move(mapping);
}

// Single quotes stand for double ones.
std::string Json(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"'", "\""}});
}

std::vector<Item> ReadWith(const Mapping& mapping, const std::string& text) {
  const Feed feed{"trust", "fhir", absl::FromUnixSeconds(1700000000), "council",
                  "mosaic"};
  Reader reader(mapping);
  reader.Index(text);
  std::vector<Item> items;
  const absl::Status read = reader.Read("f.json", text, feed, [&](Item item) {
    items.push_back(std::move(item));
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok() || items.empty()) << read;
  return items;
}

std::vector<Item> Read(absl::string_view text) {
  return ReadWith(Table(), Json(text));
}

std::string Bundle(std::initializer_list<absl::string_view> resources) {
  std::string entries;
  for (absl::string_view resource : resources) {
    absl::StrAppend(&entries, entries.empty() ? "" : ",\n",
                    "{'resource': ", resource, "}");
  }
  return absl::StrCat(
      "{'resourceType': 'Bundle', 'timestamp': '2024-02-01T00:00:00Z',\n"
      "'type': 'collection', 'entry': [\n",
      entries, "]}");
}

// --- people ----------------------------------------------------------------

TEST(PatientTest, IsReadWithNamesNumbersAndAddress) {
  const auto items = Read(R"({'resourceType': 'Patient', 'id': 'p1',
    'meta': {'lastUpdated': '2024-03-01T10:00:00Z',
             'security': [{'code': 'R'}]},
    'identifier': [
      {'system': 'https://fhir.nhs.uk/Id/nhs-number', 'value': '999 123 0017',
       'extension': [{'url': 'https://x/Extension-UKCore-NHSNumberVerificationStatus',
         'valueCodeableConcept': {'coding': [{'code': 'number-present-and-verified'}]}}]},
      {'system': 'https://council/child', 'value': 'P77'},
      {'system': 'urn:other', 'value': '12'}],
    'name': [{'use': 'usual', 'given': ['Jo'], 'family': 'Ferris'},
             {'use': 'official', 'given': ['Joan', 'May'], 'family': 'Ferris'},
             {'use': 'maiden', 'given': ['Joan'], 'family': 'Hart'}],
    'gender': 'female', 'birthDate': '1963-07',
    'address': [{'line': ['1 Old Road'], 'use': 'old'},
                {'line': ['2 New Road'], 'city': 'Riverside',
                 'postalCode': 'RV1 4QX'}],
    'link': [{'type': 'replaced-by', 'other': {'reference': 'Patient/p2'}}]})");
  ASSERT_THAT(items, SizeIs(1));
  ASSERT_THAT(items[0].said, SizeIs(1));
  const auto& statement = items[0].said[0].statement;
  EXPECT_EQ(statement.snapshot().key().local_id(), "Patient/p1");
  EXPECT_EQ(statement.snapshot().extracted_at().seconds(), 1709287200);
  const auto& person = statement.person_stated();
  EXPECT_EQ(person.names(0).given(), "Joan May");
  EXPECT_EQ(person.names(1).use(), agency::v1::NAME_USE_PREFERRED);
  EXPECT_EQ(person.names(2).use(), agency::v1::NAME_USE_FORMER);
  EXPECT_EQ(person.birth_date().year(), 1963);
  EXPECT_EQ(person.birth_date().day(), 0);
  EXPECT_EQ(person.identifiers(0).status(),
            agency::v1::IDENTIFIER_STATUS_VERIFIED);
  EXPECT_EQ(person.identifiers(1).local().agency(), "council");
  EXPECT_EQ(person.identifiers(1).local().local_id(), "P77");
  EXPECT_EQ(person.identifiers(2).kind(),
            agency::v1::IDENTIFIER_KIND_UNSPECIFIED);
  EXPECT_EQ(person.addresses(0).postcode(), "RV1 4QX");
  EXPECT_TRUE(person.restricted());
  EXPECT_TRUE(person.addresses(0).protected_());
  EXPECT_EQ(person.replaced_by().local_id(), "Patient/p2");
}

TEST(PatientTest, NumbersNotTracedAreNotVerified) {
  const auto items = Read(R"({'resourceType': 'Patient', 'id': 'p1',
    'identifier': [{'system': 'https://fhir.nhs.uk/Id/nhs-number',
      'value': '9991230017',
      'extension': [{'url': 'https://x/Extension-UKCore-NHSNumberVerificationStatus',
        'valueCodeableConcept': {'coding': [{'code': 'number-present-but-not-traced'}]}}]}],
    'name': [{'family': 'Ferris'}]})");
  EXPECT_EQ(items[0].said[0].statement.person_stated().identifiers(0).status(),
            agency::v1::IDENTIFIER_STATUS_UNVERIFIED);
}

TEST(PatientTest, ABirthDateToComeIsExpected) {
  const auto items =
      Read("{'resourceType': 'Patient', 'id': 'b', 'birthDate': '2024-01-10'}");
  const auto& person = items[0].said[0].statement.person_stated();
  EXPECT_FALSE(person.has_birth_date());
  EXPECT_EQ(person.expected_birth_date().year(), 2024);
}

TEST(PatientTest, ImpossibleDatesAreSetAside) {
  for (const char* date : {"2023-02-30", "2023-13-01", "soon", "0000-01-01"}) {
    const auto items = Read(absl::StrCat(
        "{'resourceType': 'Patient', 'id': 'b', 'birthDate': '", date, "'}"));
    EXPECT_EQ(items[0].ending, Ending::kSetAside) << date;
    EXPECT_THAT(items[0].said, IsEmpty());
  }
}

constexpr char kDog[] =
    "{'resourceType': 'Patient', 'id': 'dog', 'name': [{'given': ['Rex']}],"
    " 'extension': [{'url': 'http://hl7.org/fhir/StructureDefinition/"
    "patient-animal'}]}";

TEST(FamilyTest, AnimalsAndHerdsAreRefusedAndLeftOutOfFamilies) {
  const auto items = Read(
      Bundle({kDog, "{'resourceType': 'Group', 'id': 'herd', 'type': 'animal'}",
              "{'resourceType': 'RelatedPerson', 'id': 'owner',"
              " 'patient': {'reference': 'Patient/dog'}}",
              "{'resourceType': 'Group', 'id': 'f', 'type': 'person',"
              " 'actual': true, 'code': {'text': 'Family'}, 'member': ["
              "{'entity': {'reference': 'Patient/dog'}},"
              "{'entity': {'reference': 'Patient/p1'}, 'inactive': true}]}"}));
  ASSERT_THAT(items, SizeIs(4));
  for (int i : {0, 1, 2}) EXPECT_EQ(items[i].ending, Ending::kRefused) << i;
  const auto& family = items[3].said[0].statement.family_stated();
  ASSERT_THAT(family.members(), SizeIs(1));
  EXPECT_EQ(family.members(0).person().record().local_id(), "Patient/p1");
  EXPECT_TRUE(family.members(0).period().has_until());
  EXPECT_THAT(items[3].remarks, SizeIs(1));
}

TEST(FamilyTest, AGroupThatNobodyCallsAFamilyIsSkipped) {
  const auto items = Read(
      "{'resourceType': 'Group', 'id': 'g', 'type': 'person', 'actual': true,"
      " 'member': [{'entity': {'reference': 'Patient/p1'}}]}");
  EXPECT_EQ(items[0].ending, Ending::kSkipped);
}

TEST(FamilyTest, ARelatedPersonIsARecordAndARelationship) {
  const auto items = Read(
      "{'resourceType': 'RelatedPerson', 'id': 'r',"
      " 'patient': {'reference': 'Patient/p1'}, 'name': [{'family': 'Hart'}],"
      " 'relationship': [{'coding': [{'code': 'N'}, {'code': 'MTH'}]}]}");
  ASSERT_THAT(items[0].said, SizeIs(2));
  const auto& said = items[0].said[1].statement.relationship_stated();
  EXPECT_EQ(said.kind(), agency::v1::RELATIONSHIP_KIND_PARENT);
  EXPECT_EQ(said.person().record().local_id(), "RelatedPerson/r");
  EXPECT_EQ(said.to().record().local_id(), "Patient/p1");
}

// --- work ------------------------------------------------------------------

TEST(WorkTest, OnlyCategoriesOfTheTableBecomePlansAndReferrals) {
  const auto items = Read(Bundle(
      {"{'resourceType': 'CarePlan', 'id': 'a', 'status': 'active',"
       " 'intent': 'plan', 'category': [{'text': 'Early help plan'}],"
       " 'subject': {'reference': 'Patient/p1'},"
       " 'goal': [{'reference': 'Goal/g'}], 'period': {'start': '2024-01-02'},"
       " 'activity': [{'detail': {'status': 'completed',"
       " 'description': 'Visit', 'scheduledPeriod': {'end': '2024-02-01'}}}]}",
       "{'resourceType': 'CarePlan', 'id': 'b', 'status': 'active',"
       " 'category': [{'text': 'Weight management plan'}],"
       " 'subject': {'reference': 'Patient/p1'}}",
       "{'resourceType': 'ServiceRequest', 'id': 'c', 'status': 'active',"
       " 'intent': 'order', 'category': [{'text': 'Early help referral'}],"
       " 'subject': {'reference': 'Patient/p1'}, 'authoredOn': '2024-01-05',"
       " 'requester': {'reference': 'RelatedPerson/r'},"
       " 'performer': [{'reference': 'Organization/o'}]}",
       "{'resourceType': 'ServiceRequest', 'id': 'd', 'status': 'active',"
       " 'intent': 'order', 'subject': {'reference': 'Patient/p1'}}",
       "{'resourceType': 'Goal', 'id': 'g', 'description': {'text': 'Rest'}}",
       "{'resourceType': 'Organization', 'id': 'o',"
       " 'identifier': [{'system': 'https://ods', 'value': 'C1'}]}"}));
  ASSERT_THAT(items, SizeIs(6));
  const auto& plan = items[0].said[0].statement.plan_stated();
  EXPECT_EQ(plan.state(), agency::v1::PLAN_STATE_AGREED);
  EXPECT_EQ(plan.content().goals(0), "Rest");
  EXPECT_EQ(plan.content().actions(0).state(), agency::v1::ACTION_STATE_DONE);
  EXPECT_EQ(plan.content().actions(0).by().month(), 2);
  EXPECT_EQ(items[1].ending, Ending::kSkipped);
  const auto& referral = items[2].said[0].statement.referral_stated();
  EXPECT_EQ(referral.to_agency(), "council");
  EXPECT_EQ(referral.referrer(), agency::v1::REFERRER_KIND_FAMILY);
  EXPECT_EQ(referral.state(), agency::v1::REFERRAL_STATE_MADE);
  for (int i : {3, 4, 5}) EXPECT_EQ(items[i].ending, Ending::kSkipped) << i;
}

TEST(WorkTest, APlanThatIsOverIsClosed) {
  for (const char* status : {"completed", "revoked", "entered-in-error"}) {
    const auto items = Read(absl::StrCat(
        "{'resourceType': 'CarePlan', 'id': 'a', 'status': '", status,
        "', 'category': [{'text': 'Family plan'}],"
        " 'subject': {'reference': 'Patient/p1'}}"));
    const auto& plan = items[0].said[0].statement.plan_stated();
    EXPECT_EQ(plan.state(), agency::v1::PLAN_STATE_CLOSED) << status;
    EXPECT_TRUE(plan.period().has_until());
  }
}

TEST(WorkTest, AnUnknownStatusIsSetAside) {
  const auto items = Read(
      "{'resourceType': 'CarePlan', 'id': 'a', 'status': 'unknown',"
      " 'category': [{'text': 'Family plan'}],"
      " 'subject': {'reference': 'Patient/p1'}}");
  EXPECT_EQ(items[0].ending, Ending::kSetAside);
}

TEST(WorkTest, ATeamNamesItsLeadByALocalCodeAndTheOthersAsInvolved) {
  const auto items = Read(Bundle(
      {"{'resourceType': 'CareTeam', 'id': 't', 'status': 'active',"
       " 'subject': {'reference': 'Patient/p1'},"
       " 'category': [{'text': 'School nursing'}], 'participant': ["
       "{'role': [{'coding': [{'code': 'lead-professional'}]}],"
       " 'member': {'reference': 'Practitioner/n1'}},"
       "{'role': [{'text': 'nurse'}],"
       " 'member': {'reference': 'Practitioner/n2', 'display': 'Bea Hill'}},"
       "{'member': {'reference': 'Patient/p1'}}]}",
       "{'resourceType': 'Practitioner', 'id': 'n1',"
       " 'name': [{'given': ['Elke'], 'family': 'Brandt'}]}"}));
  ASSERT_THAT(items[0].said, SizeIs(2));
  const auto& lead = items[0].said[0].statement.lead_stated();
  EXPECT_EQ(lead.practitioner().local_id(), "n1");
  EXPECT_EQ(lead.practitioner().name(), "Elke Brandt");
  EXPECT_EQ(lead.appointment().local_id(), "CareTeam/t/lead");
  const auto& other = items[0].said[1].statement.involvement_stated();
  EXPECT_EQ(other.service(), "school_nursing");
  EXPECT_EQ(other.worker().name(), "Bea Hill");
}

// --- references ------------------------------------------------------------

TEST(ReferenceTest, FullUrlsUuidsAndIdentifiersLeadToTheRecord) {
  const auto items = Read(R"({'resourceType': 'Bundle', 'entry': [
    {'fullUrl': 'urn:uuid:0b1', 'resource':
      {'resourceType': 'Patient', 'identifier': [{'system': 's', 'value': '7'}]}},
    {'resource': {'resourceType': 'RelatedPerson', 'id': 'a',
      'patient': {'reference': 'urn:uuid:0b1'}}},
    {'resource': {'resourceType': 'RelatedPerson', 'id': 'b',
      'patient': {'identifier': {'system': 's', 'value': '7'}}}},
    {'resource': {'resourceType': 'RelatedPerson', 'id': 'c',
      'patient': {'display': 'Somebody'}}}]})");
  ASSERT_THAT(items, SizeIs(4));
  for (int i : {1, 2}) {
    EXPECT_EQ(items[i]
                  .said[1]
                  .statement.relationship_stated()
                  .to()
                  .record()
                  .local_id(),
              "Patient/urn:uuid:0b1");
  }
  EXPECT_EQ(items[3].ending, Ending::kSetAside);
}

// --- bad input -------------------------------------------------------------

TEST(BadInputTest, ATornBundleIsReadUpToTheTear) {
  const std::string whole = Json(Bundle(
      {"{'resourceType': 'Patient', 'id': 'p1', 'name': [{'family': 'A'}]}",
       "{'resourceType': 'Patient', 'id': 'p2', 'name': [{'family': 'B'}]}"}));
  const Mapping table = Table();
  for (size_t size = 1; size < whole.size(); ++size) {
    const auto items = ReadWith(table, whole.substr(0, size));
    if (items.empty()) continue;  // nothing but a blank
    const bool torn = items.back().ending == Ending::kSetAside;
    EXPECT_TRUE(torn) << size;
  }
  const auto items = ReadWith(table, whole.substr(0, whole.size() - 30));
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[0].ending, Ending::kReady);
  EXPECT_EQ(items[1].place.line, 4u);
}

TEST(BadInputTest, OneBrokenResourceCostsOne) {
  const auto items = Read(Bundle(
      {"{'resourceType': 'Patient', 'id' 'p1'}", "{'id': 'p2'}",
       "{'resourceType': 'Patient'}", "7",
       "{'resourceType': 'Patient', 'id': 'p3', 'modifierExtension': [{}]}",
       "{'resourceType': 'Basic', 'id': 'p4'}",
       "{'resourceType': 'Patient', 'id': 'p5'}"}));
  ASSERT_THAT(items, SizeIs(7));
  for (int i : {0, 1, 2, 3, 4}) {
    EXPECT_EQ(items[i].ending, Ending::kSetAside) << i;
    EXPECT_FALSE(items[i].reason.empty());
    EXPECT_EQ(items[i].place.line, 3u + i);
  }
  EXPECT_EQ(items[5].ending, Ending::kSkipped);
  EXPECT_EQ(items[6].ending, Ending::kReady);
}

TEST(BadInputTest, AComplaintNamesTheColumnWhereItsEntryBegins) {
  const auto items = Read(Bundle(
      {"{'id': 'p1'}}, {'resource': {'resourceType': 'Patient', 'id': 'p2'}}, "
       "{'resource': {'id': 'p3'}"}));
  ASSERT_THAT(items, SizeIs(3));
  EXPECT_EQ(items[0].place.column, 1u);
  EXPECT_EQ(items[2].ending, Ending::kSetAside);
  EXPECT_EQ(items[2].place.line, 3u);
  EXPECT_EQ(items[2].place.column, 84u);
}

TEST(BadInputTest, EmptyAndDeeplyNestedFilesAreRefused) {
  EXPECT_THAT(Read(""), IsEmpty());
  EXPECT_THAT(Read("  \n"), IsEmpty());
  const auto deep = Read(std::string(100000, '['));
  ASSERT_THAT(deep, SizeIs(1));
  EXPECT_EQ(deep[0].ending, Ending::kSetAside);
  const auto closed = Read(std::string(100000, '[') + std::string(100000, ']'));
  EXPECT_EQ(closed[0].ending, Ending::kSetAside);
}

TEST(BadInputTest, ALongFileIsReadToItsEnd) {
  std::string entries;
  for (int i = 0; i < 20000; ++i) {
    absl::StrAppend(&entries, i == 0 ? "" : ",\n",
                    "{'resource': {'resourceType': 'Patient', 'id': 'p", i,
                    "', 'name': [{'family': 'B', 'given': ['A']}]}}");
  }
  const auto items = Read(Bundle({}).replace(Bundle({}).rfind("]}"), 2,
                                             absl::StrCat(entries, "]}")));
  ASSERT_THAT(items, SizeIs(20000));
  EXPECT_THAT(items.back().said, SizeIs(1));
}

TEST(BadInputTest, ResourcesOneAfterTheOtherAreEachRead) {
  const auto items = Read(
      "{'resourceType': 'Patient', 'id': 'p1'}\n"
      "{'resourceType': 'Patient', 'id': 'p2'}\n");
  ASSERT_THAT(items, SizeIs(2));
  EXPECT_EQ(items[1].place.line, 2u);
}

TEST(BadInputTest, ReasonsHoldNoPersonalData) {
  const auto items = Read(
      "{'resourceType': 'CarePlan', 'id': 'a', 'status': 'Nadia Ferris',"
      " 'category': [{'text': 'Family plan'}],"
      " 'subject': {'reference': 'Patient/p1'}}");
  EXPECT_THAT(items[0].reason, Not(HasSubstr("Nadia")));
}

}  // namespace
}  // namespace kith::adapters::health
