#include "services/kithd/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/kithd/kafka_statistics.h"

namespace kith::kithd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// "kith_ready{partnership="hackney"} 1"
std::string Of(const char* name, int value) {
  return absl::StrCat(name, "{partnership=\"hackney\"} ", value);
}

class MetricsTest : public ::testing::Test {
 protected:
  std::string Text() {
    figures.engine = status;
    return metrics.Text({figures});
  }

  Metrics metrics{"1.2.3"};
  engine::EngineMetrics& hackney = metrics.Of("hackney");
  engine::EngineStatus status;
  PartnershipFigures figures{.partnership = "hackney"};
};

TEST_F(MetricsTest, TheProgramIsNamed) {
  EXPECT_THAT(Text(), HasSubstr("kith_build_info{version=\"1.2.3\"} 1"));
}

TEST_F(MetricsTest, CallsAreCountedByMethodAndCode) {
  metrics.Ended("PlanService.OpenPlan", absl::StatusCode::kOk,
                absl::Milliseconds(3));
  metrics.Ended("PlanService.OpenPlan", absl::StatusCode::kOk,
                absl::Milliseconds(700));
  metrics.Ended("PlanService.OpenPlan", absl::StatusCode::kNotFound,
                absl::Milliseconds(1));
  EXPECT_THAT(Text(), HasSubstr("kith_calls_total{code=\"OK\",method="
                                "\"PlanService.OpenPlan\"} 2"));
  EXPECT_THAT(Text(), HasSubstr("kith_calls_total{code=\"NOT_FOUND\",method="
                                "\"PlanService.OpenPlan\"} 1"));
  EXPECT_THAT(Text(), HasSubstr("kith_call_seconds_bucket{method="
                                "\"PlanService.OpenPlan\",le=\"0.005\"} 2"));
}

TEST_F(MetricsTest, StatementsAreCountedByOutcome) {
  hackney.Decided(ledger::v1::OUTCOME_KIND_ACCEPTED);
  hackney.Decided(ledger::v1::OUTCOME_KIND_CHANGED_NOTHING);
  EXPECT_THAT(Text(), HasSubstr("kith_statements_total{outcome=\"accepted\","
                                "partnership=\"hackney\"} 1"));
  EXPECT_THAT(Text(),
              HasSubstr("kith_statements_total{outcome=\"changed_nothing\","
                        "partnership=\"hackney\"} 1"));
}

TEST_F(MetricsTest, TheEnginesStateIsReadWhenAsked) {
  EXPECT_THAT(Text(), HasSubstr(Of("kith_ready", 0)));
  figures.ready = true;
  status.position = 42;
  status.waiting.count = 7;
  EXPECT_THAT(Text(), HasSubstr(Of("kith_ready", 1)));
  EXPECT_THAT(Text(), HasSubstr(Of("kith_ledger_facts", 42)));
  EXPECT_THAT(Text(), HasSubstr(Of("kith_inbox_frames", 7)));
}

TEST_F(MetricsTest, BatchesAndRebuildsAreMeasured) {
  engine::BatchFigures batch;
  batch.statements = 3;
  batch.facts = 5;
  batch.rows = 11;
  hackney.Committed(batch);
  hackney.Rebuilding(2, 8);
  EXPECT_THAT(Text(), HasSubstr(Of("kith_facts_total", 5)));
  EXPECT_THAT(Text(), HasSubstr(Of("kith_rows_written_total", 11)));
  EXPECT_THAT(Text(), HasSubstr(Of("kith_batch_statements_sum", 3)));
  EXPECT_THAT(Text(), HasSubstr(Of("kith_view_rebuild_facts_done", 2)));
  EXPECT_THAT(Text(), HasSubstr(Of("kith_view_rebuild_facts", 8)));
}

TEST_F(MetricsTest, WhatLiesAsideIsCountedByReasonAndGoesBackToNone) {
  figures.waiting.quarantined = {{"FOREIGN_TYPE", 2}};
  figures.waiting.parked = {{"person", 5}};
  figures.waiting.sources_stopped = 1;
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("kith_quarantine_items{partnership=\"hackney\","
                              "reason=\"FOREIGN_TYPE\"} 2"));
  EXPECT_THAT(text, HasSubstr("kith_parked_items{partnership=\"hackney\","
                              "waits_for=\"person\"} 5"));
  EXPECT_THAT(text, HasSubstr(Of("kith_sources_stopped", 1)));
  figures.waiting = {};
  EXPECT_THAT(Text(), HasSubstr("reason=\"FOREIGN_TYPE\"} 0"));
}

TEST_F(MetricsTest, TheLagIsToldInRecordsAndSeconds) {
  status.waiting.count = 12;
  status.waiting.age = absl::Milliseconds(2500);
  figures.kafka.emplace();
  figures.kafka->reachable = true;
  figures.kafka->next = 41;
  figures.kafka->consumer_statistics = R"({"rx_bytes": 17, "brokers": {
      "a:1/1": {"state": "UP", "rtt": {"p99": 1500}},
      "b:1/2": {"state": "DOWN"}}})";
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr(Of("kith_inbox_frames", 12)));
  EXPECT_THAT(text,
              HasSubstr("kith_inbox_lag_seconds{partnership=\"hackney\"} 2.5"));
  EXPECT_THAT(text, HasSubstr(Of("kith_inbox_reachable", 1)));
  EXPECT_THAT(text, HasSubstr(Of("kith_inbox_next_offset", 41)));
  EXPECT_THAT(text, HasSubstr("kith_kafka_client{client=\"consumer\","
                              "figure=\"brokers_up\",partnership=\"hackney\"}"
                              " 1"));
}

TEST_F(MetricsTest, WhatARelayHasYetToTellIsToldByTopic) {
  figures.relays = {
      {"kith.feed.v1.school", true, 7, absl::Milliseconds(2500), 40}};
  metrics.Text({figures});
  figures.relays[0].sent = 41;
  const std::string text = metrics.Text({figures});
  const std::string labels =
      "{partnership=\"hackney\",topic=\"kith.feed.v1.school\"} ";
  EXPECT_THAT(text, HasSubstr("kith_relay_facts" + labels + "7"));
  EXPECT_THAT(text, HasSubstr("kith_relay_age_seconds" + labels + "2.5"));
  EXPECT_THAT(text, HasSubstr("kith_relay_waiting" + labels + "1"));
  EXPECT_THAT(text, HasSubstr("kith_relay_notices_total" + labels + "41"));
}

TEST(KafkaStatisticsTest, WhatIsNoStatisticsGivesNoFigures) {
  EXPECT_TRUE(FiguresOf("").empty());
  EXPECT_TRUE(FiguresOf("[1]").empty());
  EXPECT_EQ(FiguresOf(R"({"txmsgs": "x"})").at("sent_messages"), 0);
}

TEST_F(MetricsTest, ManyThreadsCountTogether) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 250; ++n) {
        metrics.Ended("A.B", absl::StatusCode::kOk, absl::ZeroDuration());
        if (n % 50 == 0) Text();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Text(),
              HasSubstr("kith_calls_total{code=\"OK\",method=\"A.B\"} 1000"));
}

}  // namespace
}  // namespace kith::kithd
