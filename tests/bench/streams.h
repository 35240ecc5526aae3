// Callers of IntakeService.Submit, each with a stream and one frame on its way,
// and a server of the same shape that knows nothing of Kith.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace kith::bench {

// Answers each frame when one synced put of its bytes into a RocksDB database
// in `folder` is done. Puts are made on so many threads, so that those which
// wait together share a sync.
class BareIntake {
 public:
  BareIntake(const std::string& folder, size_t threads);
  ~BareIntake();
  int port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct StreamFigures {
  double statements_a_second = 0;
  double p50_millis = 0;
  double p99_millis = 0;
};

// One caller for each list of frames, all over one connection without TLS: the
// next frame goes when the one before is answered. Stops the program when an
// answer is not that the frame was accepted.
StreamFigures SendAll(int port,
                      const std::vector<std::vector<std::string>>& frames);

}  // namespace kith::bench
