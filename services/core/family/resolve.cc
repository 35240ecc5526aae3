#include "services/core/family/resolve.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::family {
namespace {

using ledger::v1::FamilyRow;
using ledger::v1::MembershipRow;

void SortOnce(std::vector<EntityNumber>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

absl::StatusOr<EntityNumber> JoinedInto(const StateReader& state,
                                        EntityNumber family) {
  ASSIGN_OR_RETURN(const auto row,
                   ReadRow<FamilyRow>(state, keys::Family(family)));
  return row.has_value() ? row->joined_into() : 0;
}

// One membership as its index names it: "fo/", record, family, agency.
struct Mention {
  EntityNumber family = 0;
  std::string agency;
};

absl::StatusOr<std::vector<Mention>> Mentions(const StateReader& state,
                                              EntityNumber record) {
  std::vector<Mention> mentions;
  const std::string prefix = keys::FamiliesOf(record);
  RETURN_IF_ERROR(
      state.Scan(prefix, [&](absl::string_view key, absl::string_view) {
        key.remove_prefix(prefix.size());
        mentions.push_back({base::ReadBigEndian64(key).value_or(0),
                            std::string(key.substr(sizeof(uint64_t)))});
        return true;
      }));
  return mentions;
}

absl::StatusOr<bool> IsCurrentIn(const StateReader& state, EntityNumber record,
                                 const Mention& mention, absl::CivilDay day) {
  ASSIGN_OR_RETURN(
      const auto row,
      ReadRow<MembershipRow>(
          state, keys::Member(mention.family, record, mention.agency)));
  return row.has_value() && IsCurrent(*row, day);
}

}  // namespace

// What a family joined was founded before it, so that the chain ends.
absl::StatusOr<EntityNumber> Resolve(const StateReader& state,
                                     EntityNumber family) {
  while (true) {
    ASSIGN_OR_RETURN(const EntityNumber into, JoinedInto(state, family));
    if (into == 0) return family;
    family = into;
  }
}

absl::StatusOr<std::vector<EntityNumber>> JoinedUnder(const StateReader& state,
                                                      EntityNumber family) {
  std::vector<EntityNumber> found = {family};
  for (size_t next = 0; next < found.size(); ++next) {
    ASSIGN_OR_RETURN(const auto row,
                     ReadRow<FamilyRow>(state, keys::Family(found[next])));
    if (!row.has_value()) continue;
    found.insert(found.end(), row->joined().begin(), row->joined().end());
  }
  SortOnce(found);
  return found;
}

absl::StatusOr<std::vector<EntityNumber>> Group(const StateReader& state,
                                                EntityNumber family) {
  ASSIGN_OR_RETURN(const EntityNumber root, Resolve(state, family));
  return JoinedUnder(state, root);
}

absl::StatusOr<std::vector<MembershipRow>> Memberships(const StateReader& state,
                                                       EntityNumber family) {
  std::vector<MembershipRow> rows;
  bool sound = true;
  RETURN_IF_ERROR(state.Scan(
      keys::MembersOf(family), [&](absl::string_view, absl::string_view bytes) {
        MembershipRow row;
        sound =
            row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        rows.push_back(std::move(row));
        return sound;
      }));
  if (!sound) return absl::DataLossError("a state row does not parse");
  return rows;
}

bool IsCurrent(const MembershipRow& membership, absl::CivilDay day) {
  const agency::v1::Period& period = membership.stated().said().period();
  return Covers(period, day) &&
         !(period.has_until() && LastDay(period.until()) == day);
}

absl::StatusOr<std::vector<EntityNumber>> CurrentMembers(
    const StateReader& state, EntityNumber family, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto group, Group(state, family));
  std::vector<EntityNumber> records;
  for (const EntityNumber each : group) {
    ASSIGN_OR_RETURN(const auto rows, Memberships(state, each));
    for (const MembershipRow& row : rows) {
      if (IsCurrent(row, day)) records.push_back(row.stated().record());
    }
  }
  SortOnce(records);
  return records;
}

absl::StatusOr<std::vector<EntityNumber>> FamiliesOf(const StateReader& state,
                                                     EntityNumber record,
                                                     absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto records, identity::RecordsOf(state, record));
  std::vector<EntityNumber> families;
  for (const EntityNumber each : records) {
    ASSIGN_OR_RETURN(const auto mentions, Mentions(state, each));
    for (const Mention& mention : mentions) {
      ASSIGN_OR_RETURN(const bool current,
                       IsCurrentIn(state, each, mention, day));
      if (!current) continue;
      ASSIGN_OR_RETURN(const EntityNumber root, Resolve(state, mention.family));
      families.push_back(root);
    }
  }
  SortOnce(families);
  return families;
}

absl::StatusOr<bool> IsCurrentMember(const StateReader& state,
                                     EntityNumber family, EntityNumber record,
                                     absl::CivilDay day) {
  ASSIGN_OR_RETURN(const EntityNumber root, Resolve(state, family));
  ASSIGN_OR_RETURN(const auto families, FamiliesOf(state, record, day));
  return std::binary_search(families.begin(), families.end(), root);
}

absl::StatusOr<EntityNumber> FamilyFor(const StateReader& state,
                                       absl::string_view agency,
                                       EntityNumber record,
                                       absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto mentions, Mentions(state, record));
  for (const Mention& mention : mentions) {  // ascending by family
    if (mention.agency != agency) continue;
    ASSIGN_OR_RETURN(const bool current,
                     IsCurrentIn(state, record, mention, day));
    if (current) return mention.family;
  }
  return 0;
}

absl::StatusOr<EntityNumber> FoundFor(Decision& decision, EntityNumber record) {
  ledger::v1::Fact founded;
  auto& family = *founded.mutable_family_founded();
  *family.mutable_family() = decision.NewIdentity(base::IdKind::kFamily);
  const EntityNumber number = family.family().number();
  RETURN_IF_ERROR(decision.Add(number, {}, std::move(founded)));

  ledger::v1::Fact stated;
  stated.mutable_member_stated()->set_family(number);
  stated.mutable_member_stated()->set_record(record);
  stated.mutable_member_stated()->mutable_said();
  RETURN_IF_ERROR(decision.Add(number, {record}, std::move(stated)));
  return number;
}

absl::StatusOr<EntityNumber> FamilyOrFound(Decision& decision,
                                           EntityNumber record) {
  ASSIGN_OR_RETURN(
      const EntityNumber known,
      FamilyFor(decision.state(), decision.agency(), record, decision.day()));
  if (known != 0) return known;
  return FoundFor(decision, record);
}

}  // namespace kith::core::family
