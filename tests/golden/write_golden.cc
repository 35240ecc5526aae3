// Prints the golden store of the format this program writes. For a new format:
//   write_golden > tests/golden/v<n>/store.txt
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "eventstore/rocks_store.h"
#include "tests/golden/golden.h"

int main() {
  using namespace kith::eventstore;
  std::string folder =
      (std::filesystem::temp_directory_path() / "kith_golden_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  auto store = OpenRocksStore(
      {.folder = folder + "/store", .master_key_file = folder + "/master.key"});
  absl::Status status = store.status();
  if (status.ok()) status = WriteFixedLedger(**store);
  if (status.ok()) store->reset();
  const auto dump =
      status.ok() ? DumpStore(folder) : absl::StatusOr<std::string>(status);
  std::filesystem::remove_all(folder);
  if (!dump.ok()) {
    std::fprintf(stderr, "%s\n", dump.status().ToString().c_str());
    return 1;
  }
  std::fputs(dump->c_str(), stdout);
  return 0;
}
