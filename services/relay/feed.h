// What an agency's feed tells: of each fact in the timeline of a family, that
// it is there, if the agency may see it.
//
// The decision is that of a read at the moment of telling, through the same
// door, for a practitioner of the agency with the feed's purpose whom nobody
// has named: what is permitted to one person alone is not told. Every notice
// has its access record, which is durable before the notice leaves.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/api/node.h"
#include "services/relay/relay.h"

namespace kith::relay {

struct Feed {
  std::string agency;
  std::string purpose;  // what the agency gets its notices for
};

// The id of the notice of the fact with this digest for that agency: the same
// however often it is told and by whichever node; no two agencies can compare
// theirs.
std::string IdOfNotice(absl::string_view agency, absl::string_view digest);

// As FindNotices; a bounded number of facts and notices. UNAVAILABLE: access
// could not be recorded. Blocks on the disk.
absl::StatusOr<Notices> NoticesOfFeed(api::Node& node, const Feed& feed,
                                      uint64_t from);

}  // namespace kith::relay
