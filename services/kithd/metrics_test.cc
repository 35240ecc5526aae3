#include "services/kithd/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace kith::kithd {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetricsTest : public ::testing::Test {
 protected:
  std::string Text() { return metrics.Text(status); }

  Metrics metrics{"hackney", "1.2.3"};
  engine::EngineStatus status;
};

TEST_F(MetricsTest, TheProgramIsNamed) {
  EXPECT_THAT(
      Text(),
      HasSubstr(
          "kith_build_info{partnership=\"hackney\",version=\"1.2.3\"} 1"));
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
  metrics.Decided(ledger::v1::OUTCOME_KIND_ACCEPTED);
  metrics.Decided(ledger::v1::OUTCOME_KIND_CHANGED_NOTHING);
  EXPECT_THAT(Text(),
              HasSubstr("kith_statements_total{outcome=\"accepted\"} 1"));
  EXPECT_THAT(
      Text(),
      HasSubstr("kith_statements_total{outcome=\"changed_nothing\"} 1"));
}

TEST_F(MetricsTest, TheEnginesStateIsReadWhenAsked) {
  EXPECT_THAT(Text(), HasSubstr("kith_ready 0"));
  status.ready = true;
  status.position = 42;
  status.waiting.count = 7;
  EXPECT_THAT(Text(), HasSubstr("kith_ready 1"));
  EXPECT_THAT(Text(), HasSubstr("kith_ledger_facts 42"));
  EXPECT_THAT(Text(), HasSubstr("kith_inbox_frames 7"));
}

TEST_F(MetricsTest, BatchesAndRebuildsAreMeasured) {
  engine::BatchFigures figures;
  figures.statements = 3;
  figures.facts = 5;
  figures.rows = 11;
  metrics.Committed(figures);
  metrics.Rebuilding(2, 8);
  EXPECT_THAT(Text(), HasSubstr("kith_facts_total 5"));
  EXPECT_THAT(Text(), HasSubstr("kith_rows_written_total 11"));
  EXPECT_THAT(Text(), HasSubstr("kith_batch_statements_sum 3"));
  EXPECT_THAT(Text(), HasSubstr("kith_view_rebuild_facts_done 2"));
  EXPECT_THAT(Text(), HasSubstr("kith_view_rebuild_facts 8"));
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
