#include "tests/server/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "base/check.h"

namespace kith::server_tests {
namespace {

constexpr int kMinuteMillis = 60'000;

int CodeOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Destroys `actions`.
pid_t Spawn(const std::vector<std::string>& command,
            posix_spawn_file_actions_t& actions) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t pid = 0;
  KITH_CHECK(posix_spawnp(&pid, arguments[0], &actions, nullptr,
                          arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

void WriteAll(int descriptor, const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t some =
        write(descriptor, bytes.data() + sent, bytes.size() - sent);
    if (some <= 0) return;
    sent += static_cast<size_t>(some);
  }
}

}  // namespace

Process::Process(const std::vector<std::string>& command,
                 const std::string& folder, const std::string& input) {
  static int started = 0;
  error_file_ = absl::StrCat(folder, "/stderr-", ++started);
  int in[2], out[2];
  KITH_CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error_file_.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_ = Spawn(command, actions);
  close(in[0]);
  close(out[1]);
  output_ = out[0];
  WriteAll(in[1], input);
  close(in[1]);
}

Process::~Process() {
  if (pid_ != 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(output_);
}

bool Process::ReadMore() {
  pollfd waiting{output_, POLLIN, 0};
  if (poll(&waiting, 1, kMinuteMillis) != 1) return false;
  char buffer[4096];
  const ssize_t size = read(output_, buffer, sizeof(buffer));
  if (size <= 0) return false;
  out_.append(buffer, static_cast<size_t>(size));
  return true;
}

std::string Process::WaitForLine(const std::string& begin) {
  do {
    size_t at = 0;
    while (true) {
      const size_t end = out_.find('\n', at);
      if (end == std::string::npos) break;
      if (out_.compare(at, begin.size(), begin) == 0) {
        return out_.substr(at, end - at);
      }
      at = end + 1;
    }
  } while (ReadMore());
  return "";
}

void Process::Signal(int signal) { kill(pid_, signal); }

Ended Process::Wait() {
  const absl::Time end = absl::Now() + absl::Minutes(1);
  while (ReadMore()) {
  }
  // Its output has ended, and so has the program; or it hangs.
  if (absl::Now() > end) kill(pid_, SIGKILL);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  return {CodeOf(status), out_, Errors()};
}

std::string Process::Errors() const { return ReadWholeFile(error_file_); }

Ended RunProgram(const std::vector<std::string>& command,
                 const std::string& folder, const std::string& input) {
  return Process(command, folder, input).Wait();
}

Ended RunAtTerminal(const std::vector<std::string>& command) {
  const int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  KITH_CHECK(ours >= 0 && grantpt(ours) == 0 && unlockpt(ours) == 0);
  std::vector<char> theirs(64);
  KITH_CHECK(ptsname_r(ours, theirs.data(), theirs.size()) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, theirs.data(),
                                   O_RDWR | O_NOCTTY, 0);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  const pid_t pid = Spawn(command, actions);
  Ended ended;
  char buffer[4096];
  // Fails when nobody has the terminal open any more.
  for (ssize_t size; (size = read(ours, buffer, sizeof(buffer))) > 0;) {
    ended.out.append(buffer, static_cast<size_t>(size));
  }
  close(ours);
  int status = 0;
  waitpid(pid, &status, 0);
  ended.code = CodeOf(status);
  return ended;
}

Ended CheckMetrics(const std::string& metrics, const std::string& folder) {
  const std::string own =
      absl::StrCat(KITH_SOURCE_FOLDER, "/build/tools/bin/promtool");
  return RunProgram(
      {std::filesystem::exists(own) ? own : "promtool", "check", "metrics"},
      folder, metrics);
}

std::string ProcFolder(pid_t pid) {
  std::error_code error;
  const auto own = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  for (auto it = std::filesystem::directory_iterator("/proc", error);
       !error && it != std::filesystem::directory_iterator();
       it.increment(error)) {
    const std::string folder = it->path().string();
    std::error_code gone;
    if (std::filesystem::read_symlink(folder + "/ns/pid", gone) != own ||
        gone) {
      continue;
    }
    // The last number is that of the innermost namespace.
    for (absl::string_view line :
         absl::StrSplit(ReadWholeFile(folder + "/status"), '\n')) {
      if (!absl::ConsumePrefix(&line, "NSpid:")) continue;
      if (absl::EndsWith(line, absl::StrCat("\t", pid))) return folder;
    }
  }
  return "";
}

std::string HttpAnswerOf(int port, const std::string& request) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  KITH_CHECK(connect(connection, reinterpret_cast<sockaddr*>(&address),
                     sizeof(address)) == 0);
  WriteAll(connection, request);
  std::string answer;
  char buffer[4096];
  while (true) {
    const ssize_t size = read(connection, buffer, sizeof(buffer));
    if (size <= 0) break;
    answer.append(buffer, static_cast<size_t>(size));
  }
  close(connection);
  return answer;
}

std::string HttpGet(int port, const std::string& path) {
  return HttpAnswerOf(
      port, absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
}

TestFolder::TestFolder() {
  path_ =
      (std::filesystem::temp_directory_path() / "kith-test-XXXXXX").string();
  KITH_CHECK(mkdtemp(path_.data()) != nullptr);
}

TestFolder::~TestFolder() { std::filesystem::remove_all(path_); }

std::string TestFolder::Write(const std::string& name,
                              const std::string& text) const {
  const std::string file = absl::StrCat(path_, "/", name);
  std::ofstream(file) << text;
  return file;
}

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace kith::server_tests
