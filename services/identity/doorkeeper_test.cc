#include "services/identity/doorkeeper.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tools/authority/certificates.h"
#include "tools/authority/development.h"
#include "tools/authority/tokens.h"

namespace kith::identity {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'767'225'600);

class DoorkeeperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder =
        (std::filesystem::temp_directory_path() / "kith-door-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const absl::Status made =
        authority::MakeDevelopment(folder, {}, {"council", "school"}, kStart);
    ASSERT_TRUE(made.ok()) << made;
    auto opened = Doorkeeper::Open(node(), [this] { return now; });
    ASSERT_TRUE(opened.ok()) << opened.status();
    keeper = *std::move(opened);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string node() const { return absl::StrCat(folder, "/node"); }
  std::string Read(const std::string& name) const {
    return *authority::ReadText(absl::StrCat(folder, "/", name));
  }
  // In one piece, as an operator should.
  void Write(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(
        authority::WriteSecret(absl::StrCat(folder, "/", name), text).ok());
  }
  std::string Pem(const std::string& agency) const {
    return Read(absl::StrCat("agencies/", agency, ".crt"));
  }
  std::string TokenOf(const std::string& agency,
                      const std::string& subject = "w1",
                      const std::string& role = "practitioner") const {
    authority::Person person;
    person.agency = agency;
    person.subject = subject;
    person.role = role;
    return *authority::MakeDevelopmentToken(folder, person, now,
                                            absl::Minutes(10));
  }
  absl::StatusOr<Token> Enter(const std::string& agency,
                              const std::string& token) const {
    absl::StatusOr<Doorkeeper::Visitor> admitted = keeper->Admit(Pem(agency));
    if (!admitted.ok()) return admitted.status();
    return keeper->Identify(*admitted, token);
  }
  // What identity.yaml has the issuer vouch for; empty: it says nothing.
  void VouchFor(const std::string& roles) const {
    std::string text;
    for (const auto line : absl::StrSplit(Read("node/identity.yaml"), '\n')) {
      if (!absl::StartsWith(line, "    roles:")) {
        absl::StrAppend(&text, line, "\n");
      }
    }
    if (!roles.empty()) absl::StrAppend(&text, "    roles: ", roles, "\n");
    Write("node/identity.yaml", text);
  }
  bool Admits(const std::string& role) const {
    return Enter("school", TokenOf("school", "w1", role)).ok();
  }
  static void ExpectRefused(const absl::Status& status,
                            const std::string& why) {
    EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
    EXPECT_TRUE(absl::StrContains(status.message(), why)) << status;
  }

  std::string folder;
  absl::Time now = kStart;
  std::unique_ptr<Doorkeeper> keeper;
};

TEST_F(DoorkeeperTest, AnAgencysPersonIsKnown) {
  const absl::StatusOr<Token> person = Enter("council", TokenOf("council"));
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->agency, "council");
  EXPECT_EQ(person->subject, "w1");
}

TEST_F(DoorkeeperTest, AnotherAgencysTokenIsRefused) {
  const std::string token = TokenOf("school");
  ExpectRefused(Enter("council", token).status(), "another agency's");
  EXPECT_TRUE(Enter("school", token).ok());
  // Remembered by now, and refused all the same.
  ExpectRefused(Enter("council", token).status(), "another agency's");
}

TEST_F(DoorkeeperTest, ARememberedTokenExpires) {
  const std::string token = TokenOf("council");
  EXPECT_TRUE(Enter("council", token).ok());
  now += absl::Minutes(10) + kSkew - absl::Seconds(1);
  EXPECT_TRUE(Enter("council", token).ok());
  now += absl::Seconds(1);
  ExpectRefused(Enter("council", token).status(), "expired");
}

TEST_F(DoorkeeperTest, ACertificateCountsWithinItsTimeOnEveryCall) {
  EXPECT_TRUE(keeper->Admit(Pem("school")).ok());
  now = kStart + absl::Hours(24 * 30) + absl::Seconds(1);
  ExpectRefused(keeper->Admit(Pem("school")).status(), "out of its time");
  now = kStart - absl::Minutes(6);
  ExpectRefused(keeper->Admit(Pem("school")).status(), "out of its time");
}

TEST_F(DoorkeeperTest, WhatIsDeniedIsRefusedFromTheNextCallOn) {
  const std::string token = TokenOf("council", "w 1");
  const std::string digest = *authority::KeyDigestOf(Pem("council"));
  ASSERT_TRUE(Enter("council", token).ok());
  const std::string id = Enter("council", token)->id;
  for (const std::string& line :
       {absl::StrCat("key ", digest), std::string("agency council"),
        std::string("practitioner council w 1"), absl::StrCat("token ", id)}) {
    Write("node/denied", absl::StrCat("# denied\n\n", line, "\n"));
    ExpectRefused(Enter("council", token).status(), "denied");
    EXPECT_TRUE(Enter("school", TokenOf("school")).ok());
  }
  Write("node/denied", "practitioner council w2\ntoken other\n");
  EXPECT_TRUE(Enter("council", token).ok());
}

TEST_F(DoorkeeperTest, AnUnknownDisabledOrOtherKeyIsRefused) {
  const std::string good = Read("node/identity.yaml");
  const std::string digest = *authority::KeyDigestOf(Pem("council"));
  Write("node/identity.yaml",
        absl::StrReplaceAll(good, {{"  council:", "  hospital:"}}));
  ExpectRefused(keeper->Admit(Pem("council")).status(), "not admitted");
  Write("node/identity.yaml",
        absl::StrReplaceAll(good, {{"council: {", "council: {enabled: no, "}}));
  ExpectRefused(keeper->Admit(Pem("council")).status(), "not admitted");
  Write("node/identity.yaml",
        absl::StrReplaceAll(good, {{digest, std::string(64, '0')}}));
  ExpectRefused(keeper->Admit(Pem("council")).status(), "not known");
  Write("node/identity.yaml", good);
  EXPECT_TRUE(keeper->Admit(Pem("council")).ok());
}

TEST_F(DoorkeeperTest, AnAgencyBelongsToThePartnershipsItStandsWith) {
  EXPECT_TRUE(keeper->Admit(Pem("council"))->partnerships().empty());
  Write("node/identity.yaml",
        absl::StrReplaceAll(
            Read("node/identity.yaml"),
            {{"council: {", "council: {partnerships: [hackney, camden], "}}));
  EXPECT_EQ(keeper->Admit(Pem("council"))->partnerships(),
            (std::set<std::string>{"camden", "hackney"}));
  EXPECT_TRUE(keeper->Admit(Pem("school"))->partnerships().empty());
}

// Any agency's sign-on could make an auditor, or a member of any family.
TEST_F(DoorkeeperTest, R262_AnIssuerWithoutRolesVouchesForDailyWorkOnly) {
  VouchFor("");
  for (const char* role :
       {"practitioner", "lead_professional", "panel_chair", "access_team",
        "safeguarding_lead", "leadership_manager", "integration_engineer"}) {
    EXPECT_TRUE(Admits(role)) << role;
  }
  for (const char* role :
       {"auditor", "hub_administrator", "privacy_officer", "family_member"}) {
    ExpectRefused(Enter("school", TokenOf("school", "w1", role)).status(),
                  "does not vouch for this role");
  }
}

TEST_F(DoorkeeperTest, AnIssuerVouchesForTheRolesThatStandWithIt) {
  EXPECT_TRUE(Admits("auditor"));  // the development authority's, for all
  EXPECT_TRUE(Admits("family_member"));
  VouchFor("[auditor, family_member]");
  EXPECT_TRUE(Admits("auditor"));
  EXPECT_TRUE(Admits("family_member"));
  EXPECT_FALSE(Admits("practitioner"));
  VouchFor("[]");
  EXPECT_FALSE(Admits("auditor"));
  EXPECT_FALSE(Admits("practitioner"));
}

TEST_F(DoorkeeperTest, ARememberedTokenGoesWithItsRole) {
  const std::string token = TokenOf("school", "w1", "auditor");
  EXPECT_TRUE(Enter("school", token).ok());
  VouchFor("[practitioner]");
  ExpectRefused(Enter("school", token).status(), "this role");
}

TEST_F(DoorkeeperTest, WithTheIssuersKeyItsTokensGo) {
  const std::string token = TokenOf("council");
  EXPECT_TRUE(Enter("council", token).ok());
  const auto key = authority::MakeSigningKey("other", "EdDSA");
  Write("node/jwks.json",
        absl::StrCat(R"({"keys": [)", *authority::JwkOf(*key), "]}"));
  ExpectRefused(Enter("council", token).status(), "unknown key");
}

TEST_F(DoorkeeperTest, WhatCannotBeReadAdmitsNobody) {
  const std::pair<const char*, const char*> broken[] = {
      {"node/denied", "agency\n"},
      {"node/denied", "forbid school\n"},
      {"node/jwks.json", "{}"},
      {"node/identity.yaml", "trust_domain: x\n"},
      {"node/identity.yaml", "agencies: [\n"}};
  for (const auto& [file, text] : broken) {
    const std::string good = Read(file);
    Write(file, text);
    EXPECT_TRUE(
        absl::IsUnavailable(Enter("school", TokenOf("school")).status()))
        << text;
    EXPECT_FALSE(keeper->health().ok());
    std::filesystem::remove(absl::StrCat(folder, "/", file));
    EXPECT_TRUE(absl::IsUnavailable(keeper->Admit(Pem("school")).status()));
    Write(file, good);
    EXPECT_TRUE(Enter("school", TokenOf("school")).ok());
    EXPECT_TRUE(keeper->health().ok());
  }
}

TEST_F(DoorkeeperTest, AMistakeInTheSettingsIsNamedWithItsLine) {
  const std::string good = Read("node/identity.yaml");
  const std::pair<std::string, std::string> mistakes[] = {
      {absl::StrReplaceAll(good, {{"audience:", "audiense:"}}), "audiense"},
      {absl::StrReplaceAll(good, {{"1440", "1441"}}), "life_minutes_max"},
      {absl::StrReplaceAll(good, {{"jwks.json", "../jwks.json"}}), "folder"},
      {absl::StrReplaceAll(good, {{"keys: [", "keys: [7, "}}), "64"},
      {absl::StrReplaceAll(good,
                           {{"council: {", "council: {partnerships: [A b], "}}),
       "partnership"},
      {absl::StrReplaceAll(good, {{"  school:", "  council:"}}), "one name"},
      {absl::StrReplaceAll(good, {{"  school:", "  School:"}}), "name"},
      {absl::StrReplaceAll(good, {{"[practitioner", "[practitionr"}}),
       "practitionr"},
      {absl::StrReplaceAll(good, {{"[practitioner", "[unspecified"}}),
       "unspecified"},
      // One name without brackets is no list, which would mean any.
      {absl::StrReplaceAll(good, {{"roles: [", "agencies: school #"}}),
       "agencies must be a list"},
      {absl::StrReplaceAll(good, {{"roles: [", "roles: auditor #"}}),
       "roles must be a list"}};
  for (const auto& [text, why] : mistakes) {
    Write("node/identity.yaml", text);
    const absl::Status status = keeper->health();
    EXPECT_TRUE(absl::StrContains(status.message(), "identity.yaml:"))
        << status;
    EXPECT_TRUE(absl::StrContains(status.message(), why)) << status;
  }
}

TEST_F(DoorkeeperTest, TheAuthorityIsMadeOnceAndAgenciesAreAdded) {
  const std::string before = Pem("council");
  const std::string token = TokenOf("council");
  authority::DevelopmentOptions other;
  other.trust_domain = "other.example";
  ASSERT_TRUE(
      authority::MakeDevelopment(folder, other, {"council", "police"}, now)
          .ok());
  EXPECT_EQ(Pem("council"), before);
  EXPECT_TRUE(Enter("council", token).ok());
  EXPECT_TRUE(Enter("police", TokenOf("police")).ok());
  for (const char* secret : {"authority.key", "issuer.key", "node/server.key",
                             "agencies/police.key"}) {
    const auto mode = std::filesystem::status(absl::StrCat(folder, "/", secret))
                          .permissions();
    EXPECT_EQ(mode & (std::filesystem::perms::group_all |
                      std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << secret;
  }
}

}  // namespace
}  // namespace kith::identity
