// No personal text leaves kithd but in an answer to who may see it: with a
// marker in each, and all of them said to it, none is in logs, metrics, errors,
// RocksDB's own logs, names of files, keys, or bytes that are not sealed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <signal.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/api/v1/assessment_service.pb.h"
#include "kith/api/v1/audit_service.pb.h"
#include "kith/api/v1/consent_service.pb.h"
#include "kith/api/v1/duplicate_service.pb.h"
#include "kith/api/v1/family_service.pb.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "kith/api/v1/lead_service.pb.h"
#include "kith/api/v1/meeting_service.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "kith/api/v1/override_service.pb.h"
#include "kith/api/v1/plan_service.pb.h"
#include "kith/api/v1/referral_service.pb.h"
#include "kith/api/v1/watch_service.pb.h"
#include "services/engine/testing.h"
#include "tests/server/canaries.h"
#include "tests/server/canary_reads.h"
#include "tests/server/canary_story.h"
#include "tests/server/generic_client.h"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {
namespace {

using agency::v1::Statement;
using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;

// What of `all` is not there.
std::set<std::string> Missing(const std::set<std::string>& there,
                              const std::set<std::string>& all) {
  std::set<std::string> missing;
  std::set_difference(all.begin(), all.end(), there.begin(), there.end(),
                      std::inserter(missing, missing.end()));
  return missing;
}

// So that each of the fields of which one may be set has its turn.
constexpr int kRounds = 6;

class CanaryTest : public ::testing::Test {
 protected:
  // Statements of every kind.
  std::vector<Statement> Everything() {
    std::vector<Statement> all;
    const auto* what = Statement::descriptor()->FindOneofByName("what");
    for (int i = 0; i < what->field_count(); ++i) {
      Statement statement;
      filler_.Fill(statement.GetReflection()->MutableMessage(&statement,
                                                             what->field(i)));
      all.push_back(std::move(statement));
    }
    return all;
  }

  // Somebody whom the others are about.
  Statement Somebody() {
    Statement person;
    filler_.Fill(person.mutable_person_stated());
    person.mutable_person_stated()->mutable_record()->set_local_id(
        absl::StrCat(kMarker, "person"));
    return person;
  }

  void Register(Kithd& kithd) {
    engine::testing::PutKey(folder_.path() + "/data/keys", source_);
    api::v1::RegisterSourceRequest request;
    *request.mutable_registration() =
        source_.Registration().source_registered();
    request.mutable_write()->set_request_id("register");
    const auto registered =
        kithd.Call(Of("hub", "h1", "hub_administrator"),
                   &api::v1::OperationsService::Stub::RegisterSource, request);
    ASSERT_EQ(ReasonOf(registered.status), "OK");
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
      search_.Text("a reason", response.outcome().reason().ShortDebugString());
      ++fed_[response.outcome().kind()];
    }
    stream->WritesDone();
    Hear(stream->Finish());
  }

  // Every method, with everything that it takes, said by several people.
  void CallAll(Kithd& kithd, bool first) {
    const Reflected reflected(*kithd.channel());
    for (const std::string& name : reflected.services()) {
      if (!absl::StartsWith(name, "kith.")) continue;
      const auto* service =
          google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
              name);
      ASSERT_NE(service, nullptr) << name;
      for (int i = 0; i < service->method_count(); ++i) {
        if (service->method(i)->client_streaming()) continue;
        // What is watched is watched until the deadline: once is enough.
        if (absl::EndsWith(name, "WatchService")) {
          if (first) CallOne(kithd, *service->method(i), "practitioner");
          continue;
        }
        for (const char* role :
             {"practitioner", "hub_administrator", "auditor"}) {
          CallOne(kithd, *service->method(i), role);
        }
      }
    }
  }

  void CallOne(Kithd& kithd, const MethodDescriptor& method, const char* role) {
    const Descriptor& type = *method.input_type();
    std::unique_ptr<Message> request(
        google::protobuf::MessageFactory::generated_factory()
            ->GetPrototype(&type)
            ->New());
    filler_.Fill(request.get());
    if (const auto* write = type.FindFieldByName("write"); write != nullptr) {
      static_cast<api::v1::WriteOptions*>(
          request->GetReflection()->MutableMessage(request.get(), write))
          ->set_request_id(absl::StrCat("request-", ++requests_));
    }
    Who who = Of("council", filler_.NextMarker(), role);
    who.name = filler_.NextMarker();
    who.reason = filler_.NextMarker();
    const GenericAnswer answer = CallGeneric(
        *kithd.channel(),
        absl::StrCat("/", method.service()->full_name(), "/", method.name()),
        who, {request->SerializeAsString()});
    Hear(answer.status);
    ++answers_[answer.status.error_code()];
  }

  void Hear(const grpc::Status& status) {
    search_.Text("an error", status.error_message());
    search_.Text("details of an error", status.error_details());
  }

  void HearOperations(Kithd& kithd) {
    for (const char* path : {"/metrics", "/healthz", "/readyz"}) {
      search_.Text(path, HttpGet(kithd.http_port(), path));
    }
  }

  // Ends it; all that it logged.
  std::string End(Kithd& kithd) {
    kithd.process().Signal(SIGTERM);
    const Ended ended = kithd.process().Wait();
    EXPECT_EQ(ended.code, 0);
    search_.Text("standard output", ended.out);
    search_.Text("the log", ended.err);
    return ended.err;
  }

  // All of it, once nobody has it open.
  void SearchTheDisk() {
    search_.Files(folder_.path());
    search_.Count("_feed");  // what is not sealed is found like this
    search_.Databases(folder_.path());
    EXPECT_GE(search_.files(), 10);
    EXPECT_GE(search_.databases(), 2);
    EXPECT_GT(search_.rows(), 500u);
    EXPECT_GT(search_.counted(), 0u);
  }

  TestFolder folder_;
  Filler filler_;
  MarkerSearch search_;
  engine::testing::TestSource source_{
      "hackney", "council_feed", agency::v1::SOURCE_KIND_OUTBOX, "council"};
  std::map<int, int> fed_;
  std::map<grpc::StatusCode, int> answers_;
  int requests_ = 0;
};

// What every service takes, accepts and shows.
TEST_F(CanaryTest, NoMarkerOfAStoryThatIsAcceptedLeavesButInAnAnswer) {
  {
    Kithd kithd(folder_.path(), {"--log-level", "debug", "--checkpoints",
                                 folder_.path() + "/checkpoints"});
    CanaryStory story(kithd, folder_.path(), filler_, search_);
    CanaryReads reads(kithd);
    story.Tell([&] {
      reads.Watch(story.ids());
      reads.Read(story.ids());
    });
    reads.Read(story.ids());
    reads.End(search_);
    HearOperations(kithd);
    EXPECT_NE(End(kithd), "");

    // A new kind of statement has its place in the story, a new personal text
    // its marker; and what reads shows one, but for what tells of no texts.
    EXPECT_THAT(Missing(story.accepted(), StatementKinds()), IsEmpty());
    EXPECT_THAT(
        Missing(story.marked(), PersonalTextsOf(*Statement::descriptor())),
        Each(AnyOf(EndsWith(".purpose"), EndsWith("agency"),
                   EndsWith(".instrument"))));
    EXPECT_THAT(Missing(reads.answered(), MethodsThatRead()), IsEmpty());
    EXPECT_THAT(
        Missing(reads.shown(), MethodsThatRead()),
        Each(AnyOf(StartsWith("OperationsService."),
                   StartsWith("IntakeService."), "ConsentService.CountUnstored",
                   "ConsentService.ExplainAccess", "FamilyService.ListDue",
                   "OverrideService.ListReviews",
                   "WatchService.WatchWorklist")));
  }
  SearchTheDisk();
  EXPECT_THAT(search_.found(), IsEmpty());
}

TEST_F(CanaryTest, NoMarkerLeavesButInAnAnswer) {
  {
    Kithd kithd(folder_.path(), {"--log-level", "debug"});
    Register(kithd);
    Feed(kithd, {Somebody()});
    for (int round = 0; round < kRounds; ++round) {
      CallAll(kithd, round == 0);
      std::vector<Statement> all = Everything();
      for (Statement& one : all) filler_.Fill(one.mutable_snapshot());
      Feed(kithd, all);
    }
    HearOperations(kithd);
    EXPECT_NE(End(kithd), "");
  }
  SearchTheDisk();
  EXPECT_THAT(search_.found(), IsEmpty());
  // Some of it was understood and recorded.
  EXPECT_GE(fed_[ledger::v1::OUTCOME_KIND_ACCEPTED], 5);
  EXPECT_GE(answers_[grpc::StatusCode::OK], 20);
}

// A new personal field has a marker too, or is to be looked at here.
TEST_F(CanaryTest, EveryPersonalTextHadAMarker) {
  for (int round = 0; round < kRounds; ++round) {
    Everything();
    Statement copied;
    filler_.Fill(copied.mutable_snapshot());
  }
  const std::set<std::string> personal =
      PersonalTextsOf(*Statement::descriptor());
  EXPECT_GE(personal.size(), 60u);
  // Names from lists, of agencies and purposes: with another, nothing of the
  // rest would be taken.
  EXPECT_THAT(Missing(filler_.marked(), personal),
              Each(AnyOf(EndsWith(".purpose"), EndsWith(".agency"))));
}

TEST_F(CanaryTest, MarkersThatAreThereAreFound) {
  const std::string marker = filler_.NextMarker();
  folder_.Write("notes", "asked by " + marker);
  folder_.Write(marker, "");
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(
      rocksdb::DB::Open(options, folder_.path() + "/rows", &opened).ok());
  std::unique_ptr<rocksdb::DB> database(opened);
  ASSERT_TRUE(database->Put({}, marker, "").ok());
  ASSERT_TRUE(database->Put({}, "sealed", "not " + marker).ok());
  ASSERT_TRUE(database->Flush({}).ok());
  database.reset();
  search_.Text("the log", "family " + marker);
  search_.Text("another log", "family f-1");
  search_.Files(folder_.path());
  search_.Databases(folder_.path());
  EXPECT_THAT(search_.found(),
              IsSupersetOf({std::string("the log"), std::string("file notes"),
                            std::string("the name of a file"),
                            absl::StrCat("a key of ", folder_.path(),
                                         "/rows, column family default"),
                            absl::StrCat("a value of ", folder_.path(),
                                         "/rows, column family default")}));
  EXPECT_EQ(search_.found().count("another log"), 0u);
}

}  // namespace
}  // namespace kith::server_tests
