#include "services/api/explain.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/civil_date.h"
#include "base/status.h"
#include "services/api/named_things.h"
#include "services/core/family/dates.h"
#include "services/disclosure/policy.h"
#include "services/views/find.h"
#include "services/views/labels.h"
#include "services/views/read.h"

namespace kith::api {
namespace {

using Labels = std::vector<ledger::v1::ItemLabel>;

absl::Status CheckRequest(const v1::ExplainAccessRequest& request) {
  if (request.agency().empty() == request.recipient_person_id().empty()) {
    return absl::InvalidArgumentError("name one recipient: agency or person");
  }
  if (request.purpose().empty()) {
    return absl::InvalidArgumentError("name the purpose");
  }
  if (request.item_id().empty() &&
      request.class_() == agency::v1::ITEM_CLASS_UNSPECIFIED) {
    return absl::InvalidArgumentError("name a class or an item");
  }
  if (request.has_on() &&
      (!core::IsSound(request.on()) || !core::IsWhole(request.on()))) {
    return absl::InvalidArgumentError("there is no such day");
  }
  return absl::OkStatus();
}

absl::Time MomentOf(const ReadCall& call,
                    const v1::ExplainAccessRequest& request) {
  if (!request.has_on()) return call.now();
  return base::LondonMidnight(core::FirstDay(request.on())) + absl::Hours(12);
}

// Who would receive it: of people, somebody of whom the caller may know.
absl::StatusOr<disclosure::Reader> RecipientOf(
    ReadCall& call, const v1::ExplainAccessRequest& request) {
  disclosure::Reader reader;
  reader.purpose = request.purpose();
  reader.at = MomentOf(call, request);
  if (!request.recipient_person_id().empty()) {
    reader.agency = call.reader().agency;
    reader.role = agency::v1::ROLE_FAMILY_MEMBER;
    ASSIGN_OR_RETURN(reader.record,
                     SeenPerson(call, request.recipient_person_id()));
    return reader;
  }
  reader.agency = request.agency();
  reader.role = request.role() == agency::v1::ROLE_UNSPECIFIED
                    ? agency::v1::ROLE_PRACTITIONER
                    : request.role();
  reader.practitioner = request.practitioner_local_id();
  if (reader.practitioner.empty()) return reader;
  ASSIGN_OR_RETURN(
      reader.practitioner_number,
      views::FindPractitioner(call.view().view(), reader.agency,
                              reader.practitioner, call.view().hash()));
  return reader;
}

std::string AgencyOf(const ReadCall& call,
                     const v1::ExplainAccessRequest& request) {
  return request.item_agency().empty() ? call.reader().agency
                                       : request.item_agency();
}

// An item of that class as the agency would have it.
ledger::v1::ItemLabel LabelOfClass(const ReadCall& call, uint64_t person,
                                   const v1::ExplainAccessRequest& request) {
  ledger::v1::ItemLabel label;
  label.set_class_(request.class_());
  label.set_agency(AgencyOf(call, request));
  label.add_records(person);
  // A plan that is shared names whom it is shared with.
  if (request.class_() == agency::v1::ITEM_CLASS_PLAN) {
    label.add_named_agencies(request.agency());
  }
  return label;
}

template <class View>
void AddLabels(const std::optional<views::Pieces<View>>& pieces,
               Labels* labels) {
  if (!pieces) return;
  for (const auto& piece : *pieces) labels->push_back(piece.label);
}

// Of all that there is of these records, as part of each family of theirs.
absl::StatusOr<Labels> LabelsAbout(const ReadCall& call, uint64_t person,
                                   const std::vector<uint64_t>& records) {
  const core::StateReader& rows = call.view().view();
  Labels labels;
  ASSIGN_OR_RETURN(
      const auto families,
      views::FamiliesOfRecords(rows, records, base::LondonDay(call.now())));
  for (const uint64_t family : families) {
    ASSIGN_OR_RETURN(const auto pieces,
                     views::FamilyPieces(rows, family, call.now()));
    AddLabels(pieces, &labels);
  }
  if (!families.empty()) return labels;
  ASSIGN_OR_RETURN(const auto pieces,
                   views::PersonPieces(rows, person, call.now()));
  AddLabels(pieces, &labels);
  return labels;
}

// The person's items of that class and agency that the caller sees.
absl::StatusOr<Labels> LabelsOfClass(ReadCall& call, uint64_t person,
                                     const v1::ExplainAccessRequest& request) {
  ASSIGN_OR_RETURN(const auto records,
                   views::RecordsOf(call.view().view(), person));
  ASSIGN_OR_RETURN(const Labels all, LabelsAbout(call, person, records));
  Labels labels;
  for (const auto& label : all) {
    if (label.class_() == request.class_() &&
        label.agency() == AgencyOf(call, request) &&
        std::find_first_of(label.records().begin(), label.records().end(),
                           records.begin(),
                           records.end()) != label.records().end()) {
      labels.push_back(label);
    }
  }
  return SeenOf(call, labels);
}

// The explanation tells of that agency's consents about these people: it is an
// item like them.
ledger::v1::ItemLabel LabelOfExplanation(const ledger::v1::ItemLabel& item) {
  ledger::v1::ItemLabel consents;
  consents.set_class_(agency::v1::ITEM_CLASS_CONSENT);
  consents.set_agency(item.agency());
  *consents.mutable_records() = item.records();
  consents.set_family(item.family());
  return consents;
}

// Those whose explanation the caller may have.
absl::StatusOr<Labels> Explainable(ReadCall& call, const Labels& labels) {
  Labels explainable;
  for (const auto& label : labels) {
    ASSIGN_OR_RETURN(const Labels seen,
                     SeenOf(call, {LabelOfExplanation(label)}));
    if (!seen.empty()) explainable.push_back(label);
  }
  return explainable;
}

// What is explained: of a class the items that there are, else one as there
// might be. Empty: nothing that the caller may know of.
absl::StatusOr<Labels> LabelsOfRequest(
    ReadCall& call, uint64_t person, const v1::ExplainAccessRequest& request) {
  if (!request.item_id().empty()) {
    ASSIGN_OR_RETURN(const Labels seen, SeenLabels(call, request.item_id()));
    return Explainable(call, seen);
  }
  ASSIGN_OR_RETURN(const Labels seen, LabelsOfClass(call, person, request));
  ASSIGN_OR_RETURN(Labels labels, Explainable(call, seen));
  if (labels.empty()) labels.push_back(LabelOfClass(call, person, request));
  return labels;
}

// Whether the caller may know of that override, broken glass or restriction.
absl::StatusOr<bool> MayKnowOf(ReadCall& call, uint64_t number) {
  const core::StateReader& rows = call.view().view();
  ASSIGN_OR_RETURN(Labels labels,
                   views::LabelsOfThing(rows, number, call.now()));
  ASSIGN_OR_RETURN(const auto override, views::OverridePieces(rows, number));
  AddLabels(override, &labels);
  ASSIGN_OR_RETURN(const Labels seen, SeenOf(call, labels));
  return !seen.empty();
}

template <class Thing, class NumberOf>
absl::Status DropUnknown(ReadCall& call, const NumberOf& number_of,
                         std::vector<Thing>* things) {
  std::vector<Thing> known;
  for (Thing& thing : *things) {
    ASSIGN_OR_RETURN(const bool may_know, MayKnowOf(call, number_of(thing)));
    if (may_know) known.push_back(std::move(thing));
  }
  *things = std::move(known);
  return absl::OkStatus();
}

// What stands, as far as the caller may know of it: what is kept from them
// decides nothing here, or the answer would tell of it.
absl::StatusOr<disclosure::Context> ContextKnownTo(
    ReadCall& call, const views::Concerned& concerned, absl::Time at) {
  ASSIGN_OR_RETURN(const auto stands, call.ContextAt(concerned, at));
  disclosure::Context known = *stands;
  const auto number = [](const auto& licence) { return licence.number; };
  RETURN_IF_ERROR(DropUnknown(call, number, &known.overrides));
  RETURN_IF_ERROR(DropUnknown(call, number, &known.grants));
  RETURN_IF_ERROR(DropUnknown(
      call,
      [](const auto& row) { return row.recorded().restriction().number(); },
      &known.restrictions));
  return known;
}

struct Decided {
  ledger::v1::ItemLabel label;
  disclosure::Decision decision;
};

// A part that is of several families or agencies is seen if one of them lets
// it be; several parts are explained by one that is withheld, if any is.
Decided Strictest(const disclosure::Reader& recipient, const Labels& labels,
                  const disclosure::Context& context) {
  std::map<std::string, Decided> parts;
  for (const auto& label : labels) {
    Decided one{label, disclosure::Decide(recipient, label, context)};
    ledger::v1::ItemLabel part = label;
    part.clear_family();
    part.clear_agency();
    Decided& of_part =
        parts.emplace(part.SerializeAsString(), one).first->second;
    if (!of_part.decision.show) of_part = std::move(one);
  }
  for (const auto& [part, decided] : parts) {
    if (!decided.decision.show) return decided;
  }
  return parts.begin()->second;
}

absl::StatusOr<v1::ExplainAccessResponse> Explanation(
    const ReadCall& call, const disclosure::Decision& decision) {
  v1::ExplainAccessResponse response;
  response.set_allowed(decision.show);
  response.set_reason(std::string(disclosure::NameOf(decision.reason)));
  for (std::string& row : disclosure::RowsOf(decision.reason)) {
    response.add_rows(std::move(row));
  }
  for (const uint64_t number : decision.decided_by) {
    ASSIGN_OR_RETURN(std::string id,
                     views::IdOfThing(call.view().view(), number));
    if (!id.empty()) response.add_decided_by_ids(std::move(id));
  }
  response.set_policy_version(disclosure::kPolicyVersion);
  return response;
}

}  // namespace

absl::StatusOr<access::Recorded<v1::ExplainAccessResponse>> ExplainAccessAnswer(
    ReadCall& call, const v1::ExplainAccessRequest& request) {
  RETURN_IF_ERROR(CheckRequest(request));
  RETURN_IF_ERROR(call.OpenPresent(request.read()));
  ASSIGN_OR_RETURN(const uint64_t person,
                   SeenPerson(call, request.person_id()));
  ASSIGN_OR_RETURN(const disclosure::Reader recipient,
                   RecipientOf(call, request));
  ASSIGN_OR_RETURN(const Labels labels, LabelsOfRequest(call, person, request));
  if (labels.empty()) return NotFound();
  views::Concerned concerned;
  for (const auto& label : labels) concerned.Add(label);
  ASSIGN_OR_RETURN(const auto context,
                   ContextKnownTo(call, concerned, recipient.at));
  const Decided decided = Strictest(recipient, labels, context);
  ASSIGN_OR_RETURN(v1::ExplainAccessResponse explained,
                   Explanation(call, decided.decision));
  views::Pieces<v1::ExplainAccessResponse> pieces;
  pieces.push_back({LabelOfExplanation(decided.label), std::move(explained)});
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  auto disclosed = door.Compose<v1::ExplainAccessResponse>(
      pieces, [](v1::ExplainAccessResponse* response) { return response; },
      [&](v1::ExplainAccessResponse* response) { call.SignAnswer(response); });
  return call.RecordShown(std::move(disclosed));
}

}  // namespace kith::api
