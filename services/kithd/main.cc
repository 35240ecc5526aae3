// Builds every object in plain order, serves, and drains on SIGTERM.
//
// Exit codes: 0 after a drain; 1 when the node cannot start or had to stop; 2
// on wrong use.
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status.h"
#include "services/api/server.h"
#include "services/api/shell.h"
#include "services/api/workers.h"
#include "services/engine/clock.h"
#include "services/kithd/config.h"
#include "services/kithd/door.h"
#include "services/kithd/grpc_log.h"
#include "services/kithd/http_server.h"
#include "services/kithd/metrics.h"
#include "services/kithd/partnerships.h"
#include "services/kithd/self_probe.h"
#include "services/kithd/version.h"

namespace kith::kithd {
namespace {

// A node that had to stop is to be started again soon.
constexpr absl::Duration kDrainOfFailed = absl::Seconds(1);

// "127.0.0.1" of "127.0.0.1:7400".
std::string HostOf(const std::string& listen) {
  return listen.substr(0, listen.rfind(':'));
}

// Signals that end the node; blocked in every thread, waited for in main.
sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Connections and database files need more descriptors than the usual 1,024.
void RaiseDescriptorLimit(int most) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, most);
  setrlimit(RLIMIT_NOFILE, &limit);
}

HttpServer::Handlers Handlers(const Partnerships& partnerships,
                              const Door& door,
                              const std::atomic<bool>& draining) {
  auto ready = [&partnerships, &door, &draining]() -> HttpAnswer {
    if (draining) return {503, "text/plain", "draining\n"};
    if (!door.health().ok()) {
      return {
          503, "text/plain",
          absl::StrCat("nobody is admitted: ", door.health().message(), "\n")};
    }
    return {partnerships.IsReady() ? 200 : 503, "text/plain",
            partnerships.Report()};
  };
  return {{"/metrics",
           [&partnerships]() -> HttpAnswer {
             return {200, "text/plain; version=0.0.4; charset=utf-8",
                     partnerships.MetricsText()};
           }},
          {"/healthz",
           [&door]() -> HttpAnswer {
             return {200, "text/plain", absl::StrCat("ok\n", door.notice())};
           }},
          {"/readyz", ready}};
}

// Serves until a signal comes, or until the node has to stop by itself.
absl::Status Serve(Config config) {
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  engine::SystemClock clock;
  ASSIGN_OR_RETURN(const auto door, Door::Open(clock, &config));
  if (!door->notice().empty()) spdlog::warn("{}", door->notice());

  std::atomic<bool> failed = false;
  Metrics metrics(kVersion);
  Partnerships partnerships(
      config, clock, metrics, [&failed](const absl::Status& why) {
        spdlog::critical("the node stops: {}", std::string(why.message()));
        failed = true;
        kill(getpid(), SIGTERM);
      });
  RETURN_IF_ERROR(partnerships.Open());

  auto workers =
      std::make_unique<api::Workers>(config.workers, config.calls_waiting_max);
  api::Shell shell(partnerships, *workers, metrics, door->callers());
  ASSIGN_OR_RETURN(const auto server, api::Server::Start(config.grpc, shell));
  std::atomic<bool> draining = false;
  ASSIGN_OR_RETURN(auto http,
                   HttpServer::Start(config.http_listen,
                                     Handlers(partnerships, *door, draining)));
  server->SetServing(true);
  auto probe = SelfProbe::Start(
      {HostOf(config.grpc.listen), server->port(), config.grpc.tls.has_value()},
      [&failed] {
        spdlog::critical("the node stops: its own listener does not answer");
        failed = true;
        kill(getpid(), SIGTERM);
      });
  std::printf("kithd ready: partnership=%s grpc_port=%d http_port=%d\n",
              partnerships.Names().c_str(), server->port(), http->port());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("draining");
  draining = true;
  probe.reset();
  // First no new calls, then what they said is made durable and answered.
  server->Drain(failed ? kDrainOfFailed : absl::Seconds(config.drain_seconds));
  workers.reset();
  http.reset();
  partnerships.Stop();
  if (failed)
    return absl::UnavailableError("the node had to stop; the log says why");
  spdlog::info("drained");
  return absl::OkStatus();
}

}  // namespace
}  // namespace kith::kithd

int main(int argc, char** argv) {
  using namespace kith::kithd;  // NOLINT: the program's own
  spdlog::set_default_logger(spdlog::stderr_color_mt("kithd"));
  int exit_code = 2;
  absl::StatusOr<Config> config = ReadConfig(argc, argv, &exit_code);
  if (absl::IsCancelled(config.status())) return exit_code;
  if (!config.ok()) {
    std::fprintf(stderr, "kithd: %s\n",
                 std::string(config.status().message()).c_str());
    return 2;
  }
  spdlog::set_level(spdlog::level::from_str(config->log_level));
  LimitGrpcLog();
  RaiseDescriptorLimit(config->descriptors_max);
  const absl::Status served = Serve(*config);
  if (served.ok()) return 0;
  std::fprintf(stderr, "kithd: %s\n", served.ToString().c_str());
  return 1;
}
