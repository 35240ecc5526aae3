// May this recipient have this item for this purpose on this day: the decision
// that a read would make if there were no more than the caller may know of,
// with the rows and facts that decided it.
#pragma once

#include "absl/status/statusor.h"
#include "kith/api/v1/consent_service.pb.h"
#include "services/api/read_call.h"

namespace kith::api {

// NOT_FOUND unless the caller may see the consents of that person, and
// something of who would receive it: what decides is told to nobody else.
// INVALID_ARGUMENT: nobody, nothing or no purpose is named.
absl::StatusOr<access::Recorded<v1::ExplainAccessResponse>> ExplainAccessAnswer(
    ReadCall& call, const v1::ExplainAccessRequest& request);

}  // namespace kith::api
