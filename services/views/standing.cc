#include "services/views/standing.h"

#include <algorithm>

#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/core/identity/persons.h"
#include "services/views/compose.h"
#include "services/views/due.h"
#include "services/views/find.h"

namespace kith::views {
namespace {

bool IsPossible(const ledger::v1::MatchRow& match) {
  return match.decision() == agency::v1::MATCH_DECISION_UNSPECIFIED &&
         match.judged().outcome() == ledger::v1::PAIR_OUTCOME_POSSIBLE;
}

EntityNumber OtherOf(const ledger::v1::MatchRow& match, EntityNumber record) {
  return match.judged().one() == record ? match.judged().other()
                                        : match.judged().one();
}

// The record, and those of its person that sure links lead to, one after the
// other.
absl::StatusOr<absl::btree_set<EntityNumber>> SurelySame(Reading& reading,
                                                         EntityNumber record) {
  ASSIGN_OR_RETURN(const auto records, reading.RecordsOf(record));
  const RecordSet person(records.begin(), records.end());
  absl::btree_set<EntityNumber> same = {record};
  std::vector<EntityNumber> reached = {record};
  for (size_t i = 0; i < reached.size() && person.size() > 1; ++i) {
    ASSIGN_OR_RETURN(const Things matches,
                     reading.Of(reached[i], Kind::kMatch));
    for (const Thing* thing : matches) {
      const EntityNumber other = OtherOf(thing->row.match(), reached[i]);
      if (!core::identity::IsSure(thing->row.match()) ||
          person.count(other) == 0) {
        continue;
      }
      if (same.insert(other).second) reached.push_back(other);
    }
  }
  return same;
}

class Inquiry {
 public:
  Inquiry(const core::StateReader& view, absl::CivilDay today)
      : reading_(view), today_(today) {}

  absl::StatusOr<Standing> Answer(const Concerned& concerned) {
    for (const EntityNumber record : concerned.records) {
      RETURN_IF_ERROR(AddRecord(record));
      RETURN_IF_ERROR(AddAgenciesOfRecord(record));
    }
    for (const EntityNumber family : concerned.families) {
      RETURN_IF_ERROR(AddFamily(family));
    }
    // Whoever works with a family works with the people in it, on whatever way
    // one comes to them: what a list shows may be got alone, and what else
    // stands on the page decides nothing.
    for (const EntityNumber record : concerned.records) {
      RETURN_IF_ERROR(AddAgenciesOfFamilies(record));
    }
    RETURN_IF_ERROR(AddRules());
    RETURN_IF_ERROR(AddAgreements());
    // Family members who are named as recipients are somebody's records too.
    for (const EntityNumber record : named_) RETURN_IF_ERROR(AddRecord(record));
    return std::move(standing_);
  }

 private:
  absl::Status AddRecord(EntityNumber record) {
    if (standing_.records.count(record) > 0) return absl::OkStatus();
    RecordStanding& standing = standing_.records[record];
    ASSIGN_OR_RETURN(const ThingRow* row, reading_.Record(record));
    if (row != nullptr) {
      standing.agency = row->record().agency();
      standing.gone = row->record().gone();
    }
    ASSIGN_OR_RETURN(standing.surely_same, SurelySame(reading_, record));
    ASSIGN_OR_RETURN(const auto records, reading_.RecordsOf(record));
    standing.perhaps_same.insert(records.begin(), records.end());
    standing.perhaps_same.insert(record);
    const RecordSet person(standing.perhaps_same.begin(),
                           standing.perhaps_same.end());
    RETURN_IF_ERROR(AddBirth(record, person, standing));
    return FollowPossible(person, standing);
  }

  // As this record has it, else the first of theirs that does.
  absl::Status AddBirth(EntityNumber record, const RecordSet& person,
                        RecordStanding& standing) {
    std::vector<EntityNumber> order = {record};
    order.insert(order.end(), person.begin(), person.end());
    for (const EntityNumber one : order) {
      ASSIGN_OR_RETURN(const ThingRow* row, reading_.Record(one));
      if (row == nullptr || row->record().gone()) continue;
      const auto& birth = row->record().said().birth_date();
      if (!core::IsSound(birth) || !core::IsWhole(birth)) continue;
      standing.born = core::FirstDay(birth);
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status FollowPossible(const RecordSet& person,
                              RecordStanding& standing) {
    for (const EntityNumber record : person) {
      ASSIGN_OR_RETURN(const Things matches, reading_.Of(record, Kind::kMatch));
      for (const Thing* thing : matches) {
        if (!IsPossible(thing->row.match())) continue;
        const EntityNumber other = OtherOf(thing->row.match(), record);
        ASSIGN_OR_RETURN(const auto records, reading_.RecordsOf(other));
        standing.perhaps_same.insert(other);
        standing.perhaps_same.insert(records.begin(), records.end());
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddAgenciesOfRecord(EntityNumber record) {
    std::set<std::string>& agencies = standing_.agencies_of_record[record];
    ASSIGN_OR_RETURN(const auto records, reading_.RecordsOf(record));
    for (const EntityNumber one : records) {
      RETURN_IF_ERROR(AddInvolved(one, agencies));
      ASSIGN_OR_RETURN(const Things plans, reading_.Of(one, Kind::kPlan));
      for (const Thing* plan : plans) {
        if (IsRunning(plan->row.plan())) {
          agencies.insert(plan->row.plan().agency());
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddAgenciesOfFamilies(EntityNumber record) {
    ASSIGN_OR_RETURN(const auto families,
                     PresentFamilies(reading_, {record}, today_));
    for (const EntityNumber family : families) {
      RETURN_IF_ERROR(AddFamily(family));
      const std::set<std::string>& agencies =
          standing_.agencies_of_family[family];
      standing_.agencies_of_record[record].insert(agencies.begin(),
                                                  agencies.end());
    }
    return absl::OkStatus();
  }

  absl::Status AddInvolved(EntityNumber record,
                           std::set<std::string>& agencies) {
    ASSIGN_OR_RETURN(const Things involvements,
                     reading_.Of(record, Kind::kInvolvement));
    for (const Thing* thing : involvements) {
      if (core::Covers(thing->row.involvement().said().period(), today_)) {
        agencies.insert(thing->row.said().by().agency());
      }
    }
    return absl::OkStatus();
  }

  absl::Status AddFamily(EntityNumber family) {
    if (standing_.agencies_of_family.count(family) > 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto household,
                     HouseholdOf(reading_, family, today_));
    if (!household.has_value()) return absl::OkStatus();
    std::set<std::string>& agencies = standing_.agencies_of_family[family];
    for (const Thing* thing : household->things) {
      const ThingRow& row = thing->row;
      if (row.has_member() && core::family::IsCurrent(row.member(), today_)) {
        agencies.insert(row.member().agency());
        RETURN_IF_ERROR(AddMember(family, row.member().stated().record()));
      }
      if (row.has_plan() && IsRunning(row.plan())) {
        agencies.insert(row.plan().agency());
      }
    }
    for (const EntityNumber record : standing_.members_of_family[family]) {
      RETURN_IF_ERROR(AddInvolved(record, agencies));
    }
    AddGlass(household->things);
    return AddLead(family, *household, agencies);
  }

  // Who is taken for a member by score alone is not thereby of the family, nor
  // does an agency work with it that works with them.
  absl::Status AddMember(EntityNumber family, EntityNumber stated) {
    ASSIGN_OR_RETURN(const auto records, SurelySame(reading_, stated));
    standing_.members_of_family[family].insert(records.begin(), records.end());
    return absl::OkStatus();
  }

  absl::Status AddLead(EntityNumber family, const Household& household,
                       std::set<std::string>& agencies) {
    const Leads leads = LeadsOf(household.things);
    for (const Thing* lead : leads.open) {
      const EntityNumber number = lead->row.lead().taken().practitioner();
      standing_.lead_of_family.emplace(family, number);  // the first stands
      ASSIGN_OR_RETURN(const auto who, reading_.Practitioner(number));
      if (!who.agency().empty()) agencies.insert(who.agency());
    }
    return absl::OkStatus();
  }

  // Consents and restrictions about all who may be these people.
  absl::Status AddRules() {
    RecordSet everybody;
    for (const auto& [record, standing] : standing_.records) {
      everybody.insert(standing.perhaps_same.begin(),
                       standing.perhaps_same.end());
    }
    std::map<EntityNumber, ledger::v1::ConsentRow> consents;
    std::map<EntityNumber, ledger::v1::RestrictionRow> restrictions;
    for (const EntityNumber record : everybody) {
      ASSIGN_OR_RETURN(const Things given, reading_.Of(record, Kind::kConsent));
      for (const Thing* thing : given) {
        Note(thing->row.consent().recorded().recipients());
        consents[thing->row.thing().number()] = thing->row.consent();
      }
      ASSIGN_OR_RETURN(const Things barred,
                       reading_.Of(record, Kind::kRestriction));
      for (const Thing* thing : barred) {
        Note(thing->row.restriction().recorded().barred());
        restrictions[thing->row.thing().number()] = thing->row.restriction();
      }
      RETURN_IF_ERROR(AddOverrides(record));
    }
    for (auto& [number, row] : consents) {
      standing_.consents.push_back(std::move(row));
    }
    for (auto& [number, row] : restrictions) {
      standing_.restrictions.push_back(std::move(row));
    }
    for (auto& [number, row] : overrides_) {
      standing_.overrides.push_back(std::move(row));
    }
    for (auto& [number, row] : glass_) {
      standing_.glass.push_back(std::move(row));
    }
    return absl::OkStatus();
  }

  absl::Status AddOverrides(EntityNumber record) {
    ASSIGN_OR_RETURN(const Things overrides,
                     reading_.Of(record, Kind::kOverride));
    for (const Thing* thing : overrides) {
      overrides_[thing->row.thing().number()] = thing->row.override();
    }
    ASSIGN_OR_RETURN(const Things glass, reading_.Of(record, Kind::kGlass));
    AddGlass(glass);
    return absl::OkStatus();
  }

  absl::Status AddAgreements() {
    ASSIGN_OR_RETURN(const Things agreements,
                     reading_.Of(0, Kind::kSharingAgreement));
    for (const Thing* thing : agreements) {
      standing_.agreements.push_back(thing->row.sharing_agreement());
    }
    ASSIGN_OR_RETURN(const auto rules, RulesInForce(reading_.view()));
    standing_.age_capacity_presumed = rules.age_capacity_presumed();
    return absl::OkStatus();
  }

  void AddGlass(const Things& things) {
    for (const Thing* thing : things) {
      if (!thing->row.has_glass()) continue;
      glass_[thing->row.thing().number()] = thing->row.glass();
    }
  }

  template <class Recipients>
  void Note(const Recipients& recipients) {
    for (const auto& recipient : recipients) {
      if (recipient.record() != 0) named_.insert(recipient.record());
    }
  }

  Reading reading_;
  const absl::CivilDay today_;
  Standing standing_;
  RecordSet named_;
  std::map<EntityNumber, ledger::v1::OverrideRow> overrides_;
  std::map<EntityNumber, ledger::v1::GlassRow> glass_;
};

}  // namespace

void Concerned::Add(const ledger::v1::ItemLabel& label) {
  records.insert(label.records().begin(), label.records().end());
  if (label.family() != 0) families.insert(label.family());
}

absl::StatusOr<bool> HoldsRecordOf(const core::StateReader& view,
                                   absl::string_view agency,
                                   EntityNumber record) {
  Reading reading(view);
  ASSIGN_OR_RETURN(const auto same, SurelySame(reading, record));
  for (const EntityNumber one : same) {
    ASSIGN_OR_RETURN(const ThingRow* row, reading.Record(one));
    if (row != nullptr && !row->record().gone() &&
        row->record().agency() == agency) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<Standing> StandingOf(const core::StateReader& view,
                                    const Concerned& concerned,
                                    absl::Time now) {
  return Inquiry(view, base::LondonDay(now)).Answer(concerned);
}

}  // namespace kith::views
