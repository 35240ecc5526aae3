#include "tools/kith/family_view.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kith::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// What to call a person: a name that may be shown, else the id.
using Names = std::map<std::string, std::string>;

Names NamesOf(const api::v1::FamilyView& family) {
  Names names;
  for (const auto& member : family.members()) {
    if (!member.name().empty()) names[member.person_id()] = member.name();
  }
  for (const auto& person : family.people()) {
    for (const auto& record : person.records()) {
      const std::string name = NameText(record.said());
      if (!name.empty()) names.emplace(person.person_id(), name);
    }
  }
  return names;
}

std::string NameOf(const Names& names, const std::string& person) {
  auto found = names.find(person);
  return found == names.end() ? person : found->second;
}

template <class Ids>
std::string NamesOfAll(const Names& names, const Ids& people) {
  std::vector<std::string> all;
  for (const auto& person : people) all.push_back(NameOf(names, person));
  return absl::StrJoin(all, ", ");
}

std::string Identifiers(const agency::v1::PersonStated& said) {
  std::vector<std::string> all;
  for (const auto& identifier : said.identifiers()) {
    all.push_back(absl::StrCat(
        EnumText(*agency::v1::IdentifierKind_descriptor(), identifier.kind()),
        " ", identifier.value()));
  }
  return absl::StrJoin(all, ", ");
}

std::string Postcode(const agency::v1::PersonStated& said) {
  return said.addresses().empty() ? "" : said.addresses(0).postcode();
}

void AddRecords(const api::v1::PersonView& person, Rows& rows) {
  for (const auto& record : person.records()) {
    rows.push_back({record.agency(), NameText(record.said()),
                    Text(record.said().birth_date()), Postcode(record.said()),
                    Identifiers(record.said())});
  }
}

void PrintMembers(const Output& out, const api::v1::FamilyView& family,
                  const Names& names) {
  Rows rows;
  for (const auto& member : family.members()) {
    rows.push_back({NameOf(names, member.person_id()), member.said().role(),
                    member.ended() ? "left" : "", Text(member.by()),
                    member.person_id()});
  }
  out.Heading("Members");
  out.Table({"NAME", "ROLE", "", "SAID BY", "PERSON"}, rows);
}

void PrintRecords(const Output& out, const api::v1::FamilyView& family) {
  Rows rows;
  for (const auto& person : family.people()) AddRecords(person, rows);
  out.Heading("What each agency says of them");
  out.Table({"AGENCY", "NAME", "BORN", "POSTCODE", "IDENTIFIERS"}, rows);
}

void PrintPeoplesWork(const Output& out, const api::v1::FamilyView& family,
                      const Names& names) {
  Rows involved, needs;
  for (const auto& person : family.people()) {
    for (const auto& one : person.involvements()) {
      involved.push_back({NameOf(names, person.person_id()),
                          one.said().service(), Text(one.by()),
                          Text(one.worker()), Text(one.said().period())});
    }
    for (const auto& one : person.needs()) {
      const std::string what = one.has_need()          ? one.need().need()
                               : one.has_young_carer() ? "young carer"
                               : one.has_stay()        ? "stay with others"
                                                       : "competence judged";
      needs.push_back(
          {NameOf(names, person.person_id()), what, Text(one.by())});
    }
  }
  out.Heading("Who works with them");
  out.Table({"PERSON", "SERVICE", "AGENCY", "WORKER", "PERIOD"}, involved);
  out.Heading("Needs");
  out.Table({"PERSON", "NEED", "SAID BY"}, needs);
}

void PrintConsents(const Output& out, const api::v1::FamilyView& family,
                   const Names& names) {
  Rows rows;
  for (const auto& consent : family.consents()) {
    std::vector<std::string> to;
    for (const auto& recipient : consent.recipients()) {
      to.push_back(recipient.agency().empty() ? "a person"
                                              : recipient.agency());
    }
    rows.push_back(
        {NamesOfAll(names, consent.person_ids()),
         EnumText(*agency::v1::ConsentKind_descriptor(), consent.said().kind()),
         EnumText(*agency::v1::ConsentAnswer_descriptor(),
                  consent.said().answer()),
         consent.said().purpose(), absl::StrJoin(to, ", "),
         consent.has_ended_at() ? "ended" : ""});
  }
  out.Heading("Consents");
  out.Table({"ABOUT", "TO", "ANSWER", "PURPOSE", "RECIPIENTS", ""}, rows);
}

void PrintWork(const Output& out, const api::v1::FamilyView& family,
               const Names& names) {
  Rows referrals, assessments, meetings;
  for (const auto& one : family.referrals()) {
    referrals.push_back(
        {NamesOfAll(names, one.person_ids()), one.said().service(),
         EnumText(*agency::v1::ReferralState_descriptor(), one.said().state()),
         Text(one.by()), Text(one.said().made_on())});
  }
  for (const auto& one : family.assessments()) {
    assessments.push_back(
        {NamesOfAll(names, one.person_ids()), one.said().type(), Text(one.by()),
         Text(one.said().period()), absl::StrCat(one.scores_size())});
  }
  for (const auto& one : family.meetings()) {
    meetings.push_back(
        {EnumText(*agency::v1::MeetingKind_descriptor(), one.said().kind()),
         EnumText(*agency::v1::MeetingState_descriptor(), one.said().state()),
         Text(one.said().at()), Text(one.by())});
  }
  out.Heading("Referrals");
  out.Table({"ABOUT", "SERVICE", "STATE", "SAID BY", "MADE"}, referrals);
  out.Heading("Assessments");
  out.Table({"ABOUT", "TYPE", "SAID BY", "PERIOD", "SCORES"}, assessments);
  out.Heading("Meetings");
  out.Table({"KIND", "STATE", "WHEN", "SAID BY"}, meetings);
}

}  // namespace

void PrintPlans(
    const Output& out,
    const google::protobuf::RepeatedPtrField<api::v1::PlanView>& plans) {
  Rows rows;
  for (const auto& plan : plans) {
    rows.push_back({plan.plan_id(), plan.content().category(),
                    EnumText(*agency::v1::PlanState_descriptor(), plan.state()),
                    absl::StrCat(plan.version()), Text(plan.by()),
                    absl::StrCat(plan.content().actions_size()),
                    Text(plan.review_due().until())});
  }
  out.Table(
      {"PLAN", "KIND", "STATE", "VERSION", "SAID BY", "ACTIONS", "REVIEW BY"},
      rows);
}

void PrintDuplicates(
    const Output& out,
    const google::protobuf::RepeatedPtrField<api::v1::DuplicateView>& cases) {
  Rows rows;
  for (const auto& one : cases) {
    std::vector<std::string> sides, leads;
    for (const auto& side : one.sides()) {
      sides.push_back(absl::StrCat(side.agency(), " ", side.plan_id()));
      if (side.has_lead()) leads.push_back(Text(side.lead()));
    }
    rows.push_back(
        {one.case_id(),
         EnumText(*ledger::v1::DuplicateLevel_descriptor(), one.level()),
         EnumText(*ledger::v1::CaseState_descriptor(), one.state()),
         absl::StrJoin(sides, " | "), absl::StrJoin(leads, " | ")});
  }
  out.Table({"CASE", "LEVEL", "STATE", "PLANS", "CONTACT"}, rows);
}

void PrintFamily(const Output& out, const api::v1::FamilyView& family) {
  const Names names = NamesOf(family);
  out.Heading(absl::StrCat("Family ", family.family_id()));
  out.Line(absl::StrCat(
      "  lead professional: ",
      family.has_lead()
          ? absl::StrCat(Text(family.lead().practitioner()), " (",
                         EnumText(*ledger::v1::LeadState_descriptor(),
                                  family.lead().state()),
                         family.lead().disputed() ? ", disputed)" : ")")
          : "nobody that you may see"));
  if (!family.overlapping_family_ids().empty()) {
    out.Line(
        absl::StrCat("  overlaps with ",
                     absl::StrJoin(family.overlapping_family_ids(), ", ")));
  }
  PrintMembers(out, family, names);
  PrintRecords(out, family);
  PrintPeoplesWork(out, family, names);
  out.Heading("Plans");
  PrintPlans(out, family.plans());
  out.Heading("Duplicate plans");
  PrintDuplicates(out, family.duplicates());
  PrintWork(out, family, names);
  PrintConsents(out, family, names);
}

void PrintPerson(const Output& out, const api::v1::PersonView& person) {
  out.Heading(absl::StrCat("Person ", person.person_id()));
  Rows rows;
  AddRecords(person, rows);
  out.Table({"AGENCY", "NAME", "BORN", "POSTCODE", "IDENTIFIERS"}, rows);
  out.Line(
      absl::StrCat("  families: ", absl::StrJoin(person.family_ids(), ", ")));
}

}  // namespace kith::cli
