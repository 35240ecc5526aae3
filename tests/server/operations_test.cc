// What operators and hub administrators do, through the kith command line
// against a running kithd: checkpoints and their restore, rebuilds, quarantine,
// and decisions on matches and duplicate plans.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <optional>
#include <regex>

#include "absl/strings/substitute.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "services/engine/testing.h"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

// Who runs `kith`.
struct Person {
  std::string agency, name, role, purpose;
};
const Person kWorker = {"council", "w1", "practitioner", "early_help"};
const Person kTeacher = {"school", "t-12", "practitioner", "early_help"};
const Person kHub = {"council", "h1", "hub_administrator", "administration"};
const Person kAuditor = {"council", "a1", "auditor", "audit"};

class OperationsTest : public ::testing::Test {
 protected:
  void Start(const std::string& data_folder) {
    kithd_.emplace(data_folder, Words{"--checkpoints", checkpoints()});
  }
  void Start() { Start(folder.path()); }
  void Stop() {
    kithd_->process().Signal(SIGTERM);
    EXPECT_EQ(kithd_->process().Wait().code, 0);
    kithd_.reset();
  }
  Ended As(const Person& who, const Words& words) const {
    Words command = {KITH_KITH_PROGRAM,
                     "--server",
                     absl::StrCat("127.0.0.1:", kithd_->grpc_port()),
                     "--plaintext",
                     "--agency",
                     who.agency,
                     "--as",
                     who.name,
                     "--role",
                     who.role,
                     "--purpose",
                     who.purpose};
    if (who.role == "auditor") {
      command.insert(command.end(), {"--reason", "a test"});
    }
    command.insert(command.end(), words.begin(), words.end());
    return RunProgram(command, folder.path());
  }
  // What it said; fails the test unless it ended well.
  std::string Said(const Person& who, const Words& words) const {
    const Ended ended = As(who, words);
    EXPECT_EQ(ended.code, 0)
        << words[0] << " " << words[1] << ": " << ended.err;
    return ended.out;
  }
  nlohmann::json Json(const Person& who, Words words) const {
    words.insert(words.begin(), {"--output", "json"});
    return nlohmann::json::parse(Said(who, words), nullptr, false);
  }
  // Without a server.
  Ended Alone(Words words) const {
    words.insert(words.begin(), KITH_KITH_PROGRAM);
    return RunProgram(words, folder.path());
  }
  std::string Made(const Person& who, const std::string& method,
                   const std::string& said) {
    const auto answer = nlohmann::json::parse(
        Said(who, {"call", method,
                   absl::Substitute(R"({$0, "write": {"request_id": "r$1"}})",
                                    said, ++requests_)}),
        nullptr, false);
    // Not every act makes something.
    const nlohmann::json::json_pointer made("/outcome/made_ids/0");
    return answer.contains(made) ? answer[made].get<std::string>() : "";
  }
  std::string StatePerson(const Person& who, const std::string& local_id,
                          const std::string& given, int birth_year,
                          const std::string& postcode = "RV1 4QX") {
    return Made(who, "FamilyService.StatePerson",
                absl::Substitute(
                    R"("person": {"record": {"system": "main",
                       "local_id": "$0"}, "names": [{"given": "$1",
                       "family": "Ferris"}],
                       "birth_date": {"year": $2, "month": 6, "day": 2},
                       "addresses": [{"lines": ["7 Quayside Row"],
                       "postcode": "$3"}]})",
                    local_id, given, birth_year, postcode));
  }
  static std::string Record(const std::string& local_id) {
    return absl::Substitute(
        R"({"record": {"system": "main", "local_id": "$0"}})", local_id);
  }
  // Two children of the council, who are siblings.
  std::string RegisterFamily() {
    StatePerson(kWorker, "anna", "Anna", 2014);
    StatePerson(kWorker, "ben", "Ben", 2016);
    Made(kWorker, "FamilyService.StateRelationship",
         absl::Substitute(R"("relationship": {"person": $0, "to": $1,
                             "kind": "RELATIONSHIP_KIND_SIBLING"})",
                          Record("anna"), Record("ben")));
    return Made(kWorker, "FamilyService.RegisterFamily",
                absl::Substitute(R"("family": {"defined_by": $0,
                            "members": [{"person": $0}, {"person": $1}]})",
                                 Record("anna"), Record("ben")));
  }
  // The facts there are, and the head of their chain.
  std::string Head() const {
    const nlohmann::json answer = Json(kHub, {"node", "status"});
    const auto& status = answer["status"];
    return absl::StrCat(status["facts"].get<std::string>(), " ",
                        status["head_digest"].get<std::string>());
  }
  std::string checkpoints() const { return folder.path() + "/checkpoints"; }
  std::string data() const { return folder.path() + "/data"; }

  TestFolder folder;
  std::optional<Kithd> kithd_;

 private:
  int requests_ = 0;
};

// The first word of `text` that is an id of this kind.
std::string IdIn(const std::string& text, const std::string& kind) {
  std::smatch found;
  const std::regex id("hackney-" + kind + "-[0-9a-z]+");
  return std::regex_search(text, found, id) ? found.str() : "";
}

// Until there was a command nothing restored a checkpoint, and the access log
// was not in it.
TEST_F(OperationsTest, ACheckpointOfARunningNodeIsRestoredIntoANewFolder) {
  Start();
  const std::string family = RegisterFamily();
  Said(kWorker, {"family", "show", family});
  const std::string head = Head();
  const std::string made = Said(kHub, {"checkpoint", "make", "first"});
  EXPECT_EQ(made, checkpoints() + "/first\n");
  // Not in the copy.
  StatePerson(kWorker, "later", "Carl", 2020);
  Said(kTeacher, {"lead", "lookup", "--nhs", "9434765919"});
  EXPECT_NE(Head(), head);
  EXPECT_EQ(As(kHub, {"checkpoint", "make", "first"}).code, 1);
  Stop();

  TestFolder other;
  const std::string target = other.path() + "/data";
  fs::create_directories(target);
  // Keys are in no checkpoint: whoever restores brings them.
  for (const char* name : {"store.key", "access.key"}) {
    fs::copy(data() + "/" + name, target);
  }
  fs::copy(data() + "/keys", target + "/keys");
  const Ended restored = Alone(
      {"checkpoint", "restore", checkpoints() + "/first", "--data", target});
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr(head.substr(head.find(' ') + 1)));

  Start(other.path());
  EXPECT_EQ(Head(), head);
  EXPECT_THAT(Said(kWorker, {"family", "show", family}),
              AllOf(HasSubstr("Anna Ferris"), HasSubstr("Ben Ferris")));
  EXPECT_THAT(Said(kHub, {"ledger", "verify"}),
              AllOf(HasSubstr("sound: "), HasSubstr(" access records")));
  // The look before the checkpoint and the one just now.
  const auto looks = Json(kAuditor, {"audit", "who-looked", family})["looks"];
  EXPECT_EQ(looks.size(), 2u) << looks;
  Stop();  // before its folder goes
}

TEST_F(OperationsTest, AnAccessLogThatIsThereIsKept) {
  Start();
  const std::string family = RegisterFamily();
  const std::string head = Head();
  Said(kHub, {"checkpoint", "make", "first"});
  Said(kWorker, {"family", "show", family});
  Stop();
  fs::rename(data() + "/store", folder.path() + "/damaged");
  const Ended restored = Alone(
      {"checkpoint", "restore", checkpoints() + "/first", "--data", data()});
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("is kept"));
  Start();
  EXPECT_EQ(Head(), head);
  // The look after the checkpoint is still known.
  EXPECT_EQ(Json(kAuditor, {"audit", "who-looked", family})["looks"].size(),
            1u);
}

TEST_F(OperationsTest, ARestoreSaysWhatIsWrong) {
  Start();
  RegisterFamily();
  Said(kHub, {"checkpoint", "make", "first"});
  const Words restore = {"checkpoint", "restore", checkpoints() + "/first",
                         "--data"};
  const auto restored = [&](const std::string& target) {
    Words words = restore;
    words.push_back(target);
    const Ended ended = Alone(words);
    EXPECT_EQ(ended.code, 1) << ended.out;
    return ended.err;
  };
  EXPECT_THAT(restored(data()), HasSubstr("another process has"));
  Stop();
  EXPECT_THAT(restored(data()), HasSubstr("is there already"));
  const std::string target = folder.path() + "/other";
  fs::create_directories(target);
  EXPECT_THAT(restored(target), HasSubstr("store.key is missing"));
  fs::copy(data() + "/store.key", target);
  EXPECT_THAT(restored(target), HasSubstr("access.key is missing"));
  // Another ledger's key opens nothing.
  fs::copy(data() + "/store.key", target + "/access.key");
  EXPECT_THAT(restored(target), HasSubstr("master key"));
  fs::copy(data() + "/access.key", target,
           fs::copy_options::overwrite_existing);
  fs::remove(checkpoints() + "/first/access/MANIFEST");
  EXPECT_THAT(restored(target), HasSubstr("is no whole checkpoint"));
  EXPECT_THAT(restored(target), HasSubstr("first/access/MANIFEST"));
  EXPECT_FALSE(fs::exists(target + "/store"));
  EXPECT_FALSE(fs::exists(target + "/access"));
}

TEST_F(OperationsTest, ARebuildTellsItsProgressAndChangesNoAnswer) {
  Start();
  const std::string family = RegisterFamily();
  const std::string before = Said(kWorker, {"family", "show", family});
  const std::string head = Head();
  const Ended rebuilt = As(kHub, {"view", "rebuild"});
  EXPECT_EQ(rebuilt.code, 0) << rebuilt.err;
  EXPECT_EQ(rebuilt.out, "switched to version 2\n");
  const std::string facts = head.substr(0, head.find(' '));
  EXPECT_THAT(rebuilt.err,
              HasSubstr(absl::StrCat("folded: ", facts, " of ", facts)));
  EXPECT_EQ(Said(kWorker, {"family", "show", family}), before);
  EXPECT_EQ(Head(), head);
  EXPECT_EQ(As(kWorker, {"view", "rebuild"}).code, 5);
}

TEST_F(OperationsTest, R186ADuplicateCaseIsListedShownAndDecided) {
  Start();
  const std::string family = RegisterFamily();
  std::string plans[2];
  for (const auto& [i, who] : {std::pair(0, "anna"), std::pair(1, "ben")}) {
    plans[i] = Made(kWorker, "PlanService.OpenPlan",
                    absl::Substitute(R"("plan": {"family": {"id": "$0"},
                                        "about": [$1]})",
                                     family, Record(who)));
  }
  const std::string listed = Said(kHub, {"duplicate", "list"});
  EXPECT_THAT(listed, ContainsRegex("household or sibling +open"));
  const std::string id = IdIn(listed, "u");
  const std::string shown = Said(kHub, {"duplicate", "show", id});
  for (const std::string& plan : plans) EXPECT_THAT(shown, HasSubstr(plan));
  // Each side was told up to three times.
  EXPECT_EQ(Json(kHub, {"duplicate", "show", id})["case"]["sides"].size(), 2u);
  EXPECT_THAT(shown, ContainsRegex("THROUGH +FROM +TO\n.*sibling"));

  const Words decide = {"duplicate", "decide", id, "--reason", "two schools"};
  EXPECT_EQ(As(kHub, decide).code, 2);  // neither same nor different
  Words different = decide, withdraw = decide;
  different.push_back("--different");
  withdraw.push_back("--withdraw");
  EXPECT_THAT(Said(kHub, different), HasSubstr("accepted"));
  EXPECT_THAT(Said(kHub, {"duplicate", "list"}), Not(HasSubstr(id)));
  EXPECT_THAT(Said(kHub, {"duplicate", "list", "--all"}),
              ContainsRegex(id + " +household or sibling +different"));
  EXPECT_THAT(Said(kHub, withdraw), HasSubstr("accepted"));
  EXPECT_THAT(Said(kHub, {"duplicate", "list"}), HasSubstr(id));

  Words same = decide;
  same.insert(same.end(), {"--same", "--survivor", plans[1]});
  EXPECT_THAT(Said(kHub, same), HasSubstr("accepted"));
  EXPECT_THAT(Said(kAuditor, {"family", "replay", family, "--why", "a test"}),
              AllOf(HasSubstr("DuplicateRuled"), HasSubstr("PlansMerged")));
}

TEST_F(OperationsTest, APossibleMatchIsListedShownAndDecided) {
  Start();
  const std::string family = RegisterFamily();
  // The same name and day of birth, another postcode.
  const std::string pupil =
      StatePerson(kTeacher, "p7", "Anna", 2014, "CB1 1AA");
  const std::string listed = Said(kHub, {"match", "list"});
  EXPECT_THAT(listed, HasSubstr(" possible "));
  const std::string id = IdIn(listed, "x");
  const std::string shown = Said(kHub, {"match", "show", id});
  EXPECT_THAT(shown, ContainsRegex("council +Anna Ferris +2014-06-02"));
  EXPECT_THAT(shown, ContainsRegex("school +Anna Ferris +2014-06-02"));
  EXPECT_THAT(shown, ContainsRegex("birth_date +equal"));
  EXPECT_EQ(Json(kHub, {"match", "show", id})["match"]["records"].size(), 2u);

  EXPECT_EQ(As(kHub, {"match", "decide", id, "--same"}).code, 2);  // no reason
  // It used to be NOT_FOUND to the hub as well: the pupil is another agency's.
  EXPECT_EQ(
      As(kWorker, {"match", "decide", id, "--same", "--reason", "seen"}).code,
      3);
  EXPECT_THAT(Said(kHub, {"match", "decide", id, "--same", "--reason", "seen"}),
              HasSubstr("accepted"));
  EXPECT_THAT(Said(kHub, {"match", "list"}), Not(HasSubstr(id)));
  EXPECT_THAT(Said(kHub, {"match", "list", "--all"}),
              ContainsRegex(id + " +possible +same"));
  // One person now, whom both agencies know.
  EXPECT_THAT(
      Said(kAuditor, {"person", "show", pupil}),
      AllOf(HasSubstr("council"), HasSubstr("school"), HasSubstr(family)));

  EXPECT_THAT(
      Said(kHub, {"match", "decide", id, "--withdraw", "--reason", "mixed up"}),
      HasSubstr("accepted"));
  EXPECT_THAT(Said(kAuditor, {"person", "show", pupil}),
              Not(HasSubstr(family)));
  EXPECT_THAT(Said(kHub, {"match", "list"}), HasSubstr(id));
}

class QuarantineTest : public OperationsTest {
 protected:
  // Its answer to the school's feed.
  api::v1::Outcome Submit(const std::string& frame) const {
    grpc::ClientContext context;
    Introduce(Of("school", "feed", "integration_engineer"), context);
    api::v1::IntakeService::Stub stub(kithd_->channel());
    const auto stream = stub.Submit(&context);
    api::v1::SubmitRequest request;
    EXPECT_TRUE(request.mutable_frame()->ParseFromString(frame));
    stream->Write(request);
    stream->WritesDone();
    api::v1::SubmitResponse response;
    EXPECT_TRUE(stream->Read(&response));
    EXPECT_TRUE(stream->Finish().ok());
    return response.outcome();
  }
  void RegisterFeed() {
    engine::testing::PutKey(data() + "/keys", feed);
    Said(kHub, {"source", "register", "school_feed", "--for", "school",
                "--keys", data() + "/keys"});
  }
  std::string Pupil() {
    return feed.Frame(engine::testing::Person("school", "p7", "Anna"),
                      absl::Now());
  }
  // Ends before it begins, whatever else is known.
  std::string Backwards() {
    return feed.Frame(Text<agency::v1::Statement>(
                          R"(involvement_stated {
                 involvement { system: "main" local_id: "E1" }
                 person { record { agency: "school" system: "main"
                                   local_id: "p7" } }
                 service: "school" end_reason: "Anna moved"
                 period { from { year: 2024 } until { year: 2023 } } })"),
                      absl::Now());
  }

  engine::testing::TestSource feed{"hackney", "school_feed",
                                   agency::v1::SOURCE_KIND_OUTBOX, "school"};
};

TEST_F(QuarantineTest, WhatCannotBeReadIsShownRetriedAndDiscarded) {
  Start();
  RegisterFeed();
  EXPECT_EQ(Submit(Pupil()).kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
  EXPECT_EQ(Submit(Backwards()).reason().code(), "PERIOD_BACKWARDS");
  const std::string listed = Said(kHub, {"quarantine", "list"});
  EXPECT_THAT(listed, ContainsRegex("quarantined +school_feed +2 +1 +"
                                    "PERIOD_BACKWARDS: it ends before"));
  const std::string item = IdIn(listed, "q");
  const std::string shown = Said(kHub, {"quarantine", "show", item});
  EXPECT_THAT(shown, ContainsRegex("why +PERIOD_BACKWARDS: it ends before"));
  EXPECT_THAT(shown, ContainsRegex("number +1/2"));
  EXPECT_THAT(listed + shown, Not(HasSubstr("Anna")));

  // Nothing was mended: it is there as before, tried twice.
  EXPECT_THAT(Said(kHub, {"quarantine", "retry", item, "--reason", "see"}),
              HasSubstr("accepted"));
  EXPECT_THAT(
      Said(kHub, {"quarantine", "show", item}),
      AllOf(ContainsRegex("why +PERIOD_BACKWARDS"), ContainsRegex("tries +2")));

  const Words discard = {"quarantine", "discard", item, "--reason", "mistyped"};
  EXPECT_EQ(As(kWorker, discard).code, 5);
  EXPECT_THAT(Said(kHub, discard), HasSubstr("accepted"));
  EXPECT_THAT(Said(kHub, {"quarantine", "list"}), Not(HasSubstr(item)));
  EXPECT_EQ(As(kHub, discard).code, 1);
  EXPECT_THAT(Said(kHub, {"source", "list"}),
              ContainsRegex("school_feed +outbox +school +school_feed_k1 +2 "
                            "+1 +0 +[0-9]+ +0"));
}

TEST_F(QuarantineTest, AnAgencyAsksHowItsStatementsEnded) {
  Start();
  RegisterFeed();
  Submit(Pupil());
  Submit(Backwards());
  const Person feeder = {"school", "i1", "integration_engineer", "intake"};
  const Words outcome = {"source", "outcome", "school_feed"};
  const auto asked = [&](const Person& who, const std::string& number) {
    Words words = outcome;
    words.push_back(number);
    return As(who, words);
  };
  EXPECT_THAT(asked(feeder, "1").out, StartsWith("accepted\n"));
  EXPECT_THAT(asked(feeder, "2").out,
              AllOf(StartsWith("quarantined\n"),
                    ContainsRegex("why +PERIOD_BACKWARDS: it ends before")));
  EXPECT_EQ(asked(feeder, "3").code, 3);
  // Another agency's is as one that is not there.
  EXPECT_EQ(
      asked({"council", "i2", "integration_engineer", "intake"}, "1").code, 3);
  EXPECT_EQ(asked(kTeacher, "1").code, 5);
}

TEST_F(QuarantineTest, WhatIsForgedIsNotRetriedButDiscarded) {
  Start();
  RegisterFeed();
  agency::v1::Frame forged;
  const std::string pupil = Pupil();
  ASSERT_TRUE(forged.ParseFromString(pupil));
  forged.mutable_mac()->back() ^= 1;
  EXPECT_EQ(Submit(forged.SerializeAsString()).reason().code(), "FORGED_MAC");
  const std::string item = IdIn(Said(kHub, {"quarantine", "list"}), "q");
  const Ended retried =
      As(kHub, {"quarantine", "retry", item, "--reason", "again"});
  EXPECT_EQ(retried.code, 1);
  EXPECT_THAT(retried.err, HasSubstr("ITEM_FORGED"));
  EXPECT_THAT(Said(kHub, {"quarantine", "discard", item, "--reason", "forged"}),
              HasSubstr("accepted"));
  EXPECT_THAT(Said(kHub, {"quarantine", "list"}), Not(HasSubstr(item)));
  // The right frame of that number is taken.
  EXPECT_EQ(Submit(pupil).kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
}

}  // namespace
}  // namespace kith::server_tests
