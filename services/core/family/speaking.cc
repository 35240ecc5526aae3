#include "services/core/family/speaking.h"

#include <algorithm>

#include "base/status.h"
#include "services/core/errors.h"
#include "services/core/identity/persons.h"

namespace kith::core::family {

bool MemberActs(const Decision& decision) {
  return !decision.reported() &&
         decision.envelope().actor().role() == agency::v1::ROLE_FAMILY_MEMBER;
}

absl::StatusOr<bool> IsActingMember(EntityNumber record, Decision& decision) {
  if (!MemberActs(decision)) return false;
  agency::v1::PersonRef self;
  self.set_person_id(decision.envelope().actor().practitioner().local_id());
  const auto own = decision.Record(self);
  if (absl::IsNotFound(own.status())) return false;
  RETURN_IF_ERROR(own.status());
  ASSIGN_OR_RETURN(const auto records,
                   identity::SurelyOf(decision.state(), *own));
  return std::binary_search(records.begin(), records.end(), record);
}

absl::Status RequireYourself(EntityNumber record, absl::string_view field,
                             Decision& decision) {
  if (record == 0 || !MemberActs(decision)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool self, IsActingMember(record, decision));
  if (self) return absl::OkStatus();
  return Forbid("NOT_YOURSELF", "a family member speaks for themselves alone",
                {"R-096", "R-097"}, field);
}

absl::StatusOr<std::vector<EntityNumber>> RecordsFor(const Decision& decision,
                                                     EntityNumber record) {
  return MemberActs(decision) ? identity::SurelyOf(decision.state(), record)
                              : identity::RecordsOf(decision.state(), record);
}

}  // namespace kith::core::family
