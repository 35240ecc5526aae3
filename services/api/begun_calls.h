// Calls that were begun and have not arrived at a method: a bounded number of
// each caller.
//
// gRPC 1.51 begins whatever streams come, and a call that is given up at once
// no longer counts among those of its connection (CVE-2023-44487): all wait in
// memory for one of its few threads, and other callers' calls behind them. A
// caller's share is taken by each call that begins and given back when it
// arrives; a call that never arrives - it was given up before its message had
// come - is forgiven later. Who has no share left is refused at the door, where
// nothing waits. Thread-safe.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/api/rate_limit.h"

namespace grpc {
class AuthContext;
}

namespace kith::api {

class BegunCalls {
 public:
  // Of one caller; as many as never arrive are forgiven within `kForgiven`.
  static constexpr int kMost = 1000;
  static constexpr absl::Duration kForgiven = absl::Seconds(10);

  // False: refuse the call.
  bool Begin(absl::string_view certificate, absl::Time now);
  void Arrived(absl::string_view certificate, absl::Time now);

  // The same for who stands behind a connection, now. Without a certificate
  // (in development) all may begin.
  bool Begin(const grpc::AuthContext& caller);
  void Arrived(const grpc::AuthContext& caller);
  // A call of gRPC's own services, which does not say when it arrives: as many
  // as are forgiven are let in.
  bool BeginOther(const grpc::AuthContext& caller);

 private:
  RateLimit shares_{kMost, kForgiven};
  RateLimit others_{kMost, kForgiven};
};

}  // namespace kith::api
