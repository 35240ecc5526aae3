// A stream of answers takes recorded ones and nothing else.
#include "services/api/stream.h"

#include <utility>

#include "gtest/gtest.h"
#include "kith/api/v1/family_service.pb.h"
#include "services/access/recorded.h"

namespace kith::api {
namespace {

using Answer = v1::GetFamilyResponse;

template <class T>
constexpr bool kMaySend = requires(AnswerStream<Answer>& stream, T answer) {
  stream.Send(std::move(answer));
};

TEST(AnswerStreamTest, SendsWhatIsRecordedAlone) {
  EXPECT_TRUE(kMaySend<access::Recorded<Answer>>);
  EXPECT_FALSE(kMaySend<Answer>);
}

}  // namespace
}  // namespace kith::api
