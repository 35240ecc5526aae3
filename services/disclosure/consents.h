// What consents and restrictions say of one item to one reader. Internal to
// this folder; pure.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/btree_set.h"
#include "services/disclosure/policy.h"

namespace kith::disclosure {

// Null: nothing is known of that record.
const RecordContext* Find(const Context& context, uint64_t record);

// Whether the number list meets the set.
template <class Numbers>
bool Meets(const Numbers& numbers, const absl::btree_set<uint64_t>& others) {
  for (const uint64_t number : numbers) {
    if (others.count(number) > 0) return true;
  }
  return false;
}

// Whether every record the item is about is surely one of the reader's own; no
// when it is about nobody.
bool IsAllOwn(const Reader& reader, const ledger::v1::ItemLabel& item,
              const Context& context);

// The restriction that keeps the reader from the item, if any.
std::optional<uint64_t> BarringRestriction(const Reader& reader,
                                           const ledger::v1::ItemLabel& item,
                                           const Context& context);

// Whether the last answer about sharing for the reader's purpose that somebody
// gave who may be the person of `record` was taken back, and nothing that
// permits sharing stands in its place: as core's Standing has it, but
// that what restricts crosses every link and what permits sure ones alone.
bool IsTakenBack(uint64_t record, const Reader& reader,
                 const ledger::v1::ItemLabel& item, const Context& context);

// The refusal because of which the item may not be kept, if any.
std::optional<uint64_t> StorageRefusal(const ledger::v1::ItemLabel& item,
                                       const Context& context);

// Every record the item is about must be covered, else it is withheld whole.
Decision ByConsent(const Reader& reader, const ledger::v1::ItemLabel& item,
                   const Context& context);

}  // namespace kith::disclosure
