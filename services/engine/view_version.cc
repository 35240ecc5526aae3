#include "services/engine/view_version.h"

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventstore/store.h"

namespace kith::engine {
namespace {

// Before all keys of views, which begin with letters.
constexpr absl::string_view kKey = "!fold";

}  // namespace

void PutViewVersion(uint32_t version, core::StateWriter& view) {
  view.Put(eventstore::kNobody, kKey, absl::StrCat(version));
}

absl::StatusOr<uint32_t> ReadViewVersion(const core::StateReader& view) {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, view.Get(kKey));
  if (!row.has_value()) return 0;
  uint32_t version = 0;
  if (!absl::SimpleAtoi(*row, &version)) {
    return absl::DataLossError("the version of a view does not parse");
  }
  return version;
}

}  // namespace kith::engine
