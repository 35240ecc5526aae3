#include "services/api/caller.h"

#include <grpcpp/server_context.h>
#include <grpcpp/test/server_context_test_spouse.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/identity/doorkeeper.h"
#include "tools/authority/development.h"

namespace kith::api {
namespace {

constexpr char kPersonId[] = "hackney-p-4v2k9d0q3m7xw1r8t5n6bzcahs";

using Metadata = std::map<std::string, std::string>;

Metadata Practitioner() {
  return {{"kith-agency", "school"},
          {"kith-practitioner", "t-12"},
          {"kith-role", "practitioner"},
          {"kith-purpose", "early_help"}};
}

Metadata FamilyMember() {
  Metadata metadata = Practitioner();
  metadata.erase("kith-practitioner");
  metadata["kith-role"] = "family_member";
  metadata["kith-person"] = kPersonId;
  return metadata;
}

Metadata With(Metadata metadata, const std::string& key,
              const std::string& value) {
  metadata[key] = value;
  return metadata;
}

Metadata Without(Metadata metadata, const std::string& key) {
  metadata.erase(key);
  return metadata;
}

absl::StatusOr<Caller> Read(const Metadata& metadata) {
  grpc::ServerContext context;
  grpc::testing::ServerContextTestSpouse spouse(&context);
  for (const auto& [key, value] : metadata) {
    spouse.AddClientMetadata(key, value);
  }
  return BelievedCaller(context);
}

void ExpectNames(const Metadata& metadata, const std::string& key) {
  const absl::Status status = Read(metadata).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << key;
  EXPECT_TRUE(absl::StrContains(status.message(), key)) << status;
}

TEST(CallerTest, MetadataSayWhoCallsAndWhatFor) {
  Metadata metadata = Practitioner();
  metadata["kith-name"] = "Grace O";
  metadata["kith-profession"] = "teacher";
  metadata["kith-contact"] = "020 7946 0000";
  metadata["kith-reason"] = "yearly audit";
  metadata["kith-partnership"] = "hackney";
  const absl::StatusOr<Caller> caller = Read(metadata);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->agency, "school");
  EXPECT_EQ(caller->actor.role(), agency::v1::ROLE_PRACTITIONER);
  EXPECT_EQ(caller->actor.purpose(), "early_help");
  EXPECT_EQ(caller->actor.practitioner().local_id(), "t-12");
  EXPECT_EQ(caller->actor.practitioner().name(), "Grace O");
  EXPECT_EQ(caller->actor.practitioner().profession(), "teacher");
  EXPECT_EQ(caller->actor.practitioner().contact(), "020 7946 0000");
  EXPECT_EQ(caller->reason, "yearly audit");
  EXPECT_EQ(caller->partnership, "hackney");
}

TEST(CallerTest, EachMissingKeyIsNamed) {
  for (const auto& [key, value] : Practitioner()) {
    ExpectNames(Without(Practitioner(), key), key);
    ExpectNames(With(Practitioner(), key, ""), key);
  }
}

TEST(CallerTest, AMalformedValueIsNotEchoed) {
  const Metadata bad = With(Practitioner(), "kith-agency", "Elm Grove!");
  ExpectNames(bad, "kith-agency");
  EXPECT_FALSE(absl::StrContains(Read(bad).status().message(), "Elm"));
  ExpectNames(With(Practitioner(), "kith-purpose", "early help"),
              "kith-purpose");
}

TEST(CallerTest, ARoleIsOneOfTheList) {
  ExpectNames(With(Practitioner(), "kith-role", "headmaster"), "kith-role");
  ExpectNames(With(Practitioner(), "kith-role", "unspecified"), "kith-role");
  ExpectNames(With(Practitioner(), "kith-role", ""), "kith-role");
  const auto hub = Read(With(Practitioner(), "kith-role", "hub_administrator"));
  ASSERT_TRUE(hub.ok());
  EXPECT_EQ(hub->actor.role(), agency::v1::ROLE_HUB_ADMINISTRATOR);
}

TEST(CallerTest, AValueHasAtMost200PrintableCharacters) {
  EXPECT_TRUE(
      Read(With(Practitioner(), "kith-name", std::string(200, 'x'))).ok());
  ExpectNames(With(Practitioner(), "kith-name", std::string(201, 'x')),
              "kith-name");
  ExpectNames(With(Practitioner(), "kith-practitioner", "t\n12"),
              "kith-practitioner");
  for (const char* key : {"kith-profession", "kith-contact", "kith-reason",
                          "kith-partnership", "kith-person"}) {
    ExpectNames(With(Practitioner(), key, "a\tb"), key);
  }
}

TEST(CallerTest, AFamilyMemberIsNamedByTheirPersonId) {
  const absl::StatusOr<Caller> caller = Read(FamilyMember());
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->actor.role(), agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_EQ(caller->person_id, kPersonId);
  EXPECT_EQ(caller->actor.practitioner().local_id(), kPersonId);
}

TEST(CallerTest, AFamilyMemberNeedsAPersonIdAndNoOtherKind) {
  ExpectNames(Without(FamilyMember(), "kith-person"), "kith-person");
  ExpectNames(With(FamilyMember(), "kith-person", "hackney"), "kith-person");
  // The id of a family is no person.
  ExpectNames(With(FamilyMember(), "kith-person",
                   "hackney-f-4v2k9d0q3m7xw1r8t5n6bzcahs"),
              "kith-person");
}

// With a development authority for "council" and "school".
class CertifiedCallerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new std::string(
        (std::filesystem::temp_directory_path() / "kith-caller-XXXXXX")
            .string());
    ASSERT_NE(mkdtemp(folder->data()), nullptr);
    ASSERT_TRUE(authority::MakeDevelopment(*folder, {}, {"council", "school"},
                                           absl::Now())
                    .ok());
    door = identity::Doorkeeper::Open(absl::StrCat(*folder, "/node"), [] {
             return absl::Now();
           })->release();
  }
  static void TearDownTestSuite() {
    std::filesystem::remove_all(*folder);
    delete door;
    delete folder;
  }

  static std::string TokenOf(const authority::Person& person) {
    return absl::StrCat("Bearer ",
                        *authority::MakeDevelopmentToken(
                            *folder, person, absl::Now(), absl::Minutes(10)));
  }
  static authority::Person Worker() {
    authority::Person person;
    person.agency = "council";
    person.subject = "w1";
    person.name = "Grace O";
    return person;
  }
  static absl::StatusOr<Caller> Read(const Metadata& metadata,
                                     CallerKind kind = CallerKind::kPerson,
                                     const std::string& agency = "council") {
    grpc::ServerContext context;
    grpc::testing::ServerContextTestSpouse spouse(&context);
    for (const auto& [key, value] : metadata) {
      spouse.AddClientMetadata(key, value);
    }
    const std::string pem = *authority::ReadText(
        absl::StrCat(*folder, "/agencies/", agency, ".crt"));
    return CertifiedCaller(*door, pem, context, kind);
  }
  static Metadata Call() {
    return {{"authorization", TokenOf(Worker())},
            {"kith-purpose", "early_help"}};
  }
  static void ExpectRefused(const absl::StatusOr<Caller>& caller,
                            const std::string& why) {
    EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated);
    EXPECT_TRUE(absl::StrContains(caller.status().message(), why))
        << caller.status();
  }

  static std::string* folder;
  static identity::Doorkeeper* door;
};

std::string* CertifiedCallerTest::folder = nullptr;
identity::Doorkeeper* CertifiedCallerTest::door = nullptr;

TEST_F(CertifiedCallerTest, CertificateAndTokenSayWhoAndMetadataWhatFor) {
  Metadata metadata = With(Call(), "kith-reason", "yearly audit");
  metadata["kith-partnership"] = "hackney";
  // What somebody says of themselves counts for nothing.
  metadata["kith-agency"] = "school";
  metadata["kith-role"] = "auditor";
  metadata["kith-practitioner"] = "t-12";
  metadata["kith-person"] = kPersonId;
  const absl::StatusOr<Caller> caller = Read(metadata);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->agency, "council");
  EXPECT_EQ(caller->actor.role(), agency::v1::ROLE_PRACTITIONER);
  EXPECT_EQ(caller->actor.practitioner().local_id(), "w1");
  EXPECT_EQ(caller->actor.practitioner().name(), "Grace O");
  EXPECT_EQ(caller->actor.purpose(), "early_help");
  EXPECT_EQ(caller->person_id, "");
  EXPECT_EQ(caller->reason, "yearly audit");
  EXPECT_EQ(caller->partnership, "hackney");
}

TEST_F(CertifiedCallerTest, APersonNeedsATokenOfTheirAgencyAndAPurpose) {
  ExpectRefused(Read(Without(Call(), "authorization")), "authorization");
  ExpectRefused(Read(With(Call(), "authorization", "Basic dzE6")),
                "authorization");
  ExpectRefused(Read(Without(Call(), "kith-purpose")), "kith-purpose");
  ExpectRefused(Read(Call(), CallerKind::kPerson, "school"),
                "another agency's");
}

TEST_F(CertifiedCallerTest, AFamilyMemberIsNamedByTheToken) {
  authority::Person member = Worker();
  member.role = "family_member";
  ExpectRefused(Read(With(Call(), "authorization", TokenOf(member))),
                "kith_person");
  member.person_id = kPersonId;
  const auto caller = Read(With(Call(), "authorization", TokenOf(member)));
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->person_id, kPersonId);
  EXPECT_EQ(caller->actor.practitioner().local_id(), kPersonId);
}

TEST_F(CertifiedCallerTest, ARoleThatNobodyKnowsIsRefused) {
  authority::Person root = Worker();
  root.role = "root";
  ExpectRefused(Read(With(Call(), "authorization", TokenOf(root))), "role");
}

TEST_F(CertifiedCallerTest, AFeedIsItsKeyAndNobodyElse) {
  const auto feed = Read({{"kith-role", "auditor"}}, CallerKind::kFeed);
  ASSERT_TRUE(feed.ok()) << feed.status();
  EXPECT_EQ(feed->agency, "council");
  EXPECT_EQ(feed->actor.role(), agency::v1::ROLE_INTEGRATION_ENGINEER);
  EXPECT_EQ(feed->actor.purpose(), "intake");
  EXPECT_TRUE(absl::StartsWith(feed->actor.practitioner().local_id(), "key-"));
}

}  // namespace
}  // namespace kith::api
