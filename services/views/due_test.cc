#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/views/page_testing.h"
#include "services/views/testing.h"
#include "services/views/worklists.h"

namespace kith::views {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::History;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class DueTest : public ::testing::Test {
 protected:
  std::vector<std::string> DueOn(absl::CivilDay day, DueFilter filter = {}) {
    return Lines(Due(history_.view(), filter, history_.NoonOf(day), kAll));
  }
  History history_;
};

// R-174: from day 42 to day 56, overdue after; both sides of each edge.
TEST_F(DueTest, AReviewIsDueFromDay42AndOverdueAfterDay56) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Plan(family, {anna});
  const absl::CivilDay begun(2024, 3, 4);
  EXPECT_THAT(DueOn(begun + 41), IsEmpty());
  EXPECT_THAT(
      DueOn(begun + 42),
      ElementsAre("PLAN council [1] f2 | kind: \"review\" family_id: \"f2\" "
                  "about_id: \"l3\" due_from { year: 2024 month: 4 day: 15 } "
                  "due_until { year: 2024 month: 4 day: 29 } rows: \"R-174\" "
                  "agency: \"council\""));
  EXPECT_THAT(DueOn(begun + 56), ElementsAre(Not(HasSubstr("overdue"))));
  EXPECT_THAT(DueOn(begun + 57), ElementsAre(HasSubstr("overdue: true")));
  EXPECT_THAT(DueOn(begun + 56, {true, ""}), IsEmpty());
  EXPECT_THAT(DueOn(begun + 57, {true, ""}), SizeIs(1));
  EXPECT_THAT(DueOn(begun + 57, {false, "school"}), IsEmpty());
}

TEST_F(DueTest, AClosedPlanIsDueForNothing) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Plan(family, {anna});
  history_.Add(family, {}, "plan_ended { plan: 3 }");
  EXPECT_THAT(DueOn(absl::CivilDay(2025, 1, 1)), IsEmpty());
}

TEST_F(DueTest, AnActionIsListedWhenItsDayHasComeUntilItIsDone) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Plan(family, {anna}, R"(state: PLAN_STATE_DRAFT content {
      actions { key: "a" by { year: 2024 month: 3 day: 10 } }
      actions { key: "b" by { year: 2024 month: 3 day: 20 } } })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 9)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 10)),
              ElementsAre(Not(HasSubstr("overdue"))));
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 20)), SizeIs(1));
  history_.Add(family, {}, R"(action_moved { plan: 3
      said { action: "a" state: ACTION_STATE_DONE } })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 20)),
              ElementsAre(HasSubstr("day: 20")));
}

// R-018.
TEST_F(DueTest, AStayIsListedFromItsTwentyEighthDayWhileItLasts) {
  const auto anna = history_.Person("Anna", "Smith");
  history_.Add(anna, {}, R"(fostering_stay_recorded { record: 1
      said { close_relative: ANSWER_NO
             period { from { year: 2024 month: 3 day: 1 }
                      until { year: 2024 month: 4 day: 5 } } } })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 27)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 28)),
              ElementsAre(AllOf(HasSubstr("NEED council [1]"),
                                HasSubstr("private_fostering"))));
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 4, 5)), SizeIs(1));
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 4, 6)), IsEmpty());
}

// R-249: who may consent changes with age.
TEST_F(DueTest, AConsentIsAskedAgainOnTheNextBirthdayThatCounts) {
  const auto anna = history_.Person(
      "Anna", "Smith", "birth_date { year: 2012 month: 6 day: 7 }");
  const auto consent = history_.Consent(
      {anna}, "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 6, 6)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 6, 7)),
              ElementsAre(HasSubstr("consent_recheck")));
  // Asked again on that day: next at 14.
  history_.On(absl::CivilDay(2024, 6, 7));
  history_.Add(anna, {},
               absl::StrCat("consent_ended { consent: ", consent, " }"));
  history_.Consent({anna},
                   "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN");
  EXPECT_THAT(DueOn(absl::CivilDay(2026, 6, 6)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2026, 6, 7)), SizeIs(1));
}

TEST_F(DueTest, ABirthDateThatIsCorrectedMovesTheDay) {
  const auto anna = history_.Person(
      "Anna", "Smith", "birth_date { year: 2012 month: 6 day: 7 }");
  history_.Consent({anna},
                   "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN");
  history_.Restate(anna, "birth_date { year: 2012 month: 5 day: 7 }");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 5, 6)), IsEmpty());
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 5, 7)), SizeIs(1));
}

TEST_F(DueTest, RowsThatAReportDoesNotMeetAreListedUntilItDoes) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  history_.Unmet({"R-109"}).Lead(family, history_.Practitioner("council", "j"));
  history_.Add(family, {}, "plan_agreed_to { plan: 99 }");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 4)), IsEmpty());
  history_.Unmet({"R-109"});
  history_.Add(family, {}, R"(lead_taken { appointment { number: 9 id: "d9" }
      family: 2 practitioner: 3 })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 4)),
              ElementsAre(AllOf(HasSubstr("INVOLVEMENT council"),
                                HasSubstr("rows: \"R-109\""))));
  history_.Add(family, {}, R"(lead_taken { appointment { number: 9 }
      family: 2 practitioner: 3 })");
  EXPECT_THAT(DueOn(absl::CivilDay(2024, 3, 4)), IsEmpty());
}

TEST_F(DueTest, ComesInPartsThatGoOnWhereTheLastEnded) {
  const auto anna = history_.Person("Anna", "Smith");
  const auto family = history_.Family({anna});
  for (int i = 0; i < 5; ++i) history_.Plan(family, {anna});
  const absl::Time later = history_.NoonOf(absl::CivilDay(2024, 6, 1));
  std::vector<std::string> seen;
  PageFrom from{"", 2};
  for (int part = 0; part < 3; ++part) {
    const auto page = Due(history_.view(), {}, later, from);
    ASSERT_TRUE(page.ok());
    for (const auto& entry : page->entries) {
      seen.push_back(entry.pieces[0].part.about_id());
    }
    from.cursor = page->next;
  }
  EXPECT_EQ(from.cursor, "");
  EXPECT_THAT(seen, ElementsAre("l3", "l4", "l5", "l6", "l7"));
  EXPECT_EQ(Due(history_.view(), {}, later, {"z", 2}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kith::views
