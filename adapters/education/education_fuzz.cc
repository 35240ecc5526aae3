#include <cstddef>
#include <cstdint>

#include "adapters/common/fuzzed.h"
#include "adapters/common/text.h"
#include "adapters/education/reader.h"

using namespace kith::adapters;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Mapping* mapping = [] {
    const auto yaml = ReadFile("adapters/education/mapping.yaml", 1 << 20);
    KITH_CHECK(yaml.ok());
    auto parsed = Mapping::Parse(*yaml);
    KITH_CHECK(parsed.ok());
    return new Mapping(*std::move(parsed));
  }();
  const auto text = DecodeFile({reinterpret_cast<const char*>(data), size});
  if (!text.ok()) return 0;
  const Feed feed{"school", "ctf", absl::FromUnixSeconds(1700000000), "c", "m"};
  education::Read("f.xml", *text, feed, *mapping, [](Item item) {
    CheckItem(item);
    return absl::OkStatus();
  }).IgnoreError();
  return 0;
}
