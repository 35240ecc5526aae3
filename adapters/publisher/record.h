// How records stand in an outbox segment; FORMAT.md. Used by outbox.cc only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kith::adapters::record {

enum class Kind : char {
  kHead = 'H',       // whose outbox it is; the first record of a segment
  kFrames = 'S',     // statements kept in one sync
  kDelivered = 'D',  // statements delivered
};

// mark (4) | length (8) | first 16 bytes of SHA-256(body) | body
inline constexpr size_t kFrameBytes = 4 + 8 + 16;

std::string Wrap(absl::string_view body);

struct Unwrapped {
  absl::string_view body;
  size_t size = 0;  // with its frame
};
// The record at the start of `bytes`; empty when it is torn or damaged.
std::optional<Unwrapped> Unwrap(absl::string_view bytes);
// Whether a whole record begins anywhere in `bytes`.
bool HoldsRecord(absl::string_view bytes);

// Reads numbers and texts from a body; `ok` turns false at its end.
class Cursor {
 public:
  explicit Cursor(absl::string_view rest) : rest_(rest) {}
  uint64_t Number();
  absl::string_view Bytes();  // a length and as many bytes
  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }
  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
  bool ok_ = true;
};
void AppendBytes(absl::string_view bytes, std::string& out);

}  // namespace kith::adapters::record
