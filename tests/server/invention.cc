#include "tests/server/invention.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"

namespace kith::server_tests {
namespace {

constexpr int kAdult = 18;

// The ninth digit makes the number fit its check digit, which is the tenth.
std::string NhsNumber(int which) {
  for (int last = 0;; ++last) {
    const std::string nine = absl::StrCat(943476000 + 10 * which + last);
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (10 - i) * (nine[i] - '0');
    const int check = (11 - sum % 11) % 11;
    if (check < 10) return absl::StrCat(nine, check);
  }
}

}  // namespace

const std::vector<std::string>& Invention::Agencies() {
  static const auto* all =
      new std::vector<std::string>{"council", "health", "school", "police"};
  return *all;
}

Invention::Invention(TestServer& server, uint64_t seed)
    : server_(server), random_(seed) {
  InventHumans();
  StateRecords();
  StateFamilies();
  StateInvolvements();
  StateNeeds();
  for (const Family& family : families_) {
    for (int i = Int(0, 2); i > 0; --i) OpenPlan(family);
    if (Chance(60)) AppointLead(family);
  }
  for (const std::string& agency : Agencies()) {
    for (int i = Int(1, 3); i > 0; --i) StateAssessment(agency);
    for (int i = Int(1, 2); i > 0; --i) MakeReferral(agency);
    for (int i = Int(2, 5); i > 0; --i) StateConsent(agency);
  }
  Pass(20);
  TellByOthers();
  for (const std::string& agency : Agencies()) {
    for (int i = Int(0, 2); i > 0; --i) StateRestriction(agency);
  }
  ChangeThings();
  TellFeeds();
  TellHub();
  DecideWorklists();
  Pass(45);
  Override();
}

const std::string& Invention::AnyAgency() { return Pick(Agencies()); }

Who Invention::By(const std::string& agency, const std::string& role) {
  return Of(agency, absl::StrCat("w", Int(1, 2)), role);
}

void Invention::Pass(int days) {
  server_.clock().Advance(absl::Hours(24 * days));
}

std::string Invention::Ref(size_t record) const {
  return RecordText(records_[record].local_id);
}

std::string Invention::About(const std::vector<size_t>& records,
                             const std::string& field) const {
  std::string text;
  for (const size_t record : records) {
    absl::StrAppend(&text, field, " { ", Ref(record), " } ");
  }
  return text;
}

std::vector<size_t> Invention::Some(const std::vector<size_t>& all, int most) {
  std::vector<size_t> some = all;
  std::shuffle(some.begin(), some.end(), random_);
  some.resize(std::min<size_t>(some.size(), Int(1, most)));
  return some;
}

std::vector<size_t> Invention::RecordsOf(const std::string& agency) const {
  std::vector<size_t> own;
  for (size_t i = 0; i < records_.size(); ++i) {
    if (records_[i].agency == agency) own.push_back(i);
  }
  return own;
}

std::vector<size_t> Invention::AdultsIn(
    const std::vector<size_t>& records) const {
  std::vector<size_t> adults;
  for (const size_t record : records) {
    if (humans_[records_[record].human].born < kYear - kAdult) {
      adults.push_back(record);
    }
  }
  return adults;
}

std::string Invention::SomeClasses() {
  static const auto* kClasses = new std::vector<std::string>{
      "IDENTITY", "CONTACT", "FAMILY",     "NEED", "CONSENT",
      "REFERRAL", "MEETING", "ASSESSMENT", "PLAN", "CONVERSATION"};
  std::string text;
  if (Chance(50)) return text;
  for (const std::string& one : *kClasses) {
    if (Chance(40)) absl::StrAppend(&text, "classes: ITEM_CLASS_", one, " ");
  }
  return text;
}

// Another agency, one of its practitioners, or somebody of the own records.
std::string Invention::SomeWho(const std::string& field,
                               const std::string& but) {
  std::string agency = but;
  while (agency == but) agency = AnyAgency();
  const int kind = Int(1, 10);
  if (kind <= 6) return absl::Substitute("$0 { agency: '$1' } ", field, agency);
  if (kind <= 8) {
    return absl::Substitute(
        "$0 { practitioner { agency: '$1' local_id: 'w$2' } } ", field, agency,
        Int(1, 2));
  }
  const auto own = RecordsOf(but);
  if (own.empty()) return "";
  return absl::Substitute("$0 { person { $1 } } ", field, Ref(Pick(own)));
}

// Two households: parents, a young person and a child each.
void Invention::InventHumans() {
  const int teens[] = {2007, 2009, 2011};
  for (int home = 0; home < 2; ++home) {
    const int born[] = {1984, 1986, teens[Int(0, 2)], 2017};
    for (int i = 0; i < 4; ++i) {
      const int which = 4 * home + i;
      Human human;
      human.given = absl::StrCat("Given", which);
      human.family = absl::StrCat("House", home);
      human.postcode = home == 0 ? "RV1 4QX" : "RV2 5QY";
      human.nhs_number = NhsNumber(which);
      human.born = born[i];
      humans_.push_back(human);
    }
  }
}

void Invention::StateRecords() {
  for (const std::string& agency : Agencies()) {
    for (size_t human = 0; human < humans_.size(); ++human) {
      if (Chance(65)) StateRecord(agency, human);
    }
  }
}

void Invention::StateRecord(const std::string& agency, size_t human) {
  const Human& who = humans_[human];
  const Record record = {agency, absl::StrCat("h", human), human};
  std::string more;
  if (Chance(60)) {
    absl::StrAppend(&more,
                    "identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: '",
                    who.nhs_number, "' status: IDENTIFIER_STATUS_VERIFIED } ");
  }
  if (Chance(6)) absl::StrAppend(&more, "restricted: true ");
  const std::string id = Try(
      By(agency), &FamilyService::Stub::StatePerson,
      absl::Substitute(
          R"(person { $0 names { use: NAME_USE_USUAL given: "$1" family: "$2" }
               birth_date { year: $3 month: 6 day: 2 }
               addresses { lines: "1 Road" postcode: "$4" protected: $5 }
               contact_points { kind: "mobile" value: "07700 900123" } $6 })",
          RecordText(record.local_id), who.given, who.family, who.born,
          who.postcode, Chance(6) ? "true" : "false", more));
  if (!id.empty()) records_.push_back(record);
}

void Invention::StateFamilies() {
  for (const std::string& agency : Agencies()) {
    for (int i = Int(0, 2); i > 0; --i) StateFamily(agency);
  }
  while (families_.empty()) StateFamily("council");
  for (size_t i = 0; i < families_.size(); ++i) StateKin(families_[i]);
  if (families_.size() > 1 && Chance(30)) {
    Try(By(families_[0].agency), &FamilyService::Stub::DecideFamiliesJoin,
        absl::Substitute(R"(decision { one { id: "$0" } other { id: "$1" }
                              joined: true reason: "one" })",
                         families_[0].id, families_[1].id));
  }
}

void Invention::StateFamily(const std::string& agency) {
  const std::vector<size_t> own = RecordsOf(agency);
  const std::vector<size_t> adults = AdultsIn(own);
  if (adults.empty()) return;
  Family family = {agency, "", Some(own, 4)};
  const size_t defined_by = Pick(adults);
  family.members.push_back(defined_by);
  std::sort(family.members.begin(), family.members.end());
  family.members.erase(
      std::unique(family.members.begin(), family.members.end()),
      family.members.end());
  std::string members;
  for (const size_t member : family.members) {
    absl::StrAppend(&members, "members { person { ", Ref(member),
                    " } role: 'kin' lives_here: ANSWER_YES } ");
  }
  family.id = Try(By(agency), &FamilyService::Stub::RegisterFamily,
                  absl::Substitute("family { defined_by { $0 } $1 }",
                                   Ref(defined_by), members));
  if (!family.id.empty()) families_.push_back(family);
}

// Parents, network, and what the family agreed with services.
void Invention::StateKin(const Family& family) {
  const Who who = By(family.agency);
  for (const size_t adult : AdultsIn(family.members)) {
    for (const size_t other : family.members) {
      if (humans_[records_[other].human].born < kYear - kAdult) continue;
      Try(who, &FamilyService::Stub::StateRelationship,
          absl::Substitute("relationship { person { $0 } to { $1 } kind: "
                           "RELATIONSHIP_KIND_PARENT parental_responsibility: "
                           "ANSWER_YES }",
                           Ref(adult), Ref(other)));
    }
  }
  if (Chance(50)) {
    Try(who, &FamilyService::Stub::StateNetworkMember,
        absl::Substitute(R"(member { family { id: "$0" } name: "Vera"
                              relationship: "aunt" contact: "07700 900456" })",
                         family.id));
  }
  if (Chance(50)) {
    Try(who, &ConsentService::Stub::StateFamilyAgreement,
        absl::Substitute(R"(agreement { family { id: "$0" } $1
                              expectations: "x" duty_explained: ANSWER_YES })",
                         family.id, About(family.members, "parties")));
  }
}

void Invention::StateInvolvements() {
  for (size_t i = 0; i < records_.size(); ++i) {
    if (!Chance(30)) continue;
    const std::string& agency = records_[i].agency;
    Try(By(agency), &FamilyService::Stub::StateInvolvement,
        absl::Substitute(
            R"(involvement { person { $0 } service: "s" worker { local_id: "w1" }
                 involvement { system: "main" local_id: "i$1" }
                 period { from { year: 2023 month: 1 day: 2 } $2 } })",
            Ref(i), i,
            Chance(25) ? "until { year: 2024 month: 2 day: 2 }" : ""));
  }
}

void Invention::StateNeeds() {
  for (size_t i = 0; i < records_.size(); ++i) {
    const Who who = By(records_[i].agency);
    const int age = kYear - humans_[records_[i].human].born;
    if (Chance(30)) {
      needs_.push_back(
          {who.agency,
           Try(who, &FamilyService::Stub::StateNeed,
               absl::Substitute(R"(need { person { $0 } need: "debt"
                                     state: NEED_STATE_IDENTIFIED })",
                                Ref(i))),
           {i}});
    }
    if (age < 16 && Chance(25)) {
      Try(who, &FamilyService::Stub::StateFosteringStay,
          absl::Substitute(
              R"(stay { child { $0 } close_relative: ANSWER_NO
                   period { from { year: 2024 month: 3 day: 1 } } })",
              Ref(i)));
    }
    if (age >= 12 && age < 18 && Chance(70)) {
      Try(who, &FamilyService::Stub::JudgeCompetence,
          absl::Substitute(R"(judgement { person { $0 } matter: "sharing"
                                competent: true reasons: "spoke" })",
                           Ref(i)));
    }
  }
}

}  // namespace kith::server_tests
