// Parts that many statements have: people they are about, days, references.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "base/status.h"
#include "google/protobuf/message_lite.h"
#include "google/protobuf/repeated_field.h"
#include "kith/agency/v1/common.pb.h"
#include "services/core/decision.h"
#include "services/core/errors.h"
#include "services/core/family/dates.h"
#include "services/core/state.h"

namespace kith::core {

inline constexpr int kPeopleMax = 20;

// Senseless when a list is longer than its message allows.
inline absl::Status AtMost(int size, int size_max, absl::string_view field) {
  if (size <= size_max) return absl::OkStatus();
  return Senseless("TOO_MANY", "a list is longer than allowed", field);
}

// The records of `people`, in their order, each once. Senseless: too many.
inline absl::StatusOr<std::vector<EntityNumber>> RecordsOfAll(
    Decision& decision,
    const google::protobuf::RepeatedPtrField<agency::v1::PersonRef>& people,
    absl::string_view field) {
  RETURN_IF_ERROR(AtMost(people.size(), kPeopleMax, field));
  std::vector<EntityNumber> records;
  for (const agency::v1::PersonRef& person : people) {
    ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(person));
    if (std::find(records.begin(), records.end(), record) == records.end()) {
      records.push_back(record);
    }
  }
  return records;
}

// The day, when all of it is known and there is such a day.
inline std::optional<absl::CivilDay> WholeDay(const agency::v1::Date& date) {
  if (!IsSound(date) || !IsWhole(date)) return std::nullopt;
  return FirstDay(date);
}

// Whether two messages say the same; they hold no maps, so bytes tell.
inline bool SaySame(const google::protobuf::MessageLite& one,
                    const google::protobuf::MessageLite& other) {
  return one.SerializeAsString() == other.SerializeAsString();
}

// An agency's own key for a thing: present or not, but never another's.
// PERMISSION_DENIED: it names another agency.
inline absl::Status CheckOwnKey(const Decision& decision,
                                const agency::v1::LocalRef& key) {
  if (key.agency().empty() || key.agency() == decision.agency()) {
    return absl::OkStatus();
  }
  return Forbid("NOT_YOURS", "the key belongs to another agency");
}

}  // namespace kith::core
