// CHECK stops the process on our own mistake. It never judges input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define KITH_CHECK(condition)                                             \
  do {                                                                    \
    if (!(condition)) {                                                   \
      std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, \
                   #condition);                                           \
      std::abort();                                                       \
    }                                                                     \
  } while (false)
