#include "tests/server/comparison.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "services/disclosure/roles.h"

namespace kith::server_tests {
namespace {

using api::v1::AssessmentService;
using api::v1::DuplicateService;
using api::v1::MeetingService;
using api::v1::OperationsService;
using api::v1::OverrideService;
using api::v1::ReferralService;

bool IsToDecide(const api::v1::MatchView& match) {
  return match.outcome() == ledger::v1::PAIR_OUTCOME_POSSIBLE ||
         match.outcome() == ledger::v1::PAIR_OUTCOME_VETO;
}
// Open as well, which the view does not tell from a link that holds.
bool IsEndedLink(const api::v1::MatchView& match) {
  return match.decision() == agency::v1::MATCH_DECISION_UNSPECIFIED &&
         !IsToDecide(match);
}

}  // namespace

void Comparison::OfFamilies() {
  for (const std::string& family : ledger_.Families()) {
    PlansOf(family);
    MeetingsOf(family);
    WorkAbout(family);
    const auto whole = shown_.families.find(family);
    if (whole != shown_.families.end() && whole->second.has_lead()) {
      ExpectEqual("GetFamily.lead", family, shown_.leads.at(family),
                  whole->second.lead());
    }
  }
}

// Those of the family, and those about its people that are of another.
template <class View>
ShownById<View> Comparison::OfFamilyOrPeople(const std::string& family,
                                             const LedgerThings& things,
                                             const ShownById<View>& shown,
                                             size_t* universe) const {
  const std::set<uint64_t> people = ledger_.PeopleOf(family);
  ShownById<View> some;
  *universe = 0;
  for (const auto& [number, thing] : things) {
    if (!ledger_.IsOf(thing.family, family) &&
        !Mentions(thing.records, people)) {
      continue;
    }
    ++*universe;
    const auto found = shown.find(thing.id);
    if (found != shown.end()) some.insert(*found);
  }
  return some;
}

void Comparison::PlansOf(const std::string& family) {
  size_t universe = 0;
  const auto expected =
      OfFamilyOrPeople(family, ledger_.plans, shown_.plans, &universe);
  api::v1::ListPlansRequest request;
  request.set_family_id(family);
  Compare(
      "ListPlans", &PlanService::Stub::ListPlans, request,
      [](const auto& page, auto* listed) {
        for (const auto& one : page.plans()) {
          listed->emplace_back(one.plan_id(), one);
        }
      },
      Seen(family, expected), universe);
}

// Meetings have no method of their own: the view of the family shows them.
void Comparison::MeetingsOf(const std::string& family) {
  ShownById<api::v1::MeetingView> expected;
  const auto whole = shown_.families.find(family);
  if (whole != shown_.families.end()) {
    for (const auto& one : whole->second.meetings()) {
      expected[one.meeting_id()] = one;
    }
  }
  size_t universe = 0;
  for (const auto& [number, meeting] : ledger_.meetings) {
    if (ledger_.IsOf(meeting.family, family)) ++universe;
  }
  api::v1::ListMeetingsRequest request;
  request.set_family_id(family);
  Compare(
      "ListMeetings", &MeetingService::Stub::ListMeetings, request,
      [](const auto& page, auto* listed) {
        for (const auto& one : page.meetings()) {
          listed->emplace_back(one.meeting_id(), one);
        }
      },
      expected, universe);
}

void Comparison::WorkAbout(const std::string& family) {
  const std::set<uint64_t> people = ledger_.PeopleOf(family);
  api::v1::ListAssessmentsRequest assessments;
  assessments.set_family_id(family);
  Compare(
      "ListAssessments", &AssessmentService::Stub::ListAssessments, assessments,
      [](const auto& page, auto* listed) {
        for (const auto& one : page.assessments()) {
          listed->emplace_back(one.assessment_id(), one);
        }
      },
      Seen(family, About(people, ledger_.assessments, shown_.assessments)),
      CountAbout(people, ledger_.assessments));
  api::v1::ListReferralsRequest referrals;
  referrals.set_family_id(family);
  Compare(
      "ListReferrals", &ReferralService::Stub::ListReferrals, referrals,
      [](const auto& page, auto* listed) {
        for (const auto& one : page.referrals()) {
          listed->emplace_back(one.referral_id(), one);
        }
      },
      Seen(family, About(people, ledger_.referrals, shown_.referrals)),
      CountAbout(people, ledger_.referrals));
}

// Consents and restrictions have none either: the views of the families do, of
// which the person is a present member.
void Comparison::OfPersons() {
  for (const std::string& person : ledger_.Persons()) {
    for (const std::string& family : ledger_.FamiliesOf(person)) {
      const auto whole = shown_.families.find(family);
      ConsentsAbout(person, whole == shown_.families.end()
                                ? api::v1::FamilyView()
                                : whole->second);
    }
    const std::set<uint64_t> records = ledger_.RecordsOf(person);
    api::v1::ListOverridesRequest request;
    request.set_person_id(person);
    const bool seen = shown_.persons.count(person) > 0;
    Compare(
        "ListOverrides", &OverrideService::Stub::ListOverrides, request,
        [](const auto& page, auto* listed) {
          for (const auto& one : page.overrides()) {
            listed->emplace_back(one.override_id(), one);
          }
        },
        seen ? About(records, ledger_.overrides, shown_.overrides)
             : ShownById<api::v1::OverrideView>(),
        CountAbout(records, ledger_.overrides));
  }
}

void Comparison::ConsentsAbout(const std::string& person,
                               const api::v1::FamilyView& family) {
  const std::set<uint64_t> records = ledger_.RecordsOf(person);
  ShownById<api::v1::ListConsentsResponse> all;
  for (const auto& one : family.consents()) {
    *all[one.consent_id()].add_consents() = one;
  }
  for (const auto& one : family.restrictions()) {
    *all[one.restriction_id()].add_restrictions() = one;
  }
  auto expected = About(records, ledger_.consents, all);
  expected.merge(About(records, ledger_.restrictions, all));
  if (shown_.persons.count(person) == 0) expected.clear();
  api::v1::ListConsentsRequest request;
  request.set_person_id(person);
  Compare(
      "ListConsents", &ConsentService::Stub::ListConsents, request,
      [](const auto& page, auto* listed) {
        for (const auto& one : page.consents()) {
          api::v1::ListConsentsResponse entry;
          *entry.add_consents() = one;
          listed->emplace_back(one.consent_id(), entry);
        }
        for (const auto& one : page.restrictions()) {
          api::v1::ListConsentsResponse entry;
          *entry.add_restrictions() = one;
          listed->emplace_back(one.restriction_id(), entry);
        }
      },
      expected,
      CountAbout(records, ledger_.consents) +
          CountAbout(records, ledger_.restrictions));
}

// What a list says of a family, as its view shows it; empty: nothing.
api::v1::FamilySummary Comparison::SummaryOf(
    const api::v1::FamilyView& family) const {
  api::v1::FamilySummary summary;
  if (family.has_lead() && family.lead().has_practitioner()) {
    *summary.mutable_lead() = family.lead().practitioner();
  }
  for (const auto& plan : family.plans()) {
    if (plan.state() != agency::v1::PLAN_STATE_UNSPECIFIED &&
        plan.state() != agency::v1::PLAN_STATE_CLOSED &&
        plan.merged_into_plan_id().empty()) {
      summary.add_open_plan_ids(plan.plan_id());
    }
  }
  std::sort(summary.mutable_open_plan_ids()->begin(),
            summary.mutable_open_plan_ids()->end());
  const std::set<std::string> named = ledger_.NamedIn(family.family_id());
  std::set<std::string> names;
  for (const auto& person : family.people()) {
    for (const auto& record : person.records()) {
      if (named.count(record.record_id()) == 0) continue;
      for (const auto& name : record.said().names()) {
        names.insert(absl::StrCat(name.given(), " ", name.family()));
      }
    }
  }
  *summary.mutable_member_names() = {names.begin(), names.end()};
  if (!summary.ByteSizeLong()) return summary;
  summary.set_family_id(family.family_id());
  return summary;
}

ShownById<api::v1::FamilySummary> Comparison::SummariesOf(
    const std::set<std::string>& families) const {
  ShownById<api::v1::FamilySummary> summaries;
  for (const std::string& id : families) {
    const auto found = shown_.families.find(id);
    if (found == shown_.families.end()) continue;
    const auto summary = SummaryOf(found->second);
    if (!summary.family_id().empty()) summaries[id] = summary;
  }
  return summaries;
}

constexpr auto kTakeFamilies = [](const auto& page, auto* listed) {
  for (const auto& one : page.families()) {
    api::v1::FamilySummary summary = one;
    summary.clear_review_due();
    std::sort(summary.mutable_open_plan_ids()->begin(),
              summary.mutable_open_plan_ids()->end());
    std::sort(summary.mutable_member_names()->begin(),
              summary.mutable_member_names()->end());
    listed->emplace_back(one.family_id(), summary);
  }
};

void Comparison::Find(const Invention::Human& human) {
  // Who is meant: the person of all records that carry this number.
  api::v1::FindFamiliesRequest request;
  auto& identifier = *request.mutable_person()->mutable_identifier();
  identifier.set_kind(agency::v1::IDENTIFIER_KIND_NHS_NUMBER);
  identifier.set_value(human.nhs_number);
  const std::string person = ledger_.PersonWith(human.nhs_number);
  const std::set<std::string> families =
      person.empty() ? std::set<std::string>() : ledger_.FamiliesOf(person);
  Compare("FindFamilies", &FamilyService::Stub::FindFamilies, request,
          kTakeFamilies, SummariesOf(families), families.size());
}

void Comparison::Families(const std::vector<Invention::Human>& humans) {
  for (const Invention::Human& human : humans) Find(human);
  std::set<std::string> working;
  for (const std::string& family : ledger_.Families()) {
    if (ledger_.WorksWith(reader_.agency, family)) working.insert(family);
  }
  Compare("ListCaseload", &FamilyService::Stub::ListCaseload,
          api::v1::ListCaseloadRequest(), kTakeFamilies, SummariesOf(working),
          working.size());
}

void Comparison::Worklists() {
  for (const bool decided : {false, true}) {
    auto cases = shown_.cases;
    auto matches = shown_.matches;
    for (auto one = cases.begin(); one != cases.end() && !decided;) {
      const bool open = one->second.state() == ledger::v1::CASE_STATE_OPEN;
      one = open ? std::next(one) : cases.erase(one);
    }
    for (auto one = matches.begin(); one != matches.end() && !decided;) {
      const auto& match = one->second;
      const bool open =
          match.decision() == agency::v1::MATCH_DECISION_UNSPECIFIED &&
          IsToDecide(match);
      one = open ? std::next(one) : matches.erase(one);
    }
    api::v1::ListDuplicatesRequest duplicates;
    duplicates.set_include_decided(decided);
    Compare(
        "ListDuplicates", &DuplicateService::Stub::ListDuplicates, duplicates,
        [](const auto& page, auto* listed) {
          for (const auto& one : page.cases()) {
            listed->emplace_back(one.case_id(), one);
          }
        },
        cases, ledger_.cases.size());
    api::v1::ListMatchesRequest possible;
    possible.set_include_decided(decided);
    Compare(
        "ListMatches", &DuplicateService::Stub::ListMatches, possible,
        [decided](const auto& page, auto* listed) {
          for (const auto& one : page.matches()) {
            if (!decided && IsEndedLink(one)) continue;
            listed->emplace_back(one.match_id(), one);
          }
        },
        matches, ledger_.matches.size());
  }
}

void Comparison::Operations() {
  for (const bool parked : {false, true}) {
    auto expected = shown_.items;
    for (auto one = expected.begin(); one != expected.end();) {
      const std::string& state = one->second.state();
      const bool lies = state == "quarantined" || (parked && state == "parked");
      one = lies ? std::next(one) : expected.erase(one);
    }
    api::v1::ListQuarantineRequest request;
    request.set_include_parked(parked);
    Compare(
        "ListQuarantine", &OperationsService::Stub::ListQuarantine, request,
        [](const auto& page, auto* listed) {
          for (const auto& one : page.items()) {
            listed->emplace_back(one.item_id(), one);
          }
        },
        expected, ledger_.items.size());
  }
}

// Whether the role sees every item of the class, or is alerted to some.
bool Comparison::SeesEvery(agency::v1::ItemClass item) const {
  const auto& roles = disclosure::ShippedRoles();
  agency::v1::Role role;
  KITH_CHECK(agency::v1::Role_Parse(
      absl::StrCat("ROLE_", absl::AsciiStrToUpper(reader_.role)), &role));
  const auto* rights = roles.Of(role);
  if (rights == nullptr || !roles.Needs(reader_.purpose, item)) return false;
  if (rights->needs_reason() && reader_.reason.empty()) return false;
  for (const auto* classes : {&rights->everywhere(), &rights->alerted()}) {
    if (std::find(classes->begin(), classes->end(), item) != classes->end()) {
      return true;
    }
  }
  return false;
}

// What names nobody: all of it, or nothing. An override to review is shown as a
// reference to those whose agency was alerted and who may get it.
void Comparison::OfEverybody() {
  const auto all = [&](agency::v1::ItemClass item, const LedgerThings& things) {
    ShownById<api::v1::ReadInfo> expected;
    for (const auto& [number, thing] : things) {
      if (SeesEvery(item)) expected[thing.id];
    }
    return expected;
  };
  Compare(
      "ListSharingAgreements", &ConsentService::Stub::ListSharingAgreements,
      api::v1::ListSharingAgreementsRequest(),
      [](const auto& page, auto* listed) {
        for (const auto& one : page.agreements()) {
          listed->push_back({one.agreement_id(), {}});
        }
      },
      all(agency::v1::ITEM_CLASS_AGREEMENT, ledger_.agreements),
      ledger_.agreements.size());
  Compare(
      "ListPanelItems", &MeetingService::Stub::ListPanelItems,
      api::v1::ListPanelItemsRequest(),
      [](const auto& page, auto* listed) {
        for (const auto& one : page.items()) {
          listed->push_back({one.item_id(), {}});
        }
      },
      all(agency::v1::ITEM_CLASS_PANEL, ledger_.panel_items),
      ledger_.panel_items.size());
  ShownById<api::v1::ReadInfo> to_review;
  for (const auto& [number, override] : ledger_.overrides) {
    if (SeesEvery(agency::v1::ITEM_CLASS_OVERRIDE) &&
        override.alerted.count(reader_.agency) > 0 &&
        shown_.overrides.count(override.id) > 0) {
      to_review[override.id];
    }
  }
  Compare(
      "ListReviews", &OverrideService::Stub::ListReviews,
      Text<api::v1::ListReviewsRequest>("include_reviewed: true"),
      [](const auto& page, auto* listed) {
        for (const auto& one : page.reviews()) {
          listed->push_back({one.override_id(), {}});
        }
      },
      to_review, ledger_.overrides.size());
}

}  // namespace kith::server_tests
