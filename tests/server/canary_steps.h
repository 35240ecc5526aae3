// What is said in the canaries' story, step by step (canary_story.h): here a
// new kind of statement finds its place.
#pragma once

#include <vector>

namespace kith::server_tests {

// One thing that is said.
struct CanaryStep {
  const char* by;      // a caller, or "feed"
  const char* method;  // of a service; for a feed none
  // In text format. "@" begins a marker, and between percent signs stands a
  // person, a day, or "#" and something that was made before. Personal texts
  // that are left empty get a marker.
  const char* said;
  const char* made = "";  // how what it made is called from now on
};

// In this order.
const std::vector<CanaryStep>& CanaryPeople();
const std::vector<CanaryStep>& CanaryWork();
const std::vector<CanaryStep>& CanaryEnds();

}  // namespace kith::server_tests
