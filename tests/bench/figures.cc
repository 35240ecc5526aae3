#include "tests/bench/figures.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"
#include "nlohmann/json.hpp"

namespace kith::bench {
namespace {

std::string OrDash(const std::optional<double>& value) {
  return value.has_value() ? absl::StrFormat("%.3g", *value) : "-";
}

void PrintLine(const Figure& figure) {
  const std::optional<bool> met = Met(figure);
  const char* bound = figure.of_value        ? "< "
                      : figure.ratio_at_most ? "<= "
                                             : ">= ";
  const std::string goal =
      figure.goal.has_value() ? absl::StrCat(bound, *figure.goal) : "-";
  std::printf("%-34s %12.6g %-14s %12s %8s %9s %-4s %s\n", figure.name.c_str(),
              figure.value, figure.unit.c_str(), OrDash(figure.floor).c_str(),
              OrDash(figure.ratio).c_str(), goal.c_str(),
              met.has_value() ? (*met ? "yes" : "NO") : "",
              figure.note.c_str());
  std::fflush(stdout);
}

nlohmann::json ToJson(const std::optional<double>& value) {
  return value.has_value() ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace

std::optional<bool> Met(const Figure& figure) {
  if (!figure.goal.has_value()) return std::nullopt;
  if (figure.of_value) return figure.value < *figure.goal;
  if (!figure.ratio.has_value()) return std::nullopt;
  return figure.ratio_at_most ? *figure.ratio <= *figure.goal
                              : *figure.ratio >= *figure.goal;
}

Median MedianOf(std::vector<double> values) {
  KITH_CHECK(values.size() % 2 == 1);
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values.front(), values.back()};
}

std::string SpreadOf(const Median& median) {
  return absl::StrFormat("%.3g to %.3g", median.least, median.most);
}

void Report::Add(const Figure& figure) {
  if (figures_.empty()) {
    std::printf("%-34s %12s %-14s %12s %8s %9s %-4s %s\n", "figure", "value",
                "unit", "floor", "ratio", "goal", "met", "");
  }
  PrintLine(figure);
  figures_.push_back(figure);
}

void Report::Print() const {
  for (const Figure& figure : figures_) PrintLine(figure);
}

absl::Status Report::WriteJson(const std::string& path) const {
  nlohmann::json list = nlohmann::json::array();
  for (const Figure& figure : figures_) {
    const std::optional<bool> met = Met(figure);
    list.push_back(
        {{"name", figure.name},
         {"value", figure.value},
         {"unit", figure.unit},
         {"floor", ToJson(figure.floor)},
         {"ratio", ToJson(figure.ratio)},
         {"goal", ToJson(figure.goal)},
         {"met", met.has_value() ? nlohmann::json(*met) : nlohmann::json()}});
    if (!figure.note.empty()) list.back()["note"] = figure.note;
  }
  std::ofstream file(path);
  file << list.dump(2) << "\n";
  file.close();
  if (file.fail()) {
    return absl::UnavailableError(absl::StrCat(path, ": cannot be written"));
  }
  return absl::OkStatus();
}

}  // namespace kith::bench
