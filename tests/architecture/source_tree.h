// The files of the project, as a check of the whole tree sees them.
#pragma once

#include <string>
#include <vector>

namespace kith::architecture {

struct SourceFile {
  std::string path;  // from the project's root
  std::string text;
};

// Every file that git has or would take (its ignore rules hold), in the order
// of paths. The working directory is the project's root.
std::vector<SourceFile> ProjectFiles();

bool IsCode(const SourceFile& file);  // C++ of ours

}  // namespace kith::architecture
