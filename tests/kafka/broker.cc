#include "tests/kafka/broker.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "tests/kafka/topics.h"

namespace kith::kafka_tests {
namespace {

constexpr char kTool[] = KITH_SOURCE_FOLDER "/tools/kafka";
constexpr int kCannotBeHad = 3;  // exit code of tools/kafka
constexpr char kProxied[] = "PROXIED";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// With the program's environment; both outputs are added to file `log`.
pid_t Spawn(const std::vector<std::string>& command, const std::string& log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  std::vector<char*> words;
  for (const std::string& word : command) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  pid_t pid = 0;
  KITH_CHECK(posix_spawnp(&pid, words[0], &actions, nullptr, words.data(),
                          environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

std::string NewFolder() {
  std::string folder =
      (std::filesystem::temp_directory_path() / "kith-kafka-XXXXXX").string();
  KITH_CHECK(mkdtemp(folder.data()) != nullptr);
  return folder;
}

std::optional<std::string> Fetch() {
  const std::string folder = NewFolder();
  const std::string log = absl::StrCat(folder, "/log");
  int status = 0;
  waitpid(Spawn({kTool, "fetch"}, log), &status, 0);
  std::string said = ReadFile(log);
  std::filesystem::remove_all(folder);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != kCannotBeHad) {
    std::fputs(said.c_str(), stderr);
    KITH_CHECK(false);  // tools/kafka itself is broken: no reason to skip
  }
  absl::StripTrailingAsciiWhitespace(&said);
  // Its last line says why.
  const size_t line = said.rfind('\n');
  return line == std::string::npos ? said : said.substr(line + 1);
}

}  // namespace

std::optional<std::string> Broker::Missing() {
  static const auto* missing = new std::optional<std::string>(Fetch());
  return *missing;
}

Broker::Broker(std::vector<std::string> words)
    : folder_(NewFolder()), words_(std::move(words)) {
  words_.insert(words_.end(),
                {"--folder", folder_, "--listener",
                 absl::StrCat(kProxied, ":PLAINTEXT:", proxy_.port())});
  Start();
  proxied_address_ = absl::StrCat("127.0.0.1:", proxy_.port());
}

Broker::~Broker() {
  Kill();
  std::filesystem::remove_all(folder_);
}

std::string Broker::AddressOf(const std::string& listener) const {
  for (absl::string_view line :
       absl::StrSplit(ReadFile(absl::StrCat(folder_, "/ports")), '\n')) {
    if (absl::ConsumePrefix(&line, absl::StrCat(listener, " "))) {
      return absl::StrCat("127.0.0.1:", line);
    }
  }
  return "";
}

void Broker::Launch() {
  KITH_CHECK(pid_ == 0);
  // setpriv: the broker must not outlive a test program that was killed.
  std::vector<std::string> command = {"setpriv", "--pdeathsig", "KILL", kTool,
                                      "run"};
  command.insert(command.end(), words_.begin(), words_.end());
  pid_ = Spawn(command, absl::StrCat(folder_, "/log"));
}

void Broker::AwaitAnswer() {
  const absl::Time end = absl::Now() + absl::Minutes(4);
  while (true) {
    address_ = AddressOf("PLAINTEXT");
    if (!address_.empty() && Answers(address_)) break;
    const bool ended = waitpid(pid_, nullptr, WNOHANG) == pid_;
    if (ended || absl::Now() > end) {
      std::fputs(ReadFile(absl::StrCat(folder_, "/log")).c_str(), stderr);
      KITH_CHECK(false);  // the broker did not come up
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
  const std::string proxied = AddressOf(kProxied);
  proxy_.SetTarget(std::atoi(proxied.substr(proxied.find(':') + 1).c_str()));
}

void Broker::Start() {
  Launch();
  AwaitAnswer();
}

void Broker::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void Broker::Stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGTERM);
  for (int tries = 0; tries < 300; ++tries) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      return;
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
  Kill();
}

void Broker::Freeze() { kill(pid_, SIGSTOP); }
void Broker::Thaw() { kill(pid_, SIGCONT); }

Broker& SharedBroker() {
  static Broker broker;
  return broker;
}

}  // namespace kith::kafka_tests
