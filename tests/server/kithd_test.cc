// The kithd program: what it shows operators, how it refuses, how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {
namespace {

using api::v1::FamilyService;
using api::v1::StatePersonRequest;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class KithdTest : public ::testing::Test {
 protected:
  TestFolder folder;
};

TEST_F(KithdTest, OperatorsSeeHealthReadinessAndMetrics) {
  Kithd kithd(folder.path());
  const std::string health = HttpGet(kithd.http_port(), "/healthz");
  EXPECT_THAT(health, StartsWith("HTTP/1.1 200"));
  // A node whose callers are believed never looks like one in service.
  EXPECT_THAT(health, HasSubstr("plaintext on loopback, callers are believed"));
  EXPECT_THAT(HttpGet(kithd.http_port(), "/readyz"),
              StartsWith("HTTP/1.1 200"));
  const std::string metrics = HttpGet(kithd.http_port(), "/metrics");
  EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(metrics, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(metrics, HasSubstr("kith_build_info{"));
  EXPECT_THAT(metrics, HasSubstr("kith_ready{partnership=\"hackney\"} 1"));
  EXPECT_THAT(metrics,
              HasSubstr("kith_ledger_facts{partnership=\"hackney\"} 3"));
}

TEST_F(KithdTest, OtherPathsAndMethodsAreRefused) {
  Kithd kithd(folder.path());
  EXPECT_THAT(HttpGet(kithd.http_port(), "/"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(HttpGet(kithd.http_port(), "/metrics/../etc/passwd"),
              StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(HttpAnswerOf(kithd.http_port(),
                           "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
              StartsWith("HTTP/1.1 405"));
  // Too much, or none of HTTP: the connection is closed, and that is all.
  HttpAnswerOf(kithd.http_port(), "GET /" + std::string(20'000, 'a'));
  HttpAnswerOf(kithd.http_port(), "\r\n\x01\x02\x03\r\n\r\n");
  EXPECT_THAT(HttpGet(kithd.http_port(), "/healthz"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(KithdTest, PromtoolFindsNothingToSayOfTheMetrics) {
  Kithd kithd(folder.path());
  // So that there is something of each kind.
  kithd.Kith({"lead", "lookup", "--nhs", "9434765919"});
  const std::string answer = HttpGet(kithd.http_port(), "/metrics");
  const size_t body = answer.find("\r\n\r\n");
  ASSERT_NE(body, std::string::npos);
  const Ended checked = CheckMetrics(answer.substr(body + 4), folder.path());
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  EXPECT_EQ(checked.out + checked.err, "");
}

TEST_F(KithdTest, ASecondKithdOnTheSameFolderSaysSo) {
  Kithd first(folder.path());
  const Ended second = RunProgram(KithdCommand(folder.path()), folder.path());
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("another process"));
  EXPECT_THAT(HttpGet(first.http_port(), "/readyz"),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(KithdTest, APortInUseIsSaid) {
  Kithd first(folder.path());
  TestFolder other;
  const std::string taken = absl::StrCat("127.0.0.1:", first.grpc_port());
  const Ended second =
      RunProgram(KithdCommand(other.path(), {"--listen", taken}), other.path());
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr(absl::StrCat("cannot listen on ", taken)));
}

TEST_F(KithdTest, AnotherPartnershipsLedgerIsNotServed) {
  { Kithd first(folder.path()); }
  const Ended second =
      RunProgram(KithdCommand(folder.path(), {"--partnership", "islington"}),
                 folder.path());
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("partnership"));
}

TEST_F(KithdTest, AMistakeInTheConfigurationIsNamedWithItsLine) {
  const auto run = [&](const std::string& text) {
    const std::string file = folder.Write("kithd.yaml", text);
    return RunProgram({KITH_KITHD_PROGRAM, "--config", file}, folder.path());
  };
  const Ended unknown = run("partnership: hackney\nworker: 3\n");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("kithd.yaml:2: "));
  EXPECT_THAT(unknown.err, HasSubstr("\"worker\""));

  const Ended wrong_kind = run("# settings\n\nworkers: many\n");
  EXPECT_EQ(wrong_kind.code, 2);
  EXPECT_THAT(wrong_kind.err, HasSubstr("kithd.yaml:3: "));

  const Ended no_yaml = run("data: [unclosed\n");
  EXPECT_EQ(no_yaml.code, 2);
  EXPECT_THAT(no_yaml.err, HasSubstr("kithd.yaml:"));

  EXPECT_EQ(run("workers: 0\ndata: x\n").code, 2);
  EXPECT_EQ(run("partnership: Hackney!\ndata: x\n").code, 2);
  EXPECT_EQ(run("").code, 2);  // no data folder
}

TEST_F(KithdTest, WrongUseEndsWithTwoAndHelpWithNought) {
  EXPECT_EQ(
      RunProgram({KITH_KITHD_PROGRAM, "--no-such-flag"}, folder.path()).code,
      2);
  EXPECT_EQ(RunProgram({KITH_KITHD_PROGRAM, "--config", "/no/such/file"},
                       folder.path())
                .code,
            2);
  const Ended help = RunProgram({KITH_KITHD_PROGRAM, "--help"}, folder.path());
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("kithd --data"));
}

// Writers of new people, who keep what was acknowledged to them.
class Load {
 public:
  explicit Load(const Kithd& kithd) {
    for (int i = 0; i < kWriters; ++i) {
      threads_.emplace_back([this, i, &kithd] { Write(kithd, i); });
    }
  }
  void WaitFor(int acknowledged) const {
    while (acknowledged_ < acknowledged) std::this_thread::yield();
  }
  // When the server has gone.
  void Join() {
    for (std::thread& thread : threads_) thread.join();
  }
  // Says everything again, to a server that was started again: what was
  // acknowledged has its outcome, and nothing counts twice.
  void ExpectKeptBy(const Kithd& kithd, uint64_t facts_before) const {
    uint64_t said = 0;
    for (int i = 0; i < kWriters; ++i) {
      for (size_t n = 0; n <= made_[i].size(); ++n, ++said) {
        const auto again =
            kithd.Call(Who(), &FamilyService::Stub::StatePerson, Request(i, n));
        ASSERT_EQ(ReasonOf(again.status), "OK");
        if (n == made_[i].size()) continue;  // was on its way
        EXPECT_TRUE(again.value.outcome().repeated_delivery());
        EXPECT_EQ(again.value.outcome().made_ids(0), made_[i][n]);
      }
    }
    // One fact each, and one that tells who w1 is.
    EXPECT_EQ(kithd.Facts(), facts_before + said + 1);
  }

 private:
  static constexpr int kWriters = 4;

  static StatePersonRequest Request(int writer, size_t n) {
    return Text<StatePersonRequest>(absl::Substitute(
        R"(person { record { system: "main" local_id: "p-$0-$1" } }
           write { request_id: "r-$0-$1" })",
        writer, n));
  }
  void Write(const Kithd& kithd, int writer) {
    while (true) {
      const auto answer = kithd.Call(Who(), &FamilyService::Stub::StatePerson,
                                     Request(writer, made_[writer].size()));
      if (!answer.ok()) return;
      made_[writer].push_back(answer.value.outcome().made_ids(0));
      ++acknowledged_;
    }
  }

  std::vector<std::string> made_[kWriters];
  std::atomic<int> acknowledged_ = 0;
  std::vector<std::thread> threads_;
};

TEST_F(KithdTest, SigtermUnderLoadLosesNothingAndEndsWithNought) {
  uint64_t facts_before = 0;
  std::unique_ptr<Load> load;
  {
    Kithd kithd(folder.path());
    facts_before = kithd.Facts();
    load = std::make_unique<Load>(kithd);
    load->WaitFor(100);
    kithd.process().Signal(SIGTERM);
    const Ended ended = kithd.process().Wait();
    EXPECT_EQ(ended.code, 0) << ended.err;
    load->Join();
  }
  Kithd again(folder.path());
  load->ExpectKeptBy(again, facts_before);
}

TEST_F(KithdTest, AKillUnderLoadLosesAndDoublesNothing) {
  uint64_t facts_before = 0;
  std::unique_ptr<Load> load;
  {
    Kithd kithd(folder.path());
    facts_before = kithd.Facts();
    load = std::make_unique<Load>(kithd);
    load->WaitFor(100);
    kithd.process().Signal(SIGKILL);
    EXPECT_EQ(kithd.process().Wait().code, 128 + SIGKILL);
    load->Join();
  }
  Kithd again(folder.path());
  load->ExpectKeptBy(again, facts_before);
  const Ended verified =
      again.Kith({"--role", "hub_administrator", "ledger", "verify"});
  EXPECT_EQ(verified.code, 0) << verified.err;
}

TEST_F(KithdTest, SigtermWithNothingToDoEndsAtOnce) {
  Kithd kithd(folder.path());
  // It used to wait five seconds for the client of an open connection.
  EXPECT_GT(kithd.Facts(), 0u);
  const absl::Time begun = absl::Now();
  kithd.process().Signal(SIGTERM);
  EXPECT_EQ(kithd.process().Wait().code, 0);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(4));
}

// Nothing of anybody's where operators look, nor on the disk in plain.
TEST_F(KithdTest, PersonalDataIsSeenNowhereButInAnswers) {
  const std::string canary = "Zzyzxcanary";
  {
    Kithd kithd(folder.path(), {"--log-level", "debug"});
    Who who;
    who.name = who.practitioner = canary;
    const auto said =
        kithd.Call(who, &FamilyService::Stub::StatePerson,
                   Text<StatePersonRequest>(absl::Substitute(
                       R"(person { record { system: "$0" local_id: "$0-1" }
                 names { given: "$0" family: "$0" }
                 identifiers { kind: IDENTIFIER_KIND_LOCAL value: "$0" }
                 addresses { lines: "$0" postcode: "$0" } }
               write { request_id: "$0" })",
                       canary)));
    EXPECT_EQ(ReasonOf(said.status), "OK");
    for (const char* bad :
         {R"(person { record { agency: "$0" local_id: "$0" } }
             write { request_id: "$0-2" })",
          R"(person { record { local_id: "$0" } replaced_by { agency: "$0" }
               birth_date { year: 2016 month: 13 } }
             write { request_id: "$0-3" })"}) {
      const auto refused =
          kithd.Call(who, &FamilyService::Stub::StatePerson,
                     Text<StatePersonRequest>(absl::Substitute(bad, canary)));
      EXPECT_FALSE(refused.ok());
      EXPECT_FALSE(absl::StrContains(refused.status.error_message(), canary));
      EXPECT_FALSE(absl::StrContains(refused.status.error_details(), canary));
    }
    api::v1::GetFamilyRequest request;
    request.set_family_id(canary);
    const auto absent =
        kithd.Call(who, &FamilyService::Stub::GetFamily, request);
    EXPECT_FALSE(absl::StrContains(absent.status.error_message(), canary));
    EXPECT_FALSE(
        absl::StrContains(HttpGet(kithd.http_port(), "/metrics"), canary));
    kithd.process().Signal(SIGTERM);
    const Ended ended = kithd.process().Wait();
    EXPECT_EQ(ended.code, 0);
    EXPECT_FALSE(absl::StrContains(ended.out + ended.err, canary));
  }
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder.path())) {
    EXPECT_FALSE(absl::StrContains(entry.path().string(), canary));
    if (!entry.is_regular_file()) continue;
    ++files;
    EXPECT_FALSE(absl::StrContains(ReadWholeFile(entry.path()), canary))
        << entry.path();
  }
  EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace kith::server_tests
