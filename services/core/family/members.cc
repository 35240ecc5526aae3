// Founding families, and who belongs to them.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/family.h"
#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/family/speaking.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::family {
namespace {

using agency::v1::FamilyMember;
using agency::v1::FamilyStated;
using agency::v1::MembershipEnded;
using ledger::v1::Fact;
using ledger::v1::FamilyRow;
using ledger::v1::MembershipRow;

absl::Status CheckShape(const FamilyStated& said) {
  if (said.members_size() > kMembersMax) {
    return Senseless("TOO_MANY", "more members than a family may have",
                     "family_stated.members");
  }
  for (const FamilyMember& member : said.members()) {
    RETURN_IF_ERROR(
        CheckPeriod(member.period(), "family_stated.members.period"));
  }
  return absl::OkStatus();
}

absl::StatusOr<EntityNumber> Found(const FamilyStated& said,
                                   EntityNumber definer, Decision& decision) {
  if (!decision.reported() && definer == 0) {
    return Refuse("FAMILY_WITHOUT_DEFINER",
                  "a family is recorded from a named person's point of view",
                  {"R-001"}, "family_stated.defined_by");
  }
  Fact fact;
  auto& founded = *fact.mutable_family_founded();
  *founded.mutable_family() = decision.NewIdentity(base::IdKind::kFamily);
  if (said.family().has_local()) {
    *founded.mutable_local() = decision.Own(said.family().local());
  }
  founded.set_defined_by(definer);
  founded.set_locality(said.locality());
  decision.Tell(founded.family());
  const EntityNumber number = founded.family().number();
  RETURN_IF_ERROR(decision.Add(number, {}, std::move(fact)));
  return number;
}

// Takes up a definer or locality that the known family lacked so far. A feed
// does so for its own families only.
absl::Status Complete(const FamilyStated& said, EntityNumber family,
                      EntityNumber definer, Decision& decision) {
  ASSIGN_OR_RETURN(const auto row,
                   ReadRow<FamilyRow>(decision.state(), keys::Family(family)));
  if (!row.has_value()) return absl::OkStatus();  // erased
  Fact fact;
  auto& founded = *fact.mutable_family_founded();
  founded = row->founded();
  founded.mutable_family()->clear_id();
  const bool mine = !decision.reported() || row->agency() == decision.agency();
  if (definer != 0 && founded.defined_by() == 0 && mine) {
    founded.set_defined_by(definer);
  }
  if (!said.locality().empty() && mine) founded.set_locality(said.locality());
  if (definer != 0 && founded.defined_by() != 0) {
    ASSIGN_OR_RETURN(
        const EntityNumber first,
        identity::PersonOf(decision.state(), founded.defined_by()));
    ASSIGN_OR_RETURN(const EntityNumber second,
                     identity::PersonOf(decision.state(), definer));
    RETURN_IF_ERROR(decision.Require(
        first == second,
        Refuse("FAMILY_HAS_DEFINER",
               "another person defined this family; theirs is one of its own",
               {"R-004"}, "family_stated.defined_by")));
  }
  if (founded.defined_by() == row->founded().defined_by() &&
      founded.locality() == row->founded().locality()) {
    return absl::OkStatus();
  }
  return decision.Add(family, {}, std::move(fact));
}

absl::StatusOr<EntityNumber> FindOrFound(const FamilyStated& said,
                                         EntityNumber definer,
                                         Decision& decision) {
  const agency::v1::ThingRef& ref = said.family();
  if (ref.which_case() == agency::v1::ThingRef::WHICH_NOT_SET) {
    if (!decision.reported()) return Found(said, definer, decision);
    return Senseless("KEY_MISSING", "a report names its own key",
                     "family_stated.family");
  }
  auto known = decision.Thing("family", base::IdKind::kFamily, ref);
  const bool own = ref.has_local() &&
                   decision.Own(ref.local()).agency() == decision.agency();
  if (absl::IsNotFound(known.status()) && own) {
    return Found(said, definer, decision);
  }
  RETURN_IF_ERROR(known.status());
  RETURN_IF_ERROR(Complete(said, *known, definer, decision));
  return *known;
}

bool IsOver(const MembershipRow& row, absl::CivilDay day) {
  const agency::v1::Period& period = row.stated().said().period();
  return period.has_until() && LastDay(period.until()) <= day;
}

// A first day that is not said is the one known, or today for who comes back.
void FillFirstDay(const std::optional<MembershipRow>& before,
                  absl::CivilDay day, FamilyMember& said) {
  if (said.period().has_from() || !before.has_value()) return;
  if (IsOver(*before, day) && !said.period().has_until()) {
    *said.mutable_period()->mutable_from() = ToDate(day);
  } else if (before->stated().said().period().has_from()) {
    *said.mutable_period()->mutable_from() =
        before->stated().said().period().from();
  }
}

absl::Status StateMember(EntityNumber family, EntityNumber record,
                         FamilyMember said, EntityNumber said_by,
                         Decision& decision) {
  ASSIGN_OR_RETURN(
      const auto before,
      ReadRow<MembershipRow>(decision.state(),
                             keys::Member(family, record, decision.agency())));
  said.clear_person();
  FillFirstDay(before, decision.day(), said);
  if (before.has_value() &&
      before->stated().said().SerializeAsString() == said.SerializeAsString()) {
    return absl::OkStatus();
  }
  Fact fact;
  auto& stated = *fact.mutable_member_stated();
  stated.set_family(family);
  stated.set_record(record);
  stated.set_said_by(said_by);
  *stated.mutable_said() = std::move(said);
  return decision.Add(family, {record}, std::move(fact));
}

absl::Status Leave(EntityNumber family, EntityNumber record,
                   const agency::v1::Date& until, EntityNumber said_by,
                   Decision& decision) {
  Fact fact;
  auto& left = *fact.mutable_member_left();
  left.set_family(family);
  left.set_record(record);
  *left.mutable_until() = until;
  left.set_said_by(said_by);
  return decision.Add(family, {record}, std::move(fact));
}

// Members that the agency stated before and does not list now have left.
absl::Status LeaveUnlisted(EntityNumber family,
                           const std::vector<EntityNumber>& listed,
                           EntityNumber said_by, Decision& decision) {
  ASSIGN_OR_RETURN(const auto rows, Memberships(decision.state(), family));
  for (const MembershipRow& row : rows) {
    const EntityNumber record = row.stated().record();
    const bool stays =
        std::find(listed.begin(), listed.end(), record) != listed.end();
    if (stays || row.agency() != decision.agency() ||
        IsOver(row, decision.day())) {
      continue;
    }
    RETURN_IF_ERROR(
        Leave(family, record, ToDate(decision.day()), said_by, decision));
  }
  return absl::OkStatus();
}

// The memberships that a statement about this person speaks of: for a report,
// those its agency stated.
absl::StatusOr<std::vector<MembershipRow>> MembershipsOf(
    EntityNumber family, EntityNumber record, const Decision& decision) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const auto records, identity::RecordsOf(state, record));
  ASSIGN_OR_RETURN(const auto group, Group(state, family));
  std::vector<MembershipRow> found;
  for (const EntityNumber each : group) {
    ASSIGN_OR_RETURN(const auto rows, Memberships(state, each));
    for (const MembershipRow& row : rows) {
      if (decision.reported() && row.agency() != decision.agency()) continue;
      if (std::find(records.begin(), records.end(), row.stated().record()) !=
          records.end()) {
        found.push_back(row);
      }
    }
  }
  return found;
}

// Ends what is still open on that day, once for each record and family.
absl::Status EndOpen(const std::vector<MembershipRow>& rows,
                     const agency::v1::Date& until, EntityNumber said_by,
                     Decision& decision) {
  std::pair<EntityNumber, EntityNumber> ended;  // rows come side by side
  for (const MembershipRow& row : rows) {
    const std::pair<EntityNumber, EntityNumber> which(row.stated().family(),
                                                      row.stated().record());
    if (which == ended || IsOver(row, LastDay(until))) continue;
    const agency::v1::Period& period = row.stated().said().period();
    if (period.has_from() && FirstDay(period.from()) > LastDay(until)) {
      return Refuse("ENDS_BEFORE_IT_BEGAN",
                    "the membership would end before it began", {"R-003"},
                    "membership_ended.until");
    }
    RETURN_IF_ERROR(Leave(which.first, which.second, until, said_by, decision));
    ended = which;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Decide(const FamilyStated& said, Decision& decision) {
  RETURN_IF_ERROR(CheckShape(said));
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  EntityNumber definer = 0;
  if (said.has_defined_by()) {
    ASSIGN_OR_RETURN(definer, decision.Record(said.defined_by()));
  }
  RETURN_IF_ERROR(
      RequireYourself(definer, "family_stated.defined_by", decision));
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FindOrFound(said, definer, decision));
  std::vector<EntityNumber> listed;
  for (const FamilyMember& member : said.members()) {
    ASSIGN_OR_RETURN(const EntityNumber record,
                     decision.Record(member.person()));
    if (std::find(listed.begin(), listed.end(), record) != listed.end()) {
      return Senseless("LISTED_TWICE", "a member is listed twice",
                       "family_stated.members");
    }
    listed.push_back(record);
    RETURN_IF_ERROR(StateMember(family, record, member, definer, decision));
  }
  if (!said.complete()) return absl::OkStatus();
  return LeaveUnlisted(family, listed, definer, decision);
}

absl::Status Decide(const MembershipEnded& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  const agency::v1::Date until =
      said.has_until() ? said.until() : ToDate(decision.day());
  RETURN_IF_ERROR(CheckDate(until, "membership_ended.until"));
  ASSIGN_OR_RETURN(
      const EntityNumber family,
      decision.Thing("family", base::IdKind::kFamily, said.family()));
  ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(said.person()));
  EntityNumber said_by = 0;
  if (said.has_said_by()) {
    ASSIGN_OR_RETURN(said_by, decision.Record(said.said_by()));
  }
  RETURN_IF_ERROR(
      RequireYourself(said_by, "membership_ended.said_by", decision));
  ASSIGN_OR_RETURN(const auto rows, MembershipsOf(family, record, decision));
  if (rows.empty()) {
    return Refuse("NOT_A_MEMBER", "nobody said that they belong to the family",
                  {"R-003"}, "membership_ended.person");
  }
  return EndOpen(rows, until, said_by, decision);
}

}  // namespace kith::core::family
