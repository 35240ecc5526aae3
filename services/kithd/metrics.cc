#include "services/kithd/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/text_serializer.h>

#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace kith::kithd {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

Buckets Seconds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
          0.1,    0.25,  0.5,    1,     2.5,  5,     10};
}

template <class Builder>
auto& FamilyOf(Builder builder, prometheus::Registry& registry,
               const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

prometheus::Gauge& GaugeOf(prometheus::Registry& registry, const char* name,
                           const char* help) {
  return FamilyOf(prometheus::BuildGauge(), registry, name, help).Add({});
}

prometheus::Counter& CounterOf(prometheus::Registry& registry, const char* name,
                               const char* help) {
  return FamilyOf(prometheus::BuildCounter(), registry, name, help).Add({});
}

prometheus::Histogram& HistogramOf(prometheus::Registry& registry,
                                   const char* name, const char* help,
                                   const Buckets& buckets) {
  return FamilyOf(prometheus::BuildHistogram(), registry, name, help)
      .Add({}, buckets);
}

std::string NameOf(ledger::v1::OutcomeKind kind) {
  const std::string full = ledger::v1::OutcomeKind_Name(kind);
  return absl::AsciiStrToLower(absl::StripPrefix(full, "OUTCOME_KIND_"));
}

}  // namespace

Metrics::Metrics(const std::string& partnership, const std::string& version)
    : calls_(FamilyOf(prometheus::BuildCounter(), registry_, "kith_calls_total",
                      "gRPC calls that ended.")),
      call_seconds_(FamilyOf(prometheus::BuildHistogram(), registry_,
                             "kith_call_seconds", "How long calls took.")),
      statements_(FamilyOf(prometheus::BuildCounter(), registry_,
                           "kith_statements_total",
                           "Statements decided, by outcome.")),
      held_(CounterOf(registry_, "kith_frames_held_total",
                      "Frames kept beyond a gap of their source.")),
      repeated_(CounterOf(registry_, "kith_statements_repeated_total",
                          "Deliveries answered with an earlier outcome.")),
      facts_(CounterOf(registry_, "kith_facts_total", "Facts recorded.")),
      rows_(CounterOf(registry_, "kith_rows_written_total",
                      "Rows of state and views written.")),
      batch_statements_(HistogramOf(registry_, "kith_batch_statements",
                                    "Statements in one batch.",
                                    {1, 2, 5, 10, 50, 100, 500, 1000, 2000})),
      decide_seconds_(HistogramOf(registry_, "kith_batch_decide_seconds",
                                  "Deciding one batch.", Seconds())),
      commit_seconds_(HistogramOf(registry_, "kith_batch_commit_seconds",
                                  "Making one batch durable.", Seconds())),
      rebuild_done_(GaugeOf(registry_, "kith_view_rebuild_facts_done",
                            "Facts folded by the latest rebuild.")),
      rebuild_total_(GaugeOf(registry_, "kith_view_rebuild_facts",
                             "Facts the latest rebuild has to fold.")),
      position_(
          GaugeOf(registry_, "kith_ledger_facts", "Facts that are durable.")),
      inbox_frames_(GaugeOf(registry_, "kith_inbox_frames",
                            "Frames that wait in the inbox.")),
      inbox_bytes_(GaugeOf(registry_, "kith_inbox_bytes",
                           "Bytes that wait in the inbox.")),
      ready_(GaugeOf(registry_, "kith_ready",
                     "1 when the node takes statements.")) {
  FamilyOf(prometheus::BuildGauge(), registry_, "kith_build_info",
           "The program that runs; always 1.")
      .Add({{"partnership", partnership}, {"version", version}})
      .Set(1);
}

void Metrics::Ended(const char* method, absl::StatusCode code,
                    absl::Duration took) {
  calls_.Add({{"method", method}, {"code", absl::StatusCodeToString(code)}})
      .Increment();
  call_seconds_.Add({{"method", method}}, Seconds())
      .Observe(absl::ToDoubleSeconds(took));
}

void Metrics::Decided(ledger::v1::OutcomeKind kind) {
  statements_.Add({{"outcome", NameOf(kind)}}).Increment();
}

void Metrics::Held() { held_.Increment(); }
void Metrics::Repeated() { repeated_.Increment(); }

void Metrics::Committed(const engine::BatchFigures& figures) {
  facts_.Increment(static_cast<double>(figures.facts));
  rows_.Increment(static_cast<double>(figures.rows));
  batch_statements_.Observe(static_cast<double>(figures.statements));
  decide_seconds_.Observe(absl::ToDoubleSeconds(figures.deciding));
  commit_seconds_.Observe(absl::ToDoubleSeconds(figures.committing));
}

void Metrics::Rebuilding(uint64_t done, uint64_t total) {
  rebuild_done_.Set(static_cast<double>(done));
  rebuild_total_.Set(static_cast<double>(total));
}

std::string Metrics::Text(const engine::EngineStatus& status) {
  position_.Set(static_cast<double>(status.position));
  inbox_frames_.Set(static_cast<double>(status.waiting.count));
  inbox_bytes_.Set(static_cast<double>(status.waiting.bytes));
  ready_.Set(status.ready ? 1 : 0);
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, registry_.Collect());
  return out.str();
}

}  // namespace kith::kithd
