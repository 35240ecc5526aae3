#include "adapters/publisher/frame.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "adapters/publisher/files.h"
#include "base/crypto.h"
#include "base/status.h"
#include "kith/agency/v1/frame.pb.h"

namespace kith::adapters {
namespace {

bool IsHexKey(absl::string_view text) {
  if (text.size() != 2 * base::kKeyBytes) return false;
  for (char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

// "k1" of "keys/feed.k1.key"; empty when the name has another shape.
std::string IdInName(absl::string_view path) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(path.substr(path.rfind('/') + 1), '.');
  if (parts.size() != 3 || parts[2] != "key") return "";
  return std::string(parts[1]);
}

absl::StatusOr<SourceKey> Parse(const std::string& bytes) {
  if (bytes.size() == base::kKeyBytes) return SourceKey{"", bytes};
  const std::vector<std::string> words =
      absl::StrSplit(absl::StripAsciiWhitespace(bytes),
                     absl::ByAnyChar(" \t\r\n:="), absl::SkipEmpty());
  if (words.size() == 1 && IsHexKey(words[0])) {
    return SourceKey{"", absl::HexStringToBytes(words[0])};
  }
  if (words.size() == 2 && IsHexKey(words[1])) {
    return SourceKey{words[0], absl::HexStringToBytes(words[1])};
  }
  return absl::InvalidArgumentError(
      "the key file holds neither 32 bytes nor 64 hexadecimal digits");
}

}  // namespace

absl::StatusOr<SourceKey> ReadKeyFile(const std::string& path,
                                      const std::string& key_id) {
  const auto bytes = files::ReadAll(path);
  if (!bytes.ok()) return absl::NotFoundError("the key file cannot be read");
  ASSIGN_OR_RETURN(SourceKey key, Parse(*bytes));
  if (key.key_id.empty()) key.key_id = IdInName(path);
  if (!key_id.empty()) key.key_id = key_id;
  if (key.key_id.empty()) {
    return absl::InvalidArgumentError(
        "no key id: name it by --key-id, or the file <source>.<key id>.key");
  }
  return key;
}

absl::StatusOr<std::string> MakeFrame(const Publisher& publisher,
                                      uint64_t epoch, uint64_t sequence,
                                      const Said& said) {
  agency::v1::Body body;
  agency::v1::Envelope& envelope = *body.mutable_envelope();
  envelope.set_schema_version(1);
  envelope.set_partnership(publisher.partnership);
  envelope.set_agency(publisher.agency);
  envelope.set_source(publisher.source);
  envelope.set_epoch(epoch);
  envelope.set_sequence(sequence);
  // No order key: snapshots carry their extract date, so none waits for
  // another.
  envelope.mutable_occurred_at()->set_seconds(
      absl::ToUnixSeconds(said.occurred_at));
  envelope.set_salt(base::RandomBytes(32));
  if (!said.statement.SerializeToString(body.mutable_content())) {
    return absl::InternalError("a statement that does not serialise");
  }
  agency::v1::Frame frame;
  frame.set_body(body.SerializeAsString());
  if (frame.body().size() > kBodyBytesMax) {
    return absl::ResourceExhaustedError("longer than a statement may be");
  }
  frame.set_key_id(publisher.key.key_id);
  frame.set_mac(base::HmacSha256(publisher.key.secret, frame.body()));
  return frame.SerializeAsString();
}

}  // namespace kith::adapters
