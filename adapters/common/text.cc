#include "adapters/common/text.h"

#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace kith::adapters {
namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

absl::StatusOr<std::string> Convert(const char* encoding,
                                    absl::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<UConverter, CloseConverter> converter(
      ucnv_open(encoding, &error));
  const icu::UnicodeString text(
      bytes.data(), static_cast<int32_t>(bytes.size()), converter.get(), error);
  if (U_FAILURE(error)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the text is not ", encoding));
  }
  std::string out;
  text.toUTF8String(out);
  return out;
}

// A blank as files have them: also the hard blank.
size_t BlankLength(absl::string_view rest) {
  const char c = rest[0];
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  return rest.size() > 1 && rest[0] == '\xC2' && rest[1] == '\xA0' ? 2 : 0;
}

bool IsCodeCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
         (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' ||
         c == '/' || c == '#' || c == ':';
}

icu::UnicodeString FoldCase(absl::string_view text) {
  return icu::UnicodeString::fromUTF8(
             icu::StringPiece(text.data(), static_cast<int32_t>(text.size())))
      .foldCase();
}

}  // namespace

bool IsUtf8(absl::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const int64_t size = static_cast<int64_t>(bytes.size());
  for (int64_t i = 0; i < size;) {
    UChar32 c;
    U8_NEXT(data, i, size, c);
    if (c < 0) return false;
  }
  return true;
}

std::string ToUtf8(absl::string_view bytes) {
  if (IsUtf8(bytes)) return std::string(bytes);
  absl::StatusOr<std::string> converted = Convert("windows-1252", bytes);
  return converted.ok() ? *std::move(converted) : std::string();
}

absl::StatusOr<std::string> DecodeFile(absl::string_view bytes) {
  if (bytes.size() > INT32_MAX) {
    return absl::ResourceExhaustedError("the file is too long; split it");
  }
  const absl::string_view start = bytes.substr(0, 3);
  if (start == "\xEF\xBB\xBF") return ToUtf8(bytes.substr(3));
  if (start.substr(0, 2) == "\xFF\xFE") {
    return Convert("UTF-16LE", bytes.substr(2));
  }
  if (start.substr(0, 2) == "\xFE\xFF") {
    return Convert("UTF-16BE", bytes.substr(2));
  }
  return ToUtf8(bytes);
}

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("the file cannot be opened");
  const absl::Status too_long = absl::ResourceExhaustedError(
      absl::StrCat("the file is longer than ", bytes_max, " bytes; split it"));
  // What is known to be too long takes no memory. A pipe does not tell.
  std::error_code unknown;
  const uintmax_t size = std::filesystem::file_size(path, unknown);
  if (!unknown && size > bytes_max) return too_long;
  std::string bytes;
  std::string piece(1 << 16, '\0');
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
         file.gcount() > 0) {
    bytes.append(piece, 0, static_cast<size_t>(file.gcount()));
    if (bytes.size() > bytes_max) return too_long;
  }
  if (file.bad()) return absl::UnavailableError("the file cannot be read");
  return bytes;
}

std::string Tidy(absl::string_view text) {
  std::string out;
  bool blank = false;
  while (!text.empty()) {
    const size_t length = BlankLength(text);
    if (length > 0) {
      blank = !out.empty();
      text.remove_prefix(length);
      continue;
    }
    if (blank) out.push_back(' ');
    blank = false;
    out.push_back(text[0]);
    text.remove_prefix(1);
  }
  return out;
}

std::string Folded(absl::string_view text) {
  std::string lower;
  FoldCase(text).toUTF8String(lower);
  std::string kept;
  for (char c : lower) {
    const bool dropped = c == '_' || c == '-' || c == '?' || c == '.' ||
                         c == '(' || c == ')' || c == ':';
    kept.push_back(dropped ? ' ' : c);
  }
  return Tidy(kept);
}

std::string NormalName(absl::string_view name) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return Folded(name);
  const icu::UnicodeString text = decompose->normalize(FoldCase(name), error);
  icu::UnicodeString kept;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (u_isalnum(c)) kept.append(c);
  }
  std::string out;
  kept.toUTF8String(out);
  return out;
}

std::string CodeForRemark(absl::string_view code) {
  bool plain = !code.empty() && code.size() <= 24;
  bool digit = false;
  for (char c : code) {
    plain = plain && IsCodeCharacter(c);
    digit = digit || (c >= '0' && c <= '9');
  }
  if (plain && (digit || code.size() <= 5)) {
    return absl::StrCat("\"", code, "\"");
  }
  return absl::StrCat("(", code.size(), " bytes)");
}

Place LineCounter::At(size_t offset) {
  for (; at_ < offset && at_ < text_.size(); ++at_) {
    if (text_[at_] == '\n') {
      ++place_.line;
      place_.column = 1;
    } else if ((text_[at_] & 0xC0) != 0x80) {
      ++place_.column;
    }
  }
  return place_;
}

}  // namespace kith::adapters
