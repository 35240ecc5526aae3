#include "services/api/caller.h"

#include <grpcpp/server_context.h>
#include <grpcpp/test/server_context_test_spouse.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/match.h"

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
  EXPECT_EQ(RoleOfName("hub_administrator"),
            agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_EQ(RoleOfName(""), agency::v1::ROLE_UNSPECIFIED);
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

}  // namespace
}  // namespace kith::api
