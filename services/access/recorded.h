// An answer whose access record is on the disk: the only thing api sends.
#pragma once

#include <utility>

namespace kith::access {

template <class T>
class Recorded {
 public:
  const T& value() const& { return value_; }
  T&& value() && { return std::move(value_); }

 private:
  friend class AccessLog;
  explicit Recorded(T value) : value_(std::move(value)) {}

  T value_;
};

}  // namespace kith::access
