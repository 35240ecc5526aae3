// A process is killed, its power cut or its disk broken at each step of a fixed
// workload. Whatever was acknowledged must be there afterwards, once.
//
// RocksDB's threads do not survive a fork, so this process never opens a store:
// one child runs the workload, another looks at what it left.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/env.h"
#include "tests/faults/fault_file_system.h"
#include "tests/faults/workload.h"

namespace kith::eventstore {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Not;

#ifdef KITH_EVERY_STEP
constexpr uint64_t kStepsMax = std::numeric_limits<uint64_t>::max();
#else
constexpr uint64_t kStepsMax = 10;
#endif

constexpr int kFailedExitCode = 78;
constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

class Folder {
 public:
  Folder() {
    // In memory where there is such a place: the model says what a disk would
    // keep, and no step waits for a real one.
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = access(memory.c_str(), W_OK) == 0
                            ? memory
                            : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "kith_faults_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(path_ + "/graveyard");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Ended {
  int exit_code = 0;
  std::vector<std::string> lines;  // what the child told
};

// Runs `child` in a process of its own; what it tells comes through a pipe.
Ended InChild(const std::function<int(const Tell&)>& child) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    _exit(child([&](const std::string& line) {
      const std::string told = line + "\n";
      if (write(ends[1], told.data(), told.size()) < 0) _exit(1);
    }));
  }
  close(ends[1]);
  std::string told;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof(buffer))) > 0;) {
    told.append(buffer, static_cast<size_t>(n));
  }
  close(ends[0]);
  int state = 0;
  waitpid(pid, &state, 0);
  Ended ended{.exit_code = WIFEXITED(state) ? WEXITSTATUS(state) : -1};
  std::istringstream lines(told);
  for (std::string line; std::getline(lines, line);) {
    ended.lines.push_back(line);
  }
  return ended;
}

struct Run {
  FaultFileSystem::Model model = FaultFileSystem::kKill;
  uint64_t stop_at = kNever;
  bool sync = true;
};

Ended RunUntilStopped(const Folder& folder, const Run& run) {
  return InChild([&](const Tell& tell) {
    const auto files = std::make_shared<FaultFileSystem>(
        run.model, run.stop_at, folder.path() + "/graveyard");
    // Never freed: threads of RocksDB may still use it.
    rocksdb::Env* env = rocksdb::NewCompositeEnv(files).release();
    const absl::Status status =
        RunWorkload({folder.path(), env, run.sync}, tell);
    tell(absl::StrCat("steps ", files->steps()));
    if (absl::IsInternal(status)) {
      tell(absl::StrCat("broken ", status.ToString()));
    }
    return status.ok() ? 0 : kFailedExitCode;
  });
}

// Empty when all is well, else what is not.
std::string ProblemAfter(const Run& run) {
  const Folder folder;
  const Ended ended = RunUntilStopped(folder, run);
  EXPECT_THAT(ended.exit_code, AnyOf(0, kStoppedExitCode, kFailedExitCode));
  Acknowledged acknowledged;
  for (const std::string& line : ended.lines) {
    if (line.rfind("broken ", 0) == 0) return line;
    Learn(line, acknowledged);
  }
  const Ended checked = InChild([&](const Tell& tell) {
    const absl::Status status =
        CheckWorkload({folder.path(), nullptr, true}, acknowledged);
    if (!status.ok()) tell(status.ToString());
    return status.ok() ? 0 : 1;
  });
  if (checked.exit_code == 0) return "";
  return absl::StrCat(
      "step ", run.stop_at, ", ", acknowledged.commits,
      " commits: ", checked.lines.empty() ? "crashed" : checked.lines[0]);
}

uint64_t StepsOfWorkload(bool sync) {
  const Folder folder;
  const Ended ended = RunUntilStopped(folder, {.sync = sync});
  EXPECT_THAT(ended.exit_code, Eq(0));
  uint64_t steps = 0;
  for (const std::string& line : ended.lines) {
    if (line.rfind("steps ", 0) == 0) {
      EXPECT_TRUE(absl::SimpleAtoi(line.substr(6), &steps));
    }
  }
  return steps;
}

// At most `steps_max` of the steps, spread evenly, the first and last included.
std::vector<uint64_t> SampleOf(uint64_t steps, uint64_t steps_max) {
  const uint64_t count = std::min(steps, steps_max);
  std::vector<uint64_t> sample;
  for (uint64_t i = 0; i < count; ++i) {
    sample.push_back(1 + i * (steps - 1) / (count - 1));
  }
  return sample;
}

std::vector<std::string> ProblemsOf(FaultFileSystem::Model model,
                                    uint64_t steps_max = kStepsMax) {
  const uint64_t steps = StepsOfWorkload(true);
  EXPECT_THAT(steps, Gt(100u));
  std::vector<std::string> problems;
  for (const uint64_t step : SampleOf(steps, steps_max)) {
    std::string problem = ProblemAfter({.model = model, .stop_at = step});
    if (!problem.empty()) problems.push_back(std::move(problem));
  }
  return problems;
}

TEST(StopTest, AKilledProcessLosesNothingAndDoublesNothing) {
  EXPECT_THAT(ProblemsOf(FaultFileSystem::kKill), IsEmpty());
}

TEST(StopTest, APowerCutLosesNothingAndDoublesNothing) {
  EXPECT_THAT(ProblemsOf(FaultFileSystem::kPowerCut), IsEmpty());
}

TEST(StopTest, ABrokenDiskShutsTheStoreAndLosesNothing) {
  // RocksDB waits a second after each failure in the background.
  constexpr uint64_t kFailuresMax = std::min<uint64_t>(kStepsMax, 60);
  EXPECT_THAT(ProblemsOf(FaultFileSystem::kFail, kFailuresMax), IsEmpty());
}

TEST(StopTest, WithoutSyncingAPowerCutIsNoticed) {
  // Were this empty, the power-cut model would prove nothing.
  std::vector<std::string> problems;
  const uint64_t steps = StepsOfWorkload(false);
  for (uint64_t i = 1; i <= 8; ++i) {
    std::string problem = ProblemAfter({.model = FaultFileSystem::kPowerCut,
                                        .stop_at = i * steps / 9,
                                        .sync = false});
    if (!problem.empty()) problems.push_back(std::move(problem));
  }
  EXPECT_THAT(problems, Not(IsEmpty()));
}

}  // namespace
}  // namespace kith::eventstore
