#include "services/api/explain.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/civil_date.h"
#include "base/status.h"
#include "services/api/named_things.h"
#include "services/core/family/dates.h"
#include "services/disclosure/policy.h"
#include "services/views/find.h"

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

// Who would receive it.
absl::StatusOr<disclosure::Reader> RecipientOf(
    const ReadCall& call, const v1::ExplainAccessRequest& request) {
  disclosure::Reader reader;
  reader.purpose = request.purpose();
  reader.at = MomentOf(call, request);
  if (!request.recipient_person_id().empty()) {
    reader.agency = call.reader().agency;
    reader.role = agency::v1::ROLE_FAMILY_MEMBER;
    ASSIGN_OR_RETURN(
        const auto number,
        views::NumberOfId(call.view().view(), request.recipient_person_id()));
    if (!number) return NotFound();
    reader.record = *number;
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

// An item of that class as the agency would have it.
ledger::v1::ItemLabel LabelOfClass(const ReadCall& call, uint64_t person,
                                   const v1::ExplainAccessRequest& request) {
  ledger::v1::ItemLabel label;
  label.set_class_(request.class_());
  label.set_agency(request.item_agency().empty() ? call.reader().agency
                                                 : request.item_agency());
  label.add_records(person);
  // A plan that is shared names whom it is shared with.
  if (request.class_() == agency::v1::ITEM_CLASS_PLAN) {
    label.add_named_agencies(request.agency());
  }
  return label;
}

absl::StatusOr<ledger::v1::ItemLabel> LabelOfRequest(
    ReadCall& call, uint64_t person, const v1::ExplainAccessRequest& request) {
  if (request.item_id().empty()) return LabelOfClass(call, person, request);
  ASSIGN_OR_RETURN(const Labels labels, SeenLabels(call, request.item_id()));
  if (labels.empty()) return NotFound();
  return labels.front();
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
  ASSIGN_OR_RETURN(const auto label, LabelOfRequest(call, person, request));
  views::Concerned concerned;
  concerned.Add(label);
  ASSIGN_OR_RETURN(const auto context,
                   call.ContextAt(concerned, recipient.at));
  ASSIGN_OR_RETURN(
      v1::ExplainAccessResponse explained,
      Explanation(call, disclosure::Decide(recipient, label, *context)));
  views::Pieces<v1::ExplainAccessResponse> pieces;
  pieces.push_back({LabelOfExplanation(label), std::move(explained)});
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  auto disclosed = door.Compose<v1::ExplainAccessResponse>(
      pieces, [](v1::ExplainAccessResponse* response) { return response; },
      [&](v1::ExplainAccessResponse* response) {
        call.SignAnswer(response);
      });
  if (!disclosed.account().shown()) return NotFound();
  return call.Record(std::move(disclosed));
}

}  // namespace kith::api
