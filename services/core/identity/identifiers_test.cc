#include "services/core/identity/identifiers.h"

#include "gtest/gtest.h"
#include "services/core/identity/normalise.h"
#include "services/core/rules.h"

namespace kith::core::identity {
namespace {

using agency::v1::Identifier;
using ledger::v1::IdentifierCheck;

IdentifierCheck CheckOf(agency::v1::IdentifierKind kind, const char* value,
                        agency::v1::IdentifierStatus status =
                            agency::v1::IDENTIFIER_STATUS_VERIFIED) {
  Identifier identifier;
  identifier.set_kind(kind);
  identifier.set_value(value);
  identifier.set_status(status);
  return Check(identifier, DefaultRules());
}

IdentifierCheck Nhs(const char* value) {
  return CheckOf(agency::v1::IDENTIFIER_KIND_NHS_NUMBER, value);
}
IdentifierCheck Upn(const char* value) {
  return CheckOf(agency::v1::IDENTIFIER_KIND_UPN, value);
}

TEST(IdentifiersTest, SoundNhsNumbersPass) {
  for (const char* number : {"9434765919", "9000000009", "4010232137",
                             "9691292211", "943 476 5919", "943-476-5919",
                             "943\xc2\xa0"
                             "476\xe2\x80\x93"
                             "5919"}) {
    EXPECT_EQ(Nhs(number), ledger::v1::IDENTIFIER_CHECK_VERIFIED) << number;
  }
}

TEST(IdentifiersTest, NhsNumbersWithAWrongOrImpossibleCheckDigitFail) {
  for (const char* number :
       {"9000000015", "3478526985", "0449310999", "9991234566", "1000000010",
        "1000000011", "943476591", "94347659190", "943476591X", ""}) {
    EXPECT_EQ(Nhs(number), ledger::v1::IDENTIFIER_CHECK_FAILED) << number;
  }
}

TEST(IdentifiersTest, RepeatedDigitsTheFamousNumberAndTestRangesAreBlocked) {
  for (char digit = '0'; digit <= '9'; ++digit) {
    EXPECT_FALSE(IsNhsNumber(std::string(10, digit))) << digit;
  }
  EXPECT_FALSE(IsNhsNumber("9876543210"));
  EXPECT_TRUE(IsNhsNumber("9990000018"));
  EXPECT_EQ(Nhs("9990000018"), ledger::v1::IDENTIFIER_CHECK_FAILED);
}

TEST(IdentifiersTest, AnNhsNumberThatNobodyVerifiedIsOnlySound) {
  EXPECT_EQ(CheckOf(agency::v1::IDENTIFIER_KIND_NHS_NUMBER, "9434765919",
                    agency::v1::IDENTIFIER_STATUS_UNVERIFIED),
            ledger::v1::IDENTIFIER_CHECK_SOUND);
  EXPECT_EQ(CheckOf(agency::v1::IDENTIFIER_KIND_NHS_NUMBER, "9434765919",
                    agency::v1::IDENTIFIER_STATUS_SUPERSEDED),
            ledger::v1::IDENTIFIER_CHECK_SOUND);
}

TEST(IdentifiersTest, ThePupilNumbersLetterIsChecked) {
  EXPECT_EQ(Upn("B801200005001"), ledger::v1::IDENTIFIER_CHECK_VERIFIED);
  EXPECT_EQ(Upn("b801200005001"), ledger::v1::IDENTIFIER_CHECK_VERIFIED);
  EXPECT_EQ(Upn("A801200005001"), ledger::v1::IDENTIFIER_CHECK_FAILED);
  EXPECT_EQ(Upn("B80120000500"), ledger::v1::IDENTIFIER_CHECK_FAILED);
  EXPECT_EQ(Upn(""), ledger::v1::IDENTIFIER_CHECK_FAILED);
}

TEST(IdentifiersTest, ATemporaryPupilNumberIsSoundAndNeverVerified) {
  EXPECT_EQ(Upn("M80120000500A"), ledger::v1::IDENTIFIER_CHECK_SOUND);
  EXPECT_EQ(Upn("M80120000500I"), ledger::v1::IDENTIFIER_CHECK_FAILED);
}

TEST(IdentifiersTest, OtherKindsHaveAFormAndNoCheck) {
  using namespace agency::v1;
  EXPECT_EQ(CheckOf(IDENTIFIER_KIND_NINO, "AB 12 34 56 C"),
            ledger::v1::IDENTIFIER_CHECK_NONE);
  EXPECT_EQ(CheckOf(IDENTIFIER_KIND_NINO, "QB123456C"),
            ledger::v1::IDENTIFIER_CHECK_FAILED);
  EXPECT_EQ(CheckOf(IDENTIFIER_KIND_ULN, "1234567890"),
            ledger::v1::IDENTIFIER_CHECK_NONE);
  EXPECT_EQ(CheckOf(IDENTIFIER_KIND_ULN, "0234567890"),
            ledger::v1::IDENTIFIER_CHECK_FAILED);
  EXPECT_EQ(CheckOf(IDENTIFIER_KIND_LOCAL, ""),
            ledger::v1::IDENTIFIER_CHECK_FAILED);
}

}  // namespace
}  // namespace kith::core::identity
