// The worked example of FORMAT.md is what the program writes and reads.
#include <cctype>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "eventstore/ledger_database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::eventstore {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

// Without blanks, so that the page may set its bytes as it likes.
std::string Page() {
  std::ifstream file("eventstore/FORMAT.md");
  std::string page;
  for (std::istreambuf_iterator<char> at(file), end; at != end; ++at) {
    if (!std::isspace(static_cast<unsigned char>(*at))) page.push_back(*at);
  }
  return page;
}

std::string Hex(absl::string_view bytes) {
  return absl::BytesToHexString(bytes);
}

NewRecord Example() {
  NewRecord record;
  record.recorded_at_micros = 1'700'000'000'000'000;
  record.source = "council_feed";
  record.epoch = 2;
  record.sequence = 41;
  record.ordinal = 1;
  record.subject = 11;
  record.kind = 7;
  record.rules_number = 1;
  record.salt = std::string(32, 's');
  record.payload = "was said";
  return record;
}

std::string ExampleHeader() {
  const NewRecord record = Example();
  std::string header;
  AppendHeader(record, 0, Commitment(record.salt, record.payload), NoDigest(),
               header);
  return header;
}

const std::string& ExampleKey() {
  static const std::string key(32, 'k');
  return key;
}

TEST(FormatTest, TheHeaderAndItsDigestAreThoseOfThePage) {
  EXPECT_THAT(Page(), HasSubstr(Hex(ExampleHeader())));
  EXPECT_THAT(Page(), HasSubstr(Hex(base::Sha256(ExampleHeader()))));
}

TEST(FormatTest, HeadersReadBack) {
  const ParsedHeader parsed = ParseHeader(ExampleHeader()).value();
  const NewRecord record = Example();
  EXPECT_THAT(parsed.previous, Eq(NoDigest()));
  EXPECT_THAT(parsed.record.position, Eq(0u));
  EXPECT_THAT(parsed.record.recorded_at_micros, Eq(record.recorded_at_micros));
  EXPECT_THAT(parsed.record.source, Eq(record.source));
  EXPECT_THAT(parsed.record.epoch, Eq(record.epoch));
  EXPECT_THAT(parsed.record.sequence, Eq(record.sequence));
  EXPECT_THAT(parsed.record.ordinal, Eq(record.ordinal));
  EXPECT_THAT(parsed.record.subject, Eq(record.subject));
  EXPECT_THAT(parsed.record.kind, Eq(record.kind));
  EXPECT_THAT(parsed.record.rules_number, Eq(record.rules_number));
  EXPECT_THAT(parsed.record.digest, Eq(base::Sha256(ExampleHeader())));
}

TEST(FormatTest, HeadersOfAnotherVersionOrLengthAreRefused) {
  std::string unknown = ExampleHeader();
  unknown[0] = 2;
  EXPECT_EQ(ParseHeader(unknown).status().code(),
            absl::StatusCode::kFailedPrecondition);
  const std::string header = ExampleHeader();
  for (size_t length = 0; length < header.size(); ++length) {
    EXPECT_EQ(ParseHeader(header.substr(0, length)).status().code(),
              absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(ParseHeader(header + "x").status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(FormatTest, ThePayloadOfThePageUnseals) {
  const std::string joined = JoinSalt(Example().salt, Example().payload);
  EXPECT_THAT(Page(), HasSubstr(Hex(joined)));
  const std::string sealed =
      "80a4ea965e402b220595944485c58e52cd68abd9ab7293c631be1b85b54a2e2e91936cd2"
      "002b70ea2fb870d007470c82b1b4cdd37f79d86c9660a275db624f37a39721af49";
  EXPECT_THAT(Page(), HasSubstr(sealed));
  std::string context;
  AppendPayloadContext(0, 11, context);
  EXPECT_THAT(
      base::Unseal(ExampleKey(), context, absl::HexStringToBytes(sealed))
          .value(),
      Eq(joined));
}

TEST(FormatTest, TheRowOfThePageUnseals) {
  const Table table = Table::View(1);
  const std::string sealed =
      "7104ba10582404d356550bf2ea65ff17620ecff8b1e6700171ed259f5e4de0fe";
  EXPECT_THAT(Page(),
              HasSubstr(Hex(absl::StrCat(TablePrefix(table), "family")) +
                        "000000000000000c" + sealed));
  std::string context;
  AppendRowContext(table, "family", 12, context);
  EXPECT_THAT(
      base::Unseal(ExampleKey(), context, absl::HexStringToBytes(sealed))
          .value(),
      Eq("view"));
}

TEST(FormatTest, TheMomentOfThePageReadsBack) {
  Moment moment;
  moment.write = 5;
  moment.head = {1, base::Sha256(ExampleHeader())};
  moment.views.building = 2;
  moment.last_view = 2;
  moment.inbox_position = "at 1";
  const std::string bytes = EncodeMoment(moment);
  EXPECT_THAT(Page(), HasSubstr(Hex(bytes)));
  EXPECT_THAT(bytes.substr(0, 48), Eq(EncodeMark(moment)));
  const Moment read = DecodeMoment(bytes).value();
  EXPECT_THAT(EncodeMoment(read), Eq(bytes));
  EXPECT_EQ(read.views, moment.views);
  EXPECT_EQ(DecodeMoment(bytes.substr(0, 67)).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace kith::eventstore
