#include "services/api/node.h"

#include <utility>

#include "base/crypto.h"
#include "google/protobuf/util/time_util.h"

namespace kith::api {
namespace {

constexpr uint32_t kSchemaVersion = 1;

}  // namespace

ActSource::ActSource(std::string partnership, std::string source,
                     std::string key_id, std::string key, uint64_t epoch,
                     engine::Engine& engine)
    : partnership_(std::move(partnership)),
      source_(std::move(source)),
      key_id_(std::move(key_id)),
      key_(std::move(key)),
      epoch_(epoch),
      engine_(engine) {}

void ActSource::Say(const std::string& agency, const agency::v1::Actor& actor,
                    const std::string& request_id, absl::Time occurred_at,
                    const agency::v1::Statement& content,
                    engine::Engine::Done done) {
  agency::v1::Body body;
  auto& envelope = *body.mutable_envelope();
  envelope.set_schema_version(kSchemaVersion);
  envelope.set_partnership(partnership_);
  envelope.set_agency(agency);
  *envelope.mutable_actor() = actor;
  envelope.set_source(source_);
  envelope.set_epoch(epoch_);
  envelope.set_request_id(request_id);
  *envelope.mutable_occurred_at() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          absl::ToUnixMicros(occurred_at));
  envelope.set_salt(base::RandomBytes(base::kDigestBytes));
  body.set_content(content.SerializeAsString());

  // Numbering and handing over are one step: a number that arrives after a
  // later one would count as a repeat.
  std::lock_guard<std::mutex> lock(mutex_);
  envelope.set_sequence(++sequence_);
  agency::v1::Frame frame;
  frame.set_body(body.SerializeAsString());
  frame.set_key_id(key_id_);
  frame.set_mac(base::HmacSha256(key_, frame.body()));
  engine_.Submit(frame.SerializeAsString(), std::move(done));
}

}  // namespace kith::api
