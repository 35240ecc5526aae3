#include "services/engine/testing.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/crypto.h"
#include "base/status.h"
#include "services/core/frame_check.h"

namespace kith::engine::testing {
namespace {

void SetTime(absl::Time when, google::protobuf::Timestamp& stamp) {
  const int64_t micros = absl::ToUnixMicros(when);
  stamp.set_seconds(micros / 1000000);
  stamp.set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
}

Rows AllRows(const core::StateReader& reader) {
  Rows rows;
  const absl::Status scanned =
      reader.Scan("", [&](absl::string_view key, absl::string_view value) {
        rows.emplace_back(std::string(key), std::string(value));
        return true;
      });
  KITH_CHECK(scanned.ok());
  return rows;
}

}  // namespace

TestSource::TestSource(std::string partnership, std::string source,
                       agency::v1::SourceKind kind, std::string agency)
    : partnership_(std::move(partnership)),
      source_(std::move(source)),
      kind_(kind),
      agency_(std::move(agency)),
      key_id_(source_ + "_k1"),
      key_(base::Sha256(absl::StrCat("key of ", source_))) {}

agency::v1::Statement TestSource::Registration() const {
  agency::v1::Statement said;
  agency::v1::SourceRegistered& registered = *said.mutable_source_registered();
  registered.set_source(source_);
  registered.set_kind(kind_);
  registered.add_agencies(agency_);
  registered.set_key_id(key_id());
  registered.set_key_digest(base::Sha256(key_));
  return said;
}

std::string TestSource::Frame(const agency::v1::Statement& said,
                              absl::Time when) {
  return FrameAt(++sequence_, said, when);
}

std::string TestSource::FrameAt(uint64_t sequence,
                                const agency::v1::Statement& said,
                                absl::Time when) const {
  agency::v1::Body body;
  *body.mutable_envelope() = EnvelopeOf(sequence, when);
  body.set_content(said.SerializeAsString());
  return core::SignFrame(body.SerializeAsString(), key_id(), key_);
}

agency::v1::Envelope TestSource::EnvelopeOf(uint64_t sequence,
                                            absl::Time when) const {
  agency::v1::Envelope envelope;
  envelope.set_schema_version(1);
  envelope.set_partnership(partnership_);
  envelope.set_agency(agency_);
  envelope.set_source(source_);
  envelope.set_epoch(epoch_);
  envelope.set_sequence(sequence);
  const std::string name = absl::StrCat(source_, "-", epoch_, "-", sequence);
  envelope.set_salt(base::Sha256(name));
  SetTime(when, *envelope.mutable_occurred_at());
  if (kind_ == agency::v1::SOURCE_KIND_OUTBOX) return envelope;
  envelope.set_request_id(name);
  envelope.mutable_actor()->set_role(kind_ == agency::v1::SOURCE_KIND_SYSTEM
                                         ? agency::v1::ROLE_HUB_ADMINISTRATOR
                                         : agency::v1::ROLE_PRACTITIONER);
  envelope.mutable_actor()->set_purpose("early_help");
  envelope.mutable_actor()->mutable_practitioner()->set_local_id("w1");
  return envelope;
}

core::Genesis GenesisOf(absl::string_view partnership, const TestSource& root,
                        absl::Time now) {
  core::Genesis genesis =
      NewGenesis(partnership, root.name(), root.key_id(), root.key(), now);
  genesis.salt = base::Sha256("genesis");
  return genesis;
}

void PutKey(const std::string& folder, const TestSource& source) {
  std::filesystem::create_directories(folder);
  const std::string path =
      absl::StrCat(folder, "/", source.name(), ".", source.key_id(), ".key");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  KITH_CHECK(file >= 0);
  const std::string& key = source.key();
  KITH_CHECK(write(file, key.data(), key.size()) ==
             static_cast<ssize_t>(key.size()));
  close(file);
}

ViewFold CountingFold(uint32_t version) {
  const auto fold = [](core::StateWriter& rows, const RecordedFact& fact,
                       const core::KeyHash&) -> absl::Status {
    const std::string key =
        absl::StrCat("count/", base::BigEndian64(fact.subject));
    ASSIGN_OR_RETURN(const std::optional<std::string> before, rows.Get(key));
    rows.Put(fact.subject, key, before.value_or("") + "1");
    rows.Put(fact.subject,
             absl::StrCat("last/", base::BigEndian64(fact.subject)),
             absl::StrCat(fact.position, " ", fact.statement.source(), " ",
                          absl::ToUnixMicros(fact.recorded_at), " ",
                          fact.fact.SerializeAsString()));
    return absl::OkStatus();
  };
  return {fold, version};
}

absl::StatusOr<Outcome> SubmitAndWait(Engine& engine, std::string frame) {
  // Shared: whoever answers may still be inside when the waiter goes on.
  auto answer = std::make_shared<std::promise<absl::StatusOr<Outcome>>>();
  std::future<absl::StatusOr<Outcome>> told = answer->get_future();
  engine.Submit(std::move(frame), [answer](absl::StatusOr<Outcome> outcome) {
    answer->set_value(std::move(outcome));
  });
  return told.get();
}

Rows ViewRows(const ReadView& view) { return AllRows(view.view()); }
Rows StateRows(const ReadView& view) { return AllRows(view.state()); }

}  // namespace kith::engine::testing
