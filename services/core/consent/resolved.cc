#include "services/core/consent/resolved.h"

#include <algorithm>

#include "base/id.h"
#include "base/status.h"
#include "services/core/consent/consent.h"
#include "services/core/family/speaking.h"

namespace kith::core::consent {
namespace {

using agency::v1::Recipient;
using ledger::v1::ResolvedRecipient;

absl::StatusOr<ResolvedRecipient> ResolveOne(const Recipient& named,
                                             Decision& decision) {
  ResolvedRecipient resolved;
  switch (named.who_case()) {
    case Recipient::kAgency:
      if (!base::IsName(named.agency())) {
        return Senseless("NAME_IMPOSSIBLE", "no agency has such a name");
      }
      resolved.set_agency(named.agency());
      return resolved;
    case Recipient::kPractitioner: {
      ASSIGN_OR_RETURN(const EntityNumber practitioner,
                       decision.Practitioner(named.practitioner()));
      resolved.set_practitioner(practitioner);
      return resolved;
    }
    case Recipient::kPerson: {
      ASSIGN_OR_RETURN(const EntityNumber record,
                       decision.Record(named.person()));
      resolved.set_record(record);
      return resolved;
    }
    case Recipient::WHO_NOT_SET:
      break;
  }
  return Senseless("RECIPIENT_EMPTY", "a recipient names nobody");
}

}  // namespace

absl::StatusOr<std::vector<EntityNumber>> About(
    const google::protobuf::RepeatedPtrField<agency::v1::PersonRef>& people,
    Decision& decision) {
  if (people.empty()) {
    return Senseless("PART_MISSING", "it is about nobody", "about");
  }
  if (people.size() > kPeopleMax) {
    return Senseless("TOO_MANY", "it is about too many people", "about");
  }
  std::vector<EntityNumber> records;
  for (const agency::v1::PersonRef& person : people) {
    ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(person));
    if (std::find(records.begin(), records.end(), record) != records.end()) {
      return Senseless("LISTED_TWICE", "a person is listed twice", "about");
    }
    records.push_back(record);
  }
  return records;
}

absl::Status Resolve(
    const google::protobuf::RepeatedPtrField<Recipient>& named,
    Decision& decision,
    google::protobuf::RepeatedPtrField<ResolvedRecipient>& out) {
  if (named.size() > kRecipientsMax) {
    return Senseless("TOO_MANY", "it names too many");
  }
  for (const Recipient& recipient : named) {
    ASSIGN_OR_RETURN(*out.Add(), ResolveOne(recipient, decision));
  }
  return absl::OkStatus();
}

absl::Status CheckClasses(const google::protobuf::RepeatedField<int>& classes,
                          absl::string_view field) {
  if (classes.size() > kClassesMax) {
    return Senseless("TOO_MANY", "it names too many classes", field);
  }
  for (const int item_class : classes) {
    if (item_class == agency::v1::ITEM_CLASS_UNSPECIFIED ||
        !agency::v1::ItemClass_IsValid(item_class)) {
      return Senseless("CODE_UNKNOWN", "there is no such class of items",
                       field);
    }
  }
  return absl::OkStatus();
}

std::vector<Subject> AlsoAbout(const std::vector<EntityNumber>& records) {
  return std::vector<Subject>(records.begin() + 1, records.end());
}

absl::Status CheckOwnKey(const agency::v1::LocalRef& key,
                         const Decision& decision) {
  if (key.local_id().empty()) {
    if (!decision.reported()) return absl::OkStatus();
    return Senseless("KEY_MISSING", "a report names its own key");
  }
  if (decision.Own(key).agency() != decision.agency()) {
    return Forbid("NOT_YOURS", "it bears another agency's key");
  }
  if (!family::MemberActs(decision)) return absl::OkStatus();
  return Forbid("NOT_YOURS", "keys are for what agencies say",
                {"R-096", "R-097"});
}

}  // namespace kith::core::consent
