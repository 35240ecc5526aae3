#include "services/kithd/partnerships.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

namespace kith::kithd {
namespace {

constexpr absl::Duration kFirstTryMax = absl::Seconds(30);

}  // namespace

Partnerships::Partnerships(
    const Config& config, const engine::Clock& clock, Metrics& metrics,
    const std::function<void(const absl::Status&)>& stops_node)
    : config_(config), metrics_(metrics) {
  for (const PartnershipConfig& own : config.partnerships) {
    all_.push_back(
        std::make_unique<Partnership>(config, own, clock, metrics, stops_node));
  }
}

absl::Status Partnerships::Open() {
  if (all_.size() == 1 && !config_.HasKafkaInboxes()) {
    return all_[0]->Open();
  }
  for (const auto& one : all_) one->OpenInBackground();
  const absl::Time deadline = absl::Now() + kFirstTryMax;
  for (const auto& one : all_) one->WaitForFirstTry(deadline);
  return absl::OkStatus();
}

absl::StatusOr<api::Node*> Partnerships::Find(
    const std::string& partnership) const {
  if (partnership.empty() && all_.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "this node hosts several partnerships; name one in kith-partnership: ",
        Names()));
  }
  const auto found =
      std::find_if(all_.begin(), all_.end(), [&](const auto& one) {
        return partnership.empty() || one->name() == partnership;
      });
  if (found == all_.end()) {
    return absl::UnavailableError("this node does not host that partnership");
  }
  if (api::Node* node = (*found)->node()) return node;
  return absl::UnavailableError(
      absl::StrCat("partnership ", (*found)->name(),
                   " is down: ", (*found)->state().message()));
}

std::vector<api::Hosted> Partnerships::All() const {
  std::vector<api::Hosted> hosted;
  for (const auto& one : all_) hosted.push_back({one->name(), one->state()});
  return hosted;
}

bool Partnerships::IsReady() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const auto& one) { return one->state().ok(); });
}

std::string Partnerships::Report() const {
  std::string report = IsReady() ? "ready\n" : "";
  for (const api::Hosted& one : All()) {
    if (one.state.ok()) continue;
    absl::StrAppend(&report, "not ready: ", one.partnership, ": ",
                    one.state.message(), "\n");
  }
  return report;
}

std::string Partnerships::MetricsText() const {
  std::vector<PartnershipFigures> figures;
  for (const auto& one : all_) figures.push_back(one->figures());
  return metrics_.Text(figures);
}

std::string Partnerships::Names() const {
  return absl::StrJoin(all_, ",", [](std::string* out, const auto& one) {
    absl::StrAppend(out, one->name());
  });
}

void Partnerships::Stop() {
  // All at once: each may wait for its brokers.
  for (const auto& one : all_) one->BeginStop();
  std::vector<std::thread> stopping;
  for (const auto& one : all_) {
    stopping.emplace_back([&one] { one->Stop(); });
  }
  for (std::thread& thread : stopping) thread.join();
}

}  // namespace kith::kithd
