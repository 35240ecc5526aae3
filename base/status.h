// The two status macros of this code base; there are no others.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function when `expr` is not OK.
#define RETURN_IF_ERROR(expr)                                   \
  do {                                                          \
    if (absl::Status kith_status_ = (expr); !kith_status_.ok()) \
      return kith_status_;                                      \
  } while (false)

#define KITH_STATUS_CONCAT_(a, b) a##b
#define KITH_STATUS_NAME_(a, b) KITH_STATUS_CONCAT_(a, b)
#define KITH_ASSIGN_OR_RETURN_(name, lhs, expr) \
  auto name = (expr);                           \
  if (!name.ok()) return name.status();         \
  lhs = std::move(name).value()

// Evaluates `expr`, a StatusOr; assigns its value to `lhs` or returns its
// error. `lhs` may be a declaration; one with a comma needs parentheses.
#define ASSIGN_OR_RETURN(lhs, expr)                                            \
  KITH_ASSIGN_OR_RETURN_(KITH_STATUS_NAME_(kith_status_or_, __COUNTER__), lhs, \
                         expr)
