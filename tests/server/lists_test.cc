// Every list is a filter of what its method for one thing shows: in invented
// partnerships, for readers of every role, a list walked through its pages
// holds what may be got alone, all of it and nothing else, and says the same of
// it. The ids that are tried come from the ledger.
//
//   KITH_WORLDS=20   how many partnerships (default 2)
//   KITH_SEED=7      one partnership only: the one that failed
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "google/protobuf/util/message_differencer.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "services/disclosure/roles.h"
#include "tests/server/invention.h"
#include "tests/server/shown.h"

namespace kith::server_tests {
namespace {

using api::v1::AssessmentService;
using api::v1::DuplicateService;
using api::v1::MeetingService;
using api::v1::OperationsService;
using api::v1::OverrideService;
using api::v1::ReferralService;
using grpc::StatusCode;

// How much was compared; a comparison of nothing would show nothing.
struct Count {
  int shown = 0, withheld = 0;
};
using Counts = std::map<std::string, Count>;

std::string Describe(const Who& who) {
  return absl::StrCat(who.agency, "/", who.practitioner, " ", who.role, " for ",
                      who.purpose, who.person.empty() ? "" : " as ",
                      who.person);
}

bool Mentions(const std::set<uint64_t>& some, const std::set<uint64_t>& all) {
  for (const uint64_t one : some) {
    if (all.count(one) > 0) return true;
  }
  return false;
}

// Where no list is to be compared because the role may not ask for it.
bool IsClosed(StatusCode code) { return code == StatusCode::PERMISSION_DENIED; }

bool IsToDecide(const api::v1::MatchView& match) {
  return match.outcome() == ledger::v1::PAIR_OUTCOME_POSSIBLE ||
         match.outcome() == ledger::v1::PAIR_OUTCOME_VETO;
}
// Open as well, which the view does not tell from a link that holds.
bool IsEndedLink(const api::v1::MatchView& match) {
  return match.decision() == agency::v1::MATCH_DECISION_UNSPECIFIED &&
         !IsToDecide(match);
}

// Compares all lists of one reader with what that reader may get.
class Comparison {
 public:
  Comparison(TestServer& server, const LedgerIndex& ledger,
             absl::CivilDay today, const Who& reader, int page_size,
             Counts& counts)
      : server_(server),
        ledger_(ledger),
        today_(today),
        reader_(reader),
        page_size_(page_size),
        counts_(counts),
        shown_(GetAll(server, reader, ledger)) {}

  void Families(const std::vector<Invention::Human>& humans);
  void OfFamilies();
  void OfPersons();
  void Worklists();
  void DueList();
  void Operations();
  void OfEverybody();
  void Timelines();

 private:
  template <class View>
  using Listed = std::vector<std::pair<std::string, View>>;

  // Walks a list whose entries `take` gives one by one to a function of its
  // own; compares them with `expected`, where the reader may ask at all.
  // `universe`: how many there are to be shown or not.
  template <class View, class Method, class Request, class Take>
  void Compare(const std::string& list, Method method, const Request& request,
               const Take& take, const ShownById<View>& expected,
               size_t universe) {
    Listed<View> listed;
    const StatusCode code = Walk(
        server_, reader_, method, request, page_size_, [&](const auto& page) {
          const size_t before = listed.size();
          take(page, &listed);
          return static_cast<int>(listed.size() - before);
        });
    if (IsClosed(code)) return;
    // What somebody sees nothing of has no lists.
    EXPECT_TRUE(code == StatusCode::OK || code == StatusCode::NOT_FOUND)
        << list << ": " << code;
    ExpectSame(list, expected, listed);
    counts_[list].shown += static_cast<int>(expected.size());
    counts_[list].withheld += static_cast<int>(universe - expected.size());
  }

  template <class View>
  void ExpectSame(const std::string& list, const ShownById<View>& expected,
                  const Listed<View>& listed) {
    std::set<std::string> seen;
    for (const auto& [id, view] : listed) {
      EXPECT_TRUE(seen.insert(id).second) << list << " twice: " << id;
      const auto got = expected.find(id);
      if (got == expected.end()) {
        ADD_FAILURE() << list << " shows what may not be got: " << id;
      } else {
        ExpectEqual(list, id, got->second, view);
      }
    }
    for (const auto& [id, view] : expected) {
      EXPECT_TRUE(seen.count(id) > 0)
          << list << " lacks what may be got: " << id;
    }
  }

  template <class View>
  static void ExpectEqual(const std::string& list, const std::string& id,
                          const View& got, const View& listed) {
    std::string differences;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.set_message_field_comparison(
        google::protobuf::util::MessageDifferencer::EQUIVALENT);
    differencer.ReportDifferencesToString(&differences);
    EXPECT_TRUE(differencer.Compare(got, listed))
        << list << " says otherwise of " << id << ":\n"
        << differences;
  }

  // Those of `things` that are about `people`.
  template <class View>
  static ShownById<View> About(const std::set<uint64_t>& people,
                               const LedgerThings& things,
                               const ShownById<View>& shown) {
    ShownById<View> some;
    for (const auto& [number, thing] : things) {
      const auto found = shown.find(thing.id);
      if (found != shown.end() && Mentions(thing.records, people)) {
        some.insert(*found);
      }
    }
    return some;
  }

  static size_t CountAbout(const std::set<uint64_t>& people,
                           const LedgerThings& things) {
    size_t count = 0;
    for (const auto& [number, thing] : things) {
      if (Mentions(thing.records, people)) ++count;
    }
    return count;
  }

  // Of somebody of whom nothing may be seen there is no list at all.
  template <class View>
  ShownById<View> Seen(const std::string& family,
                       const ShownById<View>& listed) const {
    return shown_.families.count(family) > 0 ? listed : ShownById<View>();
  }

  template <class View>
  ShownById<View> OfFamilyOrPeople(const std::string& family,
                                   const LedgerThings& things,
                                   const ShownById<View>& shown,
                                   size_t* universe) const;
  void PlansOf(const std::string& family);
  void MeetingsOf(const std::string& family);
  void WorkAbout(const std::string& family);
  void ConsentsAbout(const std::string& person,
                     const api::v1::FamilyView& family);
  api::v1::FamilySummary SummaryOf(const api::v1::FamilyView& family) const;
  ShownById<api::v1::FamilySummary> SummariesOf(
      const std::set<std::string>& families) const;
  void Find(const Invention::Human& human);
  void CompareLines(const std::string& family,
                    const ShownById<api::v1::TimelineEntry>& lines);
  bool SeesEvery(agency::v1::ItemClass item) const;
  std::set<std::string> ConsentsOfNoFamily() const;

  TestServer& server_;
  const LedgerIndex& ledger_;
  const absl::CivilDay today_;
  const Who reader_;
  const int page_size_;
  Counts& counts_;
  const Shown shown_;
};

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

// What is due, as the things themselves say it.
class DueOf {
 public:
  DueOf(absl::CivilDay today, const Who& reader, bool overdue_only)
      : today_(today), reader_(reader), overdue_only_(overdue_only) {}

  void Add(const api::v1::PlanView& plan) {
    if (plan.has_review_due()) {
      AddEntry(plan.by().agency(), "review", plan.plan_id(),
               plan.review_due().from(), plan.review_due().until());
    }
    const bool open = plan.state() != agency::v1::PLAN_STATE_CLOSED &&
                      plan.merged_into_plan_id().empty();
    // By the earliest that was to be done.
    const agency::v1::Date* first = nullptr;
    for (const auto& action : plan.content().actions()) {
      if (!open || action.state() == agency::v1::ACTION_STATE_DONE ||
          action.state() == agency::v1::ACTION_STATE_DROPPED) {
        continue;
      }
      if (first == nullptr || Day(action.by()) < Day(*first)) {
        first = &action.by();
      }
    }
    if (first == nullptr) return;
    AddEntry(plan.by().agency(), "action", plan.plan_id(), *first, *first);
  }
  void Add(const api::v1::NeedView& need) {
    if (!need.has_private_fostering_from()) return;
    AddEntry(need.by().agency(), "private_fostering", need.person_id(),
             need.private_fostering_from(), need.private_fostering_from());
  }
  // All invented ones are to be asked again on a day that was set.
  void Add(const api::v1::ConsentView& consent) {
    if (consent.has_ended_at() || !consent.said().has_check_by() ||
        consent.said().answer() == agency::v1::CONSENT_ANSWER_REFUSED) {
      return;
    }
    AddEntry(consent.by().agency(), "consent_recheck", consent.consent_id(),
             consent.said().check_by(), consent.said().check_by());
  }
  // What reports leave open; when they were recorded tells nothing here.
  void AddUnmet(const std::string& id, const api::v1::Said& by) {
    if (by.unmet().empty()) return;
    AddEntry(by.agency(), "unmet_row", id, {}, {});
  }

  const ShownById<api::v1::DueEntry>& all() const { return all_; }

  static std::string KeyOf(const api::v1::DueEntry& entry) {
    return absl::StrCat(
        entry.kind(), " ", entry.about_id(), " ",
        absl::StrCat(entry.due_until().month(), "/", entry.due_until().day()));
  }

 private:
  static absl::CivilDay Day(const agency::v1::Date& date) {
    return absl::CivilDay(date.year(), date.month(), date.day());
  }

  void AddEntry(const std::string& agency, const std::string& kind,
                const std::string& id, const agency::v1::Date& from,
                const agency::v1::Date& until) {
    if (reader_.role != "hub_administrator" && agency != reader_.agency) return;
    const bool dated = from.year() != 0;
    if (dated && Day(from) > today_) return;
    if (dated && overdue_only_ && Day(until) >= today_) return;
    api::v1::DueEntry entry;
    entry.set_kind(kind);
    entry.set_about_id(id);
    *entry.mutable_due_until() = until;
    all_[KeyOf(entry)];
  }

  const absl::CivilDay today_;
  const Who reader_;
  const bool overdue_only_;
  ShownById<api::v1::DueEntry> all_;
};

// Consents about nobody who is in a family, which no method for one thing
// shows.
std::set<std::string> Comparison::ConsentsOfNoFamily() const {
  std::set<uint64_t> people;
  for (const std::string& family : ledger_.Families()) {
    people.merge(ledger_.PeopleOf(family));
  }
  std::set<std::string> ids;
  for (const auto& [number, consent] : ledger_.consents) {
    if (!Mentions(consent.records, people)) ids.insert(consent.id);
  }
  return ids;
}

void Comparison::DueList() {
  for (const bool overdue_only : {false, true}) {
    DueOf due(today_, reader_, overdue_only);
    for (const auto& [id, plan] : shown_.plans) {
      due.Add(plan);
      due.AddUnmet(id, plan.by());
    }
    for (const auto& [id, one] : shown_.assessments) due.AddUnmet(id, one.by());
    for (const auto& [id, one] : shown_.referrals) due.AddUnmet(id, one.by());
    for (const auto& [id, person] : shown_.persons) {
      for (const auto& need : person.needs()) due.Add(need);
    }
    for (const auto& [id, family] : shown_.families) {
      for (const auto& consent : family.consents()) {
        due.Add(consent);
        due.AddUnmet(consent.consent_id(), consent.by());
      }
    }
    const std::set<std::string> loose = ConsentsOfNoFamily();
    api::v1::ListDueRequest request;
    request.set_overdue_only(overdue_only);
    Compare(
        "ListDue", &FamilyService::Stub::ListDue, request,
        [&loose](const auto& page, auto* listed) {
          for (api::v1::DueEntry one : page.entries()) {
            if (loose.count(one.about_id()) > 0) continue;
            if (one.kind() == "unmet_row") one.clear_due_until();
            listed->push_back({DueOf::KeyOf(one), {}});
          }
        },
        due.all(), due.all().size());
  }
}

// Small pages hold what one great one does; and the lines of plans and
// assessments tell of what may be got.
void Comparison::Timelines() {
  for (const std::string& family : ledger_.Families()) {
    ShownById<api::v1::TimelineEntry> whole;
    api::v1::GetTimelineRequest request;
    request.set_family_id(family);
    const auto take = [&](const auto& page, auto* listed) {
      for (api::v1::TimelineEntry one : page.entries()) {
        const std::string position =
            absl::StrCat(server_.PositionOf(one.position()));
        one.clear_position();
        listed->emplace_back(position, one);
      }
    };
    Listed<api::v1::TimelineEntry> at_once;
    Walk(server_, reader_, &FamilyService::Stub::GetTimeline, request, 200,
         [&](const auto& page) {
           take(page, &at_once);
           return 0;
         });
    whole.insert(at_once.begin(), at_once.end());
    Compare("GetTimeline", &FamilyService::Stub::GetTimeline, request, take,
            whole, whole.size());
    CompareLines(family, whole);
  }
}

void Comparison::CompareLines(const std::string& family,
                              const ShownById<api::v1::TimelineEntry>& lines) {
  const auto told = [&](uint64_t position) {
    return lines.count(absl::StrCat(position)) > 0;
  };
  for (const auto& [position, number] : ledger_.plan_lines) {
    const LedgerThing& plan = ledger_.plans.at(number);
    if (!ledger_.IsOf(plan.family, family)) continue;
    const auto got = shown_.plans.find(plan.id);
    EXPECT_EQ(told(position),
              got != shown_.plans.end() && got->second.has_content())
        << "the line of " << plan.id;
  }
  const std::set<uint64_t> people = ledger_.PeopleOf(family);
  for (const auto& [position, number] : ledger_.assessment_lines) {
    const LedgerThing& assessment = ledger_.assessments.at(number);
    if (!Mentions(assessment.records, people)) continue;
    const auto got = shown_.assessments.find(assessment.id);
    // It may keep more back: a restricted record's lines stay with its agency.
    if (!told(position)) continue;
    EXPECT_TRUE(got != shown_.assessments.end() && got->second.has_said())
        << "the line of " << assessment.id;
  }
}

int Number(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

struct Walker {
  Who reader;
  int page_size = 1;
};

void CompareFor(TestServer& server, const LedgerIndex& ledger,
                absl::CivilDay today, const Invention& invention,
                const Walker& walker, Counts& counts) {
  SCOPED_TRACE(
      absl::StrCat(Describe(walker.reader), " by pages of ", walker.page_size));
  Comparison comparison(server, ledger, today, walker.reader, walker.page_size,
                        counts);
  comparison.Families(invention.humans());
  comparison.OfFamilies();
  comparison.OfPersons();
  comparison.Worklists();
  comparison.DueList();
  comparison.Operations();
  comparison.OfEverybody();
  comparison.Timelines();
}

// All lists of all readers of one partnership, of several readers at a time:
// each waits most of the time for the access log.
void CompareAll(int seed, Counts& counts) {
  constexpr size_t kAtOnce = 6;
  TestServerOptions options;
  options.look_ups_per_hour = 1'000'000;
  TestServer server(options);
  Invention invention(server, static_cast<uint64_t>(seed));
  const absl::CivilDay today = base::LondonDay(server.clock().Now());
  const LedgerIndex ledger(*server.node().Read(), today);
  std::vector<Walker> walkers;
  for (const Who& reader : invention.Readers(ledger.StatedPersons())) {
    walkers.push_back({reader, invention.Int(1, 3)});
  }
  std::vector<Counts> counted(kAtOnce);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kAtOnce; ++i) {
    threads.emplace_back([&, i] {
      SCOPED_TRACE(absl::StrCat("KITH_SEED=", seed));
      for (size_t one = i; one < walkers.size(); one += kAtOnce) {
        CompareFor(server, ledger, today, invention, walkers[one], counted[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Counts& some : counted) {
    for (const auto& [list, count] : some) {
      counts[list].shown += count.shown;
      counts[list].withheld += count.withheld;
    }
  }
}

TEST(ListsTest, EveryListIsAFilterOfWhatMayBeGot) {
  const int only = Number("KITH_SEED", 0);
  const int last = Number("KITH_WORLDS", 2);
  Counts counts;
  for (int seed = only == 0 ? 1 : only; seed <= last || only != 0; ++seed) {
    CompareAll(seed, counts);
    if (HasFailure() || only != 0) break;
  }
  for (const auto& [list, count] : counts) {
    std::printf("%s: %d shown, %d withheld\n", list.c_str(), count.shown,
                count.withheld);
    if (only != 0 || HasFailure()) continue;
    EXPECT_GT(count.shown, 0) << list;
  }
}

// Ids are made from what each run draws anew; what they name is not.
TEST(ListsTest, ASeedMakesOnePartnership) {
  std::vector<std::map<std::string, int>> kinds;
  for (int i = 0; i < 2; ++i) {
    TestServer server;
    Invention invention(server, 7);
    kinds.push_back(
        LedgerIndex(*server.node().Read(), absl::CivilDay()).kinds());
  }
  EXPECT_EQ(kinds[0], kinds[1]);
}

}  // namespace
}  // namespace kith::server_tests
