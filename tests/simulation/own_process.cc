#include "tests/simulation/own_process.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

namespace kith::simulation {

pid_t SpawnSelf(std::vector<std::string> arguments) {
  std::string program = "/proc/self/exe";
  std::string part = kChild;
  std::vector<char*> all = {program.data(), part.data()};
  for (std::string& argument : arguments) all.push_back(argument.data());
  all.push_back(nullptr);
  pid_t child = 0;
  KITH_CHECK(posix_spawn(&child, program.c_str(), nullptr, nullptr, all.data(),
                         environ) == 0);
  return child;
}

bool WasKilled(pid_t child) {
  int status = 0;
  KITH_CHECK(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

}  // namespace kith::simulation
