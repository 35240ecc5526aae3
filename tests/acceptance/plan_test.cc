// Rows about the one plan of a family.
#include <functional>

#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "services/views/find.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::PlanAgreed;
using agency::v1::PlanAmended;
using agency::v1::PlanClosed;
using agency::v1::PlanOpened;
using agency::v1::PlanStated;
using ledger::v1::Fact;

// The school opens a plan for a child whose family the council's w1 leads.
class PlanRows : public ::testing::Test {
 protected:
  PlanRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.By("council", "w1");
    family = world.Family("F", {"council/mother", "council/child"},
                          "council/mother");
    world.By("school", "teacher");
    const Ended opened = world.Says(Opened());
    EXPECT_THAT(opened, IsAccepted());
    plan = opened.id();
  }

  agency::v1::PlanContent Content(const std::string& goal) {
    agency::v1::PlanContent content;
    content.add_goals(goal);
    auto& action = *content.add_actions();
    action.set_key("1");
    action.set_what("call the landlord");
    *action.mutable_practitioner() = Worker("school/teacher");
    *action.mutable_by() = Day(2024, 4, 1);
    return content;
  }
  PlanOpened Opened() {
    PlanOpened said;
    *said.mutable_family() = ThingWithId(family);
    *said.add_about() = Person("council/child");
    *said.mutable_content() = Content("sleep");
    return said;
  }
  template <class T>
  T Of() {
    T said;
    *said.mutable_plan() = ThingWithId(plan);
    return said;
  }
  PlanAgreed Agrees(uint64_t version = 1) {
    auto said = Of<PlanAgreed>();
    said.set_version(version);
    *said.add_agreed_by() = Person("council/mother");
    return said;
  }
  PlanAmended Amends(uint64_t version, bool family_took_part) {
    auto said = Of<PlanAmended>();
    *said.mutable_content() = Content("rest");
    said.set_version(version);
    if (family_took_part) *said.add_agreed_by() = Person("council/mother");
    return said;
  }
  PlanClosed Closes(agency::v1::ClosureReason reason,
                    const std::string& wording = "") {
    auto said = Of<PlanClosed>();
    said.set_reason(reason);
    said.set_wording(wording);
    return said;
  }
  void AppointLead() {
    agency::v1::LeadAppointed said;
    *said.mutable_family() = ThingWithId(family);
    *said.mutable_practitioner() = Worker("council/w1");
    said.set_at(agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
    *said.add_agreed_by() = Person("council/mother");
    said.set_accepted(true);
    world.By("council", "w1");
    EXPECT_THAT(world.Says(said), IsAccepted());
  }
  std::string Refer() {
    agency::v1::ReferralStated said;
    *said.add_about() = Person("council/child");
    said.set_referrer(agency::v1::REFERRER_KIND_PRACTITIONER);
    said.set_to_agency("health");
    said.set_family_agreed(agency::v1::ANSWER_YES);
    return world.Says(said).id();
  }
  // Kith's id of the person.
  std::string IdOf(absl::string_view record) {
    return *views::IdOfThing(world.views(), world.Record(record));
  }
  ledger::v1::PlanRow Row() {
    return world.Row<ledger::v1::PlanRow>(core::keys::Plan(world.Number(plan)));
  }

  World world;
  std::string family;
  std::string plan;
};

TEST_F(PlanRows, R188TheFamilyAgreesToWhatItSaw) {
  EXPECT_EQ(Row().recorded().state(), agency::v1::PLAN_STATE_DRAFT);
  auto nobody = Of<PlanAgreed>();
  nobody.set_version(1);
  EXPECT_THAT(world.Says(nobody), RefusedFor("FAMILY_ABSENT", "R-188"));
  EXPECT_EQ(world.Says(Agrees(2)).outcome.kind(),
            ledger::v1::OUTCOME_KIND_REFUSED);
  EXPECT_THAT(world.Says(Agrees()), Records(Fact::kPlanAgreedTo));
  EXPECT_THAT(world.Says(Agrees()), ChangedNothing());
}

// R-189 asks to hold the four; no rule asks for more than R-190 does.
TEST_F(PlanRows, R189WhatAPlanDoesNotSayIsNotMadeUp) {
  PlanOpened said = Opened();
  said.clear_content();
  const Ended opened = world.Says(said);
  ASSERT_THAT(opened, IsAccepted());
  const auto& held = opened.Find(Fact::kPlanRecorded).plan_recorded().content();
  EXPECT_EQ(held.ByteSizeLong(), 0u) << held.ShortDebugString();
}

TEST_F(PlanRows, R189AListOrDayThatCannotBeIsNotHeld) {
  const auto with =
      [&](const std::function<void(agency::v1::PlanContent&)>& change) {
        PlanOpened said = Opened();
        change(*said.mutable_content());
        return world.Says(said);
      };
  const auto signs = [](int count) {
    return [count](agency::v1::PlanContent& content) {
      while (content.success_signs_size() < count) {
        content.add_success_signs("asleep by eight");
      }
    };
  };
  EXPECT_THAT(with(signs(50)), IsAccepted());
  EXPECT_THAT(with(signs(51)), IsQuarantined("TOO_MANY"));
  const auto steps = [](int count) {
    return [count](agency::v1::PlanContent& content) {
      while (content.actions_size() < count) {
        auto& step = *content.add_actions();
        step = content.actions(0);
        step.set_key(std::to_string(content.actions_size()));
      }
    };
  };
  EXPECT_THAT(with(steps(100)), IsAccepted());
  EXPECT_THAT(with(steps(101)), IsQuarantined("TOO_MANY"));
  EXPECT_THAT(with([](agency::v1::PlanContent& content) {
                *content.add_actions() = content.actions(0);
              }),
              IsQuarantined("ACTION_KEY"));
  const auto reviewed = [](int day) {
    return [day](agency::v1::PlanContent& content) {
      *content.mutable_next_review() = Day(2024, 4, 20);
      content.mutable_next_review()->set_day(day);
    };
  };
  EXPECT_THAT(with(reviewed(30)), IsAccepted());
  EXPECT_THAT(with(reviewed(31)), IsQuarantined("DATE_IMPOSSIBLE"));
}

TEST_F(PlanRows, R190EveryActionSaysWhatWhoAndByWhen) {
  PlanOpened said = Opened();
  said.mutable_content()->mutable_actions(0)->clear_by();
  EXPECT_THAT(world.Says(said), RefusedFor("ACTION_INCOMPLETE", "R-190"));
  said = Opened();
  said.mutable_content()->mutable_actions(0)->clear_what();
  EXPECT_THAT(world.Says(said), RefusedFor("ACTION_INCOMPLETE", "R-190"));
  said = Opened();
  *said.mutable_content()->mutable_actions(0)->mutable_person() =
      Person("council/mother");
  EXPECT_THAT(world.Says(said), RefusedFor("ACTION_INCOMPLETE", "R-190"));
  said.mutable_content()->mutable_actions(0)->clear_practitioner();
  EXPECT_THAT(world.Says(said), IsAccepted());  // one of the family's own
  said.mutable_content()->mutable_actions(0)->clear_person();
  EXPECT_THAT(world.Says(said), RefusedFor("ACTION_INCOMPLETE", "R-190"));
}

TEST_F(PlanRows, R206R170AChangeIsAVersionThatTheFamilyTookPartIn) {
  EXPECT_THAT(world.Says(Agrees()), IsAccepted());
  EXPECT_THAT(world.Says(Amends(1, false)),
              RefusedFor("FAMILY_ABSENT", "R-170"));
  EXPECT_THAT(world.Says(Amends(1, true)), Records(Fact::kPlanRevised));
  EXPECT_EQ(Row().recorded().version(), 2u);
  EXPECT_THAT(world.Says(Amends(1, true)), ChangedNothing());
}

TEST_F(PlanRows, R068BelowTwelveAParentAgreesBeforeAPlanIsStarted) {
  PlanAgreed alone = Agrees();
  *alone.mutable_agreed_by(0) = Person("council/child");
  PlanAgreed together = alone;
  *together.add_agreed_by() = Person("council/mother");
  world.On(2026, 5, 4);  // twelve tomorrow
  EXPECT_THAT(world.Says(alone), RefusedFor("PARENT_MUST_AGREE", "R-068"));
  EXPECT_THAT(world.Says(together), Records(Fact::kPlanAgreedTo));
}

TEST_F(PlanRows, R069FromTwelveAYoungPersonAgreesOnceJudgedCompetent) {
  PlanAgreed alone = Agrees();
  *alone.mutable_agreed_by(0) = Person("council/child");
  agency::v1::CompetenceJudged judged;
  *judged.mutable_person() = Person("council/child");
  judged.set_matter("plan");
  judged.set_competent(true);
  judged.set_reasons("says what it is to change, and what not");
  world.On(2026, 5, 5);
  EXPECT_THAT(world.Says(alone), RefusedFor("PARENT_MUST_AGREE", "R-069"));
  ASSERT_THAT(world.Says(judged), Records(Fact::kCompetenceRecorded));
  EXPECT_THAT(world.Says(alone), Records(Fact::kPlanAgreedTo));
}

TEST_F(PlanRows, R222OnlyTheLeadClosesAndTheRestIsReading) {
  EXPECT_THAT(world.Says(Agrees()), IsAccepted());
  AppointLead();
  world.By("school", "teacher");
  const PlanClosed closes = Closes(agency::v1::CLOSURE_REASON_RESOLVED);
  EXPECT_THAT(world.Says(closes), RefusedFor("NOT_LEAD", "R-222"));
  world.By("council", "w1");
  EXPECT_THAT(world.Says(closes), Records(Fact::kPlanEnded));
  const std::string closed = Row().SerializeAsString();
  EXPECT_THAT(world.Says(Amends(1, true)), RefusedFor("PLAN_CLOSED", "R-222"));
  EXPECT_THAT(world.Says(Agrees()), RefusedFor("PLAN_CLOSED", "R-222"));
  EXPECT_THAT(world.Says(closes), ChangedNothing());
  EXPECT_EQ(Row().SerializeAsString(), closed);
}

TEST_F(PlanRows, R222ADraftMayBeClosedByWhoOpenedIt) {
  world.By("school", "another");
  const PlanClosed closes = Closes(agency::v1::CLOSURE_REASON_RESOLVED);
  EXPECT_THAT(world.Says(closes), RefusedFor("NOT_LEAD", "R-222"));
  world.By("school", "teacher");
  EXPECT_THAT(world.Says(closes), IsAccepted());
}

TEST_F(PlanRows, R215WithdrawalIsNotedInWords) {
  EXPECT_THAT(world.Says(Closes(agency::v1::CLOSURE_REASON_WITHDRAWN)),
              RefusedFor("WORDING_MISSING", "R-215"));
  EXPECT_THAT(
      world.Says(Closes(agency::v1::CLOSURE_REASON_WITHDRAWN, "enough")),
      IsAccepted());
}

TEST_F(PlanRows, R216R217ConcernAndTransferNameTheirReferral) {
  PlanClosed concern =
      Closes(agency::v1::CLOSURE_REASON_WITHDRAWN_WITH_CONCERN, "bruises");
  EXPECT_THAT(world.Says(concern), RefusedFor("REFERRAL_MISSING", "R-216"));
  EXPECT_THAT(world.Says(Closes(agency::v1::CLOSURE_REASON_TRANSFERRED)),
              RefusedFor("REFERRAL_MISSING", "R-217"));
  const std::string referral = Refer();
  *concern.mutable_referral() = ThingWithId(referral);
  const Ended closed = world.Says(concern);
  ASSERT_THAT(closed, IsAccepted());
  EXPECT_EQ(closed.Find(Fact::kPlanEnded).plan_ended().referral(),
            world.Number(referral));
}

TEST_F(PlanRows, R119AnActionBelongsToWhoAcceptedItAndTheLeadLooksOn) {
  PlanAmended said = Amends(1, true);
  auto& hers = *said.mutable_content()->add_actions();
  hers.set_key("2");
  hers.set_what("ring the school when she is ill");
  *hers.mutable_person() = Person("council/mother");
  *hers.mutable_by() = Day(2024, 4, 1);
  world.By("school", "teacher");
  ASSERT_THAT(world.Says(Agrees()), IsAccepted());
  ASSERT_THAT(world.Says(said), IsAccepted());
  AppointLead();
  const auto says_of = [&](const std::string& action,
                           const std::string& difference) {
    auto moved = Of<agency::v1::ActionUpdated>();
    moved.set_action(action);
    moved.set_state(agency::v1::ACTION_STATE_DONE);
    moved.set_difference(difference);
    return world.Says(moved);
  };
  world.By("health", "nurse");
  EXPECT_THAT(says_of("1", "dry"), RefusedFor("NOT_YOUR_ACTION", "R-119"));
  world.By("school", "teacher");  // whose it is
  EXPECT_THAT(says_of("1", "dry"), Records(Fact::kActionMoved));
  EXPECT_THAT(says_of("1", "dry"), ChangedNothing());
  EXPECT_THAT(says_of("2", "calm"), RefusedFor("NOT_YOUR_ACTION", "R-119"));
  world.By("council", IdOf("council/child"), agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(says_of("2", "calm"), RefusedFor("NOT_YOUR_ACTION", "R-119"));
  world.By("council", IdOf("council/mother"), agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(says_of("2", "calm"), Records(Fact::kActionMoved));
  EXPECT_THAT(says_of("1", "wet"), RefusedFor("NOT_YOUR_ACTION", "R-119"));
  world.By("council", "w1");  // the lead
  EXPECT_THAT(says_of("1", "dry as a bone"), Records(Fact::kActionMoved));
}

// A feed reports what its agency did; acts do not change that.
TEST_F(PlanRows, AReportedPlanChangesByItsOwnFeedAlone) {
  PlanStated said;
  said.mutable_plan()->set_system("main");
  said.mutable_plan()->set_local_id("P9");
  *said.add_about() = Person("council/child");
  said.set_state(agency::v1::PLAN_STATE_AGREED);
  world.Feed("council");
  const Ended reported = world.Says(said);
  ASSERT_THAT(reported, IsAccepted());
  EXPECT_EQ(reported.Find(Fact::kPlanRecorded).plan_recorded().family(),
            world.Number(family));  // the one its agency states
  EXPECT_THAT(world.Says(said), ChangedNothing());
  world.By("council", "w1");
  plan = reported.id();
  EXPECT_EQ(world.Says(Amends(1, true)).outcome.reason().code(),
            "PLAN_REPORTED");
  world.Feed("health");
  EXPECT_EQ(world.Says(Closes(agency::v1::CLOSURE_REASON_RESOLVED))
                .outcome.reason()
                .code(),
            "NOT_YOURS");
  world.Feed("council");
  said.set_state(agency::v1::PLAN_STATE_CLOSED);
  EXPECT_THAT(world.Says(said), IsAccepted());
  said.set_state(agency::v1::PLAN_STATE_AGREED);
  EXPECT_THAT(world.Says(said), IsAccepted());
  EXPECT_EQ(Row().recorded().state(), agency::v1::PLAN_STATE_AGREED);
}

}  // namespace
}  // namespace kith::acceptance
