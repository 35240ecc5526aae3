// A process of the very program that runs, to be killed. RocksDB's threads do
// not survive a fork, so it begins anew and reads its part from its arguments.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace kith::simulation {

// The first argument of such a process; its others follow.
inline constexpr char kChild[] = "--child";

pid_t SpawnSelf(std::vector<std::string> arguments);

// Waits for its end: whether it was killed.
bool WasKilled(pid_t child);

}  // namespace kith::simulation
