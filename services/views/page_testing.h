// Pages of lists, as lines that tests compare.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/views/testing.h"
#include "services/views/worklists.h"

namespace kith::views {

inline const PageFrom kAll = {"", 200};

template <class T>
std::vector<std::string> Lines(const absl::StatusOr<Page<T>>& page) {
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> lines;
  for (const auto& entry : page->entries) {
    for (const std::string& line : testing::LinesOf(entry.pieces)) {
      lines.push_back(line);
    }
  }
  return lines;
}

}  // namespace kith::views
