#include "services/disclosure/policy.h"

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"
#include "kith/agency/v1/consent.pb.h"
#include "services/disclosure/consents.h"
#include "services/disclosure/licences.h"

namespace kith::disclosure {
namespace {

using agency::v1::ItemClass;
using ledger::v1::ItemLabel;

bool IsMember(const Reader& reader) {
  return reader.role == agency::v1::ROLE_FAMILY_MEMBER;
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
  return reader.practitioner_number != 0 && !IsMember(reader) &&
         lead != context.lead_of_family.end() &&
         lead->second == reader.practitioner_number;
}

bool IsOfReadersFamily(const Reader& reader, const ItemLabel& item,
                       const Context& context) {
  auto members = context.members_of_family.find(item.family());
  return reader.record != 0 && members != context.members_of_family.end() &&
         members->second.count(reader.record) > 0;
}

bool IsGone(const ItemLabel& item, const Context& context) {
  return std::any_of(item.records().begin(), item.records().end(),
                     [&](uint64_t record) {
                       const RecordContext* about = Find(context, record);
                       return about != nullptr && about->gone;
                     });
}

bool IsNamedIn(const Reader& reader, const ItemLabel& item) {
  return std::find(item.named_agencies().begin(), item.named_agencies().end(),
                   reader.agency) != item.named_agencies().end();
}

bool IsOpenTo(const Rights& rights, ItemClass item) {
  return rights.own.Has(item) || rights.by_permission.Has(item) ||
         rights.outline.Has(item) || rights.of_family.Has(item) ||
         rights.alerted.Has(item);
}

// One reader and one item, step by step (policy.h).
class Deciding {
 public:
  Deciding(const Reader& reader, const ItemLabel& item, const Context& context,
           const Rights& rights)
      : reader_(reader),
        item_(item),
        context_(context),
        rights_(rights),
        own_(!IsMember(reader) && item.agency() == reader.agency &&
             !reader.agency.empty() && WorksWith(reader, item, context)) {}

  Decision Decide() const {
    if (reader_.agency.empty() || reader_.purpose.empty() || !rights_.known) {
      return Withhold(Reason::kNoRole);
    }
    if (IsGone(item_, context_)) return Withhold(Reason::kGone);
    if (const auto refusal = StorageRefusal(item_, context_)) {
      return Withhold(Reason::kNotStored, *refusal);
    }
    // Not telling them is stronger than what is their own.
    if (item_.embargoed() && IsMember(reader_)) {
      return Withhold(Reason::kEmbargoed);
    }
    if (rights_.everywhere.Has(item_.class_())) return ByRole();
    if (!IsOpenTo(rights_, item_.class_())) return Withhold(Reason::kNoRole);
    if (!rights_.needed.Has(item_.class_())) {
      return Withhold(Reason::kPurpose);
    }
    if (IsAlerted()) return Show(Reason::kRole);
    if (item_.draft() && !own_ && !Leads(reader_, item_, context_)) {
      return Withhold(Reason::kDraft);
    }
    Decision decision = ByPermission();
    return decision.show ? decision : Licensed(std::move(decision));
  }

 private:
  static Decision Withhold(Reason reason) { return {false, reason, {}}; }
  static Decision Withhold(Reason reason, uint64_t by) {
    return {false, reason, {by}};
  }
  static Decision Show(Reason reason) { return {true, reason, {}}; }

  // Classes that belong to roles, not to families.
  Decision ByRole() const {
    if (!rights_.needed.Has(item_.class_())) {
      return Withhold(Reason::kPurpose);
    }
    if (rights_.needs_reason && reader_.reason.empty()) {
      return Withhold(Reason::kNoRole);
    }
    return Show(Reason::kRole);
  }

  // Who was alerted sees what they were alerted to, to review it.
  bool IsAlerted() const {
    return rights_.alerted.Has(item_.class_()) &&
           (item_.agency() == reader_.agency || IsNamedIn(reader_, item_));
  }

  Decision ByPermission() const {
    if (item_.shielded() && !own_) return Withhold(Reason::kShielded);
    if (const auto bar = BarringRestriction(reader_, item_, context_)) {
      return Withhold(Reason::kRestricted, *bar);
    }
    if (own_ && rights_.own.Has(item_.class_())) {
      return Show(Reason::kOwnAgency);
    }
    if (rights_.outline.Has(item_.class_())) {
      return Show(Reason::kLeadExists);
    }
    if (IsMember(reader_)) return OfMember();
    if (!rights_.by_permission.Has(item_.class_())) {
      return Withhold(Reason::kNoPermission);
    }
    return OfAnotherAgency();
  }

  Decision OfMember() const {
    if (rights_.own.Has(item_.class_()) && IsAllOwn(reader_, item_, context_)) {
      return Show(Reason::kOwn);
    }
    if (rights_.of_family.Has(item_.class_()) &&
        IsOfReadersFamily(reader_, item_, context_)) {
      return Show(Reason::kOfFamily);
    }
    if (!rights_.by_permission.Has(item_.class_())) {
      return Withhold(Reason::kNoPermission);
    }
    return ByConsent(reader_, item_, context_);
  }

  Decision OfAnotherAgency() const {
    if (item_.class_() == agency::v1::ITEM_CLASS_PLAN &&
        !Leads(reader_, item_, context_) && !IsNamedIn(reader_, item_)) {
      return Withhold(Reason::kNotInPlan);
    }
    Decision decision = ByConsent(reader_, item_, context_);
    // Within one agency nothing passes between organisations.
    if (!decision.show || reader_.agency == item_.agency() ||
        IsAgreed(reader_, item_, context_)) {
      return decision;
    }
    if (rights_.agreement_required) {
      return Withhold(Reason::kNoAgreement);
    }
    decision.reason = Reason::kSharedUnagreed;
    return decision;
  }

  // Worklists of duplicates are no item that a licence opens.
  Decision Licensed(Decision withheld) const {
    if (!rights_.by_permission.Has(item_.class_())) return withheld;
    if (withheld.reason != Reason::kShielded) {
      if (const auto by = LicensingOverride(reader_, item_, context_,
                                            Objection(withheld.reason))) {
        return {true, Reason::kOverride, {*by}};
      }
    }
    if (!rights_.break_glass) return withheld;
    if (const auto by = LicensingGrant(reader_, item_, context_)) {
      return {true, Reason::kBreakGlass, {*by}};
    }
    return withheld;
  }

  // What stands against showing it: a plan that does not name the service may
  // have been refused to it as well.
  Reason Objection(Reason withheld) const {
    if (withheld != Reason::kNotInPlan) return withheld;
    return ByConsent(reader_, item_, context_).reason;
  }

  const Reader& reader_;
  const ItemLabel& item_;
  const Context& context_;
  const Rights& rights_;
  const bool own_;  // their agency's item, of a family that it works with
};

}  // namespace

bool MaySeeFigures(const Reader& reader, const std::string& agency,
                   ItemClass of, const Context& context, const Roles& roles) {
  if (agency == reader.agency) return true;
  if (!roles.Oversees(reader.role)) return false;
  if (reader.role != agency::v1::ROLE_LEADERSHIP_MANAGER) return true;
  ItemLabel label;
  label.set_agency(agency);
  label.set_class_(of);
  return IsAgreed(reader, label, context);
}

Decision Decide(const Reader& reader, const ItemLabel& item,
                const Context& context, const Rights& rights) {
  return Deciding(reader, item, context, rights).Decide();
}

Decision Decide(const Reader& reader, const ItemLabel& item,
                const Context& context, const Roles& roles) {
  return Decide(reader, item, context,
                roles.RightsFor(reader.role, reader.purpose));
}

}  // namespace kith::disclosure
