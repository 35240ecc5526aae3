// Families, and what is said of single people in them.
#include <algorithm>

#include "services/core/family/dates.h"
#include "services/views/folding.h"

namespace kith::views {
namespace {

using ledger::v1::FamilyRow;

ThingKey FamilyKey(EntityNumber family) { return {family, Kind::kFamily, ""}; }

absl::Status FoldFounded(Folding& folding) {
  const auto& founded = folding.fact().family_founded();
  return folding.State(
      FamilyKey(founded.family().number()), founded.family(), Naming::kId,
      [&](ThingRow& row) {
        FamilyRow& family = *row.mutable_family();
        if (family.has_founded()) {  // defined anew
          family.mutable_founded()->set_defined_by(founded.defined_by());
          family.mutable_founded()->set_locality(founded.locality());
          return;
        }
        *family.mutable_founded() = founded;
        family.set_agency(folding.agency());
      });
}

absl::Status FoldMember(Folding& folding) {
  const auto& stated = folding.fact().member_stated();
  const ThingKey key{stated.family(), Kind::kMember,
                     keys::Numbered(stated.record()) + folding.agency()};
  folding.LinkFrom(stated.record(), key);
  RETURN_IF_ERROR(folding.WorksWithFamily(stated.family(), 0));
  return folding.State(key, {}, Naming::kNone, [&](ThingRow& row) {
    auto& member = *row.mutable_member();
    *member.mutable_stated() = stated;
    member.set_agency(folding.agency());
    member.set_ended(stated.said().period().has_until());
  });
}

// A report ends what its agency said; an act, what anybody said.
bool Ends(const Folding& folding, const ThingRow& row) {
  const auto& by = folding.fact().by();
  const auto& until = folding.fact().member_left().until();
  if (by.reported() && row.member().agency() != by.agency()) return false;
  const auto& period = row.member().stated().said().period();
  return !period.has_until() ||
         core::LastDay(until) < core::LastDay(period.until());
}

absl::Status FoldLeft(Folding& folding) {
  const auto& left = folding.fact().member_left();
  std::vector<ThingKey> found;
  RETURN_IF_ERROR(
      folding.rows().Scan(keys::ThingsOf(left.family(), Kind::kMember) +
                              keys::Numbered(left.record()),
                          [&](absl::string_view key, absl::string_view) {
                            found.push_back(keys::ParseThing(key));
                            return true;
                          }));
  for (const ThingKey& key : found) {
    RETURN_IF_ERROR(folding.Change(key, [&](ThingRow& row) {
      if (!Ends(folding, row)) return;
      auto& member = *row.mutable_member();
      *member.mutable_stated()
           ->mutable_said()
           ->mutable_period()
           ->mutable_until() = left.until();
      member.set_ended(true);
      *row.mutable_ended() = folding.mark();
    }));
  }
  return absl::OkStatus();
}

absl::Status FoldJoined(Folding& folding) {
  const auto& join = folding.fact().families_joined();
  RETURN_IF_ERROR(folding.Change(FamilyKey(join.joined()), [&](ThingRow& row) {
    row.mutable_family()->set_joined_into(join.survivor());
    row.mutable_family()->set_joined_by_decision(join.decided());
  }));
  return folding.Change(FamilyKey(join.survivor()), [&](ThingRow& row) {
    auto& joined = *row.mutable_family()->mutable_joined();
    if (std::find(joined.begin(), joined.end(), join.joined()) ==
        joined.end()) {
      joined.Add(join.joined());
    }
  });
}

absl::Status FoldParted(Folding& folding) {
  const auto& parting = folding.fact().families_parted();
  RETURN_IF_ERROR(folding.Change(FamilyKey(parting.joined()), [](auto& row) {
    row.mutable_family()->clear_joined_into();
    row.mutable_family()->clear_joined_by_decision();
  }));
  return folding.Change(FamilyKey(parting.survivor()), [&](ThingRow& row) {
    auto& joined = *row.mutable_family()->mutable_joined();
    joined.erase(std::remove(joined.begin(), joined.end(), parting.joined()),
                 joined.end());
  });
}

absl::Status FoldEntry(Folding& folding, Kind kind, const Identity& identity,
                       const std::function<void(ThingRow&)>& set) {
  const ThingKey key{folding.subject(), kind,
                     keys::Numbered(identity.number())};
  return folding.State(key, identity, Naming::kNumber, set);
}

absl::Status FoldInvolvement(Folding& folding) {
  const auto& recorded = folding.fact().involvement_recorded();
  RETURN_IF_ERROR(
      folding.WorksWithRecord(recorded.record(), recorded.worker()));
  return FoldEntry(
      folding, Kind::kInvolvement, recorded.involvement(),
      [&](ThingRow& row) { *row.mutable_involvement() = recorded; });
}

absl::Status FoldYoungCarer(Folding& folding) {
  const auto& recorded = folding.fact().young_carer_recorded();
  const ThingKey key{folding.subject(), Kind::kYoungCarer, folding.agency()};
  return folding.State(key, {}, Naming::kNone, [&](ThingRow& row) {
    *row.mutable_young_carer() = recorded;
  });
}

// Told apart by its first day and who says it.
absl::Status FoldStay(Folding& folding) {
  const auto& recorded = folding.fact().fostering_stay_recorded();
  const auto& from = recorded.said().period().from();
  const auto number = static_cast<uint64_t>(from.year()) * 10000 +
                      static_cast<uint64_t>(from.month()) * 100 +
                      static_cast<uint64_t>(from.day());
  const ThingKey key{folding.subject(), Kind::kStay,
                     keys::Numbered(number) + folding.agency()};
  return folding.State(key, {}, Naming::kNone,
                       [&](ThingRow& row) { *row.mutable_stay() = recorded; });
}

}  // namespace

absl::Status FoldFamily(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_family_founded()) return FoldFounded(folding);
  if (fact.has_member_stated()) return FoldMember(folding);
  if (fact.has_member_left()) return FoldLeft(folding);
  if (fact.has_families_joined()) return FoldJoined(folding);
  if (fact.has_families_parted()) return FoldParted(folding);
  if (fact.has_involvement_recorded()) return FoldInvolvement(folding);
  if (fact.has_young_carer_recorded()) return FoldYoungCarer(folding);
  if (fact.has_fostering_stay_recorded()) return FoldStay(folding);
  if (fact.has_network_recorded()) {
    const auto& recorded = fact.network_recorded();
    return FoldEntry(folding, Kind::kNetwork, recorded.entry(),
                     [&](ThingRow& row) { *row.mutable_network() = recorded; });
  }
  if (fact.has_need_recorded()) {
    const auto& recorded = fact.need_recorded();
    return FoldEntry(folding, Kind::kNeed, recorded.need(),
                     [&](ThingRow& row) { *row.mutable_need() = recorded; });
  }
  const auto& recorded = fact.competence_recorded();
  return FoldEntry(
      folding, Kind::kCompetence, recorded.judgement(),
      [&](ThingRow& row) { *row.mutable_competence() = recorded; });
}

}  // namespace kith::views
