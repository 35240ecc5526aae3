#include "services/disclosure/policy.h"

#include <algorithm>
#include <optional>

#include "absl/strings/string_view.h"
#include "kith/agency/v1/consent.pb.h"

namespace kith::disclosure {
namespace {

using agency::v1::ItemClass;
using ledger::v1::ConsentRow;
using ledger::v1::ItemLabel;
using ledger::v1::ResolvedRecipient;
using ledger::v1::RestrictionRow;

// A date that is only partly known stands for its first or last day.
absl::CivilDay FirstDay(const agency::v1::Date& date) {
  return absl::CivilDay(date.year(), std::max(1, date.month()),
                        std::max(1, date.day()));
}

absl::CivilDay LastDay(const agency::v1::Date& date) {
  if (date.month() == 0) return absl::CivilDay(date.year(), 12, 31);
  if (date.day() != 0) return FirstDay(date);
  return absl::CivilDay(absl::CivilMonth(date.year(), date.month()) + 1) - 1;
}

bool InForce(const agency::v1::Period& period, absl::CivilDay today) {
  if (period.has_from() && today < FirstDay(period.from())) return false;
  return !period.has_until() || today <= LastDay(period.until());
}

template <class Classes>
bool Covers(const Classes& classes, ItemClass item) {
  return classes.empty() ||
         std::find(classes.begin(), classes.end(), item) != classes.end();
}

template <class Numbers>
bool Meets(const Numbers& numbers, const std::set<uint64_t>& others) {
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](uint64_t n) { return others.count(n) > 0; });
}

const RecordContext* Find(const Context& context, uint64_t record) {
  auto found = context.records.find(record);
  return found == context.records.end() ? nullptr : &found->second;
}

bool IsReaderInPerson(const Reader& reader, const ResolvedRecipient& recipient,
                      const Context& context) {
  if (reader.practitioner_number != 0 &&
      recipient.who_case() == ResolvedRecipient::kPractitioner) {
    return recipient.practitioner() == reader.practitioner_number;
  }
  if (reader.record == 0 ||
      recipient.who_case() != ResolvedRecipient::kRecord) {
    return false;
  }
  const RecordContext* who = Find(context, recipient.record());
  return recipient.record() == reader.record ||
         (who != nullptr && who->surely_same.count(reader.record) > 0);
}

bool IsReader(const Reader& reader, const ResolvedRecipient& recipient,
              const Context& context) {
  if (recipient.who_case() == ResolvedRecipient::kAgency) {
    // What an organisation may see is not what a family member may.
    return reader.role != agency::v1::ROLE_FAMILY_MEMBER &&
           recipient.agency() == reader.agency;
  }
  return IsReaderInPerson(reader, recipient, context);
}

bool IsBarred(const Reader& reader, const ItemLabel& item,
              const RestrictionRow& row, const Context& context) {
  const auto& barred = row.recorded().barred();
  if (barred.empty()) return reader.agency != item.agency();
  return std::any_of(barred.begin(), barred.end(), [&](const auto& who) {
    // An agency keeps its own records, whatever it is barred from elsewhere; a
    // person of it can be barred from them.
    if (who.who_case() == ResolvedRecipient::kAgency &&
        reader.agency == item.agency()) {
      return false;
    }
    return IsReader(reader, who, context);
  });
}

// The restriction that keeps `reader` from `item`, if any.
std::optional<uint64_t> BarringRestriction(const Reader& reader,
                                           const ItemLabel& item,
                                           const Context& context) {
  for (const RestrictionRow& row : context.restrictions) {
    const auto& said = row.recorded().said();
    if (row.ended() || !InForce(said.period(), context.today)) continue;
    if (!Covers(said.classes(), item.class_())) continue;
    if (said.own_records_only() && row.agency() != item.agency()) continue;
    const bool reaches = std::any_of(
        item.records().begin(), item.records().end(), [&](uint64_t record) {
          const RecordContext* about = Find(context, record);
          return about != nullptr &&
                 Meets(row.recorded().records(), about->perhaps_same);
        });
    if (reaches && IsBarred(reader, item, row, context)) {
      return row.recorded().restriction().number();
    }
  }
  return std::nullopt;
}

bool SpeaksOf(const ConsentRow& row, const ItemLabel& item,
              const Context& context) {
  const auto& said = row.recorded().said();
  if (said.kind() != agency::v1::CONSENT_KIND_SHARE || row.ended()) {
    return false;
  }
  if (!InForce(said.period(), context.today)) return false;
  if (!Covers(said.classes(), item.class_())) return false;
  return !said.own_records_only() || row.agency() == item.agency();
}

// A refusal holds against whom it names, or against everybody.
bool Refuses(const ConsentRow& row, const Reader& reader,
             const Context& context) {
  const auto& said = row.recorded().said();
  if (said.answer() != agency::v1::CONSENT_ANSWER_REFUSED) return false;
  if (!said.purpose().empty() && said.purpose() != reader.purpose) return false;
  const auto& named = row.recorded().recipients();
  return named.empty() ||
         std::any_of(named.begin(), named.end(), [&](const auto& who) {
           return IsReader(reader, who, context);
         });
}

// A permission holds for whom it names and what for, and for nobody else
//
bool Permits(const ConsentRow& row, const Reader& reader,
             const Context& context) {
  const auto& said = row.recorded().said();
  if (said.answer() != agency::v1::CONSENT_ANSWER_GIVEN) return false;
  if (said.purpose().empty() || said.purpose() != reader.purpose) return false;
  const auto& named = row.recorded().recipients();
  return std::any_of(named.begin(), named.end(), [&](const auto& who) {
    return IsReader(reader, who, context);
  });
}

// What the consents say of one record an item is about.
Decision ByConsentOf(uint64_t record, const Reader& reader,
                     const ItemLabel& item, const Context& context) {
  Decision decision;
  const RecordContext* about = Find(context, record);
  if (about == nullptr) return decision;
  for (const ConsentRow& row : context.consents) {
    if (!SpeaksOf(row, item, context)) continue;
    const uint64_t number = row.recorded().consent().number();
    if (Meets(row.recorded().records(), about->perhaps_same) &&
        Refuses(row, reader, context)) {
      return {false, Reason::kRefused, {number}};
    }
    if (Meets(row.recorded().records(), about->surely_same) &&
        Permits(row, reader, context)) {
      decision.show = true;
      decision.reason = Reason::kShared;
      decision.decided_by.push_back(number);
    }
  }
  return decision;
}

// Every record an item is about must be covered, else it is withheld whole.
Decision ByConsent(const Reader& reader, const ItemLabel& item,
                   const Context& context) {
  Decision all{!item.records().empty(), Reason::kShared, {}};
  for (uint64_t record : item.records()) {
    Decision one = ByConsentOf(record, reader, item, context);
    if (one.reason == Reason::kRefused) return one;
    if (!one.show) all.show = false;
    all.decided_by.insert(all.decided_by.end(), one.decided_by.begin(),
                          one.decided_by.end());
  }
  if (!all.show) return {false, Reason::kNoPermission, {}};
  return all;
}

bool WorksWith(const Reader& reader, const ItemLabel& item,
               const Context& context) {
  auto family = context.agencies_of_family.find(item.family());
  if (family != context.agencies_of_family.end() &&
      family->second.count(reader.agency) > 0) {
    return true;
  }
  return std::any_of(item.records().begin(), item.records().end(),
                     [&](uint64_t record) {
                       auto agencies = context.agencies_of_record.find(record);
                       return agencies != context.agencies_of_record.end() &&
                              agencies->second.count(reader.agency) > 0;
                     });
}

bool Leads(const Reader& reader, const ItemLabel& item,
           const Context& context) {
  auto lead = context.lead_of_family.find(item.family());
  return reader.practitioner_number != 0 &&
         lead != context.lead_of_family.end() &&
         lead->second == reader.practitioner_number;
}

bool IsOwnOfFamilyMember(const Reader& reader, const ItemLabel& item,
                         const Context& context) {
  if (reader.record == 0 || item.records().empty()) return false;
  return std::all_of(
      item.records().begin(), item.records().end(), [&](uint64_t record) {
        const RecordContext* about = Find(context, record);
        return about != nullptr && about->surely_same.count(reader.record) > 0;
      });
}

// Roles that see figures or metadata, never what is said of people.
bool SeesNoContent(agency::v1::Role role) {
  return role == agency::v1::ROLE_LEADERSHIP_MANAGER ||
         role == agency::v1::ROLE_PRIVACY_OFFICER ||
         role == agency::v1::ROLE_INTEGRATION_ENGINEER;
}

bool IsAlerted(const Reader& reader, const ItemLabel& item) {
  const auto& named = item.named_agencies();
  return item.agency() == reader.agency ||
         std::find(named.begin(), named.end(), reader.agency) != named.end();
}

// Classes that belong to roles, not to families. Empty: decide by family.
std::optional<Decision> ByRole(const Reader& reader, const ItemLabel& item) {
  const bool hub = reader.role == agency::v1::ROLE_HUB_ADMINISTRATOR;
  if (item.class_() == agency::v1::ITEM_CLASS_OPERATION) {
    const bool show =
        hub || reader.role == agency::v1::ROLE_INTEGRATION_ENGINEER;
    return Decision{show, show ? Reason::kRole : Reason::kNoRole, {}};
  }
  if (reader.role == agency::v1::ROLE_AUDITOR) {
    // An auditor sees with a recorded reason, and only so.
    const bool show = !reader.reason.empty();
    return Decision{show, show ? Reason::kRole : Reason::kNoRole, {}};
  }
  if (item.class_() == agency::v1::ITEM_CLASS_MATCH ||
      (item.class_() == agency::v1::ITEM_CLASS_DUPLICATE && hub)) {
    return Decision{hub, hub ? Reason::kRole : Reason::kNoRole, {}};
  }
  // Who was alerted sees what they were alerted to, to review it.
  if (item.class_() == agency::v1::ITEM_CLASS_OVERRIDE &&
      (reader.role == agency::v1::ROLE_PRIVACY_OFFICER ||
       reader.role == agency::v1::ROLE_SAFEGUARDING_LEAD) &&
      IsAlerted(reader, item)) {
    return Decision{true, Reason::kRole, {}};
  }
  if (SeesNoContent(reader.role)) return Decision{false, Reason::kNoRole, {}};
  return std::nullopt;
}

Decision ByFamilyMember(const Reader& reader, const ItemLabel& item,
                        const Context& context) {
  if (item.embargoed()) return {false, Reason::kEmbargoed, {}};
  if (IsOwnOfFamilyMember(reader, item, context)) {
    return {true, Reason::kRole, {}};
  }
  return ByConsent(reader, item, context);
}

// An item of another agency.
Decision OfAnotherAgency(const Reader& reader, const ItemLabel& item,
                         const Context& context) {
  if (item.class_() == agency::v1::ITEM_CLASS_DUPLICATE) {
    return {false, Reason::kNoPermission, {}};
  }
  const bool leads = Leads(reader, item, context);
  if (item.draft() && !leads) return {false, Reason::kDraft, {}};
  if (item.class_() == agency::v1::ITEM_CLASS_PLAN && !leads &&
      std::find(item.named_agencies().begin(), item.named_agencies().end(),
                reader.agency) == item.named_agencies().end()) {
    return {false, Reason::kNotInPlan, {}};
  }
  return ByConsent(reader, item, context);
}

// Whether the licence reaches every record the item is about.
bool ReachesAll(const std::set<uint64_t>& records, const ItemLabel& item,
                const Context& context) {
  return !item.records().empty() &&
         std::all_of(item.records().begin(), item.records().end(),
                     [&](uint64_t record) {
                       const RecordContext* about = Find(context, record);
                       return about != nullptr &&
                              Meets(records, about->surely_same);
                     });
}

bool Licenses(const Override& override, const Reader& reader,
              const ItemLabel& item, const Context& context) {
  const bool named =
      override.agencies.count(reader.agency) > 0 ||
      (reader.practitioner_number != 0 &&
       override.practitioners.count(reader.practitioner_number) > 0);
  return named && override.complete && !override.ended &&
         override.from <= context.now && context.now < override.until &&
         override.purpose == reader.purpose &&
         override.classes.count(item.class_()) > 0 &&
         ReachesAll(override.records, item, context);
}

bool Licenses(const Grant& grant, const Reader& reader, const ItemLabel& item,
              const Context& context, Reason withheld) {
  if (withheld == Reason::kShielded && !grant.shielded_approved) return false;
  return reader.practitioner_number != 0 &&
         grant.practitioner == reader.practitioner_number &&
         grant.agency == reader.agency && !grant.ended &&
         grant.from <= context.now && context.now < grant.until &&
         (grant.classes.empty() || grant.classes.count(item.class_()) > 0) &&
         (grant.families.count(item.family()) > 0 ||
          ReachesAll(grant.records, item, context));
}

// What permission withholds, an override or broken glass may license; never
// drafts, worklists, or to those who see no content.
bool MayBeLicensed(const Reader& reader, const ItemLabel& item, Reason reason) {
  if (reader.role == agency::v1::ROLE_FAMILY_MEMBER ||
      reader.role == agency::v1::ROLE_AUDITOR || SeesNoContent(reader.role)) {
    return false;
  }
  switch (item.class_()) {
    case agency::v1::ITEM_CLASS_DUPLICATE:
    case agency::v1::ITEM_CLASS_MATCH:
    case agency::v1::ITEM_CLASS_OPERATION:
    case agency::v1::ITEM_CLASS_OVERRIDE:
      return false;
    default:
      return reason == Reason::kNoPermission || reason == Reason::kRefused ||
             reason == Reason::kRestricted || reason == Reason::kShielded ||
             reason == Reason::kNotInPlan;
  }
}

Decision Licensed(Decision withheld, const Reader& reader,
                  const ItemLabel& item, const Context& context) {
  if (!MayBeLicensed(reader, item, withheld.reason)) return withheld;
  for (const Override& override : context.overrides) {
    if (withheld.reason != Reason::kShielded &&
        Licenses(override, reader, item, context)) {
      return {true, Reason::kOverride, {override.number}};
    }
  }
  for (const Grant& grant : context.grants) {
    if (Licenses(grant, reader, item, context, withheld.reason)) {
      return {true, Reason::kBreakGlass, {grant.number}};
    }
  }
  return withheld;
}

Decision ByPermission(const Reader& reader, const ItemLabel& item,
                      const Context& context) {
  if (reader.agency.empty() || reader.purpose.empty() ||
      reader.role == agency::v1::ROLE_UNSPECIFIED) {
    return {false, Reason::kNoRole, {}};
  }
  if (std::any_of(item.records().begin(), item.records().end(),
                  [&](uint64_t record) {
                    const RecordContext* about = Find(context, record);
                    return about != nullptr && about->gone;
                  })) {
    return {false, Reason::kGone, {}};
  }
  if (auto by_role = ByRole(reader, item)) return *by_role;
  if (auto barring = BarringRestriction(reader, item, context)) {
    return {false, Reason::kRestricted, {*barring}};
  }
  const bool member = reader.role == agency::v1::ROLE_FAMILY_MEMBER;
  if (!member && item.agency() == reader.agency &&
      WorksWith(reader, item, context)) {
    return {true, Reason::kOwnAgency, {}};
  }
  // Stronger than any consent.
  if (item.shielded()) return {false, Reason::kShielded, {}};
  if (item.class_() == agency::v1::ITEM_CLASS_LEAD) {
    return {true, Reason::kLeadExists, {}};
  }
  return member ? ByFamilyMember(reader, item, context)
                : OfAnotherAgency(reader, item, context);
}

}  // namespace

Decision Decide(const Reader& reader, const ItemLabel& item,
                const Context& context) {
  Decision decision = ByPermission(reader, item, context);
  if (decision.show) return decision;
  return Licensed(std::move(decision), reader, item, context);
}

absl::string_view NameOf(Reason reason) {
  switch (reason) {
    case Reason::kOwnAgency:
      return "own_agency";
    case Reason::kShared:
      return "shared";
    case Reason::kRole:
      return "role";
    case Reason::kLeadExists:
      return "lead_exists";
    case Reason::kNoRole:
      return "no_role";
    case Reason::kNoPermission:
      return "no_permission";
    case Reason::kRefused:
      return "refused";
    case Reason::kRestricted:
      return "restricted";
    case Reason::kShielded:
      return "shielded";
    case Reason::kDraft:
      return "draft";
    case Reason::kNotInPlan:
      return "not_in_plan";
    case Reason::kOverride:
      return "override";
    case Reason::kBreakGlass:
      return "break_glass";
    case Reason::kEmbargoed:
      return "embargoed";
    case Reason::kGone:
      return "gone";
  }
  return "unknown";
}

}  // namespace kith::disclosure
