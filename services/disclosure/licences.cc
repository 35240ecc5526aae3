#include "services/disclosure/licences.h"

#include <algorithm>

#include "services/disclosure/consents.h"

namespace kith::disclosure {
namespace {

using agency::v1::ItemClass;
using ledger::v1::ItemLabel;

// What was said apart is reached by name only.
bool Covers(const std::set<ItemClass>& classes, ItemClass item) {
  if (classes.empty()) return item != agency::v1::ITEM_CLASS_CONVERSATION;
  return classes.count(item) > 0;
}

// Whether everybody the item is about is among `records`, over sure links.
bool CoversAll(const std::set<uint64_t>& records, const ItemLabel& item,
               const Context& context) {
  if (item.records().empty()) return false;
  return std::all_of(
      item.records().begin(), item.records().end(), [&](uint64_t record) {
        const RecordContext* about = Find(context, record);
        return about != nullptr && Meets(records, about->surely_same);
      });
}

bool IsFor(const Override& one, const Reader& reader) {
  if (one.agencies.count(reader.agency) > 0) return true;
  return reader.practitioner_number != 0 &&
         one.practitioners.count(reader.practitioner_number) > 0;
}

// Whether one of those it is about has changed their mind.
bool OneTookBack(const Reader& reader, const ItemLabel& item,
                 const Context& context) {
  return std::any_of(item.records().begin(), item.records().end(),
                     [&](uint64_t record) {
                       return IsTakenBack(record, reader, item, context);
                     });
}

// what the family said is not overridden to complete a service,
// nor what it has taken back; a restriction, for safety only.
bool GoesBefore(agency::v1::OverrideReason override, Reason withheld,
                const Reader& reader, const ItemLabel& item,
                const Context& context) {
  switch (override) {
    case agency::v1::OVERRIDE_REASON_SAFEGUARDING:
    case agency::v1::OVERRIDE_REASON_THREAT_TO_LIFE:
      return true;
    case agency::v1::OVERRIDE_REASON_LEGAL_DUTY:
      return withheld != Reason::kRestricted;
    default:
      return withheld != Reason::kRestricted && withheld != Reason::kRefused &&
             withheld != Reason::kConflicting &&
             !OneTookBack(reader, item, context);
  }
}

bool Licenses(const Override& one, const Reader& reader, const ItemLabel& item,
              const Context& context) {
  if (!one.complete || one.ended || one.purpose.empty()) return false;
  return reader.at >= one.from && reader.at < one.until &&
         one.purpose == reader.purpose && IsFor(one, reader) &&
         Covers(one.classes, item.class_()) &&
         CoversAll(one.records, item, context);
}

bool IsGood(const Grant& grant, const Reader& reader) {
  if (grant.ended || grant.practitioner == 0) return false;
  if (grant.until - grant.from > kGrantMax) return false;
  return grant.practitioner == reader.practitioner_number &&
         grant.agency == reader.agency && reader.at >= grant.from &&
         reader.at < grant.until;
}

bool Licenses(const Grant& grant, const Reader& reader, const ItemLabel& item,
              const Context& context) {
  if (!IsGood(grant, reader)) return false;
  if (item.shielded() && !grant.shielded_approved) return false;
  if (!Covers(grant.classes, item.class_())) return false;
  const bool of_family =
      item.family() != 0 && grant.families.count(item.family()) > 0;
  return of_family || CoversAll(grant.records, item, context);
}

}  // namespace

std::optional<uint64_t> LicensingOverride(const Reader& reader,
                                          const ItemLabel& item,
                                          const Context& context,
                                          Reason withheld) {
  if (reader.role == agency::v1::ROLE_FAMILY_MEMBER) return std::nullopt;
  for (const Override& one : context.overrides) {
    if (Licenses(one, reader, item, context) &&
        GoesBefore(one.reason, withheld, reader, item, context)) {
      return one.number;
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> LicensingGrant(const Reader& reader,
                                       const ItemLabel& item,
                                       const Context& context) {
  for (const Grant& grant : context.grants) {
    if (Licenses(grant, reader, item, context)) return grant.number;
  }
  return std::nullopt;
}

bool IsAgreed(const Reader& reader, const ItemLabel& item,
              const Context& context) {
  return std::any_of(
      context.agreements.begin(), context.agreements.end(),
      [&](const Agreement& one) {
        return !one.ended && one.from <= context.today &&
               context.today <= one.until &&
               one.parties.count(reader.agency) > 0 &&
               one.parties.count(item.agency()) > 0 &&
               (one.purposes.empty() ||
                one.purposes.count(reader.purpose) > 0) &&
               (one.classes.empty() || one.classes.count(item.class_()) > 0);
      });
}

}  // namespace kith::disclosure
