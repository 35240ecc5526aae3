// What a benchmark found: on the screen and in a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace kith::bench {

// One figure. `ratio` says how it stands to its floor, which was measured in
// the same run; `goal` what the ratio is to be.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<double> floor;
  std::optional<double> ratio;
  std::optional<double> goal;
  bool ratio_at_most = false;  // the goal is an upper bound
  bool of_value = false;       // the goal is what the value is to stay below
  std::string note;            // such as the spread
};

// Empty: there is no goal.
std::optional<bool> Met(const Figure& figure);

// The middle one and how far the others lie from it, of an odd number of runs.
struct Median {
  double value = 0;
  double least = 0;
  double most = 0;
};
Median MedianOf(std::vector<double> values);
std::string SpreadOf(const Median& median);

class Report {
 public:
  // Also prints it.
  void Add(const Figure& figure);
  void Print() const;
  // One JSON object a figure, as a list.
  absl::Status WriteJson(const std::string& path) const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace kith::bench
