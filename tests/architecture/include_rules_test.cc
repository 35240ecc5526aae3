#include "tests/architecture/include_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/architecture/source_tree.h"

namespace kith::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(IncludeRulesTest, TheTreeKeepsThem) {
  std::vector<std::string> violations;
  int code_files = 0;
  for (const SourceFile& file : ProjectFiles()) {
    if (!IsCode(file)) continue;
    ++code_files;
    for (auto& found : IncludeViolations(file.path, file.text)) {
      violations.push_back(found);
    }
    for (auto& found : PurityViolations(file.path, file.text)) {
      violations.push_back(found);
    }
  }
  EXPECT_THAT(violations, IsEmpty());
  EXPECT_GT(code_files, 10) << "the walk of the tree finds nothing";
}

// A table of what must be reported, so that a rule that has gone blind fails.
struct Case {
  std::string path;
  std::string include;
};

class ForbiddenIncludeTest : public ::testing::TestWithParam<Case> {};

TEST_P(ForbiddenIncludeTest, IsReported) {
  const auto& [path, include] = GetParam();
  EXPECT_THAT(IncludeViolations(path, "// A file.\n#include " + include + "\n"),
              SizeIs(1))
      << path << " includes " << include;
}

INSTANTIATE_TEST_SUITE_P(
    Each, ForbiddenIncludeTest,
    ::testing::Values(
        Case{"services/core/core.cc", "\"eventstore/store.h\""},
        Case{"services/core/core.cc", "\"services/views/views.h\""},
        Case{"services/core/core.cc", "\"services/engine/engine.h\""},
        Case{"services/core/core.cc", "\"kith/api/v1/family.pb.h\""},
        Case{"services/core/core.cc", "\"rocksdb/db.h\""},
        Case{"services/core/core.cc", "<rocksdb/db.h>"},
        Case{"services/core/core.cc", "<librdkafka/rdkafkacpp.h>"},
        Case{"services/core/core.cc", "<grpcpp/grpcpp.h>"},
        Case{"services/core/core.cc", "<thread>"},
        Case{"services/core/core.cc", "<chrono>"},
        Case{"services/core/core.cc", "<random>"},
        Case{"services/core/core.cc", "<unistd.h>"},
        Case{"services/core/core.cc", "\"absl/time/clock.h\""},
        Case{"services/core/core.cc", "\"absl/synchronization/mutex.h\""},
        Case{"services/core/plan/plan.h", "\"plan.h\""},
        Case{"services/core/core.cc", "\"gtest/gtest.h\""},
        Case{"services/views/views.cc", "\"eventstore/store.h\""},
        Case{"services/views/views.cc", "\"services/disclosure/policy.h\""},
        Case{"services/views/views.cc", "<mutex>"},
        Case{"services/disclosure/policy.cc", "\"services/core/core.h\""},
        Case{"services/disclosure/policy.cc", "<grpcpp/grpcpp.h>"},
        Case{"eventstore/store.h", "\"kith/ledger/v1/facts.pb.h\""},
        Case{"eventstore/store.h", "\"services/core/core.h\""},
        Case{"base/id.h", "\"eventstore/store.h\""},
        Case{"services/engine/engine.cc", "<rocksdb/db.h>"},
        Case{"services/engine/engine.cc", "<grpcpp/grpcpp.h>"},
        Case{"services/engine/engine.cc", "\"services/api/server.h\""},
        Case{"services/api/server.cc", "\"eventstore/rocks_store.h\""},
        Case{"services/access/log.cc", "\"eventstore/rocks_store.h\""},
        Case{"services/api/server.cc", "<librdkafka/rdkafkacpp.h>"},
        Case{"services/inbox/queue.cc", "\"services/engine/engine.h\""},
        Case{"services/gateway/http.cc", "\"services/engine/engine.h\""},
        Case{"adapters/health/fhir.cc", "\"services/core/core.h\""},
        Case{"adapters/health/fhir.cc", "\"kith/ledger/v1/facts.pb.h\""},
        Case{"adapters/health/fhir.cc", "\"kith/api/v1/family.pb.h\""},
        Case{"adapters/health/fhir.cc", "\"adapters/education/ctf.h\""},
        Case{"adapters/health/fhir.cc", "<grpcpp/grpcpp.h>"},
        Case{"adapters/common/feed.cc", "\"adapters/health/fhir.h\""},
        Case{"adapters/common/feed.cc", "\"services/core/core.h\""},
        Case{"adapters/publisher/outbox.cc", "\"kith/api/v1/family.pb.h\""},
        Case{"tools/kith/main.cc", "\"services/engine/engine.h\""},
        Case{"services/kithd/main.cc", "\"tests/contract/store.h\""},
        Case{"elsewhere/main.cc", "<string>"}));

TEST(IncludeRulesTest, WhatADesignAllowsIsNotReported) {
  const std::string core =
      "#include <string>\n#include \"absl/status/status.h\"\n"
      "#include \"base/id.h\"\n#include \"kith/ledger/v1/facts.pb.h\"\n"
      "#include \"services/core/state.h\"\n";
  EXPECT_THAT(IncludeViolations("services/core/core.cc", core), IsEmpty());
  EXPECT_THAT(IncludeViolations("services/core/core_test.cc",
                                core + "#include <gtest/gtest.h>\n"),
              IsEmpty());
  EXPECT_THAT(IncludeViolations("adapters/health/fhir.cc",
                                "#include \"adapters/health/codes.h\"\n"
                                "#include \"adapters/publisher/outbox.h\"\n"
                                "#include <nlohmann/json.hpp>\n"),
              IsEmpty());
}

TEST(PurityTest, AClockInPureCodeIsReported) {
  const std::string code = "auto now = absl::Now();";
  EXPECT_THAT(PurityViolations("services/core/core.cc", code),
              ElementsAre(testing::HasSubstr("absl::Now(")));
  EXPECT_THAT(PurityViolations("services/engine/clock.cc", code), IsEmpty());
  EXPECT_THAT(PurityViolations("services/core/core_test.cc",
                               "std::random_device device;"),
              SizeIs(1));
}

}  // namespace
}  // namespace kith::architecture
