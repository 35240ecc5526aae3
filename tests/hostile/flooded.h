// What tests of floods share: a node under siege by the council's clients, and
// its declared limits (docs/security.md). Before and after each flood the node
// answers the school; through all of them its memory stays within what it
// declares, and soon after each it has let go of the flood's descriptors.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/hostile/besieged.h"
#include "tests/hostile/raw_connection.h"

namespace kith::hostile {

class Flooded : public ::testing::Test {
 protected:
  static constexpr uint64_t kMegabytesMax = 1024;
  static constexpr int kDescriptorsMax = 2048;  // set for these tests
  static constexpr int kThreadsMax = 120;

  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  void ExpectAnswers() const;
  // "VmRSS" now, or "VmHWM" at most so far.
  static uint64_t Megabytes(const std::string& figure);
  static size_t Descriptors();
  static int Threads();
  // What the system lets it have, as /proc says it.
  static std::string DescriptorLimit();
  // A connection past the handshake and the settings.
  std::unique_ptr<RawConnection> Established() const;

  static Besieged* node;
  static std::string proc;  // where the system tells of it
  authority::Identity identity;
  std::string token;
  size_t descriptors = 0;
};

}  // namespace kith::hostile
