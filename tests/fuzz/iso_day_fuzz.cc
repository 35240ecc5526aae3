// Whatever a file calls a date: it is a real day or none, and a day that is
// read is written back as it was.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/civil_date.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto day = kith::base::ParseIsoDay(text)) {
    KITH_CHECK(kith::base::FormatIsoDay(*day) == text);
    KITH_CHECK(kith::base::AgeOn(*day, *day) == 0);
  }
  return 0;
}
