// What agencies say of single people, and of those around a family.
#include <algorithm>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/capacity.h"
#include "services/core/family/dates.h"
#include "services/core/family/entries.h"
#include "services/core/family/family.h"
#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/keys.h"

namespace kith::core::family {
namespace {

using agency::v1::Answer;
using ledger::v1::Fact;

absl::Status CheckNotEmpty(const std::string& text, absl::string_view field) {
  if (!text.empty()) return absl::OkStatus();
  return Senseless("PART_MISSING", "a part that is needed is empty", field);
}

// Whether the entry already says that. The id is told once.
template <class T>
bool Says(const std::optional<Fact>& latest, const T& (Fact::*what)() const,
          const T& now) {
  return latest.has_value() &&
         ((*latest).*what)().SerializeAsString() == now.SerializeAsString();
}

// Adds the fact unless the row of an entry without a number says the same.
template <class T>
absl::Status AddIfNew(const std::string& key, const T& (Fact::*what)() const,
                      std::vector<Subject> also_about, Subject subject,
                      Fact fact, Decision& decision) {
  ASSIGN_OR_RETURN(const auto latest, ReadRow<Fact>(decision.state(), key));
  if (Says(latest, what, (fact.*what)())) return absl::OkStatus();
  return decision.Add(subject, std::move(also_about), std::move(fact));
}

// where social care intervenes by statute, its worker leads. A lead of
// another agency is an exception that people look at.
absl::StatusOr<bool> AnotherAgencyLeads(const Decision& decision,
                                        EntityNumber record) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const auto families,
                   FamiliesOf(state, record, decision.day()));
  for (const EntityNumber root : families) {
    ASSIGN_OR_RETURN(const auto group, Group(state, root));
    for (const EntityNumber family : group) {
      ASSIGN_OR_RETURN(const auto row, ReadRow<ledger::v1::FamilyRow>(
                                           state, keys::Family(family)));
      if (!row.has_value() || row->lead() == 0) continue;
      ASSIGN_OR_RETURN(const auto lead, ReadRow<ledger::v1::LeadRow>(
                                            state, keys::Lead(row->lead())));
      if (!lead.has_value()) continue;
      ASSIGN_OR_RETURN(
          const auto holder,
          ReadRow<ledger::v1::PractitionerRow>(
              state, keys::Practitioner(lead->taken().practitioner())));
      if (holder.has_value() && holder->agency() != decision.agency()) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

absl::Status Decide(const agency::v1::NetworkMemberStated& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckNotEmpty(said.name(), "network_member_stated.name"));
  RETURN_IF_ERROR(CheckPeriod(said.period(), "network_member_stated.period"));
  ASSIGN_OR_RETURN(
      const EntityNumber family,
      decision.Thing("family", base::IdKind::kFamily, said.family()));
  ASSIGN_OR_RETURN(const NumberedEntry entry,
                   FindEntry(decision, EntryKind::kNetwork, said.entry()));
  Fact fact;
  auto& recorded = *fact.mutable_network_recorded();
  recorded.mutable_entry()->set_number(entry.identity.number());
  recorded.set_family(family);
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_family();
  if (Says(entry.latest, &Fact::network_recorded, recorded)) {
    return absl::OkStatus();
  }
  *recorded.mutable_entry() = entry.identity;
  if (!entry.latest.has_value()) decision.Tell(entry.identity);
  return decision.Add(family, {}, std::move(fact));
}

absl::Status Decide(const agency::v1::InvolvementStated& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckNotEmpty(said.service(), "involvement_stated.service"));
  RETURN_IF_ERROR(CheckPeriod(said.period(), "involvement_stated.period"));
  ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(said.person()));
  ASSIGN_OR_RETURN(
      const NumberedEntry entry,
      FindEntry(decision, EntryKind::kInvolvement, said.involvement()));
  Fact fact;
  auto& recorded = *fact.mutable_involvement_recorded();
  recorded.mutable_involvement()->set_number(entry.identity.number());
  recorded.set_record(record);
  if (said.has_worker()) {
    ASSIGN_OR_RETURN(const EntityNumber worker,
                     decision.Practitioner(said.worker()));
    recorded.set_worker(worker);
  }
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_person();
  recorded.mutable_said()->clear_worker();
  if (Says(entry.latest, &Fact::involvement_recorded, recorded)) {
    return absl::OkStatus();
  }
  if (said.statutory() && Covers(said.period(), decision.day())) {
    ASSIGN_OR_RETURN(const bool exception,
                     AnotherAgencyLeads(decision, record));
    if (exception) decision.NoteUnmet("R-113");
  }
  *recorded.mutable_involvement() = entry.identity;
  if (!entry.latest.has_value()) decision.Tell(entry.identity);
  return decision.Add(record, {}, std::move(fact));
}

absl::Status Decide(const agency::v1::NeedStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckNotEmpty(said.need(), "need_stated.need"));
  ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(said.person()));
  ASSIGN_OR_RETURN(const NumberedEntry entry,
                   FindEntry(decision, EntryKind::kNeed, said.entry()));
  Fact fact;
  auto& recorded = *fact.mutable_need_recorded();
  recorded.mutable_need()->set_number(entry.identity.number());
  recorded.set_record(record);
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_person();
  if (Says(entry.latest, &Fact::need_recorded, recorded)) {
    return absl::OkStatus();
  }
  *recorded.mutable_need() = entry.identity;
  if (!entry.latest.has_value()) decision.Tell(entry.identity);
  return decision.Add(record, {}, std::move(fact));
}

absl::Status Decide(const agency::v1::YoungCarerStated& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  if (said.young_carer() != Answer::ANSWER_YES &&
      said.young_carer() != Answer::ANSWER_NO) {
    return Senseless("PART_MISSING", "the answer is yes or no",
                     "young_carer_stated.young_carer");
  }
  ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(said.person()));
  Fact fact;
  auto& recorded = *fact.mutable_young_carer_recorded();
  recorded.set_record(record);
  std::vector<Subject> also_about;
  if (said.has_cares_for()) {
    ASSIGN_OR_RETURN(const EntityNumber cares_for,
                     decision.Record(said.cares_for()));
    recorded.set_cares_for(cares_for);
    also_about.push_back(cares_for);
  }
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_person();
  recorded.mutable_said()->clear_cares_for();
  return AddIfNew(EntryKey(record, EntryKind::kYoungCarer, decision.agency()),
                  &Fact::young_carer_recorded, std::move(also_about), record,
                  std::move(fact), decision);
}

absl::Status Decide(const agency::v1::FosteringStayStated& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckPeriod(said.period(), "fostering_stay_stated.period"));
  if (!IsWhole(said.period().from())) {
    return Senseless("PART_MISSING", "a stay has a first day",
                     "fostering_stay_stated.period.from");
  }
  ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(said.child()));
  Fact fact;
  auto& recorded = *fact.mutable_fostering_stay_recorded();
  recorded.set_record(record);
  std::vector<Subject> also_about;
  if (said.has_carer()) {
    ASSIGN_OR_RETURN(const EntityNumber carer, decision.Record(said.carer()));
    recorded.set_carer(carer);
    also_about.push_back(carer);
  }
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_child();
  recorded.mutable_said()->clear_carer();
  return AddIfNew(EntryKey(record, EntryKind::kStay,
                           StayName(said.period().from(), decision.agency())),
                  &Fact::fostering_stay_recorded, std::move(also_about), record,
                  std::move(fact), decision);
}

absl::Status Decide(const agency::v1::CompetenceJudged& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_PRACTITIONER,
                                         agency::v1::ROLE_LEAD_PROFESSIONAL,
                                         agency::v1::ROLE_SAFEGUARDING_LEAD}));
  RETURN_IF_ERROR(CheckNotEmpty(said.matter(), "competence_judged.matter"));
  RETURN_IF_ERROR(CheckNotEmpty(said.reasons(), "competence_judged.reasons"));
  ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(said.person()));
  ASSIGN_OR_RETURN(
      const AgeBand band,
      AgeBandOf(decision.state(), record, decision.day(), decision.rules()));
  RETURN_IF_ERROR(decision.Require(
      band != AgeBand::kParentMustConsent,
      Refuse("TOO_YOUNG_TO_JUDGE", "below this age a parent must consent",
             {"R-068", "R-069"}, "competence_judged.person")));
  RETURN_IF_ERROR(decision.Require(
      band != AgeBand::kCapacityPresumed,
      Refuse("CAPACITY_PRESUMED", "from this age capacity is presumed",
             {"R-069"}, "competence_judged.person")));
  Fact fact;
  auto& recorded = *fact.mutable_competence_recorded();
  recorded.set_record(record);
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_person();
  // About one decision on one date: the same words again that day are a repeat.
  ASSIGN_OR_RETURN(const bool known, WasJudged(decision, recorded));
  if (known) return absl::OkStatus();
  *recorded.mutable_judgement() = decision.NewIdentity(base::IdKind::kOther);
  decision.Tell(recorded.judgement());
  return decision.Add(record, {}, std::move(fact));
}

std::optional<absl::CivilDay> PrivateFosteringFrom(
    const agency::v1::FosteringStayStated& stay,
    const ledger::v1::Rules& rules) {
  const agency::v1::Period& period = stay.period();
  if (stay.close_relative() == Answer::ANSWER_YES || !period.has_from()) {
    return std::nullopt;
  }
  const absl::CivilDay from =
      FirstDay(period.from()) +
      (static_cast<int>(rules.private_fostering_days()) - 1);
  if (period.has_until() && LastDay(period.until()) < from) return std::nullopt;
  return from;
}

}  // namespace kith::core::family
