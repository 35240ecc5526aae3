#include "gtest/gtest.h"
#include "services/engine/engine.h"

namespace kith::engine {
namespace {

const char kRootKey[] = "0123456789abcdef0123456789abcdef";
const char kOtherKey[] = "fedcba9876543210fedcba9876543210";

core::Genesis Genesis() {
  return NewGenesis("hackney", "root", "root_k1", kRootKey,
                    absl::FromUnixMicros(1700000000123456));
}

TEST(GenesisTest, ItReadsBackFromItsFrameOnAnotherNode) {
  const core::Genesis genesis = Genesis();
  const auto read = GenesisOfFrame(FrameOfGenesis(genesis, kRootKey), "hackney",
                                   "root", "root_k1", kRootKey);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->partnership, genesis.partnership);
  EXPECT_EQ(read->root.SerializeAsString(), genesis.root.SerializeAsString());
  EXPECT_EQ(read->rules.SerializeAsString(), genesis.rules.SerializeAsString());
  EXPECT_EQ(read->salt, genesis.salt);
  EXPECT_EQ(read->recorded_at, genesis.recorded_at);
}

TEST(GenesisTest, ItIsNotBelievedUnderAnotherKeyNameOrPartnership) {
  const std::string frame = FrameOfGenesis(Genesis(), kRootKey);
  const auto fails = [&](const char* partnership, const char* source,
                         const char* key_id, const char* key,
                         const std::string& bytes) {
    return absl::IsFailedPrecondition(
        GenesisOfFrame(bytes, partnership, source, key_id, key).status());
  };
  EXPECT_TRUE(fails("hackney", "root", "root_k1", kOtherKey, frame));
  EXPECT_TRUE(fails("hackney", "root", "root_k2", kRootKey, frame));
  EXPECT_TRUE(fails("hackney", "other", "root_k1", kRootKey, frame));
  EXPECT_TRUE(fails("camden", "root", "root_k1", kRootKey, frame));
  EXPECT_TRUE(fails("hackney", "root", "root_k1", kRootKey, "no frame"));
}

}  // namespace
}  // namespace kith::engine
