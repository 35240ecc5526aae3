// What consents and restrictions have in common: the people they are about,
// those they name, and the items they cover.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/agency/v1/consent.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"

namespace kith::core::consent {

// Records of the people, as listed. Senseless: nobody, too many, one twice.
absl::StatusOr<std::vector<EntityNumber>> About(
    const google::protobuf::RepeatedPtrField<agency::v1::PersonRef>& people,
    Decision& decision);

// Senseless: too many, or one that names nobody.
absl::Status Resolve(
    const google::protobuf::RepeatedPtrField<agency::v1::Recipient>& named,
    Decision& decision,
    google::protobuf::RepeatedPtrField<ledger::v1::ResolvedRecipient>& out);

// Senseless: a class that is not in the list, or none.
absl::Status CheckClasses(const google::protobuf::RepeatedField<int>& classes,
                          absl::string_view field);

// Subjects besides the first, in whose history the fact belongs too.
std::vector<Subject> AlsoAbout(const std::vector<EntityNumber>& records);

// Forbid NOT_YOURS: another agency's key, or any of a family member, who would
// say anew what others said under it. Senseless: a report without a key.
absl::Status CheckOwnKey(const agency::v1::LocalRef& key,
                         const Decision& decision);

// For folds: index rows from records to a number, those of `before` replaced.
template <class Key>
void PutAbout(StateWriter& state,
              const google::protobuf::RepeatedField<uint64_t>& before,
              const google::protobuf::RepeatedField<uint64_t>& records,
              const Key& key) {
  for (const uint64_t record : before) state.Delete(key(record));
  for (const uint64_t record : records) state.Put(record, key(record), "");
}

}  // namespace kith::core::consent
