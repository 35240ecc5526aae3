#include "tests/architecture/source_tree.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

#include "base/check.h"

namespace kith::architecture {
namespace {

std::string OutputOf(const char* command) {
  FILE* pipe = popen(command, "r");
  KITH_CHECK(pipe != nullptr);
  std::string output;
  char chunk[4096];
  while (const std::size_t got = fread(chunk, 1, sizeof(chunk), pipe)) {
    output.append(chunk, got);
  }
  KITH_CHECK(pclose(pipe) == 0);
  return output;
}

}  // namespace

std::vector<SourceFile> ProjectFiles() {
  std::istringstream paths(
      OutputOf("git -c safe.directory='*' ls-files --cached --others "
               "--exclude-standard | sort -u"));
  std::vector<SourceFile> files;
  for (std::string path; std::getline(paths, path);) {
    std::ifstream file(path, std::ios::binary);
    if (!file) continue;  // removed from the tree, not yet from the index
    files.push_back({path, {std::istreambuf_iterator<char>(file), {}}});
  }
  return files;
}

bool IsCode(const SourceFile& file) {
  static const std::regex pattern(R"(.*\.(h|cc))");
  return std::regex_match(file.path, pattern);
}

}  // namespace kith::architecture
