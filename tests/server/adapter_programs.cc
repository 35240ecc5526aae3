#include "tests/server/adapter_programs.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "eventstore/rocks_store.h"

namespace kith::server_tests {
namespace {

std::string SourceOf(const Kind& kind) {
  return absl::StrCat(kind.name, "_feed");
}

// `data`: the folder of a node that has ended.
std::vector<ledger::v1::Fact> FactsIn(const std::string& data) {
  eventstore::RocksOptions options;
  options.folder = data + "/store";
  options.master_key_file = data + "/store.key";
  const auto store = eventstore::OpenRocksStore(options);
  KITH_CHECK(store.ok());
  const auto snapshot = (*store)->Read();
  KITH_CHECK(snapshot.ok());
  std::vector<ledger::v1::Fact> facts;
  const auto take = [&](const eventstore::StoredRecord& record) {
    KITH_CHECK(record.payload &&
               facts.emplace_back().ParseFromString(*record.payload));
    return true;
  };
  KITH_CHECK((*snapshot)->ScanLedger(0, take).ok());
  return facts;
}

}  // namespace

void Place::KillServer() {
  kithd_->process().Signal(SIGKILL);
  EXPECT_EQ(kithd_->process().Wait().code, 128 + SIGKILL);
}

std::vector<ledger::v1::Fact> Place::EndAndRead() {
  const Ended verified =
      kithd_->Kith({"--role", "hub_administrator", "ledger", "verify"});
  EXPECT_EQ(verified.code, 0) << verified.err;
  kithd_->process().Signal(SIGTERM);
  const Ended ended = kithd_->process().Wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  return FactsIn(data());
}

void Place::Register(const Kind& kind) {
  const Ended registered = RunProgram(
      {KITH_KITH_PROGRAM, "--server", address_, "--plaintext", "--agency",
       "council", "--as", "h1", "--role", "hub_administrator", "--purpose",
       "administration", "source", "register", SourceOf(kind), "--for",
       kind.agency, "--keys", data() + "/keys"},
      folder_.path());
  EXPECT_EQ(registered.code, 0) << registered.err;
}

std::string Place::Write(const Kind& kind, const std::string& text) const {
  return folder_.Write(absl::StrCat(kind.name, ".in"), text);
}

Words Place::Running(const Kind& kind, const Words& files) const {
  const std::string source = SourceOf(kind);
  Words words = {kind.program, "run"};
  words.insert(words.end(), files.begin(), files.end());
  words.insert(words.end(),
               {"--partnership", "hackney", "--agency", kind.agency, "--system",
                kind.system, "--source", source, "--outbox",
                absl::StrCat(folder_.path(), "/", source), "--key-file",
                absl::StrCat(data(), "/keys/", source, ".", source, "_k1.key"),
                "--server", address_, "--plaintext", "--output", "json"});
  return words;
}

Ended Place::Run(const Kind& kind, const Words& files) const {
  return RunProgram(Running(kind, files), folder_.path());
}

std::unique_ptr<Process> Place::Start(const Kind& kind,
                                      const Words& files) const {
  return std::make_unique<Process>(Running(kind, files), folder_.path());
}

void Place::WaitForFacts(uint64_t facts) const {
  const absl::Time end = absl::Now() + absl::Minutes(1);
  uint64_t held = 0;
  while (held < facts && absl::Now() < end) held = kithd_->Facts();
  ASSERT_GE(held, facts);
}

void Place::Start(const std::string& listen) {
  kithd_.reset();
  kithd_ = std::make_unique<Kithd>(folder_.path(), Words{"--listen", listen});
  address_ = absl::StrCat("127.0.0.1:", kithd_->grpc_port());
}

std::string SurnameOf(int row) {
  const std::string first = "BCDFGJKLMNPRSTVWZ", second = "lmrnkt";
  return {first[row % 17],       'a', second[row / 17 % 6], 'o',
          second[row / 102 % 6], 'i', second[row / 612 % 6]};
}

nlohmann::json ReportOf(const Ended& ended) {
  const auto report = nlohmann::json::parse(ended.out, nullptr, false);
  EXPECT_FALSE(report.is_discarded()) << ended.out << ended.err;
  return report;
}

int CountOf(const nlohmann::json& report, const char* ending) {
  return report["items"].value(ending, -1);
}

}  // namespace kith::server_tests
