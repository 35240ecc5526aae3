#include "services/inbox/kafka_position.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

constexpr char kVersion[] = "kafka1";
constexpr char kNothing[] = "-";

absl::Status Unknown() {
  return absl::FailedPreconditionError(
      "the ledger's frames came from another kind of inbox until now, or a "
      "later release wrote its position: start it as it was, without kafka "
      "settings or with that release");
}

}  // namespace

std::string ToText(const KafkaPosition& position) {
  return absl::StrCat(kVersion, " ", position.next, " ",
                      position.digest.empty()
                          ? kNothing
                          : absl::BytesToHexString(position.digest),
                      " ", position.stamp_micros);
}

absl::StatusOr<KafkaPosition> ParsePosition(absl::string_view text) {
  KafkaPosition position;
  if (text.empty()) return position;
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  if (words.size() != 4 || words[0] != kVersion ||
      !absl::SimpleAtoi(words[1], &position.next) || position.next < 0 ||
      !absl::SimpleAtoi(words[3], &position.stamp_micros)) {
    return Unknown();
  }
  if (words[2] == kNothing) return position;
  if (words[2].size() != 2 * base::kDigestBytes) return Unknown();
  position.digest = absl::HexStringToBytes(words[2]);
  return position;
}

std::string RecordDigest(int64_t offset, int64_t timestamp_millis,
                         absl::string_view value_digest) {
  return base::Sha256(
      absl::StrCat(base::BigEndian64(static_cast<uint64_t>(offset)),
                   base::BigEndian64(static_cast<uint64_t>(timestamp_millis)),
                   value_digest));
}

absl::StatusOr<AcceptedGap> ParseGap(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  AcceptedGap gap;
  if (parts.size() == 2 && absl::SimpleAtoi(parts[0], &gap.from) &&
      absl::SimpleAtoi(parts[1], &gap.to) && gap.from >= 0 && gap.to >= 0) {
    return gap;
  }
  return absl::InvalidArgumentError(
      "a gap is two offsets, as in 120:181: the first that was not applied, "
      "and where to go on");
}

std::optional<Gap> GapOf(const KafkaPosition& position, int64_t low,
                         int64_t high) {
  if (position.next < low) {
    return Gap{{position.next, low},
               absl::StrCat("records ", position.next, " to ", low - 1,
                            " are gone: the topic begins at ", low,
                            ", its retention has passed where the ledger "
                            "stands")};
  }
  if (position.next > high) {
    return Gap{{position.next, low},
               absl::StrCat("the topic ends before record ", high,
                            ", but the records before ", position.next,
                            " were applied: it was made anew or cut short")};
  }
  return std::nullopt;
}

absl::Status GapError(absl::string_view partnership, const Gap& gap) {
  return absl::FailedPreconditionError(absl::StrCat(
      wire::InboxTopic(partnership), ": ", gap.why,
      ". Restore a checkpoint that stands beyond the gap (kith checkpoint "
      "restore); or let the sources send again what they keep and go on "
      "without "
      "the rest: start with --accept-gap ",
      partnership, "=", gap.missing.from, ":", gap.missing.to));
}

}  // namespace kith::inbox
