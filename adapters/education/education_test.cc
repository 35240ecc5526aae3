// The Common Transfer File as statements, and bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "adapters/common/text.h"
#include "adapters/education/reader.h"

namespace kith::adapters::education {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Item> ReadAll(const std::string& text,
                          absl::Status* status = nullptr) {
  const auto yaml = ReadFile("adapters/education/mapping.yaml", 1 << 20);
  const auto mapping = Mapping::Parse(*yaml);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  const Feed feed{"school", "ctf", absl::FromUnixSeconds(1), "council",
                  "mosaic"};
  std::vector<Item> items;
  const absl::Status read = Read("f.xml", text, feed, *mapping, [&](Item item) {
    items.push_back(std::move(item));
    return absl::OkStatus();
  });
  if (status != nullptr) *status = read;
  return items;
}

std::string File(const std::string& pupils) {
  return absl::StrCat(
      "<?xml version=\"1.0\"?>\n<CTfile><Header><CTFversion>25.0</CTFversion>"
      "<DateTime>2024-03-01T08:00:00</DateTime><SourceSchool><LEA>999</LEA>"
      "<Estab>4001</Estab></SourceSchool></Header>\n<CTFpupilData>\n",
      pupils, "</CTFpupilData></CTfile>\n");
}

std::string Pupil(const std::string& more, const char* upn = "N999400116014") {
  return absl::StrCat("<Pupil><UPN>", upn,
                      "</UPN><Surname>Ferris</Surname><Forename>Matilda"
                      "</Forename><DOB>2011-06-02</DOB><Sex>F</Sex>",
                      more, "</Pupil>\n");
}

template <class Pick>
auto Find(const Item& item, Pick pick) {
  std::vector<agency::v1::Statement> found;
  for (const Said& said : item.said) {
    if (pick(said.statement)) found.push_back(said.statement);
  }
  return found;
}

TEST(PupilTest, IsARecordNamedByThePupilNumber) {
  const auto items = ReadAll(
      File(Pupil("<BasicDetails><FormerUPN>B801200005001</FormerUPN>"
                 "<PreferredForename>Tilly</PreferredForename>"
                 "<LAchildID>P1002</LAchildID></BasicDetails>"
                 "<Address><BS7666Address><SAON>Flat 2</SAON><PAON>7</PAON>"
                 "<Street>Quayside Row</Street></BS7666Address>"
                 "<PostCode>RV1 4QX</PostCode></Address>")));
  ASSERT_THAT(items, SizeIs(1));
  const auto& statement = items[0].said[0].statement;
  // Eight in the morning in London, in winter.
  EXPECT_EQ(statement.snapshot().extracted_at().seconds(), 1709280000);
  const auto& person = statement.person_stated();
  EXPECT_EQ(person.record().local_id(), "N999400116014");
  EXPECT_EQ(person.names(1).given(), "Tilly");
  EXPECT_EQ(person.names(1).use(), agency::v1::NAME_USE_PREFERRED);
  EXPECT_EQ(person.birth_date().year(), 2011);
  ASSERT_THAT(person.identifiers(), SizeIs(3));
  EXPECT_EQ(person.identifiers(0).kind(), agency::v1::IDENTIFIER_KIND_UPN);
  EXPECT_EQ(person.identifiers(1).kind(),
            agency::v1::IDENTIFIER_KIND_FORMER_UPN);
  EXPECT_EQ(person.identifiers(2).local().agency(), "council");
  EXPECT_EQ(person.addresses(0).lines(0), "Flat 2 7 Quayside Row");
}

TEST(PupilTest, SexWasCalledGenderBefore2023) {
  const auto items = ReadAll(File(
      "<Pupil><UPN>A1</UPN><Surname>X</Surname><Gender>M</Gender></Pupil>"));
  EXPECT_EQ(items[0].said[0].statement.person_stated().sex(),
            agency::v1::SEX_MALE);
}

std::string Contact(const char* code, const char* more) {
  return absl::StrCat(
      "<Contact><Surname>Ferris</Surname><Forename>Nadia"
      "</Forename><Relationship>",
      code, "</Relationship>", more, "</Contact>");
}

TEST(ContactTest, AParentIsARecordARelationshipAndAResponsibility) {
  const auto items = ReadAll(File(Pupil(absl::StrCat(
      "<Address><PostCode>RV1 4QX</PostCode></Address><Contacts>",
      Contact("PAM",
              "<Responsibility>true</Responsibility><AddressAsPupil>true"
              "</AddressAsPupil>"),
      Contact("DOC", ""), "</Contacts>"))));
  const auto people =
      Find(items[0], [](const auto& s) { return s.has_person_stated(); });
  ASSERT_THAT(people, SizeIs(2));
  const auto& mother = people[1].person_stated();
  EXPECT_FALSE(mother.has_birth_date());
  EXPECT_EQ(mother.addresses(0).postcode(), "RV1 4QX");
  EXPECT_THAT(mother.record().local_id(), Not(HasSubstr("Nadia")));
  const auto relations =
      Find(items[0], [](const auto& s) { return s.has_relationship_stated(); });
  ASSERT_THAT(relations, SizeIs(1));
  const auto& said = relations[0].relationship_stated();
  EXPECT_EQ(said.kind(), agency::v1::RELATIONSHIP_KIND_PARENT);
  EXPECT_EQ(said.parental_responsibility(), agency::v1::ANSWER_YES);
  EXPECT_EQ(said.lives_with(), agency::v1::ANSWER_YES);
  EXPECT_EQ(items[0].left_out.at("a professional among the contacts"), 1u);
}

TEST(ContactTest, AContactKeepsItsIdHoweverTheNameIsSpelt) {
  const auto id = [](const std::string& name, const char* code) {
    const auto items = ReadAll(File(Pupil(absl::StrCat(
        "<Contacts><Contact><Surname>", name, "</Surname><Relationship>", code,
        "</Relationship></Contact></Contacts>"))));
    return items[0].said[1].statement.person_stated().record().local_id();
  };
  EXPECT_EQ(id("O'Brien", "PAM"), id(" o\xE2\x80\x99"
                                     "brien",
                                     "PAM"));
  EXPECT_NE(id("O'Brien", "PAM"), id("O'Brien", "PAF"));
  EXPECT_NE(id("O'Brien", "PAM"), id("Bryan", "PAM"));
}

TEST(ContactTest, AnUnknownCodeIsKeptAsWording) {
  const auto items = ReadAll(File(
      Pupil(absl::StrCat("<Contacts>", Contact("QQQ", ""), "</Contacts>"))));
  const auto relations =
      Find(items[0], [](const auto& s) { return s.has_relationship_stated(); });
  EXPECT_EQ(relations[0].relationship_stated().kind(),
            agency::v1::RELATIONSHIP_KIND_UNSPECIFIED);
  EXPECT_EQ(relations[0].relationship_stated().wording(), "QQQ");
  ASSERT_THAT(items[0].remarks, SizeIs(1));
  EXPECT_EQ(items[0].remarks[0].place.line, 4u);
  EXPECT_GT(items[0].remarks[0].place.column, 1u);
}

TEST(PupilTest, NeedsYoungCarerAndTheSendingSchoolAreSaid) {
  const auto items = ReadAll(File(Pupil(
      "<BasicDetails><YoungCarer>S</YoungCarer></BasicDetails>"
      "<SENhistory><SEN><StartDate>2020-01-01</StartDate><SENprovision>N"
      "</SENprovision></SEN><SEN><StartDate>2023-01-01</StartDate>"
      "<SENprovision>K</SENprovision></SEN><SENneeds><SENneed><SENtype>SLCN"
      "</SENtype></SENneed></SENneeds></SENhistory>"
      "<SchoolHistory><School><LEA>999</LEA><Estab>2207</Estab></School>"
      "<School><LEA>999</LEA><Estab>4001</Estab><EntryDate>2022-09-05"
      "</EntryDate></School></SchoolHistory>"
      "<Attendance><YearData/></Attendance><StageAssessments/>")));
  const auto needs =
      Find(items[0], [](const auto& s) { return s.has_need_stated(); });
  ASSERT_THAT(needs, SizeIs(1));
  EXPECT_EQ(needs[0].need_stated().need(), "sen_speech_language_communication");
  const auto carers =
      Find(items[0], [](const auto& s) { return s.has_young_carer_stated(); });
  ASSERT_THAT(carers, SizeIs(1));
  EXPECT_EQ(carers[0].young_carer_stated().identified_by(), "school");
  const auto schools =
      Find(items[0], [](const auto& s) { return s.has_involvement_stated(); });
  ASSERT_THAT(schools, SizeIs(1));
  EXPECT_EQ(schools[0].involvement_stated().period().from().year(), 2022);
  EXPECT_EQ(items[0].left_out.at("attendance"), 1u);
  EXPECT_EQ(items[0].left_out.at("assessments"), 1u);
  EXPECT_EQ(items[0].left_out.at("another school's history"), 1u);
}

TEST(BadInputTest, OneBrokenPupilCostsOne) {
  const auto items = ReadAll(File(absl::StrCat(
      "<Pupil><Surname>No</Surname><Forename>Number</Forename></Pupil>\n",
      "<Pupil><UPN>A</UPN><Surname>X</Surname><DOB>2019-02-31</DOB></Pupil>\n",
      "<Pupil><UPN>A</UPN><Surname>X</Surnam></Pupil>\n",
      "<Pupil><UPN>A</UPN>\n", "<!-- <Pupil> -->", Pupil(""))));
  ASSERT_THAT(items, SizeIs(5));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(items[i].ending, Ending::kSetAside) << i;
    EXPECT_FALSE(items[i].reason.empty());
    EXPECT_THAT(items[i].said, IsEmpty());
    EXPECT_EQ(items[i].place.line, 4u + i);
  }
  EXPECT_EQ(items[4].ending, Ending::kReady);
}

TEST(BadInputTest, ATornFileIsReadUpToTheTear) {
  const std::string whole = File(Pupil("") + Pupil("", "Y999400121007"));
  const size_t second = whole.rfind("<Pupil>");
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto items = ReadAll(whole.substr(0, size));
    if (size > second + 6 && size < whole.rfind("</CTFpupilData>") - 1) {
      ASSERT_THAT(items, SizeIs(2)) << size;
      EXPECT_EQ(items[0].ending, Ending::kReady);
      EXPECT_EQ(items[1].ending, Ending::kSetAside);
    }
  }
}

TEST(BadInputTest, OtherFilesAreRefused) {
  absl::Status status;
  for (const char* text : {"", "hello", "<html><body/></html>", "{}"}) {
    EXPECT_THAT(ReadAll(text, &status), IsEmpty());
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
  }
}

TEST(BadInputTest, ADeeplyNestedPupilIsSetAside) {
  std::string deep = "<Pupil>";
  for (int i = 0; i < 50000; ++i) deep += "<a>";
  for (int i = 0; i < 50000; ++i) deep += "</a>";
  const auto items = ReadAll(File(deep + "</Pupil>"));
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].ending, Ending::kSetAside);
}

TEST(BadInputTest, EntitiesAreNotExpanded) {
  const auto items = ReadAll(
      absl::StrCat("<!DOCTYPE x [<!ENTITY a \"aaaa\">]>\n",
                   File(Pupil("<BasicDetails><FormerSurname>&a;</FormerSurname>"
                              "</BasicDetails>"))));
  ASSERT_THAT(items, SizeIs(1));
  EXPECT_EQ(items[0].said[0].statement.person_stated().names(1).family(),
            "&a;");
}

TEST(BadInputTest, ALongFileIsReadToItsEnd) {
  std::string pupils;
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&pupils, Pupil(""));
  const auto items = ReadAll(File(pupils));
  ASSERT_THAT(items, SizeIs(20000));
  EXPECT_THAT(items.back().said, SizeIs(1));
}

}  // namespace
}  // namespace kith::adapters::education
