#include "services/kithd/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "services/kithd/kafka_statistics.h"

namespace kith::kithd {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using Buckets = Histogram::BucketBoundaries;

Buckets Seconds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
          0.1,    0.25,  0.5,    1,     2.5,  5,     10};
}

Family<Gauge>& Gauges(prometheus::Registry& registry, const char* name,
                      const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

Family<Counter>& Counters(prometheus::Registry& registry, const char* name,
                          const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Histogram>& Histograms(prometheus::Registry& registry, const char* name,
                              const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

std::string NameOf(ledger::v1::OutcomeKind kind) {
  const std::string full = ledger::v1::OutcomeKind_Name(kind);
  return absl::AsciiStrToLower(absl::StripPrefix(full, "OUTCOME_KIND_"));
}

double Number(uint64_t value) { return static_cast<double>(value); }

}  // namespace

struct Metrics::Families {
  explicit Families(prometheus::Registry& r)
      : statements(Counters(r, "kith_statements_total",
                            "Statements decided, by outcome.")),
        held(Counters(r, "kith_frames_held_total",
                      "Frames kept beyond a gap of their source.")),
        repeated(Counters(r, "kith_statements_repeated_total",
                          "Deliveries answered with an earlier outcome.")),
        facts(Counters(r, "kith_facts_total", "Facts recorded.")),
        rows(Counters(r, "kith_rows_written_total",
                      "Rows of state and views written.")),
        batch_statements(
            Histograms(r, "kith_batch_statements", "Statements in one batch.")),
        decide_seconds(
            Histograms(r, "kith_batch_decide_seconds", "Deciding one batch.")),
        commit_seconds(Histograms(r, "kith_batch_commit_seconds",
                                  "Making one batch durable.")),
        rebuild_done(Gauges(r, "kith_view_rebuild_facts_done",
                            "Facts folded by the latest rebuild.")),
        rebuild_total(Gauges(r, "kith_view_rebuild_facts",
                             "Facts the latest rebuild has to fold.")),
        position(Gauges(r, "kith_ledger_facts", "Facts that are durable.")),
        inbox_frames(Gauges(r, "kith_inbox_frames",
                            "Frames that wait in the inbox: the lag behind "
                            "the topic's end, by the stored position.")),
        inbox_bytes(Gauges(r, "kith_inbox_bytes",
                           "Bytes that wait in an inbox in memory.")),
        inbox_age(Gauges(r, "kith_inbox_lag_seconds",
                         "How long the first waiting frame has waited, at "
                         "most.")),
        ready(Gauges(r, "kith_ready",
                     "1 when the partnership takes statements.")),
        quarantined(Gauges(r, "kith_quarantine_items",
                           "Frames in quarantine, by reason.")),
        parked(Gauges(r, "kith_parked_items",
                      "Statements that wait, by what they wait for.")),
        sources(Gauges(r, "kith_sources", "Registered sources.")),
        sources_stopped(
            Gauges(r, "kith_sources_stopped", "Sources that stand at a gap.")),
        frames_held(Gauges(r, "kith_frames_held",
                           "Frames that wait beyond a gap of their source.")),
        reachable(Gauges(r, "kith_inbox_reachable",
                         "1 when the topic is being read.")),
        next(Gauges(r, "kith_inbox_next_offset",
                    "Offset of the next record to apply.")),
        under_way(Gauges(r, "kith_inbox_own_frames",
                         "This node's own frames on their way through the "
                         "topic.")),
        client(Gauges(r, "kith_kafka_client",
                      "librdkafka's own figures, by client and name.")),
        relay_facts(Gauges(r, "kith_relay_facts",
                           "Facts that a relay has yet to look at: how deep "
                           "its feed is, by topic.")),
        relay_age(Gauges(r, "kith_relay_age_seconds",
                         "How long ago the first of these was recorded.")),
        relay_waiting(Gauges(r, "kith_relay_waiting",
                             "1 while a relay cannot go on; the log says "
                             "why.")),
        relay_notices(Counters(r, "kith_relay_notices_total",
                               "Notices that the brokers took.")) {}

  Family<Counter>&statements, &held, &repeated, &facts, &rows;
  Family<Histogram>&batch_statements, &decide_seconds, &commit_seconds;
  Family<Gauge>&rebuild_done, &rebuild_total, &position, &inbox_frames,
      &inbox_bytes, &inbox_age, &ready, &quarantined, &parked, &sources,
      &sources_stopped, &frames_held, &reachable, &next, &under_way, &client,
      &relay_facts, &relay_age, &relay_waiting;
  Family<Counter>& relay_notices;
};

class Metrics::OfPartnership final : public engine::EngineMetrics {
 public:
  OfPartnership(const std::string& name, Families& families)
      : name_(name),
        families_(families),
        held_(families.held.Add(Labels())),
        repeated_(families.repeated.Add(Labels())),
        facts_(families.facts.Add(Labels())),
        rows_(families.rows.Add(Labels())),
        batch_statements_(families.batch_statements.Add(
            Labels(), Buckets{1, 2, 5, 10, 50, 100, 500, 1000, 2000})),
        decide_seconds_(families.decide_seconds.Add(Labels(), Seconds())),
        commit_seconds_(families.commit_seconds.Add(Labels(), Seconds())),
        rebuild_done_(families.rebuild_done.Add(Labels())),
        rebuild_total_(families.rebuild_total.Add(Labels())) {}

  void Decided(ledger::v1::OutcomeKind kind) override {
    families_.statements
        .Add({{"partnership", name_}, {"outcome", NameOf(kind)}})
        .Increment();
  }
  void Held() override { held_.Increment(); }
  void Repeated() override { repeated_.Increment(); }
  void Committed(const engine::BatchFigures& figures) override {
    facts_.Increment(Number(figures.facts));
    rows_.Increment(Number(figures.rows));
    batch_statements_.Observe(Number(figures.statements));
    decide_seconds_.Observe(absl::ToDoubleSeconds(figures.deciding));
    commit_seconds_.Observe(absl::ToDoubleSeconds(figures.committing));
  }
  void Rebuilding(uint64_t done, uint64_t total) override {
    rebuild_done_.Set(Number(done));
    rebuild_total_.Set(Number(total));
  }

  // One at a time.
  void Set(const PartnershipFigures& figures) {
    Set(families_.ready, figures.ready ? 1 : 0);
    if (figures.engine.has_value()) SetEngine(*figures.engine);
    if (figures.kafka.has_value()) SetKafka(*figures.kafka);
    Set(families_.sources, Number(figures.waiting.sources));
    Set(families_.sources_stopped, Number(figures.waiting.sources_stopped));
    Set(families_.frames_held, Number(figures.waiting.frames_held));
    SetEach(families_.quarantined, "reason", figures.waiting.quarantined,
            quarantined_);
    SetEach(families_.parked, "waits_for", figures.waiting.parked, parked_);
    for (const relay::RelayFigures& one : figures.relays) SetRelay(one);
  }

 private:
  prometheus::Labels Labels() const { return {{"partnership", name_}}; }
  void Set(Family<Gauge>& family, double value) {
    family.Add(Labels()).Set(value);
  }

  void SetEngine(const engine::EngineStatus& status) {
    Set(families_.position, Number(status.position));
    Set(families_.inbox_frames, Number(status.waiting.count));
    Set(families_.inbox_bytes, Number(status.waiting.bytes));
    Set(families_.inbox_age, absl::ToDoubleSeconds(status.waiting.age));
  }

  void SetKafka(const inbox::KafkaFigures& kafka) {
    Set(families_.reachable, kafka.reachable ? 1 : 0);
    Set(families_.next, static_cast<double>(kafka.next));
    Set(families_.under_way, Number(kafka.under_way));
    SetClient("consumer", kafka.consumer_statistics);
    SetClient("producer", kafka.producer_statistics);
  }

  void SetRelay(const relay::RelayFigures& relay) {
    const prometheus::Labels labels = {{"partnership", name_},
                                       {"topic", relay.topic}};
    families_.relay_facts.Add(labels).Set(Number(relay.depth));
    families_.relay_age.Add(labels).Set(absl::ToDoubleSeconds(relay.age));
    families_.relay_waiting.Add(labels).Set(relay.failing ? 1 : 0);
    Counter& notices = families_.relay_notices.Add(labels);
    notices.Increment(Number(relay.sent) - notices.Value());
  }

  void SetClient(const char* client, const std::string& statistics) {
    for (const auto& [figure, value] : FiguresOf(statistics)) {
      families_.client
          .Add({{"partnership", name_}, {"client", client}, {"figure", figure}})
          .Set(value);
    }
  }

  // A label that is no longer told of is 0, not what it last was.
  void SetEach(Family<Gauge>& family, const char* label,
               const std::map<std::string, uint64_t>& values,
               std::map<std::string, Gauge*>& known) {
    for (auto& [name, gauge] : known) gauge->Set(0);
    for (const auto& [name, value] : values) {
      Gauge& gauge = family.Add({{"partnership", name_}, {label, name}});
      known[name] = &gauge;
      gauge.Set(Number(value));
    }
  }

  const std::string name_;
  Families& families_;
  Counter &held_, &repeated_, &facts_, &rows_;
  Histogram &batch_statements_, &decide_seconds_, &commit_seconds_;
  Gauge &rebuild_done_, &rebuild_total_;
  std::map<std::string, Gauge*> quarantined_, parked_;
};

Metrics::Metrics(const std::string& version)
    : calls_(Counters(registry_, "kith_calls_total", "gRPC calls that ended.")),
      call_seconds_(
          Histograms(registry_, "kith_call_seconds", "How long calls took.")),
      families_(std::make_unique<Families>(registry_)) {
  Gauges(registry_, "kith_build_info", "The program that runs; always 1.")
      .Add({{"version", version}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::Ended(const char* method, absl::StatusCode code,
                    absl::Duration took) {
  calls_.Add({{"method", method}, {"code", absl::StatusCodeToString(code)}})
      .Increment();
  call_seconds_.Add({{"method", method}}, Seconds())
      .Observe(absl::ToDoubleSeconds(took));
}

engine::EngineMetrics& Metrics::Of(const std::string& partnership) {
  const std::lock_guard lock(mutex_);
  auto& one = partnerships_[partnership];
  if (one == nullptr) {
    one = std::make_unique<OfPartnership>(partnership, *families_);
  }
  return *one;
}

std::string Metrics::Text(const std::vector<PartnershipFigures>& figures) {
  for (const PartnershipFigures& one : figures) Of(one.partnership);
  {
    const std::lock_guard lock(mutex_);
    for (const PartnershipFigures& one : figures) {
      partnerships_[one.partnership]->Set(one);
    }
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, registry_.Collect());
  return out.str();
}

}  // namespace kith::kithd
