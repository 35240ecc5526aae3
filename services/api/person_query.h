// Who a query means: one person, matched strongly, or nobody.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "kith/api/v1/views.pb.h"
#include "services/api/read_call.h"

namespace kith::api {

// The records that match, if all are of one person; else none: uncertain is
// answered like absent (R-106, lessons: a look-up is an oracle). The caller's
// own record must be of the caller's agency. INVALID_ARGUMENT: the query holds
// neither an identifier, nor name with birth date and postcode, nor a record.
absl::StatusOr<std::vector<uint64_t>> OnePerson(ReadCall& call,
                                                const v1::PersonQuery& query);

// The families of whom was found; the access record names them, or the records
// of somebody who has none, whatever is shown.
absl::StatusOr<std::vector<uint64_t>> FamiliesFound(
    ReadCall& call, const std::vector<uint64_t>& records);

}  // namespace kith::api
