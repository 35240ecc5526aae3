#include "services/views/keeping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/views/keys.h"

namespace kith::views {
namespace {

// Rows of which something is kept under every name.
class KeptRowsOf final : public core::StateReader, public core::Keeper {
 public:
  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override {
    return rows_.Get(key);
  }
  absl::Status Scan(absl::string_view prefix,
                    const Visit& visit) const override {
    return rows_.Scan(prefix, visit);
  }
  const core::Keeper* keeper() const override { return this; }
  std::shared_ptr<const core::Kept> Find(absl::string_view) const override {
    return std::make_shared<core::Kept>();
  }
  void Keep(absl::string_view, const std::vector<std::string>&,
            std::shared_ptr<const core::Kept>) const override {}

 private:
  core::MapState rows_;
};

TEST(KeepingTest, NotesTheGroupOfRowsThatWereKept) {
  const KeptRowsOf rows;
  const Watched watched(rows);
  EXPECT_NE(watched.Find(keys::ThingsOf(7)), nullptr);
  EXPECT_THAT(watched.groups(), testing::ElementsAre(keys::ThingsOf(7)));
}

TEST(KeepingTest, TakesNothingOfWhichItDoesNotKnowTheRows) {
  const KeptRowsOf rows;
  const Watched watched(rows);
  EXPECT_EQ(watched.Find("=f7/20779"), nullptr);
  EXPECT_THAT(watched.groups(), testing::IsEmpty());
}

TEST(KeepingTest, RowsOfSeveralGroupsMakeNothingThatIsKept) {
  const KeptRowsOf rows;
  const Watched watched(rows);
  ASSERT_TRUE(watched.Get(keys::Id("x")).ok());
  EXPECT_THAT(watched.groups(), testing::SizeIs(1));
  ASSERT_TRUE(watched.Scan("d/", [](auto, auto) { return true; }).ok());
  EXPECT_THAT(watched.groups(), testing::IsEmpty());
}

}  // namespace
}  // namespace kith::views
