// The few of librdkafka's statistics that an operator looks at.
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace kith::kithd {

// From the JSON that librdkafka hands out (STATISTICS.md of its sources):
// messages and bytes sent, received and queued, brokers connected, and the
// slowest broker's round trip in seconds. Empty when it is no such JSON.
std::map<std::string, double> FiguresOf(absl::string_view statistics);

}  // namespace kith::kithd
