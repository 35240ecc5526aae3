#include "tests/hostile/flooded.h"

#include <cstdio>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace kith::hostile {
namespace {

using ::testing::Contains;

// Databases open and close files of their own meanwhile.
constexpr size_t kDescriptorsMore = 64;
constexpr absl::Duration kSoon = absl::Seconds(30);

// The line of a file under /proc that begins so.
std::string LineOf(const std::string& file, const std::string& begin) {
  const std::string text = server_tests::ReadWholeFile(file);
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    if (absl::StartsWith(line, begin)) return line;
  }
  ADD_FAILURE() << "there is no " << begin;
  return "";
}

}  // namespace

Besieged* Flooded::node = nullptr;
std::string Flooded::proc;

void Flooded::SetUpTestSuite() {
  static server_tests::TestFolder folder;
  node = new Besieged(
      {"--config", folder.Write("kithd.yaml", absl::StrCat("descriptors_max: ",
                                                           kDescriptorsMax))});
  proc = server_tests::ProcFolder(node->kithd().process().pid());
  ASSERT_NE(proc, "");
}

void Flooded::TearDownTestSuite() { delete node; }

void Flooded::SetUp() {
  identity = node->Of("council");
  token = node->TokenOf("council");
  ExpectAnswers();
  descriptors = Descriptors();
}

void Flooded::TearDown() {
  ExpectAnswers();
  EXPECT_LE(Megabytes("VmHWM"), kMegabytesMax);
  EXPECT_LE(Threads(), kThreadsMax);
  const absl::Time end = absl::Now() + kSoon;
  while (Descriptors() > descriptors + kDescriptorsMore && absl::Now() < end) {
    std::this_thread::yield();
  }
  EXPECT_LE(Descriptors(), descriptors + kDescriptorsMore);
}

void Flooded::ExpectAnswers() const {
  const grpc::Status status =
      Ask(node->Connect(node->Of("school")), node->TokenOf("school"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND)
      << status.error_message();
}

uint64_t Flooded::Megabytes(const std::string& figure) {
  const std::string line = LineOf(proc + "/status", figure);
  unsigned long long kilobytes = 0;
  if (line.size() > figure.size()) {
    std::sscanf(line.c_str() + figure.size(), ": %llu", &kilobytes);
  }
  return kilobytes / 1024;
}

size_t Flooded::Descriptors() {
  size_t count = 0;
  std::error_code error;
  for (auto it = std::filesystem::directory_iterator(proc + "/fd", error);
       !error && it != std::filesystem::directory_iterator();
       it.increment(error)) {
    ++count;
  }
  return count;
}

int Flooded::Threads() {
  int threads = 0;
  std::sscanf(LineOf(proc + "/status", "Threads:").c_str(), "Threads: %d",
              &threads);
  return threads;
}

std::string Flooded::DescriptorLimit() {
  return LineOf(proc + "/limits", "Max open files");
}

std::unique_ptr<RawConnection> Flooded::Established() const {
  auto connection = std::make_unique<RawConnection>(node->port());
  EXPECT_TRUE(connection->StartTls(identity));
  EXPECT_TRUE(connection->Send(Preface()));
  EXPECT_THAT(FrameTypes(connection->Receive(absl::Seconds(20))),
              Contains(kSettings));
  connection->Send(Frame(kSettings, 1, 0, ""));
  return connection;
}

}  // namespace kith::hostile
