// Whatever arrives: `Apply` answers it with an outcome, or says which number it
// expects. It never fails, and what it records folds again into the same rows.
//
// The first byte says what the rest is: the frame, the body of a frame, or the
// content of a feed's (2) or an act's (3) next statement.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/crypto.h"
#include "services/core/core.h"
#include "services/core/frame_check.h"

namespace kith::core {
namespace {

const std::string& Key() {
  static const std::string key(32, 'k');
  return key;
}

KeyHash Hash() {
  return [](absl::string_view bytes) { return base::HmacSha256("p", bytes); };
}

agency::v1::SourceRegistered Source(const char* name,
                                    agency::v1::SourceKind kind) {
  agency::v1::SourceRegistered said;
  said.set_source(name);
  said.set_kind(kind);
  said.add_agencies("*");
  said.set_key_id(std::string(name) + "-key");
  said.set_key_digest(base::Sha256(Key()));
  return said;
}

void Keep(const Applied& applied, MapState& state, uint64_t& position) {
  for (const auto& [key, change] : applied.changes) {
    if (change.value.has_value()) {
      state.Put(change.subject, key, *change.value);
    } else {
      state.Delete(key);
    }
  }
  for (const Decided& decided : applied.decided) {
    position += decided.facts.size();
    KITH_CHECK(decided.outcome.position() == position);
    KITH_CHECK(decided.outcome.kind() != ledger::v1::OUTCOME_KIND_UNSPECIFIED);
  }
}

class Node {
 public:
  Node() {
    Genesis genesis;
    genesis.partnership = "testshire";
    genesis.root = Source("root", agency::v1::SOURCE_KIND_SYSTEM);
    genesis.rules = DefaultRules();
    genesis.salt = std::string(32, 's');
    genesis.recorded_at = now_;
    Keep(*Found(genesis, Hash()), state_, position_);
    for (const auto& [name, kind] :
         {std::pair("feed", agency::v1::SOURCE_KIND_OUTBOX),
          std::pair("api", agency::v1::SOURCE_KIND_API)}) {
      agency::v1::Statement statement;
      *statement.mutable_source_registered() = Source(name, kind);
      Say("root", statement.SerializeAsString());
    }
  }

  void Say(const std::string& source, const std::string& content) {
    agency::v1::Body body;
    agency::v1::Envelope& envelope = *body.mutable_envelope();
    envelope.set_schema_version(1);
    envelope.set_partnership("testshire");
    envelope.set_agency("council");
    envelope.set_source(source);
    envelope.set_epoch(1);
    envelope.set_sequence(source == "root" ? position_ : 1);
    envelope.set_salt(std::string(32, 's'));
    envelope.mutable_occurred_at()->set_seconds(absl::ToUnixSeconds(now_));
    envelope.mutable_actor()->set_role(agency::v1::ROLE_HUB_ADMINISTRATOR);
    envelope.mutable_actor()->mutable_practitioner()->set_local_id("w1");
    body.set_content(content);
    SayBody(body.SerializeAsString(), source + "-key");
  }
  void SayBody(const std::string& body, const std::string& key_id) {
    Take(SignFrame(body, key_id, Key()));
  }
  void Take(const std::string& frame) {
    Arrival arrival;
    arrival.frame_bytes = frame;
    arrival.recorded_at = now_;
    arrival.mac_holds = VerifyFrame(
        frame, [](absl::string_view) { return std::optional(Key()); });
    arrival.hold_gaps = frame.size() % 2 == 0;
    const auto applied = Apply(state_, position_, arrival, Hash());
    if (!applied.ok()) {
      // Rules of a later engine stop a node; nothing else may.
      KITH_CHECK(applied.status().code() ==
                 absl::StatusCode::kFailedPrecondition);
      return;
    }
    KITH_CHECK(applied->outcome.has_value() || applied->expected_sequence > 0);
    Keep(*applied, state_, position_);
  }

 private:
  MapState state_;
  uint64_t position_ = 0;
  const absl::Time now_ = absl::FromUnixSeconds(1709550000);
};

}  // namespace
}  // namespace kith::core

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static const kith::core::Node founded;
  if (size == 0) return 0;
  kith::core::Node node = founded;
  const std::string rest(reinterpret_cast<const char*>(data + 1), size - 1);
  // Twice, so that repeats and conflicts are met.
  for (int i = 0; i < 2; ++i) {
    switch (data[0] % 4) {
      case 0:
        node.Take(rest);
        break;
      case 1:
        node.SayBody(rest, "feed-key");
        break;
      case 2:
        node.Say("feed", rest);
        break;
      default:
        node.Say("api", rest);
    }
  }
  return 0;
}
