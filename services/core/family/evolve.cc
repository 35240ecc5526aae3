// How families and entries look after each fact.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/entries.h"
#include "services/core/family/family.h"
#include "services/core/family/kept_apart.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"

namespace kith::core::family {
namespace {

using ledger::v1::Fact;
using ledger::v1::FamilyRow;
using ledger::v1::MembershipRow;

// Changes the row of a family; one that was erased stays away.
template <class Change>
absl::Status ChangeFamily(StateWriter& state, EntityNumber family,
                          const Change& change) {
  const std::string key = keys::Family(family);
  ASSIGN_OR_RETURN(auto row, ReadRow<FamilyRow>(state, key));
  if (!row.has_value()) return absl::OkStatus();
  change(*row);
  PutRow(state, family, key, *row);
  return absl::OkStatus();
}

absl::Status Founded(StateWriter& state, const KeyHash& hash,
                     const Fact& fact) {
  const auto& founded = fact.family_founded();
  const EntityNumber family = founded.family().number();
  if (founded.family().id().empty()) {
    return ChangeFamily(state, family, [&](FamilyRow& row) {
      row.mutable_founded()->set_defined_by(founded.defined_by());
      row.mutable_founded()->set_locality(founded.locality());
    });
  }
  FamilyRow row;
  *row.mutable_founded() = founded;
  row.set_agency(fact.by().agency());
  PutRow(state, family, keys::Family(family), row);
  PutNames(state, hash, "family", founded.local(), fact.by().agency(),
           founded.family());
  return absl::OkStatus();
}

void PutMembership(StateWriter& state, const MembershipRow& row) {
  const auto& stated = row.stated();
  PutRow(state, stated.family(),
         keys::Member(stated.family(), stated.record(), row.agency()), row);
}

void Stated(StateWriter& state, const Fact& fact) {
  const auto& stated = fact.member_stated();
  MembershipRow row;
  *row.mutable_stated() = stated;
  row.set_agency(fact.by().agency());
  row.set_ended(stated.said().period().has_until());
  PutMembership(state, row);
  state.Put(stated.family(),
            keys::MemberOf(stated.record(), stated.family(), row.agency()), "");
}

// A report ends what its agency said; an act, what anybody said.
absl::Status Left(StateWriter& state, const Fact& fact) {
  const auto& left = fact.member_left();
  ASSIGN_OR_RETURN(auto rows, Memberships(state, left.family()));
  for (MembershipRow& row : rows) {
    if (row.stated().record() != left.record()) continue;
    if (fact.by().reported() && row.agency() != fact.by().agency()) continue;
    auto& period = *row.mutable_stated()->mutable_said()->mutable_period();
    if (period.has_until() &&
        LastDay(period.until()) <= LastDay(left.until())) {
      continue;
    }
    *period.mutable_until() = left.until();
    row.set_ended(true);
    PutMembership(state, row);
  }
  return absl::OkStatus();
}

absl::Status Joined(StateWriter& state, const Fact& fact) {
  const auto& join = fact.families_joined();
  if (join.decided()) {
    state.Delete(KeptApartKey(join.survivor(), join.joined()));
  }
  RETURN_IF_ERROR(ChangeFamily(state, join.joined(), [&](FamilyRow& row) {
    row.set_joined_into(join.survivor());
    row.set_joined_by_decision(join.decided());
  }));
  return ChangeFamily(state, join.survivor(), [&](FamilyRow& row) {
    auto& joined = *row.mutable_joined();
    if (std::find(joined.begin(), joined.end(), join.joined()) ==
        joined.end()) {
      row.add_joined(join.joined());
    }
  });
}

absl::Status Parted(StateWriter& state, const Fact& fact) {
  const auto& parting = fact.families_parted();
  if (!parting.reason().empty()) {
    PutRow(state, parting.joined(),
           KeptApartKey(parting.survivor(), parting.joined()), parting);
  }
  RETURN_IF_ERROR(ChangeFamily(state, parting.joined(), [](FamilyRow& row) {
    row.clear_joined_into();
    row.clear_joined_by_decision();
  }));
  return ChangeFamily(state, parting.survivor(), [&](FamilyRow& row) {
    auto& joined = *row.mutable_joined();
    joined.erase(std::remove(joined.begin(), joined.end(), parting.joined()),
                 joined.end());
  });
}

}  // namespace

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  const auto put_numbered = [&](EntryKind kind, const auto& identity,
                                const agency::v1::LocalRef& key) {
    return PutNumbered(state, hash, subject, kind, identity, key, fact);
  };
  const auto put = [&](EntryKind kind, absl::string_view which) {
    PutRow(state, subject, EntryKey(subject, kind, which), fact);
  };
  if (fact.has_family_founded()) return Founded(state, hash, fact);
  if (fact.has_member_left()) return Left(state, fact);
  if (fact.has_families_joined()) return Joined(state, fact);
  if (fact.has_families_parted()) return Parted(state, fact);
  if (fact.has_member_stated()) {
    Stated(state, fact);
  } else if (fact.has_network_recorded()) {
    const auto& recorded = fact.network_recorded();
    return put_numbered(EntryKind::kNetwork, recorded.entry(),
                        recorded.said().entry());
  } else if (fact.has_involvement_recorded()) {
    const auto& recorded = fact.involvement_recorded();
    return put_numbered(EntryKind::kInvolvement, recorded.involvement(),
                        recorded.said().involvement());
  } else if (fact.has_need_recorded()) {
    const auto& recorded = fact.need_recorded();
    return put_numbered(EntryKind::kNeed, recorded.need(),
                        recorded.said().entry());
  } else if (fact.has_competence_recorded()) {
    return put_numbered(EntryKind::kCompetence,
                        fact.competence_recorded().judgement(), {});
  } else if (fact.has_young_carer_recorded()) {
    put(EntryKind::kYoungCarer, fact.by().agency());
  } else if (fact.has_fostering_stay_recorded()) {
    const auto& period = fact.fostering_stay_recorded().said().period();
    put(EntryKind::kStay, StayName(period.from(), fact.by().agency()));
  }
  return absl::OkStatus();
}

}  // namespace kith::core::family
