#include "services/engine/mac_check.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/status.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/keys.h"

namespace kith::engine {
namespace {

absl::Status Lacks(absl::string_view source, absl::string_view key_id,
                   absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "source ", source, " is registered with the key ", key_id,
      ", whose file ", why,
      "; put the file that `kith source register` or `rotate` made "
      "into the folder of source keys and start again"));
}

// The digest of the registered key; empty when it is not registered.
absl::StatusOr<std::optional<std::string>> RegisteredDigest(
    const core::StateReader& state, const std::string& source,
    const std::string& key_id) {
  ASSIGN_OR_RETURN(
      const std::optional<ledger::v1::SourceRow> row,
      core::ReadRow<ledger::v1::SourceRow>(state, core::keys::Source(source)));
  if (!row.has_value()) return std::optional<std::string>();
  const auto key =
      std::find_if(row->keys().begin(), row->keys().end(),
                   [&](const auto& one) { return one.key_id() == key_id; });
  if (key == row->keys().end()) return std::optional<std::string>();
  return std::optional<std::string>(key->digest());
}

}  // namespace

absl::StatusOr<bool> MacCheck::Holds(const core::StateReader& state,
                                     absl::string_view frame_bytes) {
  agency::v1::Frame frame;
  agency::v1::Body body;
  // What is parsed here serves to find the key and for nothing else.
  if (!frame.ParseFromArray(frame_bytes.data(),
                            static_cast<int>(frame_bytes.size())) ||
      !body.ParseFromString(frame.body())) {
    return false;
  }
  ASSIGN_OR_RETURN(const base::HmacKey* secret,
                   SecretOf(state, body.envelope().source(), frame.key_id()));
  return secret != nullptr &&
         base::EqualInConstantTime(secret->Mac(frame.body()), frame.mac());
}

absl::StatusOr<const base::HmacKey*> MacCheck::SecretOf(
    const core::StateReader& state, const std::string& source,
    const std::string& key_id) {
  // Asked also of a secret that is known: whether a key has ended must not
  // depend on whether this node ran on when it did.
  ASSIGN_OR_RETURN(const std::optional<std::string> digest,
                   RegisteredDigest(state, source, key_id));
  if (!digest.has_value()) return nullptr;
  const std::pair name(source, key_id);
  if (const auto known = secrets_.find(name); known != secrets_.end()) {
    return &known->second;
  }
  ASSIGN_OR_RETURN(std::optional<std::string> secret,
                   keys_.Find(source, key_id));
  if (!secret.has_value()) return Lacks(source, key_id, "is not here");
  if (base::Sha256(*secret) != *digest) {
    return Lacks(source, key_id, "holds another key");
  }
  return &secrets_.emplace(name, *secret).first->second;
}

}  // namespace kith::engine
