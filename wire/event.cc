#include "wire/event.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/crypto.h"
#include "base/id.h"
#include "kith/agency/v1/frame.pb.h"

namespace kith::wire {
namespace {

constexpr char kSpecVersion[] = "1.0";

// What a frame says of itself, as far as headers need it.
absl::StatusOr<agency::v1::Envelope> EnvelopeOf(absl::string_view bytes) {
  agency::v1::Frame frame;
  agency::v1::Body body;
  if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !body.ParseFromString(frame.body())) {
    return absl::InvalidArgumentError("these bytes are no frame");
  }
  const agency::v1::Envelope& envelope = body.envelope();
  if (!base::IsName(envelope.source()) || !base::IsName(envelope.agency()) ||
      !base::IsName(envelope.partnership()) || envelope.epoch() == 0 ||
      envelope.sequence() == 0) {
    return absl::InvalidArgumentError(
        "the frame lacks partnership, agency, source, epoch or number");
  }
  return std::move(*body.mutable_envelope());
}

Event EventOf(const agency::v1::Envelope& envelope, absl::Time published,
              absl::string_view trace_parent) {
  Event event;
  event.id = EventId(envelope.source(), envelope.epoch(), envelope.sequence());
  event.source = EventSource(envelope.partnership(), envelope.source());
  event.type = kFrameType;
  event.time = published;
  event.subject = envelope.agency();
  event.partition_key = envelope.source();
  event.sequence = EventSequence(envelope.epoch(), envelope.sequence());
  event.data_schema = EventSchema(kFrameType);
  event.trace_parent =
      trace_parent.empty() ? NewTraceParent() : std::string(trace_parent);
  return event;
}

}  // namespace

std::vector<Header> HeadersOf(const Event& event) {
  const std::string time = absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ",
                                            event.time, absl::UTCTimeZone());
  std::vector<Header> headers;
  const auto add = [&headers](const char* name, const std::string& value) {
    if (!value.empty()) headers.push_back({name, value});
  };
  add(kHeaderContentType, event.content_type);
  add(kHeaderSpecVersion, kSpecVersion);
  add(kHeaderId, event.id);
  add(kHeaderSource, event.source);
  add(kHeaderType, event.type);
  add(kHeaderTime, time);
  add(kHeaderSubject, event.subject);
  add(kHeaderPartitionKey, event.partition_key);
  add(kHeaderSequence, event.sequence);
  add(kHeaderDataSchema, event.data_schema);
  add(kHeaderPosition, event.position);
  add(kHeaderTraceParent, event.trace_parent);
  return headers;
}

absl::StatusOr<Message> MessageOfFrame(std::string frame_bytes,
                                       absl::Time published,
                                       absl::string_view trace_parent) {
  if (frame_bytes.size() > kFrameBytesMax) {
    return absl::ResourceExhaustedError("longer than a frame may be");
  }
  const absl::StatusOr<agency::v1::Envelope> envelope = EnvelopeOf(frame_bytes);
  if (!envelope.ok()) return envelope.status();
  Message message;
  message.key = envelope->source();
  message.headers = HeadersOf(EventOf(*envelope, published, trace_parent));
  message.value = std::move(frame_bytes);
  return message;
}

Message MessageOfNotice(Notice notice) {
  Event event;
  event.id = std::move(notice.id);
  event.source = EventSource(notice.partnership, notice.stream);
  event.data_schema = EventSchema(notice.type);
  event.type = std::move(notice.type);
  event.time = notice.recorded;
  event.subject = std::move(notice.subject);
  event.partition_key = notice.partnership;
  event.position = std::move(notice.position);
  Message message;
  message.key = event.partition_key;
  message.headers = HeadersOf(event);
  message.value = std::move(notice.value);
  return message;
}

std::string EventSource(absl::string_view partnership,
                        absl::string_view source) {
  return absl::StrCat("/kith/", partnership, "/", source);
}

std::string EventId(absl::string_view source, uint64_t epoch,
                    uint64_t sequence) {
  return absl::StrCat(source, "/", epoch, "/", sequence);
}

std::string EventSequence(uint64_t epoch, uint64_t sequence) {
  return absl::StrFormat("%020d-%020d", epoch, sequence);
}

std::string EventSchema(absl::string_view type) {
  return absl::StrCat("urn:kith:proto:", type);
}

std::string NewTraceParent() {
  constexpr size_t kTraceBytes = 16;
  constexpr size_t kSpanBytes = 8;
  return absl::StrCat(
      "00-", absl::BytesToHexString(base::RandomBytes(kTraceBytes)), "-",
      absl::BytesToHexString(base::RandomBytes(kSpanBytes)), "-01");
}

Fitness FitnessOf(std::optional<size_t> value_bytes,
                  const std::optional<std::string>& type) {
  if (!value_bytes.has_value()) return Fitness::kTombstone;
  const bool is_genesis = type == kGenesisType;
  if (type != kFrameType && !is_genesis) return Fitness::kForeign;
  if (*value_bytes > kFrameBytesMax) return Fitness::kTooLarge;
  return is_genesis ? Fitness::kGenesis : Fitness::kFrame;
}

}  // namespace kith::wire
