#include "base/crypto.h"
#include "services/engine/engine.h"

namespace kith::engine {

core::Genesis NewGenesis(absl::string_view partnership,
                         absl::string_view root_source,
                         absl::string_view root_key_id,
                         absl::string_view root_key, absl::Time now) {
  core::Genesis genesis;
  genesis.partnership = std::string(partnership);
  genesis.root.set_source(std::string(root_source));
  genesis.root.set_kind(agency::v1::SOURCE_KIND_SYSTEM);
  genesis.root.add_agencies(std::string(1, '*'));
  genesis.root.set_key_id(std::string(root_key_id));
  genesis.root.set_key_digest(base::Sha256(root_key));
  genesis.rules = core::DefaultRules();
  genesis.salt = base::RandomBytes(32);
  // Whole microseconds, as the ledger keeps them.
  genesis.recorded_at = absl::FromUnixMicros(absl::ToUnixMicros(now));
  return genesis;
}

}  // namespace kith::engine
