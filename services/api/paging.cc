#include "services/api/paging.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "base/status.h"

namespace kith::api {
namespace {

constexpr absl::Duration kLife = absl::Hours(1);
constexpr size_t kTokenBytesMax = 4096;

absl::Status Invalid() {
  return absl::InvalidArgumentError(
      "page_token is not of this call, or too old; begin again");
}

}  // namespace

PageTokens::PageTokens(absl::string_view secret)
    : key_(base::HkdfSha256(secret, "kith page tokens", base::kKeyBytes)) {}

std::string PageTokens::Seal(const Page& page, absl::string_view cursor,
                             absl::string_view bound) const {
  std::string plain =
      base::BigEndian64(static_cast<uint64_t>(absl::ToUnixMicros(page.now)));
  absl::StrAppend(&plain, cursor);
  return absl::WebSafeBase64Escape(base::Seal(key_, bound, plain));
}

absl::StatusOr<Page> PageTokens::Open(const v1::PageOptions& options,
                                      absl::string_view bound,
                                      absl::Time now) const {
  Page page;
  page.now = now;
  if (options.page_size() < 0 || options.page_size() > kPageSizeMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("page_size must be 0 to ", kPageSizeMax));
  }
  if (options.page_size() > 0) page.size = options.page_size();
  if (options.page_token().empty()) return page;

  std::string sealed;
  if (options.page_token().size() > kTokenBytesMax ||
      !absl::WebSafeBase64Unescape(options.page_token(), &sealed)) {
    return Invalid();
  }
  absl::StatusOr<std::string> plain = base::Unseal(key_, bound, sealed);
  if (!plain.ok()) return Invalid();
  const auto micros = base::ReadBigEndian64(*plain);
  if (!micros) return Invalid();
  page.now = absl::FromUnixMicros(static_cast<int64_t>(*micros));
  page.cursor = plain->substr(sizeof(uint64_t));
  if (now - page.now > kLife) return Invalid();
  return page;
}

}  // namespace kith::api
