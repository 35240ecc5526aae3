#include "services/core/plan/plan.h"

#include <string>

#include "gtest/gtest.h"
#include "services/core/family/family.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::plan {
namespace {

using agency::v1::ActionUpdated;
using agency::v1::ContactRecorded;
using agency::v1::PlanAgreed;
using agency::v1::PlanAmended;
using agency::v1::PlanClosed;
using agency::v1::PlanOpened;
using agency::v1::PlanReviewed;
using agency::v1::PlanStated;
using ledger::v1::Fact;
using ledger::v1::PlanRow;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::StatusIs;
using testing::Text;

constexpr char kAnna[] =
    R"({ record { agency: "council" system: "main" local_id: "anna" } })";
constexpr char kStranger[] =
    R"({ record { agency: "council" system: "main" local_id: "carl" } })";

// A draft of the school for Anna, of whose family council's w1 is the lead.
class PlanTest : public ::testing::Test {
 protected:
  PlanTest() {
    anna = bench.AddRecord("council", "anna");
    bench.AddRecord("council", "carl");
    family = bench.AddFamily("council", "F", {anna});
    lead = bench.AddPractitioner("council", "w1");
    bench.AddPractitioner("school", "w1");
    bench.AddPractitioner("school", "w2");
    bench.AddPractitioner("health", "w1");
    AsSchool();
  }

  void AsLead() { bench.Act("council"); }
  void AsSchool() { bench.Act("school"); }
  void Appoint(EntityNumber practitioner) {
    ledger::v1::LeadRow row;
    row.mutable_taken()->set_practitioner(practitioner);
    row.set_state(ledger::v1::LEAD_STATE_APPOINTED);
    const EntityNumber appointment = bench.NextNumber();
    PutRow(bench.state(), family, keys::Lead(appointment), row);
    auto family_row = *bench.Row<ledger::v1::FamilyRow>(keys::Family(family));
    family_row.set_lead(appointment);
    PutRow(bench.state(), family, keys::Family(family), family_row);
  }
  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  // The same of the plan of this test.
  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const std::string& text) {
    auto said = Text<T>(text);
    said.mutable_plan()->set_id(id);
    return Say(said);
  }
  static PlanOpened Opened(const std::string& content = kContent) {
    return Text<PlanOpened>(R"(
      family { local { agency: "council" system: "main" local_id: "F" } }
      about )" + std::string(kAnna) +
                            " content { " + content + " }");
  }
  void Open() {
    ASSERT_THAT(Say(Opened()), IsOk());
    id = bench.made().at(0).id();
    number = bench.made().at(0).number();
  }
  // Open, agreed and with council's w1 as lead.
  void Agree() {
    Open();
    ASSERT_THAT(Say<PlanAgreed>("version: 1 agreed_by " + std::string(kAnna)),
                IsOk());
    Appoint(lead);
    AsLead();
  }
  void Close() {
    ASSERT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED"), IsOk());
  }
  PlanRow Row() { return *bench.Row<PlanRow>(keys::Plan(number)); }
  static std::string Amended(const std::string& more, int version = 1,
                             const std::string& goal = "sleep") {
    return "content { " + std::string(kContent) + " goals: '" + goal +
           "' } version: " + std::to_string(version) + " " + more;
  }

  static constexpr char kContent[] = R"(
    category: "family_plan"
    actions { key: "1" what: "call landlord" practitioner { local_id: "w2" }
              service: "school" by { year: 2024 month: 4 day: 1 } }
    actions { key: "2" what: "keep a diary"
              person { record { agency: "council" system: "main"
                                local_id: "anna" } }
              by { year: 2024 month: 4 day: 1 } })";

  Bench bench{{Evolve, family::Evolve}};
  EntityNumber anna = 0;
  EntityNumber family = 0;
  EntityNumber lead = 0;
  std::string id;
  EntityNumber number = 0;
};

TEST_F(PlanTest, AnActOpensADraftForItsPersonsInItsFamily) {
  const auto facts = Say(Opened());
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanRecorded))));
  EXPECT_EQ((*facts)[0].subject, family);
  EXPECT_THAT((*facts)[0].also_about, ElementsAre(anna));
  const auto& plan = (*facts)[0].fact.plan_recorded();
  EXPECT_EQ(plan.state(), agency::v1::PLAN_STATE_DRAFT);
  EXPECT_EQ(plan.version(), 1u);
  EXPECT_EQ(plan.doers(1).record(), anna);
  EXPECT_FALSE(plan.content().actions(0).has_practitioner());
  EXPECT_EQ(plan.content().actions(0).service(), "school");  // held for R-099
  EXPECT_TRUE(bench.state()
                  .Get(keys::PlanTouching(anna, plan.plan().number()))
                  ->has_value());
}

TEST_F(PlanTest, WithoutAFamilyItIsTheOneTheAgencyStatesElseANewOne) {
  PlanOpened said = Opened();
  said.clear_family();
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kFamilyFounded),
                                       IsFact(Fact::kMemberStated),
                                       IsFact(Fact::kPlanRecorded))));
  AsLead();
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT(facts->back(), IsFact(Fact::kPlanRecorded));
  EXPECT_EQ(facts->back().subject, family);
}

// R-190
TEST_F(PlanTest, EveryActionSaysWhatWhoAndByWhen) {
  const std::string who = "practitioner { local_id: 'w2' } ";
  const std::string by = "by { year: 2024 month: 4 day: 1 } ";
  const auto open = [&](const std::string& action) {
    return Say(Opened("actions { key: '1' " + action + "}"));
  };
  EXPECT_THAT(open(who + by), RefusedWith("ACTION_INCOMPLETE"));
  EXPECT_THAT(open("what: 'call' " + by), RefusedWith("ACTION_INCOMPLETE"));
  EXPECT_THAT(open("what: 'call' " + who), RefusedWith("ACTION_INCOMPLETE"));
  EXPECT_THAT(open("what: 'call' " + who + by + "person " + kAnna),
              RefusedWith("ACTION_INCOMPLETE"));
  EXPECT_THAT(open("what: 'call' " + who + by), IsOk());
  EXPECT_THAT(Say(Opened("actions { what: 'call' }")),
              RefusedWith("ACTION_KEY"));
}

// R-188: the family agrees to the version it saw.
TEST_F(PlanTest, TheFamilyAgreesToTheVersionItSaw) {
  Open();
  EXPECT_THAT(Say<PlanAgreed>("version: 1"), RefusedWith("FAMILY_ABSENT"));
  EXPECT_THAT(Say<PlanAgreed>("version: 1 agreed_by " + std::string(kStranger)),
              RefusedWith("NOT_OF_THE_FAMILY"));
  EXPECT_THAT(Say<PlanAgreed>("agreed_by " + std::string(kAnna)),
              RefusedWith("VERSION_MISSING"));
  EXPECT_THAT(Say<PlanAgreed>("version: 2 agreed_by " + std::string(kAnna)),
              StatusIs(absl::StatusCode::kAborted));
  const std::string right = "version: 1 agreed_by " + std::string(kAnna);
  EXPECT_THAT(Say<PlanAgreed>(right),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanAgreedTo))));
  EXPECT_EQ(Row().recorded().state(), agency::v1::PLAN_STATE_AGREED);
  EXPECT_THAT(Say<PlanAgreed>(right), IsOkAndHolds(IsEmpty()));
}

// R-206, R-170
TEST_F(PlanTest, ADraftIsAmendedFreelyAnAgreedPlanOnlyWithTheFamily) {
  Open();
  EXPECT_THAT(Say<PlanAmended>(Amended("")),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanRevised))));
  EXPECT_THAT(Say<PlanAmended>(Amended("")), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(Row().recorded().version(), 2u);
  EXPECT_EQ(Row().recorded().state(), agency::v1::PLAN_STATE_DRAFT);
  EXPECT_THAT(Say<PlanAgreed>("version: 2 agreed_by " + std::string(kAnna)),
              IsOk());
  const std::string with_anna = "agreed_by " + std::string(kAnna);
  EXPECT_THAT(Say<PlanAmended>(Amended("", 2, "rest")),
              RefusedWith("FAMILY_ABSENT"));
  EXPECT_THAT(Say<PlanAmended>(Amended(with_anna, 1, "rest")),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Say<PlanAmended>(Amended(with_anna, 2, "rest")), IsOk());
  EXPECT_EQ(Row().agreed_version(), 3u);
}

TEST_F(PlanTest, OnceSomebodyLeadsOnlyTheyWriteTheAgreedPlan) {
  Agree();
  const std::string amended = Amended("agreed_by " + std::string(kAnna));
  AsSchool();
  EXPECT_THAT(Say<PlanAmended>(amended), RefusedWith("NOT_LEAD"));
  AsLead();
  EXPECT_THAT(Say<PlanAmended>(amended), IsOk());
}

// R-097, R-188
TEST_F(PlanTest, AFamilyMemberAgreesForThemselvesAlone) {
  Open();
  const std::string agreed = "version: 1 agreed_by " + std::string(kAnna);
  const std::string amended = Amended("agreed_by " + std::string(kAnna));
  const EntityNumber ben = bench.AddRecord("school", "ben");
  bench.Act("school", bench.IdOf(base::IdKind::kPerson, ben),
            agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say<PlanAgreed>(agreed), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say<PlanAmended>(amended), RefusedWith("NOT_YOURSELF"));
  bench.Act("school", bench.IdOf(base::IdKind::kPerson, anna),
            agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say<PlanAgreed>(agreed), IsOk());
}

// R-229
TEST_F(PlanTest, APanelChangesNoPlan) {
  Agree();
  bench.Act("council", "w1", agency::v1::ROLE_PANEL_CHAIR);
  EXPECT_THAT(Say<PlanAmended>(Amended("agreed_by " + std::string(kAnna))),
              RefusedWith("PANEL"));
}

// R-119
TEST_F(PlanTest, AnActionIsMovedByWhoDoesItOrByTheLead) {
  Agree();
  const std::string done = "action: '1' state: ACTION_STATE_DONE";
  bench.Act("school", "w1");
  EXPECT_THAT(Say<ActionUpdated>(done), RefusedWith("NOT_YOUR_ACTION"));
  bench.Act("school", "w2");
  EXPECT_THAT(Say<ActionUpdated>(done),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kActionMoved))));
  EXPECT_THAT(Say<ActionUpdated>(done), IsOkAndHolds(IsEmpty()));
  AsLead();
  EXPECT_THAT(Say<ActionUpdated>("action: '1' state: ACTION_STATE_DROPPED"),
              IsOk());
  EXPECT_THAT(Say<ActionUpdated>("action: '9' state: ACTION_STATE_DONE"),
              RefusedWith("ACTION_UNKNOWN"));
}

TEST_F(PlanTest, AFamilyMemberMovesTheirOwnActionOnly) {
  Agree();
  bench.Act("council", bench.IdOf(base::IdKind::kPerson, anna),
            agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say<ActionUpdated>("action: '1' state: ACTION_STATE_DONE"),
              RefusedWith("NOT_YOUR_ACTION"));
  EXPECT_THAT(Say<ActionUpdated>("action: '2' state: ACTION_STATE_DONE"),
              IsOk());
}

TEST_F(PlanTest, ASureLinkMakesAnActionAFamilyMembersOwn) {
  Agree();
  const EntityNumber patient = bench.AddRecord("health", "anna");
  bench.Act("health", bench.IdOf(base::IdKind::kPerson, patient),
            agency::v1::ROLE_FAMILY_MEMBER);
  const std::string done = "action: '2' state: ACTION_STATE_DONE";
  bench.Link({anna, patient});
  EXPECT_THAT(Say<ActionUpdated>(done), RefusedWith("NOT_YOUR_ACTION"));
  bench.Link({anna, patient}, true);
  EXPECT_THAT(Say<ActionUpdated>(done), IsOk());
}

TEST_F(PlanTest, AReviewMovesTheDayFromWhichTheNextOneCounts) {
  Open();
  EXPECT_THAT(Say<PlanReviewed>("summary: 'well'"),
              RefusedWith("PLAN_NOT_AGREED"));
  EXPECT_THAT(Say<PlanAgreed>("version: 1 agreed_by " + std::string(kAnna)),
              IsOk());
  EXPECT_THAT(Say<PlanReviewed>("on { year: 2024 month: 3 day: 5 }"),
              RefusedWith("NOT_YET"));
  EXPECT_THAT(Say<PlanReviewed>("on { year: 2024 month: 3 day: 4 }"),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanReviewHeld))));
  EXPECT_THAT(Say<PlanReviewed>("on { year: 2024 month: 3 day: 4 }"),
              IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(Row().last_review().day(), 4);
}

// R-222
TEST_F(PlanTest, OnlyTheLeadClosesAnAgreedPlan) {
  Agree();
  AsSchool();
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED"),
              RefusedWith("NOT_LEAD"));
  AsLead();
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED version: 2"),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED version: 1"),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanEnded))));
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED version: 1"),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(PlanTest, ADraftIsClosedByWhoOpenedIt) {
  Open();
  bench.Act("school", "w2");
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED"),
              RefusedWith("NOT_LEAD"));
  AsSchool();
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED"), IsOk());
}

// R-222: a closed plan is read-only.
TEST_F(PlanTest, AClosedPlanTakesNoMoreActs) {
  Agree();
  Close();
  const PlanRow before = Row();
  EXPECT_THAT(Say<PlanAmended>(Amended("agreed_by " + std::string(kAnna))),
              RefusedWith("PLAN_CLOSED"));
  EXPECT_THAT(Say<PlanAgreed>("version: 1 agreed_by " + std::string(kAnna)),
              RefusedWith("PLAN_CLOSED"));
  EXPECT_THAT(Say<ActionUpdated>("action: '1' state: ACTION_STATE_DONE"),
              RefusedWith("PLAN_CLOSED"));
  EXPECT_THAT(Say<PlanReviewed>("summary: 'well'"), RefusedWith("PLAN_CLOSED"));
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED wording: 'x'"),
              RefusedWith("PLAN_CLOSED"));
  EXPECT_EQ(before.SerializeAsString(), Row().SerializeAsString());
}

// R-214..R-217
TEST_F(PlanTest, WithdrawalNeedsWordsAndATransferItsReferral) {
  Agree();
  EXPECT_THAT(Say<PlanClosed>(""), RefusedWith("REASON_MISSING"));
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_OTHER"),
              RefusedWith("REASON_MISSING"));
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_WITHDRAWN"),
              RefusedWith("WORDING_MISSING"));
  EXPECT_THAT(Say<PlanClosed>(
                  "reason: CLOSURE_REASON_WITHDRAWN_WITH_CONCERN wording: 'x'"),
              RefusedWith("REFERRAL_MISSING"));
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_TRANSFERRED"),
              RefusedWith("REFERRAL_MISSING"));
  EXPECT_THAT(
      Say<PlanClosed>("reason: CLOSURE_REASON_WITHDRAWN wording: 'enough'"),
      IsOk());
}

// Reports.

class ReportedPlanTest : public PlanTest {
 protected:
  ReportedPlanTest() { bench.Feed("health"); }
  static PlanStated Stated(const std::string& more) {
    return Text<PlanStated>(R"(
      plan { system: "main" local_id: "P1" } about )" +
                            std::string(kAnna) + more);
  }
  void Report(const std::string& more) {
    ASSERT_THAT(Say(Stated(more)), IsOk());
    id = bench.made().at(0).id();
    number = bench.made().at(0).number();
  }
};

TEST_F(ReportedPlanTest, AReportIsTakenAsItIsAndItsUnmetRowsNoted) {
  const auto facts =
      Say(Stated("state: PLAN_STATE_AGREED content { actions { key: '1' what: "
                 "'call' } }"));
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(3)));
  EXPECT_THAT((*facts)[2], IsFact(Fact::kPlanRecorded));
  EXPECT_THAT((*facts)[2].fact.unmet(), ElementsAre("R-190"));
  EXPECT_EQ((*facts)[2].fact.plan_recorded().local().agency(), "health");
}

TEST_F(ReportedPlanTest, ARepeatedReportChangesNothing) {
  Report("state: PLAN_STATE_AGREED");
  EXPECT_THAT(Say(Stated("state: PLAN_STATE_AGREED")), IsOkAndHolds(IsEmpty()));
  const auto facts =
      Say(Stated("state: PLAN_STATE_AGREED content { goals: 'a' }"));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanRecorded))));
  EXPECT_EQ((*facts)[0].fact.plan_recorded().version(), 2u);
  EXPECT_EQ(Row().recorded().plan().id(), id);
}

TEST_F(ReportedPlanTest, ActsDoNotChangeAFeedsPlan) {
  Report("state: PLAN_STATE_AGREED");
  bench.Act("health");
  EXPECT_THAT(Say<PlanAmended>(Amended("agreed_by " + std::string(kAnna))),
              RefusedWith("PLAN_REPORTED"));
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED"),
              RefusedWith("PLAN_REPORTED"));
  EXPECT_THAT(Say(Stated("state: PLAN_STATE_CLOSED")),
              RefusedWith("REPORTS_ONLY"));
}

TEST_F(ReportedPlanTest, AnotherAgencysFeedDoesNotChangeIt) {
  Report("state: PLAN_STATE_AGREED");
  bench.Feed("school");
  EXPECT_THAT(Say<PlanClosed>("reason: CLOSURE_REASON_RESOLVED"),
              RefusedWith("NOT_YOURS"));
  auto said = Stated("state: PLAN_STATE_CLOSED");
  said.mutable_plan()->set_agency("health");
  EXPECT_THAT(Say(said), RefusedWith("NOT_YOURS"));
}

TEST_F(ReportedPlanTest, AClosedPlanOpensAgainByItsFeedAlone) {
  Report("state: PLAN_STATE_AGREED");
  auto facts = Say(Stated("state: PLAN_STATE_CLOSED"));
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-214"));
  EXPECT_THAT(Say(Stated("state: PLAN_STATE_AGREED")),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanRecorded))));
  EXPECT_EQ(Row().recorded().state(), agency::v1::PLAN_STATE_AGREED);
}

TEST_F(ReportedPlanTest, WhatMakesNoSenseIsSenseless) {
  EXPECT_THAT(Say(Stated("")), RefusedWith("UNKNOWN_CODE"));
  auto said = Stated("state: PLAN_STATE_AGREED");
  said.clear_about();
  EXPECT_THAT(Say(said), RefusedWith("ABOUT_NOBODY"));
  said = Stated("state: PLAN_STATE_AGREED");
  said.clear_plan();
  EXPECT_THAT(Say(said), RefusedWith("KEY_MISSING"));
}

// R-186: a second plan is accepted; the contact that is owed is noted.

TEST_F(PlanTest, ASecondPlanOwesAContactWithTheLeadOfTheFirst) {
  Open();
  const auto facts = Say(Opened());
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-186"));
}

TEST_F(PlanTest, NoContactIsOwedOnceTheFirstPlanIsClosed) {
  Agree();
  Close();
  AsSchool();
  const auto facts = Say(Opened());
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), IsEmpty());
}

TEST_F(PlanTest, AContactMadeIsRecordedAndOwesNothing) {
  Open();
  PlanOpened said = Opened();
  said.mutable_contact_with_lead()->mutable_plan()->set_id(id);
  said.mutable_contact_with_lead()->set_note("rang");
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanRecorded),
                                              IsFact(Fact::kLeadContacted))));
  EXPECT_THAT((*facts)[0].fact.unmet(), IsEmpty());
}

TEST_F(ReportedPlanTest, AnybodyRecordsAContactEvenWithAFeedsPlan) {
  Report("state: PLAN_STATE_AGREED");
  AsSchool();
  auto said = Text<ContactRecorded>("contact { note: 'rang' }");
  said.mutable_contact()->mutable_plan()->set_id(id);
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadContacted))));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace kith::core::plan
