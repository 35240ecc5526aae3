// Page tokens: where a list goes on, sealed for one caller and one query.
//
// A token holds the cursor of the views, the time the list's "now" was fixed
// at, and is bound to method, query and reader; it is good for an hour. What a
// later page may show is decided anew.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kith/api/v1/common.pb.h"

namespace kith::api {

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;

struct Page {
  size_t size = kPageSizeDefault;
  std::string cursor;  // empty: from the beginning
  absl::Time now;      // when the first page was read
};

// Thread-safe.
class PageTokens {
 public:
  // `secret`: any secret bytes of the store.
  explicit PageTokens(absl::string_view secret);

  // `bound`: method, query and reader, as one text.
  std::string Seal(const Page& page, absl::string_view cursor,
                   absl::string_view bound) const;
  // INVALID_ARGUMENT: the size is out of range, or the token is not of this
  // caller and query, or too old.
  absl::StatusOr<Page> Open(const v1::PageOptions& options,
                            absl::string_view bound, absl::Time now) const;

 private:
  const std::string key_;
};

}  // namespace kith::api
