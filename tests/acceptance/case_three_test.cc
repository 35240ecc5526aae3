// The order of case study 3's story.
#include "gtest/gtest.h"
#include "tests/acceptance/case_three_story.h"

namespace kith::acceptance {
namespace {

TEST(CaseStudyThree, IsTheStoryOfAMotherADaughterAndHerFriend) {
  Story story;
  for (const auto chapter : {&Story::WhoIsKnown,
                             &Story::TheFamily,
                             &Story::WhoHelpsAlready,
                             &Story::TheYoungCarer,
                             &Story::TheFriendsStay,
                             &Story::TheDaughtersConsent,
                             &Story::WhatIsToldOnce,
                             &Story::WhatIsKeptFromWhom,
                             &Story::EachIsHeardApart,
                             &Story::TheLead,
                             &Story::TheReferral,
                             &Story::TheAssessments,
                             &Story::TheOutcomesBefore,
                             &Story::ThePlan,
                             &Story::TheMeeting,
                             &Story::GoingHome,
                             &Story::TheInterventionsChange,
                             &Story::TheReviewFallsDue,
                             &Story::TheReviewMeeting,
                             &Story::TheLeadIsHandedOver,
                             &Story::TheOutcomesAfter,
                             &Story::WhatTheDaughterIsNotShown,
                             &Story::WhatWasSaidApart,
                             &Story::WhatReadersAreShown}) {
    (story.*chapter)();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace kith::acceptance
