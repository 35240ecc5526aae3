// Lead professionals, and duplicate-plan cases.
#include <algorithm>

#include "services/views/folding.h"

namespace kith::views {
namespace {

using ledger::v1::CaseRow;
using ledger::v1::LeadRow;

template <class Change>
absl::Status ChangeLead(Folding& folding, EntityNumber appointment,
                        const Change& change) {
  const ThingKey key{folding.subject(), Kind::kLead,
                     keys::Numbered(appointment)};
  return folding.Change(key,
                        [&](ThingRow& row) { change(*row.mutable_lead()); });
}

absl::Status FoldTaken(Folding& folding) {
  const auto& taken = folding.fact().lead_taken();
  const ThingKey key{folding.subject(), Kind::kLead,
                     keys::Numbered(taken.appointment().number())};
  RETURN_IF_ERROR(folding.PractitionerWorksWithFamily(taken.practitioner(),
                                                      taken.family()));
  ASSIGN_OR_RETURN(
      const auto who,
      core::ReadRow<ledger::v1::PractitionerRow>(
          folding.rows(), keys::Practitioner(taken.practitioner())));
  if (who.has_value() && !who->agency().empty()) {
    folding.rows().Put(
        taken.family(),
        keys::WorkWithFamily(keys::WorkOfAgency(who->agency()), taken.family()),
        "");
  }
  return folding.State(
      key, taken.appointment(), Naming::kNone, [&](ThingRow& row) {
        LeadRow& lead = *row.mutable_lead();
        if (!lead.has_taken()) {
          lead.set_agency(taken.has_local() ? taken.local().agency()
                                            : folding.agency());
          lead.set_reported(taken.has_local());
        }
        *lead.mutable_taken() = taken;
        lead.clear_successor();
        lead.set_state(taken.provisional() ? ledger::v1::LEAD_STATE_PROVISIONAL
                                           : ledger::v1::LEAD_STATE_APPOINTED);
      });
}

absl::Status FoldLeadLeft(Folding& folding) {
  const auto& left = folding.fact().lead_left();
  const ThingKey key{folding.subject(), Kind::kLead,
                     keys::Numbered(left.appointment())};
  return folding.Change(key, [&](ThingRow& row) {
    row.mutable_lead()->set_state(ledger::v1::LEAD_STATE_ENDED);
    *row.mutable_lead()->mutable_until() = left.until();
    *row.mutable_ended() = folding.mark();
  });
}

absl::Status FoldDisputed(Folding& folding) {
  const auto& disputed = folding.fact().lead_disputed();
  return ChangeLead(folding, disputed.appointment(), [&](LeadRow& lead) {
    // Once for each feed that claims it.
    auto& claimed = *lead.mutable_claimed();
    if (disputed.open()) return claimed.Add(disputed.claimed());
    const auto one =
        std::find(claimed.begin(), claimed.end(), disputed.claimed());
    if (one != claimed.end()) claimed.erase(one);
  });
}

ThingKey CaseKey(const Folding& folding, EntityNumber number) {
  return {folding.subject(), Kind::kDuplicate, keys::Numbered(number)};
}

// A case lies with the later plan's family; rows lead to it from the other's.
absl::Status FoldFound(Folding& folding) {
  const auto& found = folding.fact().duplicate_plan_found();
  const ThingKey key = CaseKey(folding, found.case_().number());
  for (const EntityNumber plan : {found.one(), found.other()}) {
    ASSIGN_OR_RETURN(
        auto place, core::ReadRow<PlaceRow>(folding.rows(), keys::Place(plan)));
    if (place.has_value() && place->subject() != key.subject) {
      folding.LinkFrom(place->subject(), key);
    }
  }
  return folding.State(key, found.case_(), Naming::kId, [&](ThingRow& row) {
    CaseRow& duplicate = *row.mutable_duplicate();
    const bool opens =
        duplicate.state() == ledger::v1::CASE_STATE_UNSPECIFIED ||
        duplicate.state() == ledger::v1::CASE_STATE_GONE;
    if (opens) duplicate.set_state(ledger::v1::CASE_STATE_OPEN);
    *duplicate.mutable_found() = found;
    duplicate.set_version(duplicate.version() + 1);
  });
}

template <class Change>
absl::Status ChangeCase(Folding& folding, EntityNumber number,
                        const Change& change) {
  return folding.Change(CaseKey(folding, number), [&](ThingRow& row) {
    CaseRow& duplicate = *row.mutable_duplicate();
    duplicate.set_version(duplicate.version() + 1);
    change(duplicate);
  });
}

absl::Status FoldRuled(Folding& folding) {
  const auto& ruled = folding.fact().duplicate_ruled();
  return ChangeCase(folding, ruled.case_(), [&](CaseRow& duplicate) {
    if (ruled.decision() == agency::v1::DUPLICATE_DECISION_SAME) {
      duplicate.set_state(ledger::v1::CASE_STATE_SAME);
    } else if (ruled.decision() == agency::v1::DUPLICATE_DECISION_DIFFERENT) {
      duplicate.set_state(ledger::v1::CASE_STATE_DIFFERENT);
    }  // withdrawn: that it is open again is a fact of its own
  });
}

absl::Status SetCase(Folding& folding, EntityNumber number,
                     ledger::v1::CaseState state) {
  return ChangeCase(folding, number,
                    [&](CaseRow& duplicate) { duplicate.set_state(state); });
}

absl::Status SetMerged(Folding& folding, EntityNumber merged,
                       EntityNumber survivor) {
  const ThingKey key{folding.subject(), Kind::kPlan, keys::Numbered(merged)};
  return folding.Change(key, [&](ThingRow& row) {
    row.mutable_plan()->set_merged_into(survivor);
  });
}

}  // namespace

absl::Status FoldLead(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_lead_taken()) return FoldTaken(folding);
  if (fact.has_lead_left()) return FoldLeadLeft(folding);
  if (fact.has_lead_disputed()) return FoldDisputed(folding);
  if (fact.has_lead_noticed()) {
    return ChangeLead(folding, fact.lead_noticed().appointment(),
                      [](LeadRow& lead) {
                        lead.set_state(ledger::v1::LEAD_STATE_NOTICE_GIVEN);
                      });
  }
  const auto& named = fact.lead_successor_named();
  RETURN_IF_ERROR(folding.PractitionerWorksWithFamily(named.practitioner(),
                                                      named.family()));
  return ChangeLead(folding, named.appointment(), [&](LeadRow& lead) {
    lead.set_state(ledger::v1::LEAD_STATE_SUCCESSOR_AGREED);
    lead.set_successor(named.practitioner());
  });
}

absl::Status FoldDuplicate(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_duplicate_plan_found()) return FoldFound(folding);
  if (fact.has_duplicate_ruled()) return FoldRuled(folding);
  if (fact.has_duplicate_reopened()) {
    return SetCase(folding, fact.duplicate_reopened().case_(),
                   ledger::v1::CASE_STATE_OPEN);
  }
  if (fact.has_duplicate_gone()) {
    return SetCase(folding, fact.duplicate_gone().case_(),
                   ledger::v1::CASE_STATE_GONE);
  }
  if (fact.has_plans_merged()) {
    return SetMerged(folding, fact.plans_merged().merged(),
                     fact.plans_merged().survivor());
  }
  return SetMerged(folding, fact.plans_parted().merged(), 0);
}

}  // namespace kith::views
