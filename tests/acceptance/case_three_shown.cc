// What is seen of it in the end, by whom, and what is not.
#include "gtest/gtest.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "tests/acceptance/case_three_story.h"
#include "tests/acceptance/readers.h"

namespace kith::acceptance {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// the daughter knows of her mother's illness, which is
// shared with her, and neither of the need that is kept from her nor that
// something is.
void Story::WhatTheDaughterIsNotShown() {
  const auto daughter = MemberOf(world_, "council/daughter", kCaring);
  EXPECT_THAT(NeedsShownTo(daughter), ElementsAre("life_limiting_illness"));
  const auto both = ElementsAre("life_limiting_illness", "at_risk_at_home");
  EXPECT_THAT(NeedsShownTo(MemberOf(world_, "council/mother")), both);
  EXPECT_THAT(NeedsShownTo(PractitionerOf(world_, "health/nurse")), both);
  EXPECT_THAT(NeedsShownTo(MemberOf(world_, "council/friend")), IsEmpty());

  // Both are withheld by the restriction, which covers itself too. That she
  // keeps something herself names her mother, and is not hers alone to see.
  std::vector<disclosure::Reason> of_need, of_restrictions;
  const auto family = views::testing::Held(views::FamilyPieces(
      world_.views(), world_.Number(family_), world_.now()));
  for (const auto& piece : family) {
    const auto why = WhyFor(world_, daughter, piece.label);
    for (const auto& person : piece.part.people()) {
      for (const auto& need : person.needs()) {
        if (need.need().need() == "at_risk_at_home") of_need.push_back(why);
      }
    }
    if (piece.part.restrictions_size() > 0) of_restrictions.push_back(why);
  }
  EXPECT_THAT(of_need, ElementsAre(disclosure::Reason::kRestricted));
  EXPECT_THAT(of_restrictions, ::testing::UnorderedElementsAre(
                                   disclosure::Reason::kRestricted,
                                   disclosure::Reason::kNoPermission));
  EXPECT_THAT(ShownTo(world_, daughter, family).restrictions(), IsEmpty());
}

// what was said apart is seen by whom it was said with, and by the
// nurse who heard it.
void Story::WhatWasSaidApart() {
  const auto family = views::testing::Held(views::FamilyPieces(
      world_.views(), world_.Number(family_), world_.now()));
  const auto heard_by = [&](const disclosure::Reader& reader) {
    std::vector<std::string> notes;
    const auto shown = ShownTo(world_, reader, family);
    for (const auto& meeting : shown.meetings()) {
      if (!meeting.said().notes().empty()) {
        notes.push_back(meeting.said().notes());
      }
    }
    return notes;
  };
  EXPECT_THAT(heard_by(MemberOf(world_, "council/mother")),
              ElementsAre("afraid in the evenings"));
  EXPECT_THAT(heard_by(MemberOf(world_, "council/daughter")),
              ElementsAre("worn out, and angry that nobody asks"));
  EXPECT_THAT(heard_by(PractitionerOf(world_, "health/nurse")),
              ::testing::SizeIs(2));
  EXPECT_THAT(heard_by(PractitionerOf(world_, "school/teacher")), IsEmpty());
}

// What is left for readers: the mother and daughter, their new lead, one plan,
// its two meetings and the two that were held apart, and who was there and is
// gone.
void Story::WhatReadersAreShown() {
  const auto shown =
      views::testing::Merged(views::testing::Held(views::FamilyPieces(
          world_.views(), world_.Number(family_), world_.now())));
  std::vector<std::string> gone;
  for (const auto& member : shown.members()) {
    if (member.ended()) gone.push_back(member.said().role());
  }
  EXPECT_EQ(shown.members_size(), 3);
  EXPECT_THAT(gone, ElementsAre("daughter's friend"));
  EXPECT_EQ(shown.lead().practitioner().agency(), "council");
  ASSERT_EQ(shown.plans_size(), 1);
  EXPECT_EQ(shown.plans(0).plan_id(), plan_);
  EXPECT_EQ(shown.plans(0).agreed_version(), 1u);
  EXPECT_EQ(shown.plans(0).reviews_size(), 1);
  EXPECT_EQ(shown.duplicates_size(), 0);
  EXPECT_EQ(shown.meetings_size(), 4);
  EXPECT_EQ(shown.restrictions_size(), 2);
}

}  // namespace kith::acceptance
