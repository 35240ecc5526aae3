#include "services/identity/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tools/authority/certificates.h"

namespace kith::identity {
namespace {

using authority::CertificateSpec;
using authority::Identity;
using Names = std::vector<std::string>;

constexpr char kDomain[] = "riverside.example";
constexpr char kSchool[] = "URI:spiffe://riverside.example/agency/school";

class CertificateTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    root_ = new Identity(*authority::MakeAuthority("root", Start(), End()));
  }
  static void TearDownTestSuite() { delete root_; }
  static absl::Time Start() { return absl::FromUnixSeconds(1'700'000'000); }
  static absl::Time End() { return Start() + absl::Hours(24); }

  static std::string Issued(const Names& names,
                            const std::string& use = "clientAuth") {
    CertificateSpec spec{"school", names, use, Start(), End()};
    return authority::Issue(*root_, spec)->certificate;
  }
  static absl::StatusOr<Certificate> Read(const std::string& pem) {
    return ReadCertificate(pem, kDomain);
  }
  static void ExpectRefused(const std::string& pem, const std::string& why) {
    const absl::Status status = Read(pem).status();
    EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
    EXPECT_TRUE(absl::StrContains(status.message(), why)) << status;
  }

 private:
  static Identity* root_;
};

Identity* CertificateTest::root_ = nullptr;

TEST_F(CertificateTest, TheAgencyIsTheOneUri) {
  const std::string pem = Issued({kSchool});
  const absl::StatusOr<Certificate> read = Read(pem);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->agency, "school");
  EXPECT_EQ(read->not_before, Start());
  EXPECT_EQ(read->not_after, End());
  EXPECT_EQ(read->key_digest, *authority::KeyDigestOf(pem));
  EXPECT_EQ(read->key_digest.size(), 64u);
}

TEST_F(CertificateTest, TheCommonNameNamesNobody) {
  ExpectRefused(Issued({}), "names no agency");
}

TEST_F(CertificateTest, ASecondNameOfAnyKindIsRefused) {
  for (const char* second :
       {"URI:spiffe://riverside.example/agency/council", "DNS:school.example",
        "IP:127.0.0.1", "email:head@school.example"}) {
    ExpectRefused(Issued({kSchool, second}), "more than one name");
  }
}

TEST_F(CertificateTest, OnlyAUriNamesAnAgency) {
  ExpectRefused(Issued({"DNS:school"}), "names no agency");
  ExpectRefused(Issued({"email:school@school.example"}), "names no agency");
}

TEST_F(CertificateTest, TheUriIsOfTheTrustDomainToTheLetter) {
  for (const char* uri : {"URI:spiffe://elsewhere.example/agency/school",
                          "URI:spiffe://riverside.example.evil/agency/school",
                          "URI:spiffe://riverside.example/node/school",
                          "URI:https://riverside.example/agency/school",
                          "URI:SPIFFE://riverside.example/agency/school"}) {
    ExpectRefused(Issued({uri}), "another trust domain");
  }
  for (const char* uri : {"URI:spiffe://riverside.example/agency/",
                          "URI:spiffe://riverside.example/agency/school/x",
                          "URI:spiffe://riverside.example/agency/School",
                          "URI:spiffe://riverside.example/agency/sch%6fol"}) {
    ExpectRefused(Issued({uri}), "names no agency");
  }
}

TEST_F(CertificateTest, ItMustBeForClients) {
  ExpectRefused(Issued({kSchool}, "serverAuth"), "not for clients");
  ExpectRefused(Issued({kSchool}, "codeSigning"), "not for clients");
  ExpectRefused(Issued({kSchool}, ""), "not for clients");
  EXPECT_TRUE(Read(Issued({kSchool}, "serverAuth,clientAuth")).ok());
  ExpectRefused(authority::MakeAuthority(
                    "spiffe://riverside.example/agency/school", Start(), End())
                    ->certificate,
                "not for clients");
}

TEST_F(CertificateTest, WhatIsNoCertificateIsRefused) {
  for (const std::string& pem :
       {std::string(), std::string("x"), std::string(100'000, 'x'),
        std::string("-----BEGIN CERTIFICATE-----\nAAAA\n"
                    "-----END CERTIFICATE-----\n")}) {
    ExpectRefused(pem, "missing or unreadable");
  }
  EXPECT_TRUE(
      absl::IsUnauthenticated(ReadCertificate(Issued({kSchool}), "").status()));
}

}  // namespace
}  // namespace kith::identity
