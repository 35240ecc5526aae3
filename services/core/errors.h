// Errors of rules, with a reason that machines and people can read.
//
// The code is for machines ("PLAN_CLOSED"), the text for people and without
// personal data, `rows` the requirement rows that say so, `field` the part of
// the statement it is about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/ledger/v1/facts.pb.h"

namespace kith::core {

// It makes sense, but not now: final refusal. FAILED_PRECONDITION.
absl::Status Refuse(absl::string_view code, absl::string_view text,
                    std::vector<std::string> rows = {},
                    absl::string_view field = "");
// Not by this actor. PERMISSION_DENIED.
absl::Status Forbid(absl::string_view code, absl::string_view text,
                    std::vector<std::string> rows = {},
                    absl::string_view field = "");
// The version given is stale: read again. ABORTED.
absl::Status Stale(absl::string_view text);
// It makes no sense, whatever the state: quarantined. INVALID_ARGUMENT.
absl::Status Senseless(absl::string_view code, absl::string_view text,
                       absl::string_view field = "");
// It refers to what is not known: a feed's statement is parked, an act is
// refused. NOT_FOUND.
absl::Status Missing(absl::string_view kind, const agency::v1::LocalRef& ref);
absl::Status MissingId(absl::string_view kind);

// The reason in such an error; one made of code and text for other errors.
ledger::v1::Reason ReasonOf(const absl::Status& status);
// The reference in a `Missing` error, if it names one.
std::optional<ledger::v1::MissingRef> MissingRefOf(const absl::Status& status);

}  // namespace kith::core
