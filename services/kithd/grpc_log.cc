#include "services/kithd/grpc_log.h"

#include <grpc/support/log.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kith::kithd {
namespace {

constexpr int kLinesMax = 10;
constexpr absl::Duration kEvery = absl::Minutes(1);

struct Window {
  std::mutex mutex;
  absl::Time begun;
  int lines = 0;
  int left_out = 0;
};

// How many were left out before this line; -1: leave it out too.
int Take(Window& window) {
  const std::lock_guard<std::mutex> lock(window.mutex);
  const absl::Time now = absl::Now();
  if (now - window.begun >= kEvery) {
    window.begun = now;
    window.lines = 0;
  }
  if (++window.lines > kLinesMax) {
    ++window.left_out;
    return -1;
  }
  return std::exchange(window.left_out, 0);
}

void Write(gpr_log_func_args* args) {
  static auto* window = new Window;
  if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
  const int left_out = Take(*window);
  if (left_out < 0) return;
  spdlog::warn("gRPC: {}{}", args->message,
               left_out == 0 ? ""
                             : fmt::format(" (and {} more before)", left_out));
}

}  // namespace

void LimitGrpcLog() { gpr_set_log_function(Write); }

}  // namespace kith::kithd
