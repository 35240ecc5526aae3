// Case study 3 of requirements A7, from the first worry to the review: a
// terminally ill mother in her late thirties, her daughter of 13 who cares for
// her, and the daughter's friend, who stays for five weeks.
//
// One story, told in order (case_three_test.cc); each chapter goes on in the
// world that the chapters before it made.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kith/api/v1/views.pb.h"
#include "services/disclosure/policy.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {

// Outcomes of the framework (A3): the item's number on the list.
inline constexpr char kFunctioning[] = "1", kHealth[] = "3",
                      kIsolation[] = "17";

// What the daughter may read her mother's needs for.
inline constexpr char kCaring[] = "direct_care";

class Story {
 public:
  // Who they are, and what may be known of them (case_three_people.cc).
  void WhoIsKnown();
  void TheFamily();
  void WhoHelpsAlready();
  void TheYoungCarer();
  void TheFriendsStay();
  void TheDaughtersConsent();
  void WhatIsToldOnce();
  void WhatIsKeptFromWhom();
  void EachIsHeardApart();

  // What is done for them (case_three_work.cc).
  void TheLead();
  void TheReferral();
  void TheAssessments();
  void TheOutcomesBefore();
  void ThePlan();
  void TheMeeting();
  void GoingHome();

  // What becomes of it (case_three_review.cc).
  void TheInterventionsChange();
  void TheReviewFallsDue();
  void TheReviewMeeting();
  void TheLeadIsHandedOver();
  void TheOutcomesAfter();

  // What is seen of it in the end (case_three_shown.cc).
  void WhatTheDaughterIsNotShown();
  void WhatWasSaidApart();
  void WhatReadersAreShown();

 private:
  agency::v1::ConsentStated Shares(absl::string_view about,
                                   absl::string_view answered_by);
  absl::CivilDay PrivateFosteringDay();
  // Services that the reader sees at work with the mother.
  std::vector<std::string> ServicesShownTo(const disclosure::Reader& reader);
  // Codes of the mother's needs that the reader sees.
  std::vector<std::string> NeedsShownTo(const disclosure::Reader& reader);

  // A meeting that was held today at eight, of the mother's family.
  agency::v1::MeetingStated Held(agency::v1::MeetingKind kind);
  // "early_help" and so on, as it was recorded.
  std::string Assess(absl::string_view type,
                     const std::vector<std::string>& about);
  Ended Scores(const std::string& outcome, absl::string_view by, int32_t value,
               agency::v1::ScorePhase phase);
  ledger::v1::LeadRow OnlyLead();
  // What is due on a day at nine, of that kind.
  std::vector<api::v1::DueEntry> DueOn(absl::string_view kind,
                                       absl::CivilDay day);

  World world_;
  std::string family_;
  std::string early_help_;  // the assessment that the lead co-ordinates
  std::string plan_;
};

}  // namespace kith::acceptance
