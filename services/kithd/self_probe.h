// Knocks at the node's own listener, for gRPC 1.51 can go deaf.
//
// When accept() fails for want of descriptors, that release never accepts again
// (CVE-2023-4785): the port still takes connections, and nobody answers. So a
// thread connects as a client would - a TLS hello, or in plaintext the preface
// of HTTP/2 - and waits for the first byte of an answer. After two knocks in a
// row without one it says so; the program then ends, and its supervisor starts
// it again.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace kith::kithd {

struct SelfProbeOptions {
  std::string host;  // of the listener; a wildcard means this machine
  int port = 0;
  bool tls = false;
  absl::Duration pause = absl::Milliseconds(500);
  absl::Duration patience = absl::Milliseconds(1500);
};

// One knock; blocks for `patience` at most. UNAVAILABLE: no answer.
absl::Status Knock(const SelfProbeOptions& options);

class SelfProbe {
 public:
  // `on_deaf` is called once, on the probe's thread.
  static std::unique_ptr<SelfProbe> Start(const SelfProbeOptions& options,
                                          std::function<void()> on_deaf);
  // Ends the thread; waits for a knock under way.
  virtual ~SelfProbe() = default;
};

}  // namespace kith::kithd
