// What a statement names: the actor must be allowed to see each. People and
// things of another agency are named by Kith's ids only, never as that agency
// calls them: whether such a name exists is nothing to learn from an error.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "kith/agency/v1/common.pb.h"
#include "services/api/read_call.h"

namespace kith::api {

struct Named {
  std::set<std::string> ids;       // of persons, things, cases and items
  std::set<std::string> agencies;  // whose own names are used; empty: one's own
  // Whom and which families they name.
  std::vector<agency::v1::LocalRef> local_people, local_families;
  // Ids of two records that a decision on their match names.
  std::vector<std::pair<std::string, std::string>> pairs;
};
Named NamedIn(const google::protobuf::Message& statement);

// OK when the caller may use the names; else NOT_FOUND. An agency's staff name
// what is their agency's, a family member nothing: whether there is somebody of
// a name is not for them to learn.
absl::Status MayName(const ReadCall& call, const Named& named);

// OK when the caller may name each and see something of each; else NOT_FOUND,
// as for what is not there. `call` must be open.
absl::Status MaySee(ReadCall& call, const Named& named);

// Has the access record name whom they are, or belong to: all that are there,
// seen or not.
absl::Status TouchNamed(ReadCall& call, const Named& named);

// The overrides and broken glass among them that there are, by number.
absl::StatusOr<std::vector<uint64_t>> OverridesNamed(const ReadCall& call,
                                                     const Named& named);

// The number of a family or person of which the caller may see something, for
// lists of what belongs to it; else NOT_FOUND, as for what is not there.
absl::StatusOr<uint64_t> SeenFamily(ReadCall& call, absl::string_view id);
absl::StatusOr<uint64_t> SeenPerson(ReadCall& call, absl::string_view id);

// The labels under which the caller may see what the id names; NOT_FOUND when
// there are none.
absl::StatusOr<std::vector<ledger::v1::ItemLabel>> SeenLabels(
    ReadCall& call, const std::string& id);

// Those of `labels` under which the caller may see something.
absl::StatusOr<std::vector<ledger::v1::ItemLabel>> SeenOf(
    ReadCall& call, const std::vector<ledger::v1::ItemLabel>& labels);

}  // namespace kith::api
