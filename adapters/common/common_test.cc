// Text, CSV, dates, mapping tables and the report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "adapters/common/csv.h"
#include "adapters/common/dates.h"
#include "adapters/common/mapping.h"
#include "adapters/common/report.h"
#include "adapters/common/text.h"

namespace kith::adapters {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(TextTest, WhatIsNotUtf8IsWindows1252) {
  EXPECT_EQ(ToUtf8("Ren\xC3\xA9"
                   "e"),
            "Ren\xC3\xA9"
            "e");
  EXPECT_EQ(ToUtf8("Ren\xE9"
                   "e"),
            "Ren\xC3\xA9"
            "e");
  EXPECT_EQ(ToUtf8("O\x92"
                   "Brien"),
            "O\xE2\x80\x99"
            "Brien");
}

TEST(TextTest, AFileInUtf16WithItsMarkIsRead) {
  EXPECT_EQ(*DecodeFile(std::string("\xFF\xFE<\0a\0", 6)), "<a");
  EXPECT_EQ(*DecodeFile("\xEF\xBB\xBF<a"), "<a");
}

TEST(TextTest, NamesCompareWithoutAccentsCaseAndMarks) {
  EXPECT_EQ(NormalName(" O\xE2\x80\x99"
                       "Brien-\xC3\x89lan "),
            "obrienelan");
}

TEST(TextTest, FreeTextIsNotRepeatedAsACode) {
  EXPECT_EQ(CodeForRemark("9A"), "\"9A\"");
  EXPECT_EQ(CodeForRemark("Nadia Ferris"), "(12 bytes)");
  EXPECT_EQ(CodeForRemark("Ferris-Lowe"), "(11 bytes)");
}

std::vector<CsvRecord> ReadAll(const std::string& text) {
  std::istringstream in(text);
  CsvReader reader(in);
  std::vector<CsvRecord> records;
  const auto header = reader.ReadHeader();
  if (!header.ok()) return records;
  records.push_back(*header);
  CsvRecord record;
  while (reader.Next(record)) records.push_back(record);
  return records;
}

TEST(CsvTest, QuotesDelimitersAndLineEndsOfAllKinds) {
  const auto records =
      ReadAll("a;b\r\n\"x;\"\"y\"\"\";\"two\nlines\"\r\n\r\n;\r\nz;\r\n");
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_THAT(records[1].fields, ElementsAre("x;\"y\"", "two lines"));
  EXPECT_EQ(records[1].line, 2u);
  EXPECT_EQ(records[2].line, 6u);
  EXPECT_THAT(records[2].columns, ElementsAre(1, 3));
}

TEST(CsvTest, AQuoteNeverClosedCostsOneLine) {
  const auto records = ReadAll("a,b\n1,\"x\n2,y\n3,z\n");
  ASSERT_THAT(records, SizeIs(4));
  EXPECT_THAT(records[1].problem, HasSubstr("never closed"));
  EXPECT_THAT(records[2].fields, ElementsAre("2", "y"));
}

TEST(CsvTest, ALineWithoutEndCostsOneLine) {
  const auto records = ReadAll(
      "a,b\n" + std::string(3 * CsvReader::kLineBytesMax, 'x') + "\n1,2\n");
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_THAT(records[1].problem, HasSubstr("longer than"));
  EXPECT_THAT(records[2].fields, ElementsAre("1", "2"));
}

TEST(CsvTest, RowsAreDecodedEachOnItsOwn) {
  const auto records = ReadAll("a\nZo\xC3\xAB\nZo\xEB\n");
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[1].fields, records[2].fields);
}

TEST(CsvTest, AnEmptyFileAndAWorkbookAreNoCsv) {
  std::istringstream empty(""), workbook(std::string("P\0K\0", 4));
  EXPECT_FALSE(CsvReader(empty).ReadHeader().ok());
  EXPECT_FALSE(CsvReader(workbook).ReadHeader().ok());
}

std::string Iso(const std::optional<agency::v1::Date>& date) {
  if (!date) return "";
  return std::to_string(date->year()) + "-" + std::to_string(date->month()) +
         "-" + std::to_string(date->day());
}

TEST(DatesTest, DayComesBeforeMonthInEngland) {
  EXPECT_EQ(Iso(ParseUkDate("03/04/2015")), "2015-4-3");
  EXPECT_EQ(Iso(ParseUkDate("3-Apr-2015")), "2015-4-3");
  EXPECT_EQ(Iso(ParseUkDate("2015-04-03 00:00:00")), "2015-4-3");
}

TEST(DatesTest, DaysThatDoNotExistAreNoDates) {
  for (const char* text :
       {"31/02/2019", "29/02/2023", "00/01/2020", "1/13/2020", "2020",
        "12/12/20", "", "x/y/z", "99999999999/1/1"}) {
    EXPECT_EQ(Iso(ParseUkDate(text)), "") << text;
  }
  EXPECT_EQ(Iso(ParseUkDate("29/02/2024")), "2024-2-29");
}

TEST(DatesTest, FhirDatesMayBeParts) {
  EXPECT_EQ(Iso(ParseFhirDate("1963")), "1963-0-0");
  EXPECT_EQ(Iso(ParseFhirDate("1963-07")), "1963-7-0");
  EXPECT_EQ(Iso(ParseFhirDate("1963-13")), "");
  EXPECT_EQ(Iso(ParseFhirDate("2023-02-30")), "");
  // Half past eleven in the evening in UTC is the next day in a London summer.
  EXPECT_EQ(Iso(ParseFhirDate("2024-07-01T23:30:00Z")), "2024-7-2");
}

TEST(DatesTest, AnInstantWithoutZoneIsLondons) {
  EXPECT_EQ(ParseInstant("2024-07-01T10:00:00"),
            ParseInstant("2024-07-01T09:00:00Z"));
  EXPECT_FALSE(ParseInstant("yesterday").has_value());
}

TEST(MappingTest, CodesAreFoundWithAndWithoutTheirLetter) {
  const auto mapping =
      Mapping::Parse("version: 1\ntables:\n  sex:\n    male: [Male, '1']\n");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(mapping->Find("sex", "a) Male"), "male");
  EXPECT_EQ(mapping->Find("sex", " MALE "), "male");
  EXPECT_EQ(mapping->Find("sex", "2"), std::nullopt);
  EXPECT_EQ(mapping->Find("no table", "Male"), std::nullopt);
}

TEST(MappingTest, ASitesOwnWordsWin) {
  const auto mapping = Mapping::Parse(
      "version: 1\ntables: {sex: {male: [X]}}\n",
      "version: 2\ntables: {sex: {other: [X]}}\nsettings: {a: b}\n");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(mapping->Find("sex", "x"), "other");
  EXPECT_EQ(mapping->Setting("a", ""), "b");
}

TEST(MappingTest, ABadTableIsRefused) {
  EXPECT_FALSE(Mapping::Parse("").ok());
  EXPECT_FALSE(Mapping::Parse("tables: {}").ok());
  EXPECT_FALSE(Mapping::Parse("version: 1\nsurprise: 2").ok());
  EXPECT_FALSE(
      Mapping::Parse("version: 1\ntables: {a: {b: [c], d: [c]}}").ok());
  EXPECT_FALSE(Mapping::Parse("version: [").ok());
}

Item Made(const std::string& kind, Ending ending) {
  Item item;
  item.kind = kind;
  item.place = {"f.csv", 2, 1};
  item.ending = ending;
  item.left_out["attendance"] = 2;
  return item;
}

TEST(ReportTest, CountsAddUpToWhatWasRead) {
  Report report;
  for (int i = 0; i < kEndings; ++i) {
    const auto ending = static_cast<Ending>(i);
    report.Add(Made("row", ending), ending, "for a reason");
  }
  EXPECT_EQ(report.total().total(), static_cast<uint64_t>(kEndings));
  EXPECT_EQ(report.total().of(Ending::kSetAside), 1u);
  EXPECT_TRUE(report.HasComplaints());
  EXPECT_THAT(report.Table(), HasSubstr("all items: 9 = 1 accepted"));
  EXPECT_THAT(report.Table(), HasSubstr("f.csv:2:1: row refused: for a"));
  EXPECT_THAT(report.Json(), HasSubstr("\"set_aside\": 1"));
  EXPECT_THAT(report.Json(), HasSubstr("\"attendance\": 18"));
}

}  // namespace
}  // namespace kith::adapters
