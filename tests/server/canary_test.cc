// A marker in every personal field of every kind of statement: none of them may
// leave kithd but in an answer to who may see it - not in logs, metrics,
// errors, RocksDB's own log, keys, or bytes that are not sealed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/util/time_util.h"
#include "kith/agency/v1/options.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/api/v1/assessment_service.pb.h"
#include "kith/api/v1/consent_service.pb.h"
#include "kith/api/v1/duplicate_service.pb.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "kith/api/v1/lead_service.pb.h"
#include "kith/api/v1/meeting_service.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "kith/api/v1/override_service.pb.h"
#include "kith/api/v1/plan_service.pb.h"
#include "kith/api/v1/referral_service.pb.h"
#include "services/engine/testing.h"
#include "tests/server/generic_client.h"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {
namespace {

using agency::v1::Statement;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Every marker begins so; nothing else does.
constexpr char kMarker[] = "qcanaryq";
constexpr int kDepthMax = 8;

// Fills messages: a marker of its own in every personal text, and plausible
// values elsewhere.
class Filler {
 public:
  int markers() const { return markers_; }

  std::string NextMarker() {
    return absl::StrFormat("%s%06d", kMarker, ++markers_);
  }

  void Fill(Message* message, int depth = 0) {
    const Descriptor& type = *message->GetDescriptor();
    const std::string& name = type.full_name();
    if (name == "kith.agency.v1.Date") {
      return Parse("year: 2020 month: 2 day: 3", message);
    }
    if (name == "google.protobuf.Timestamp") {
      static_cast<google::protobuf::Timestamp&>(*message) =
          google::protobuf::util::TimeUtil::SecondsToTimestamp(1577836800);
      return;
    }
    // The people whom the others are about are there.
    if (name == "kith.agency.v1.PersonRef") {
      return Parse(absl::StrCat("record { system: 'main' local_id: '", kMarker,
                                "person' }"),
                   message);
    }
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const auto* oneof = field.real_containing_oneof();
      if (oneof != nullptr &&
          message->GetReflection()->HasOneof(*message, oneof)) {
        continue;
      }
      FillField(message, field, depth);
    }
  }

 private:
  static void Parse(const std::string& text, Message* message) {
    KITH_CHECK(google::protobuf::TextFormat::ParseFromString(text, message));
  }
  static bool IsPersonal(const FieldDescriptor& field) {
    return field.options().GetExtension(agency::v1::sensitivity) !=
           agency::v1::SENSITIVITY_OPEN;
  }

  void FillField(Message* message, const FieldDescriptor& field, int depth) {
    const auto& reflection = *message->GetReflection();
    const bool repeated = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string value;
        if (IsPersonal(field)) value = NextMarker();
        if (field.name() == "system") value = "main";
        if (field.name() == "agency") value = "council";
        if (field.name() == "purpose") value = "early_help";
        if (value.empty()) return;
        if (repeated) return reflection.AddString(message, &field, value);
        return reflection.SetString(message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* value = field.enum_type()->FindValueByNumber(1);
        if (value == nullptr) return;
        if (repeated) return reflection.AddEnum(message, &field, value);
        return reflection.SetEnum(message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth == kDepthMax) return;
        return Fill(repeated ? reflection.AddMessage(message, &field)
                             : reflection.MutableMessage(message, &field),
                    depth + 1);
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!repeated) reflection.SetBool(message, &field, true);
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        if (!repeated) reflection.SetInt32(message, &field, 1);
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        if (!repeated) reflection.SetUInt32(message, &field, 1);
        return;
      default:
        return;  // versions: none is asked for
    }
  }

  int markers_ = 0;
};

std::string BytesOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class CanaryTest : public ::testing::Test {
 protected:
  // Statements of every kind that hold a marker.
  std::vector<Statement> Everything() {
    std::vector<Statement> all;
    const auto* what = Statement::descriptor()->FindOneofByName("what");
    for (int i = 0; i < what->field_count(); ++i) {
      Statement statement;
      const int before = filler_.markers();
      filler_.Fill(statement.GetReflection()->MutableMessage(&statement,
                                                             what->field(i)));
      if (filler_.markers() > before) all.push_back(std::move(statement));
    }
    return all;
  }

  // What the agency's feed says: whatever becomes of it, it is kept.
  void Feed(Kithd& kithd, const std::vector<Statement>& all) {
    grpc::ClientContext context;
    Introduce(Of("council", "feed", "integration_engineer"), context);
    api::v1::IntakeService::Stub stub(kithd.channel());
    auto stream = stub.Submit(&context);
    const absl::Time when = absl::Now() - absl::Minutes(1);
    for (const Statement& one : all) {
      api::v1::SubmitRequest request;
      ASSERT_TRUE(
          request.mutable_frame()->ParseFromString(source_.Frame(one, when)));
      ASSERT_TRUE(stream->Write(request));
      api::v1::SubmitResponse response;
      ASSERT_TRUE(stream->Read(&response));
      Hear(response.outcome().reason().ShortDebugString());
      kinds_[response.outcome().kind()]++;
    }
    stream->WritesDone();
    const grpc::Status end = stream->Finish();
    EXPECT_TRUE(end.ok()) << end.error_message();
  }

  // The same as acts, where there is a method that takes them.
  void Act(Kithd& kithd, const Statement& statement) {
    const auto& reflection = *statement.GetReflection();
    const auto* field = reflection.GetOneofFieldDescriptor(
        statement, Statement::descriptor()->FindOneofByName("what"));
    const Message& said = reflection.GetMessage(statement, field);
    const Reflected reflected(*kithd.channel());
    for (const std::string& name : reflected.services()) {
      if (!absl::StartsWith(name, "kith.")) continue;
      const auto* service =
          google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
              name);
      if (service == nullptr) continue;
      for (int i = 0; i < service->method_count(); ++i) {
        CallWith(kithd, *service->method(i), said);
      }
    }
  }

  void CallWith(Kithd& kithd, const google::protobuf::MethodDescriptor& method,
                const Message& said) {
    const Descriptor& type = *method.input_type();
    const auto* write = type.FindFieldByName("write");
    for (int i = 0; write != nullptr && i < type.field_count(); ++i) {
      if (type.field(i)->message_type() != said.GetDescriptor()) continue;
      std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()
              ->GetPrototype(&type)
              ->New());
      const auto& reflection = *request->GetReflection();
      reflection.MutableMessage(request.get(), type.field(i))->CopyFrom(said);
      static_cast<api::v1::WriteOptions*>(
          reflection.MutableMessage(request.get(), write))
          ->set_request_id(absl::StrCat("request-", ++requests_));
      Who who;
      who.name = filler_.NextMarker();
      who.reason = filler_.NextMarker();
      const GenericAnswer answer = CallGeneric(
          *kithd.channel(),
          absl::StrCat("/", method.service()->full_name(), "/", method.name()),
          who, {request->SerializeAsString()});
      Hear(answer.status.error_message());
      Hear(answer.status.error_details());
    }
  }

  // What anybody may come to see.
  void Hear(const std::string& text) {
    EXPECT_FALSE(absl::StrContains(text, kMarker)) << text;
  }

  // No file holds a marker in clear.
  void SearchFiles(const std::string& folder) {
    int files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      EXPECT_FALSE(absl::StrContains(BytesOf(entry.path()), kMarker))
          << entry.path().filename();
    }
    EXPECT_GT(files, 10);
  }

  // Nor does a key or value of a database, which files may hold compressed.
  void SearchDatabases(const std::string& folder) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().filename() == "CURRENT") {
        SearchDatabase(entry.path().parent_path().string());
      }
    }
    EXPECT_GE(databases_, 2);
    EXPECT_GT(rows_, 100u);
    EXPECT_TRUE(found_open_);  // what is not sealed is found like this
  }

  void SearchDatabase(const std::string& folder) {
    rocksdb::DBOptions options;
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies(options, folder, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names)
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(
        options, folder, families, &handles, &opened);
    ASSERT_TRUE(status.ok()) << status.ToString();
    const std::unique_ptr<rocksdb::DB> database(opened);
    ++databases_;
    for (auto* handle : handles) {
      const std::unique_ptr<rocksdb::Iterator> rows(
          database->NewIterator(rocksdb::ReadOptions(), handle));
      for (rows->SeekToFirst(); rows->Valid(); rows->Next(), ++rows_) {
        const std::string key = rows->key().ToString();
        const std::string value = rows->value().ToString();
        EXPECT_FALSE(absl::StrContains(key, kMarker));
        EXPECT_FALSE(absl::StrContains(value, kMarker));
        found_open_ = found_open_ || absl::StrContains(key, "council_feed") ||
                      absl::StrContains(value, "council_feed");
      }
      EXPECT_TRUE(rows->status().ok());
    }
    for (auto* handle : handles) database->DestroyColumnFamilyHandle(handle);
  }

  TestFolder folder_;
  Filler filler_;
  engine::testing::TestSource source_{
      "hackney", "council_feed", agency::v1::SOURCE_KIND_OUTBOX, "council"};
  std::map<int, int> kinds_;
  int requests_ = 0;
  int databases_ = 0;
  uint64_t rows_ = 0;
  bool found_open_ = false;
};

TEST_F(CanaryTest, NoMarkerLeavesButInAnAnswer) {
  std::string logs;
  {
    Kithd kithd(folder_.path(), {"--log-level", "debug"});
    engine::testing::PutKey(folder_.path() + "/data/keys", source_);
    api::v1::RegisterSourceRequest request;
    *request.mutable_registration() =
        source_.Registration().source_registered();
    request.mutable_write()->set_request_id("register");
    const auto registered =
        kithd.Call(Of("hub", "h1", "hub_administrator"),
                   &api::v1::OperationsService::Stub::RegisterSource, request);
    ASSERT_EQ(ReasonOf(registered.status), "OK");

    // Somebody whom the others are about.
    Statement person;
    filler_.Fill(person.mutable_person_stated());
    person.mutable_person_stated()->mutable_record()->set_local_id(
        absl::StrCat(kMarker, "person"));
    std::vector<Statement> all = Everything();
    EXPECT_GE(all.size(), 35u);
    Feed(kithd, {person});
    for (const Statement& one : all) Act(kithd, one);
    for (Statement& one : all) {
      filler_.Fill(one.mutable_snapshot());
    }
    Feed(kithd, all);
    // Some of it was understood and recorded, not only put aside.
    EXPECT_GE(kinds_[ledger::v1::OUTCOME_KIND_ACCEPTED], 5);
    Hear(HttpGet(kithd.http_port(), "/metrics"));
    Hear(HttpGet(kithd.http_port(), "/healthz"));
    kithd.process().Signal(SIGTERM);
    const Ended ended = kithd.process().Wait();
    EXPECT_EQ(ended.code, 0);
    logs = ended.out + ended.err + kithd.process().Errors();
  }
  Hear(logs);
  EXPECT_NE(logs, "");
  SearchFiles(folder_.path());
  SearchDatabases(folder_.path());
}

}  // namespace
}  // namespace kith::server_tests
