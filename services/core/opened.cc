#include "services/core/opened.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "base/id.h"
#include "services/core/core.h"
#include "services/core/keys.h"

namespace kith::core {
namespace {

using ledger::v1::Reason;
using ledger::v1::SourceRow;

constexpr uint32_t kSchemaVersion = 1;
constexpr size_t kSaltBytes = 32;
constexpr size_t kRequestIdMax = 128;
constexpr size_t kOrderKeyMax = 128;
// Key id, mac and field headers around a body.
constexpr size_t kAroundBodyMax = 1024;

template <class Message>
bool Parse(absl::string_view bytes, Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

bool HasPlace(const agency::v1::Envelope& envelope) {
  return base::IsName(envelope.source()) && base::IsName(envelope.agency()) &&
         envelope.epoch() > 0 && envelope.sequence() > 0;
}

bool IsStamp(const google::protobuf::Timestamp& stamp) {
  constexpr int64_t kYear1 = -62135596800;
  constexpr int64_t kYear9999 = 253402300799;
  return stamp.seconds() >= kYear1 && stamp.seconds() <= kYear9999 &&
         stamp.nanos() >= 0 && stamp.nanos() < 1000000000;
}

std::optional<Reason> WrongEnvelope(const agency::v1::Envelope& envelope,
                                    const std::string& partnership) {
  if (envelope.schema_version() != kSchemaVersion) {
    return MakeReason("SCHEMA_VERSION", "this version is not known");
  }
  if (envelope.partnership() != partnership) {
    return MakeReason("PARTNERSHIP", "it is for another partnership");
  }
  if (!HasPlace(envelope)) {
    return MakeReason("ENVELOPE", "source, agency, epoch or number is missing");
  }
  if (envelope.salt().size() != kSaltBytes) {
    return MakeReason("SALT", "the salt is not 32 bytes");
  }
  if (!envelope.has_occurred_at() || !IsStamp(envelope.occurred_at())) {
    return MakeReason("OCCURRED_AT", "it does not say when it happened");
  }
  if (envelope.request_id().size() > kRequestIdMax ||
      envelope.order_key().size() > kOrderKeyMax) {
    return MakeReason("ENVELOPE", "request id or order key is too long");
  }
  if (!agency::v1::Role_IsValid(envelope.actor().role())) {
    return MakeReason("ENVELOPE", "the role is not known");
  }
  return std::nullopt;
}

std::optional<Reason> ReadBody(absl::string_view bytes,
                               const std::string& partnership, Opened& opened) {
  agency::v1::Body body;
  if (!Parse(bytes, body)) {
    return MakeReason("UNREADABLE", "the body cannot be parsed");
  }
  opened.envelope = std::move(*body.mutable_envelope());
  opened.content = std::move(*body.mutable_content());
  opened.has_place = HasPlace(opened.envelope);
  if (auto wrong = WrongEnvelope(opened.envelope, partnership)) {
    if (!IsStamp(opened.envelope.occurred_at())) {
      opened.envelope.clear_occurred_at();
    }
    return wrong;
  }
  if (!Parse(opened.content, opened.statement)) {
    return MakeReason("UNREADABLE", "the content cannot be parsed");
  }
  if (opened.statement.what_case() == agency::v1::Statement::WHAT_NOT_SET) {
    return MakeReason("CONTENT", "it says nothing that this version knows");
  }
  return std::nullopt;
}

bool MaySpeakFor(const SourceRow& source, const std::string& agency) {
  return std::any_of(source.agencies().begin(), source.agencies().end(),
                     [&](const std::string& named) {
                       return named == "*" || named == agency;
                     });
}

bool HasKey(const SourceRow& source, const std::string& key_id) {
  return std::any_of(source.keys().begin(), source.keys().end(),
                     [&](const auto& key) { return key.key_id() == key_id; });
}

}  // namespace

Reason MakeReason(absl::string_view code, absl::string_view text) {
  Reason reason;
  reason.set_code(std::string(code));
  reason.set_text(std::string(text));
  return reason;
}

Opened Open(std::string frame_bytes, const std::string& partnership) {
  Opened opened;
  opened.frame_bytes = std::move(frame_bytes);
  agency::v1::Frame frame;
  if (opened.frame_bytes.size() > kFrameBytesMax + kAroundBodyMax ||
      !Parse(opened.frame_bytes, frame)) {
    opened.body_digest = base::Sha256(opened.frame_bytes);
    opened.unreadable =
        MakeReason("UNREADABLE", "it is no frame, or too large");
    return opened;
  }
  opened.key_id = frame.key_id();
  opened.body_digest = base::Sha256(frame.body());
  if (frame.body().size() > kFrameBytesMax) {
    opened.unreadable = MakeReason("TOO_LARGE", "the body is too large");
    return opened;
  }
  opened.unreadable = ReadBody(frame.body(), partnership, opened);
  return opened;
}

absl::StatusOr<std::optional<Reason>> WhyForged(const Opened& opened,
                                                bool mac_holds,
                                                const StateReader& state,
                                                SourceRow& source) {
  using Why = std::optional<Reason>;
  if (!mac_holds) return Why(MakeReason("FORGED_MAC", "the mac is wrong"));
  if (!opened.has_place) {
    return Why(opened.unreadable.value_or(
        MakeReason("ENVELOPE", "source and number are not known")));
  }
  ASSIGN_OR_RETURN(
      auto row,
      ReadRow<SourceRow>(state, keys::Source(opened.envelope.source())));
  if (!row.has_value()) {
    return Why(MakeReason("FORGED_SOURCE", "the source is not registered"));
  }
  source = *std::move(row);
  if (source.disabled()) {
    return Why(MakeReason("FORGED_DISABLED", "the source is disabled"));
  }
  if (!HasKey(source, opened.key_id)) {
    return Why(MakeReason("FORGED_KEY", "the key is not the source's"));
  }
  if (!MaySpeakFor(source, opened.envelope.agency())) {
    return Why(MakeReason("FORGED_AGENCY",
                          "the source does not speak for that agency"));
  }
  return Why();
}

ledger::v1::StatementRef PlaceOf(const agency::v1::Envelope& envelope) {
  ledger::v1::StatementRef place;
  place.set_source(envelope.source());
  place.set_epoch(envelope.epoch());
  place.set_sequence(envelope.sequence());
  return place;
}

std::string SaltOf(const Opened& opened) {
  return opened.unreadable.has_value() ? base::Sha256(opened.frame_bytes)
                                       : opened.envelope.salt();
}

}  // namespace kith::core
