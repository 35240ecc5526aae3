// What a statement names by Kith's ids: the actor must be allowed to see each.
#pragma once

#include <set>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/api/read_call.h"

namespace kith::api {

// Ids in `statement`: of persons, of things, of cases and items.
std::set<std::string> IdsIn(const google::protobuf::Message& statement);

// OK when the caller may see something of each; else NOT_FOUND, as for what is
// not there. `call` must be open.
absl::Status MaySee(ReadCall& call, const std::set<std::string>& ids);

}  // namespace kith::api
