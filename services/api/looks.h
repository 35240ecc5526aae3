// Who looked at a family, in pieces for whoever asks that (R-088, R-101,
// the look, at what, at overrides, each under a label of its own, and
// embargoed where the family is not to know.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kith/api/v1/views.pb.h"
#include "kith/ledger/v1/label.pb.h"
#include "services/api/read_call.h"
#include "services/views/piece.h"

namespace kith::api {

// Who may look without the family's being told, and what for.
struct Unseen {
  std::string agency;         // everybody there; empty: the practitioner
  uint64_t practitioner = 0;  // by number
  std::string purpose;        // empty: whatever for
};

// Whose looks these are, and which of them the family is not to know of.
struct Looked {
  ledger::v1::ItemLabel label;
  std::vector<uint64_t> subjects;
  // Overrides and broken glass, by number: which the family is not to know of,
  // and which it may.
  std::set<uint64_t> embargoed, told;
  std::vector<Unseen> unseen;  // whom those let look
};

// Looks at families that joined this one are looks at it.
absl::StatusOr<Looked> LookedAt(const ReadCall& call, uint64_t family);

// The cursor is the position of the last look given, in the access log.
absl::StatusOr<views::Page<v1::LookEntry>> Looks(ReadCall& call,
                                                 const Looked& looked,
                                                 const views::PageFrom& from);

}  // namespace kith::api
