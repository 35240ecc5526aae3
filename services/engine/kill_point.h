// Where a test may end the process: between checking, deciding, writing and
// answering. Nothing happens there unless somebody linked a `KithKillPoint`,
// which only tests/kafka does.
#pragma once

extern "C" void KithKillPoint(const char* name) __attribute__((weak));

namespace kith::engine {

inline void KillPoint(const char* name) {
  if (KithKillPoint != nullptr) KithKillPoint(name);
}

}  // namespace kith::engine
