// docs/examples/kafka_adapter.py, as docs/kafka.md tells to run it: what it
// writes cannot be told from what our own adapters write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "tests/kafka/broker.h"
#include "tests/kafka/feed.h"
#include "tests/kafka/topics.h"
#include "tests/server/process.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::kafka_tests {
namespace {

using ::testing::SizeIs;

constexpr char kPartnership[] = "hackney";

std::map<std::string, std::string> HeadersOf(const Record& record) {
  std::map<std::string, std::string> headers(record.headers.begin(),
                                             record.headers.end());
  // These two are new with each sending.
  for (const char* name : {wire::kHeaderTime, wire::kHeaderTraceParent}) {
    EXPECT_EQ(
        headers[name].size(),
        std::string(name == wire::kHeaderTime ? "2026-01-01T00:00:00.000000Z"
                                              : wire::NewTraceParent())
            .size());
    headers.erase(name);
  }
  return headers;
}

class PythonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KITH_NEEDS_KAFKA();
    const std::string generated = absl::StrCat(folder_.path(), "/generated");
    std::filesystem::create_directory(generated);
    ASSERT_EQ(server_tests::RunProgram(
                  {"sh", "-c",
                   absl::StrCat("protoc -I proto --python_out=", generated,
                                " proto/kith/agency/v1/*.proto")},
                  folder_.path())
                  .code,
              0);
    setenv("PYTHONPATH", generated.c_str(), 1);
    MakeTopic(SharedBroker().address(), wire::InboxTopic(kPartnership));
  }
  void TearDown() override { unsetenv("PYTHONPATH"); }

  server_tests::Ended Run(const std::string& rows) const {
    const std::string file = folder_.Write(
        "people.csv", absl::StrCat("id,given,family,birth_date\n", rows));
    return server_tests::RunProgram(
        {"/usr/bin/python3", "docs/examples/kafka_adapter.py", file,
         "--brokers", SharedBroker().address(), "--partnership", kPartnership,
         "--agency", "hackney_council", "--source", "hackney_csv", "--key-file",
         folder_.Write("hackney_csv.hackney_csv_k1.key", std::string(32, 'k')),
         "--outbox", absl::StrCat(folder_.path(), "/outbox.sqlite")},
        folder_.path());
  }

  const server_tests::TestFolder folder_;
};

TEST_F(PythonTest, ItsRecordsAreThoseOfOurOwnAdapters) {
  auto ended = Run("P1,Ada,Specimen,1990-02-01\nP2,Bo,Specimen,2015-03-04\n");
  ASSERT_EQ(ended.code, 0) << ended.err;
  ended = Run("P3,Cy,Specimen,2018-05-06\n");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const auto records =
      ReadTopic(SharedBroker().address(), wire::InboxTopic(kPartnership));
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(ExpectOrdered(records).repeats, 0u);
  for (const Record& record : records) {
    const auto ours = wire::MessageOfFrame(*record.value, absl::UnixEpoch());
    ASSERT_TRUE(ours.ok()) << ours.status();
    Record same;
    same.key = ours->key;
    for (const wire::Header& header : ours->headers) {
      same.headers.emplace_back(header.name, header.value);
    }
    EXPECT_EQ(record.key, same.key);
    EXPECT_EQ(HeadersOf(record), HeadersOf(same));
    agency::v1::Frame frame;
    ASSERT_TRUE(frame.ParseFromString(*record.value));
    EXPECT_EQ(frame.key_id(), "hackney_csv_k1");
    EXPECT_EQ(frame.mac(),
              base::HmacSha256(std::string(32, 'k'), frame.body()));
  }
  agency::v1::Frame frame;
  agency::v1::Body body;
  agency::v1::Statement said;
  ASSERT_TRUE(frame.ParseFromString(*records[1].value) &&
              body.ParseFromString(frame.body()) &&
              said.ParseFromString(body.content()));
  EXPECT_EQ(said.person_stated().names(0).given(), "Bo");
  EXPECT_EQ(said.person_stated().birth_date().year(), 2015);
  EXPECT_EQ(body.envelope().salt().size(), 32u);
}

}  // namespace
}  // namespace kith::kafka_tests
