#include "base/fold_text.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "base/check.h"

namespace kith::base {
namespace {

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

const icu::Normalizer2& CaseFolding() {
  UErrorCode error = U_ZERO_ERROR;
  const auto* instance = icu::Normalizer2::getNFKCCasefoldInstance(error);
  KITH_CHECK(U_SUCCESS(error));
  return *instance;
}

// One a thread: ICU promises no more.
const icu::Transliterator& ToLatin() {
  thread_local const std::unique_ptr<icu::Transliterator> instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(
        icu::Transliterator::createInstance("Any-Latin; Latin-ASCII",
                                            UTRANS_FORWARD, error));
    KITH_CHECK(U_SUCCESS(error));
    return made;
  }();
  return *instance;
}

}  // namespace

std::string FoldText(absl::string_view text) {
  if (IsAscii(text)) return absl::AsciiStrToLower(text);
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString folded = CaseFolding().normalize(
      icu::UnicodeString::fromUTF8(
          icu::StringPiece(text.data(), static_cast<int32_t>(text.size()))),
      error);
  KITH_CHECK(U_SUCCESS(error));
  ToLatin().transliterate(folded);
  std::string out;
  folded.toUTF8String(out);
  return absl::AsciiStrToLower(out);
}

}  // namespace kith::base
