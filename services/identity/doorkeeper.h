// Who stands at the door: a certificate's agency, and the person a token names.
//
// Every question is answered by what the folder of identity says now: each call
// looks at its files, the deny list among them, and reads again what changed.
// What cannot be read admits nobody. Certificates that were parsed and tokens
// that were verified are remembered (a bounded number, a token under its
// SHA-256 until it expires, and only while agencies and keys stay as they are);
// what was denied meanwhile is refused all the same. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/identity/certificate.h"
#include "services/identity/deny_list.h"
#include "services/identity/token.h"
#include "services/identity/trust.h"

namespace kith::identity {

class Doorkeeper {
  struct Read;
  struct Denied;

 public:
  using Now = std::function<absl::Time()>;

  // Reads `folder` (trust.h). The errors are those of ReadTrust.
  static absl::StatusOr<std::unique_ptr<Doorkeeper>> Open(
      const std::string& folder, Now now);

  // Whom a certificate was admitted for, and what was known at that moment.
  class Visitor {
   public:
    const Certificate& certificate() const { return certificate_; }
    // That the agency belongs to; empty: the node's only one.
    const std::set<std::string>& partnerships() const { return partnerships_; }

   private:
    friend class Doorkeeper;
    Certificate certificate_;
    std::set<std::string> partnerships_;
    std::shared_ptr<Read> read_;
    std::shared_ptr<const Denied> denied_;
  };

  // The agency behind a certificate that the handshake has checked.
  // UNAUTHENTICATED: no certificate, not of an agency, out of its time, or of
  // an agency or key that is unknown, disabled or denied. UNAVAILABLE: the
  // folder does not read; nobody is admitted until it does.
  absl::StatusOr<Visitor> Admit(absl::string_view pem);

  // The person a token names, at the agency the visitor is of; for the very
  // call. UNAUTHENTICATED: no valid token, of another agency, or denied.
  absl::StatusOr<Token> Identify(const Visitor& visitor,
                                 absl::string_view token);

  // Why nobody is admitted at present; OK.
  absl::Status health();

 private:
  // What was read at one time, and what was worked out from it.
  struct Read {
    Trust trust;
    std::mutex mutex;
    absl::flat_hash_map<std::string, absl::StatusOr<Certificate>>
        certificates;                                // by PEM, under mutex
    absl::flat_hash_map<std::string, Token> tokens;  // by digest, under mutex
  };
  struct Denied {
    SmallFile file;
    DenyList list;
  };

  Doorkeeper(std::string folder, Now now);

  absl::StatusOr<std::shared_ptr<Read>> Current();
  absl::StatusOr<std::shared_ptr<const Denied>> CurrentDenied();
  absl::StatusOr<Certificate> Parsed(Read& read, absl::string_view pem);
  absl::StatusOr<Token> Verified(Read& read, absl::string_view token);

  const std::string folder_;
  const Now now_;
  std::mutex mutex_;
  std::shared_ptr<Read> read_;            // under mutex_
  std::shared_ptr<const Denied> denied_;  // under mutex_
};

}  // namespace kith::identity
