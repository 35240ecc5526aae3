// A frame, opened: as far as it can be read, and as far as it can be believed.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/state.h"

namespace kith::core {

struct Opened {
  std::string frame_bytes;
  std::string key_id;
  std::string body_digest;          // SHA-256 of the body, of the frame without
  agency::v1::Envelope envelope;    // as far as read
  std::string content;              // a serialised Statement
  agency::v1::Statement statement;  // when readable
  // Why it cannot be read; empty when it can.
  std::optional<ledger::v1::Reason> unreadable;
  // Whether so much was read that its source and number are known. Without, it
  // moves no mark.
  bool has_place = false;
};

// Reads a frame. Pure; whatever is wrong is in the result.
Opened Open(std::string frame_bytes, const std::string& partnership);

// Why the frame is not its source's word: its mac is wrong, or the source is
// unknown or disabled, may not use that key or not speak for that agency. Empty
// when it is believed; then `source` is the source's row.
absl::StatusOr<std::optional<ledger::v1::Reason>> WhyForged(
    const Opened& opened, bool mac_holds, const StateReader& state,
    ledger::v1::SourceRow& source);

ledger::v1::StatementRef PlaceOf(const agency::v1::Envelope& envelope);

// The statement's salt; of what cannot be read, the frame's digest.
std::string SaltOf(const Opened& opened);

ledger::v1::Reason MakeReason(absl::string_view code, absl::string_view text);

}  // namespace kith::core
