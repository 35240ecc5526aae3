#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "kith/agency/v1/frame.pb.h"
#include "services/core/frame_check.h"
#include "services/engine/engine.h"

namespace kith::engine {
namespace {

// The root speaks for no agency of the partnership.
constexpr char kHub[] = "hub";
constexpr int64_t kMicrosPerSecond = 1000000;

agency::v1::SourceRegistered Root(absl::string_view source,
                                  absl::string_view key_id,
                                  absl::string_view key) {
  agency::v1::SourceRegistered root;
  root.set_source(std::string(source));
  root.set_kind(agency::v1::SOURCE_KIND_SYSTEM);
  root.add_agencies(std::string(1, '*'));
  root.set_key_id(std::string(key_id));
  root.set_key_digest(base::Sha256(key));
  return root;
}

absl::Status NotOurs(absl::string_view partnership, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the record that founds partnership ", partnership, " ", why));
}

}  // namespace

core::Genesis NewGenesis(absl::string_view partnership,
                         absl::string_view root_source,
                         absl::string_view root_key_id,
                         absl::string_view root_key, absl::Time now) {
  core::Genesis genesis;
  genesis.partnership = std::string(partnership);
  genesis.root = Root(root_source, root_key_id, root_key);
  genesis.rules = core::DefaultRules();
  genesis.salt = base::RandomBytes(32);
  // Whole microseconds, as the ledger keeps them.
  genesis.recorded_at = absl::FromUnixMicros(absl::ToUnixMicros(now));
  return genesis;
}

std::string FrameOfGenesis(const core::Genesis& genesis,
                           absl::string_view root_key) {
  agency::v1::Statement statement;
  auto& rules = *statement.mutable_rules_activated();
  rules.set_number(1);
  rules.set_content(genesis.rules.SerializeAsString());
  rules.set_digest(base::Sha256(rules.content()));

  agency::v1::Body body;
  auto& envelope = *body.mutable_envelope();
  envelope.set_schema_version(1);
  envelope.set_partnership(genesis.partnership);
  envelope.set_agency(kHub);
  envelope.set_source(genesis.root.source());
  const int64_t micros = absl::ToUnixMicros(genesis.recorded_at);
  // It has no number among the root's statements: the epoch is its time.
  envelope.set_epoch(static_cast<uint64_t>(micros));
  envelope.set_sequence(1);
  auto& when = *envelope.mutable_occurred_at();
  when.set_seconds(micros / kMicrosPerSecond);
  when.set_nanos(static_cast<int32_t>(micros % kMicrosPerSecond * 1000));
  envelope.set_salt(genesis.salt);
  body.set_content(statement.SerializeAsString());
  return core::SignFrame(body.SerializeAsString(), genesis.root.key_id(),
                         root_key);
}

absl::StatusOr<core::Genesis> GenesisOfFrame(absl::string_view frame_bytes,
                                             absl::string_view partnership,
                                             absl::string_view root_source,
                                             absl::string_view root_key_id,
                                             absl::string_view root_key) {
  const auto key = [&](absl::string_view id) {
    return id == root_key_id ? std::optional<std::string>(root_key)
                             : std::nullopt;
  };
  if (!core::VerifyFrame(frame_bytes, key)) {
    return NotOurs(partnership, "was not signed with the root key here");
  }
  agency::v1::Frame frame;
  agency::v1::Body body;
  agency::v1::Statement statement;
  core::Genesis genesis;
  if (!frame.ParseFromArray(frame_bytes.data(),
                            static_cast<int>(frame_bytes.size())) ||
      !body.ParseFromString(frame.body()) ||
      !statement.ParseFromString(body.content()) ||
      !statement.has_rules_activated() ||
      !genesis.rules.ParseFromString(statement.rules_activated().content())) {
    return NotOurs(partnership, "cannot be read");
  }
  if (body.envelope().partnership() != partnership ||
      body.envelope().source() != root_source) {
    return NotOurs(partnership, "is that of another partnership");
  }
  genesis.partnership = std::string(partnership);
  genesis.root = Root(root_source, root_key_id, root_key);
  genesis.salt = body.envelope().salt();
  genesis.recorded_at =
      absl::FromUnixMicros(static_cast<int64_t>(body.envelope().epoch()));
  return genesis;
}

}  // namespace kith::engine
