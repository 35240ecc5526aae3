// Programs of ours, started for a test. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace kith::server_tests {

// How a program ended, and what it said.
struct Ended {
  int code = -1;  // exit code; 128 and the signal when one killed it
  std::string out, err;
};

class Process {
 public:
  // Starts `command` (its first word is a path, or found in PATH) with the
  // test's environment. `folder` takes its standard error; it must outlive the
  // process. Killed with this object.
  Process(const std::vector<std::string>& command, const std::string& folder,
          const std::string& input = "");
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The first line of its output that begins like that; empty when it ends, or
  // a minute passes, without one.
  std::string WaitForLine(const std::string& begin);
  pid_t pid() const { return pid_; }
  void Signal(int signal);
  // Waits for the end, a minute at most; then kills it.
  Ended Wait();
  // What it wrote to its standard error so far.
  std::string Errors() const;

 private:
  // Reads more output; false at its end or when a minute has passed.
  bool ReadMore();

  std::string error_file_;
  pid_t pid_ = 0;
  int output_ = -1;
  std::string out_;
};

// Runs it to its end.
Ended RunProgram(const std::vector<std::string>& command,
                 const std::string& folder, const std::string& input = "");

// The same at a terminal: `out` holds all that it shows, errors as well, with
// the line ends of a terminal ("\r\n").
Ended RunAtTerminal(const std::vector<std::string>& command);

// What `promtool check metrics` says of these. The promtool of tools/setup is
// taken before that of PATH.
Ended CheckMetrics(const std::string& metrics, const std::string& folder);

// The folder under /proc that tells of a process of this one's PID namespace;
// /proc may be of a namespace outside (a chroot, for one). Empty when there is
// none.
std::string ProcFolder(pid_t pid);

// The whole answer of an HTTP server on this machine, head included.
std::string HttpAnswerOf(int port, const std::string& request);
std::string HttpGet(int port, const std::string& path);

// A folder of its own, removed with this object.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file; returns its path.
  std::string Write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

std::string ReadWholeFile(const std::string& path);

}  // namespace kith::server_tests
