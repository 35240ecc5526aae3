// Who may include whom: architecture.md section 3 as a table (see the .cc).
//
// Pure functions over a file's text. Not a compiler: every line that starts
// with #include counts, whatever macros surround it.
#pragma once

#include <string>
#include <vector>

namespace kith::architecture {

// What is wrong with the includes of the file at `path` (from the project's
// root) that holds `text`, one sentence each; empty when nothing is. A file in
// a folder that the table does not know is wrong, whatever it includes.
std::vector<std::string> IncludeViolations(const std::string& path,
                                           const std::string& text);

// Calls in a pure folder that read a clock, chance or the environment.
std::vector<std::string> PurityViolations(const std::string& path,
                                          const std::string& text);

}  // namespace kith::architecture
