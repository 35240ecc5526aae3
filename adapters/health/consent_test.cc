// What a FHIR Consent may give, and what it forbids: formats C2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/common/text.h"
#include "adapters/health/reader.h"

namespace kith::adapters::health {
namespace {

using agency::v1::ConsentStated;
using agency::v1::RestrictionStated;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPurpose[] = ", 'purpose': [{'code': 'CAREMGT'}]";
constexpr char kCouncil[] =
    "'actor': [{'role': {'coding': [{'code': 'PRCP'}]},"
    " 'reference': {'reference': 'Organization/council'}}]";

class ConsentTest : public testing::Test {
 protected:
  // Reads one active privacy consent about Patient/p1.
  void Read(const std::string& policy, const std::string& provision,
            const std::string& status = "active",
            const std::string& more = "") {
    const std::string own = absl::StrCat(
        "version: 1\nsettings: {untyped_root: ", untyped_root_,
        "}\ntables: {agencies: {council: ['Organization/council']}}\n");
    const auto yaml = ReadFile("adapters/health/mapping.yaml", 1 << 20);
    const auto mapping = Mapping::Parse(*yaml, own);
    ASSERT_TRUE(mapping.ok()) << mapping.status();
    std::string text = absl::StrCat(
        "{'resourceType': 'Consent', 'id': 'c', 'status': '", status,
        "', 'scope': {'coding': [{'code': 'patient-privacy'}]},"
        " 'patient': {'reference': 'Patient/p1'},"
        " 'performer': [{'reference': 'RelatedPerson/mum'}],"
        " 'dateTime': '2024-01-20'",
        policy.empty() ? "" : ", 'policyRule': {'coding': [{'code': '", policy,
        policy.empty() ? "" : "'}]}", more,
        provision.empty() ? "" : ", 'provision': ", provision, "}");
    text = absl::StrReplaceAll(text, {{"'", "\""}});
    const Feed feed{"trust", "fhir", absl::FromUnixSeconds(1700000000), "", ""};
    Reader reader(*mapping);
    const absl::Status read = reader.Read("f.json", text, feed, [&](Item item) {
      item_ = std::move(item);
      return absl::OkStatus();
    });
    ASSERT_TRUE(read.ok()) << read;
    consents_.clear();
    restrictions_.clear();
    for (const Said& said : item_.said) {
      if (said.statement.has_consent_stated()) {
        consents_.push_back(said.statement.consent_stated());
      }
      if (said.statement.has_restriction_stated()) {
        restrictions_.push_back(said.statement.restriction_stated());
      }
    }
  }

  // No statement lets anybody see anything.
  bool PermitsNobody() const {
    for (const ConsentStated& consent : consents_) {
      if (consent.answer() == agency::v1::CONSENT_ANSWER_GIVEN &&
          !consent.recipients().empty()) {
        return false;
      }
    }
    return true;
  }

  std::string untyped_root_ = "set_aside";
  Item item_;
  std::vector<ConsentStated> consents_;
  std::vector<RestrictionStated> restrictions_;
};

std::string Permit(const std::string& more = "") {
  return absl::StrCat("{'type': 'permit', ", kCouncil, kPurpose, more, "}");
}

TEST_F(ConsentTest, APermitGivesShareOverOwnRecordsToNamedRecipientsOnly) {
  for (const char* policy : {"OPTIN", "OPTOUT"}) {
    Read(policy, Permit(", 'class': [{'code': 'CarePlan'}],"
                        " 'period': {'end': '2025-01-20'}"));
    EXPECT_EQ(item_.ending, Ending::kReady);
    ASSERT_THAT(consents_, SizeIs(1));
    const ConsentStated& consent = consents_[0];
    EXPECT_EQ(consent.kind(), agency::v1::CONSENT_KIND_SHARE);
    EXPECT_EQ(consent.answer(), agency::v1::CONSENT_ANSWER_GIVEN);
    EXPECT_TRUE(consent.own_records_only());
    EXPECT_EQ(consent.recipients(0).agency(), "council");
    EXPECT_EQ(consent.purpose(), "early_help");
    EXPECT_THAT(consent.classes(), ElementsAre(agency::v1::ITEM_CLASS_PLAN));
    EXPECT_EQ(consent.answered_by().record().local_id(), "RelatedPerson/mum");
    EXPECT_EQ(consent.period().from().year(), 2024);
    EXPECT_EQ(consent.period().until().year(), 2025);
    EXPECT_THAT(restrictions_, IsEmpty());
  }
}

TEST_F(ConsentTest, APermittedExceptionFromOptOutIsAPermission) {
  Read("OPTOUT", absl::StrCat("{'provision': [", Permit(), "]}"));
  EXPECT_EQ(item_.ending, Ending::kReady);
  EXPECT_FALSE(PermitsNobody());
}

TEST_F(ConsentTest, APartThatCannotBeRepresentedNeverPermits) {
  const std::string parts[] = {
      ", 'data': [{'meaning': 'related', 'reference': {'reference': "
      "'Task/1'}}]",
      ", 'securityLabel': [{'code': 'PSY'}]",
      ", 'code': [{'coding': [{'code': '34133-9'}]}]",
      ", 'class': [{'code': 'CarePlan'}, {'code': 'MedicationRequest'}]",
      ", 'dataPeriod': {'start': '2020-01-01'}",
      ", 'action': [{'coding': [{'code': 'correct'}]}]",
      ", 'modifierExtension': [{'url': 'x'}]",
      ", 'period': {'end': '2024-02-31'}",
  };
  for (const std::string& part : parts) {
    for (const char* policy : {"OPTIN", "", "IMPLIED"}) {
      Read(policy, Permit(part));
      EXPECT_TRUE(PermitsNobody()) << part;
      EXPECT_EQ(item_.ending, Ending::kSetAside) << part;
      // It takes the place of what an earlier version permitted.
      ASSERT_THAT(consents_, SizeIs(1));
      EXPECT_EQ(consents_[0].consent().local_id(), "Consent/c");
    }
  }
}

TEST_F(ConsentTest, OnlyRecipientsReceive) {
  for (const char* role : {"CST", "AUT", "CON", ""}) {
    Read("OPTIN",
         absl::StrCat("{'type': 'permit', 'actor': [{'role': {'coding': "
                      "[{'code': '",
                      role,
                      "'}]}, 'reference': {'reference': "
                      "'Organization/council'}}]",
                      kPurpose, "}"));
    EXPECT_TRUE(PermitsNobody()) << role;
    EXPECT_EQ(item_.ending, Ending::kSetAside) << role;
  }
}

TEST_F(ConsentTest, AnUnknownRecipientPurposeOrNoneNeverPermits) {
  Read("OPTIN",
       "{'type': 'permit', 'actor': [{'role': {'coding': [{'code': "
       "'IRCP'}]}, 'reference': {'reference': 'Organization/x'}}],"
       " 'purpose': [{'code': 'CAREMGT'}]}");
  EXPECT_TRUE(PermitsNobody());
  Read("OPTIN", absl::StrCat("{'type': 'permit', ", kCouncil, "}"));
  EXPECT_TRUE(PermitsNobody());
  Read("OPTIN", absl::StrCat("{'type': 'permit', ", kCouncil,
                             ", 'purpose': [{'code': 'HMARKT'}]}"));
  EXPECT_TRUE(PermitsNobody());
  Read("OPTIN", absl::StrCat("{'type': 'permit', ", kCouncil,
                             ", 'purpose': [{'code': 'CAREMGT'}, "
                             "{'code': 'TREAT'}]}"));
  EXPECT_TRUE(PermitsNobody());
}

TEST_F(ConsentTest, ARootWithoutTypeMeansWhatTheSourceSays) {
  const std::string root = absl::StrCat("{", kCouncil, kPurpose, "}");
  Read("OPTIN", root);
  EXPECT_EQ(item_.ending, Ending::kSetAside);
  EXPECT_TRUE(PermitsNobody());
  untyped_root_ = "limits";
  Read("OPTIN", root);
  EXPECT_FALSE(PermitsNobody());
  Read("OPTOUT", root);
  EXPECT_TRUE(PermitsNobody());
  EXPECT_THAT(restrictions_, SizeIs(1));
  untyped_root_ = "excepts";
  Read("OPTIN", root);
  EXPECT_TRUE(PermitsNobody());
  ASSERT_THAT(restrictions_, SizeIs(1));
  EXPECT_EQ(restrictions_[0].barred(0).agency(), "council");
  Read("OPTOUT", root);
  EXPECT_FALSE(PermitsNobody());
}

TEST_F(ConsentTest, OptingOutIsARefusalWhateverElseIsUnclear) {
  const std::string provisions[] = {
      "", absl::StrCat("{", kCouncil, "}"),
      "{'period': {'start': '2024-01-01'}}",
      Permit(", 'securityLabel': [{'code': 'N'}]")};
  for (const std::string& provision : provisions) {
    Read("OPTOUT", provision);
    EXPECT_EQ(item_.ending, Ending::kReady) << provision;
    EXPECT_TRUE(PermitsNobody());
    ASSERT_FALSE(consents_.empty());
    EXPECT_EQ(consents_.back().answer(), agency::v1::CONSENT_ANSWER_REFUSED);
  }
}

TEST_F(ConsentTest, DenialsAreWidenedWhereTheirLimitsAreNotOurs) {
  Read("OPTIN", absl::StrCat("{'type': 'deny', ", kCouncil,
                             ", 'class': [{'code': 'CarePlan'}]}"));
  ASSERT_THAT(restrictions_, SizeIs(1));
  EXPECT_EQ(restrictions_[0].barred(0).agency(), "council");
  EXPECT_THAT(restrictions_[0].classes(),
              ElementsAre(agency::v1::ITEM_CLASS_PLAN));
  Read("OPTIN", absl::StrCat("{'type': 'deny', ", kCouncil,
                             ", 'securityLabel': [{'code': 'PSY'}],"
                             " 'class': [{'code': 'CarePlan'}]}"));
  EXPECT_THAT(restrictions_[0].classes(), IsEmpty());
  Read("OPTIN",
       "{'type': 'deny', 'actor': [{'role': {'coding': [{'code': "
       "'PRCP'}]}, 'reference': {'reference': 'Organization/x'}}]}");
  EXPECT_THAT(restrictions_[0].barred(), IsEmpty());
  EXPECT_TRUE(PermitsNobody());
}

TEST_F(ConsentTest, DeniedOrUntypedExceptionsStandBesideAPermission) {
  for (const char* type : {"'type': 'deny', ", ""}) {
    Read("OPTIN", Permit(absl::StrCat(", 'provision': [{", type,
                                      "'class': [{'code': 'Condition'}]}]")));
    EXPECT_FALSE(PermitsNobody());
    ASSERT_THAT(restrictions_, SizeIs(1));
    EXPECT_THAT(restrictions_[0].classes(),
                ElementsAre(agency::v1::ITEM_CLASS_NEED));
  }
}

TEST_F(ConsentTest, WhatHasEndedPermitsNoMoreAndItsDenialsEnd) {
  for (const char* status : {"rejected", "inactive"}) {
    Read("OPTIN", Permit(", 'provision': [{'type': 'deny'}]"), status);
    ASSERT_THAT(consents_, SizeIs(1));
    EXPECT_EQ(consents_[0].answer(), agency::v1::CONSENT_ANSWER_REFUSED);
    ASSERT_THAT(restrictions_, SizeIs(1));
    EXPECT_TRUE(restrictions_[0].period().has_until());
  }
  Read("OPTIN", Permit(), "entered-in-error");
  ASSERT_THAT(item_.said, SizeIs(1));
  EXPECT_EQ(
      item_.said[0].statement.consent_withdrawn().consent().local().local_id(),
      "Consent/c");
}

TEST_F(ConsentTest, WhatIsNotInForceOrNotReliableIsNotTaken) {
  for (const char* status : {"draft", "proposed"}) {
    Read("OPTIN", Permit(), status);
    EXPECT_EQ(item_.ending, Ending::kSkipped);
    EXPECT_THAT(item_.said, IsEmpty());
  }
  Read("OPTIN", Permit(), "anything");
  EXPECT_EQ(item_.ending, Ending::kSetAside);
  EXPECT_TRUE(PermitsNobody());
  Read("OPTIN", Permit(), "active", ", 'verification': [{'verified': false}]");
  EXPECT_EQ(item_.ending, Ending::kSetAside);
  EXPECT_TRUE(PermitsNobody());
  Read("OPTIN", Permit(), "active", ", 'modifierExtension': [{'url': 'x'}]");
  EXPECT_EQ(item_.ending, Ending::kSetAside);
  EXPECT_TRUE(PermitsNobody());
}

TEST_F(ConsentTest, OptingInWithoutNamingAnybodyPermitsNobody) {
  Read("OPTIN", "");
  EXPECT_EQ(item_.ending, Ending::kSkipped);
  EXPECT_TRUE(PermitsNobody());
}

}  // namespace
}  // namespace kith::adapters::health
