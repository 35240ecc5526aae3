// Who is let in: whom the folder of identity names or, in development on a
// plaintext listener, everybody.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/caller.h"
#include "services/engine/clock.h"
#include "services/identity/doorkeeper.h"
#include "services/kithd/config.h"

namespace kith::kithd {

// Thread-safe.
class Door {
 public:
  // Fills `config.grpc.tls` in. Errors name the file that does not read.
  static absl::StatusOr<std::unique_ptr<Door>> Open(const engine::Clock& clock,
                                                    Config* config);

  const api::Callers& callers() const { return *callers_; }
  // Why nobody is admitted at present; OK.
  absl::Status health() const;
  // A line for operators when callers are believed; else empty.
  std::string notice() const;

 private:
  Door() = default;

  std::unique_ptr<identity::Doorkeeper> doorkeeper_;  // null in development
  std::unique_ptr<api::Callers> callers_;
};

}  // namespace kith::kithd
