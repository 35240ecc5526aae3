#include "tests/server/canary_story.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "base/civil_date.h"
#include "base/crypto.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "services/core/rules.h"
#include "tests/server/generic_client.h"

namespace kith::server_tests {
namespace {

using agency::v1::Statement;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string DayText(absl::CivilDay day) {
  return absl::Substitute("year: $0 month: $1 day: $2", day.year(), day.month(),
                          day.day());
}

absl::CivilDay Today() { return base::LondonDay(absl::Now()); }

const google::protobuf::OneofDescriptor& What() {
  return *Statement::descriptor()->FindOneofByName("what");
}

// Collects personal texts that hold a marker.
void CollectMarked(const Message& message, std::set<std::string>& marked) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size =
        field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->message_type() != nullptr) {
        CollectMarked(field->is_repeated()
                          ? reflection.GetRepeatedMessage(message, field, i)
                          : reflection.GetMessage(message, field),
                      marked);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text =
            field->is_repeated()
                ? reflection.GetRepeatedString(message, field, i)
                : reflection.GetString(message, field);
        if (absl::StrContains(text, kMarker)) {
          marked.insert(field->full_name());
        }
      }
    }
  }
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(&type)
          ->New());
}

api::v1::Outcome OutcomeOf(const Message& response) {
  const auto* field = response.GetDescriptor()->FindFieldByName("outcome");
  KITH_CHECK(field != nullptr);
  return static_cast<const api::v1::Outcome&>(
      response.GetReflection()->GetMessage(response, field));
}

}  // namespace

Who CanaryCaller(const std::string& name) {
  static const auto* all = new std::map<std::string, Who>{
      {"worker", Of("council", "w1")},
      {"successor", Of("council", "w2", "lead_professional")},
      {"nurse", Of("health", "n1")},
      {"hub", Of("council", "h1", "hub_administrator")},
      {"administrator", Of("council", "h2", "hub_administrator")},
      {"chair", Of("council", "c1", "panel_chair")},
      {"safeguarder", Of("council", "s1", "safeguarding_lead")},
      {"officer", Of("council", "o1", "privacy_officer")},
      {"constable", Of("police", "p1", "safeguarding_lead")},
      {"auditor", Of("council", "a1", "auditor")},
      {"engineer", Of("council", "e1", "integration_engineer")},
      {"mother", Of("council", "", "family_member")}};
  Who who = all->at(name);
  if (!who.practitioner.empty()) {
    who.practitioner = absl::StrCat(kMarker, who.practitioner);
    who.name = absl::StrCat(kMarker, "name", who.practitioner);
  }
  if (name == "administrator") who.purpose = "administration";
  if (name == "engineer") who.purpose = "operations";
  if (name == "auditor") {
    who.purpose = "audit";
    who.reason = absl::StrCat(kMarker, "reason");
  }
  return who;
}

std::set<std::string> StatementKinds() {
  std::set<std::string> kinds;
  for (int i = 0; i < What().field_count(); ++i) {
    kinds.insert(What().field(i)->name());
  }
  return kinds;
}

CanaryStory::CanaryStory(Kithd& kithd, const std::string& folder,
                         Filler& filler, MarkerSearch& search)
    : kithd_(kithd), folder_(folder), filler_(filler), search_(search) {}

void CanaryStory::Tell(const std::function<void()>& then) {
  for (auto* source : {&feed_, &lossy_, &system_}) Register(*source);
  for (const CanaryStep& step : CanaryPeople()) Say(step);
  for (const CanaryStep& step : CanaryWork()) Say(step);
  LearnOfWorklists();
  GiveUpAReport();
  LoseAReport();
  then();
  for (const CanaryStep& step : CanaryEnds()) Say(step);
  LinkByOtherRules();
}

void CanaryStory::Register(engine::testing::TestSource& source) {
  engine::testing::PutKey(folder_ + "/data/keys", source);
  api::v1::RegisterSourceRequest request;
  *request.mutable_registration() = source.Registration().source_registered();
  request.mutable_write()->set_request_id(source.name());
  const auto registered =
      kithd_.Call(CanaryCaller("administrator"),
                  &api::v1::OperationsService::Stub::RegisterSource, request);
  ASSERT_EQ(ReasonOf(registered.status), "OK");
  NoteAccepted(request);
}

void CanaryStory::Say(const CanaryStep& step) {
  if (std::string(step.method).empty()) return Report(step);
  const std::pair<std::string, std::string> method =
      absl::StrSplit(step.method, '.');
  const auto* described =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
          absl::StrCat("kith.api.v1.", step.method));
  KITH_CHECK(described != nullptr);
  const auto request = NewMessage(*described->input_type());
  KITH_CHECK(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat(Expanded(step.said), " write { request_id: 'story-",
                   ++requests_, "' }"),
      request.get()));
  filler_.Complete(request.get());
  const GenericAnswer answer = CallGeneric(
      *kithd_.channel(),
      absl::StrCat("/kith.api.v1.", method.first, "/", method.second),
      CanaryCaller(step.by), {request->SerializeAsString()});
  search_.Text("an error", answer.status.error_message());
  search_.Text("details of an error", answer.status.error_details());
  ASSERT_EQ(ReasonOf(answer.status), "OK") << step.method << " " << step.said;
  ASSERT_EQ(answer.messages.size(), 1u);
  const auto response = NewMessage(*described->output_type());
  ASSERT_TRUE(response->ParseFromString(answer.messages[0]));
  search_.Text("an outcome", answer.messages[0]);
  const api::v1::Outcome outcome = OutcomeOf(*response);
  EXPECT_EQ(outcome.kind(), ledger::v1::OUTCOME_KIND_ACCEPTED)
      << step.method << " " << step.said;
  NoteAccepted(*request);
  if (std::string(step.made).empty()) return;
  ASSERT_FALSE(outcome.made_ids().empty()) << step.method;
  ids_[step.made] = outcome.made_ids(0);
}

void CanaryStory::Report(const CanaryStep& step) {
  Submit(feed_, Text<Statement>(Expanded(step.said)),
         ledger::v1::OUTCOME_KIND_ACCEPTED);
}

// Of a pair that somebody decided, and of two plans of one family, of which
// the feed told one.
void CanaryStory::LearnOfWorklists() {
  api::v1::ListMatchesRequest matched;
  matched.set_include_decided(true);
  const auto matches =
      kithd_.Call(CanaryCaller("hub"),
                  &api::v1::DuplicateService::Stub::ListMatches, matched);
  ASSERT_EQ(ReasonOf(matches.status), "OK");
  ASSERT_GT(matches.value.matches_size(), 0);
  ids_["match"] = matches.value.matches(0).match_id();
  const auto cases = kithd_.Call(
      CanaryCaller("hub"), &api::v1::DuplicateService::Stub::ListDuplicates,
      api::v1::ListDuplicatesRequest());
  ASSERT_EQ(ReasonOf(cases.status), "OK");
  ASSERT_EQ(cases.value.cases_size(), 1);
  ids_["case"] = cases.value.cases(0).case_id();
}

// Two, of which it is not said whose need it is; one of them stays.
void CanaryStory::GiveUpAReport() {
  for (int i = 0; i < 2; ++i) {
    Submit(feed_, Text<Statement>("need_stated { state: NEED_STATE_MET }"),
           ledger::v1::OUTCOME_KIND_QUARANTINED);
  }
  const auto items =
      kithd_.Call(CanaryCaller("administrator"),
                  &api::v1::OperationsService::Stub::ListQuarantine,
                  api::v1::ListQuarantineRequest());
  ASSERT_EQ(ReasonOf(items.status), "OK");
  ASSERT_EQ(items.value.items_size(), 2);
  ids_["given up"] = items.value.items(0).item_id();
  ids_["item"] = items.value.items(1).item_id();
  Say({"administrator", "OperationsService.DecideQuarantine", R"(decision {
         item_id: "%#given up%" decision: QUARANTINE_DECISION_DISCARD
         reason: "nobody is named" })"});
}

void CanaryStory::LoseAReport() {
  Submit(lossy_,
         Text<Statement>(Expanded(
             "person_stated { record { system: 'main' local_id: '@first' } "
             "names {} }")),
         ledger::v1::OUTCOME_KIND_ACCEPTED);
  Say({"administrator", "OperationsService.ResumeSource", R"(resumption {
         source: "lossy_feed" epoch: 1 next_sequence: 5
         reason: "the outbox was lost" })"});
}

// The aunt's postcode links nobody any more, and the records are gone over
// again.
void CanaryStory::LinkByOtherRules() {
  ledger::v1::Rules rules = core::DefaultRules();
  rules.add_generic_postcodes("RV1");
  Statement activated;
  auto& said = *activated.mutable_rules_activated();
  said.set_number(2);
  said.set_content(rules.SerializeAsString());
  said.set_digest(base::Sha256(said.content()));
  Submit(system_, std::move(activated), ledger::v1::OUTCOME_KIND_ACCEPTED);
  Submit(system_,
         Text<Statement>("reevaluation_stepped { what: 'linking' "
                         "from_number: 1 count_max: 100 }"),
         ledger::v1::OUTCOME_KIND_ACCEPTED);
}

void CanaryStory::Submit(engine::testing::TestSource& source,
                         Statement statement,
                         ledger::v1::OutcomeKind expected) {
  filler_.Complete(&statement);
  grpc::ClientContext context;
  Introduce(Of(source.agency(), "feed", "integration_engineer"), context);
  api::v1::IntakeService::Stub stub(kithd_.channel());
  const auto stream = stub.Submit(&context);
  api::v1::SubmitRequest request;
  KITH_CHECK(request.mutable_frame()->ParseFromString(
      source.Frame(statement, absl::Now() - absl::Minutes(1))));
  api::v1::SubmitResponse response;
  EXPECT_TRUE(stream->Write(request) && stream->Read(&response));
  stream->WritesDone();
  EXPECT_EQ(ReasonOf(stream->Finish()), "OK");
  search_.Text("an outcome", response.SerializeAsString());
  EXPECT_EQ(response.outcome().kind(), expected)
      << response.outcome().reason().ShortDebugString();
  if (response.outcome().kind() == ledger::v1::OUTCOME_KIND_ACCEPTED) {
    NoteAccepted(statement);
  }
}

// A request holds what is said as a field of its own.
void CanaryStory::NoteAccepted(const Message& said) {
  std::vector<const FieldDescriptor*> fields;
  said.GetReflection()->ListFields(said, &fields);
  for (const FieldDescriptor* field : fields) {
    for (int i = 0; i < What().field_count(); ++i) {
      if (What().field(i)->message_type() == field->message_type()) {
        accepted_.insert(What().field(i)->name());
      }
    }
  }
  CollectMarked(said, marked_);
}

std::string CanaryStory::Expanded(const std::string& text) const {
  std::string expanded;
  bool is_word = false;
  for (const absl::string_view part : absl::StrSplit(text, '%')) {
    absl::StrAppend(&expanded, is_word ? Word(std::string(part)) : part);
    is_word = !is_word;
  }
  return absl::StrReplaceAll(expanded, {{"@", kMarker}});
}

std::string CanaryStory::Word(const std::string& name) const {
  if (absl::StartsWith(name, "#")) return ids_.at(name.substr(1));
  if (name == "number") return kMarkedNumber;
  if (name == "today") return DayText(Today());
  if (name == "soon") return DayText(Today() + 10);
  if (name == "second") {
    return absl::StrCat(absl::ToUnixSeconds(absl::Now()) - 1);
  }
  int years = 0;
  if (absl::SimpleAtoi(name.substr(0, name.find(' ')), &years)) {
    return DayText(absl::CivilDay(Today().year() - years, 1, 2));
  }
  return absl::Substitute(R"(record { system: "main" local_id: "@$0" })", name);
}

}  // namespace kith::server_tests
