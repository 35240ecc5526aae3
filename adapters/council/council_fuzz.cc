#include <cstddef>
#include <cstdint>
#include <sstream>

#include "adapters/common/fuzzed.h"
#include "adapters/common/text.h"
#include "adapters/council/reader.h"

using namespace kith::adapters;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Mapping* mapping = [] {
    const auto yaml = ReadFile("adapters/council/mapping.yaml", 1 << 20);
    KITH_CHECK(yaml.ok());
    auto parsed = Mapping::Parse(*yaml);
    KITH_CHECK(parsed.ok());
    return new Mapping(*std::move(parsed));
  }();
  const Feed feed{"council", "mosaic", absl::FromUnixSeconds(1700000000), "",
                  ""};
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  council::Read("f.csv", in, feed, *mapping, [](Item item) {
    CheckItem(item);
    return absl::OkStatus();
  }).IgnoreError();
  return 0;
}
