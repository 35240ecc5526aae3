#include "tests/server/canary_reads.h"

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "google/protobuf/message.h"
#include "kith/api/v1/common.pb.h"
#include "kith/api/v1/views.pb.h"
#include "kith/api/v1/watch_service.pb.h"
#include "tests/server/canary_story.h"
#include "tests/server/generic_client.h"

namespace kith::server_tests {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr int kPagesMax = 4;

// Those who are asked: of the family's agency and of others, and the family.
const std::vector<std::string>& Readers() {
  static const auto* all = new std::vector<std::string>{
      "worker",  "nurse",     "hub",     "chair",    "safeguarder",
      "officer", "constable", "auditor", "engineer", "mother"};
  return *all;
}

const std::vector<std::string>& Services() {
  static const auto* all = new std::vector<std::string>{
      "AssessmentService", "AuditService",   "ConsentService",
      "DuplicateService",  "FamilyService",  "IntakeService",
      "LeadService",       "MeetingService", "OperationsService",
      "OverrideService",   "PlanService",    "ReferralService",
      "WatchService"};
  return *all;
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : Services()) {
    const auto* service = DescriptorPool::generated_pool()->FindServiceByName(
        "kith.api.v1." + name);
    KITH_CHECK(service != nullptr);
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      if (method->client_streaming()) continue;
      if (method->input_type()->FindFieldByName("write") == nullptr) {
        methods.push_back(method);
      }
    }
  }
  return methods;
}

std::string NameOf(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->name(), ".", method.name());
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(&type)
          ->New());
}

// Who is looked for, by what is known of the mother.
api::v1::PersonQuery Mother(const MethodDescriptor& method) {
  if (method.name() == "LookupLead") {
    return Text<api::v1::PersonQuery>(
        absl::StrCat("identifier { kind: IDENTIFIER_KIND_NHS_NUMBER value: '",
                     kMarkedNumber, "' status: IDENTIFIER_STATUS_VERIFIED }"));
  }
  return Text<api::v1::PersonQuery>(absl::StrCat(
      "record { system: 'main' local_id: '", kMarker, "mother' }"));
}

void SetText(Message& request, const FieldDescriptor& field,
             const std::map<std::string, std::string>& ids) {
  const auto& reflection = *request.GetReflection();
  const std::string name = field.name();
  const auto id = ids.find(std::string(absl::StripSuffix(name, "_id")));
  if (name == "person_id") {
    reflection.SetString(&request, &field, ids.at("mother"));
  } else if (name == "practitioner_local_id") {
    reflection.SetString(&request, &field, absl::StrCat(kMarker, "w1"));
  } else if (name == "agency") {
    reflection.SetString(&request, &field, "council");
  } else if (name == "purpose") {
    reflection.SetString(&request, &field, "early_help");
  } else if (name == "source") {
    reflection.SetString(&request, &field, "story_feed");
  } else if (name == "name") {
    reflection.SetString(&request, &field, "afterwards");
  } else if (name == "reason") {
    reflection.SetString(&request, &field, absl::StrCat(kMarker, "because"));
  } else if (id != ids.end()) {
    reflection.SetString(&request, &field, id->second);
  }
}

// A request that asks for as much as there is.
std::unique_ptr<Message> RequestFor(
    const MethodDescriptor& method,
    const std::map<std::string, std::string>& ids) {
  std::unique_ptr<Message> request = NewMessage(*method.input_type());
  const auto& reflection = *request->GetReflection();
  for (int i = 0; i < method.input_type()->field_count(); ++i) {
    const FieldDescriptor& field = *method.input_type()->field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      SetText(*request, field, ids);
    } else if (absl::StartsWith(field.name(), "include_")) {
      reflection.SetBool(request.get(), &field, true);
    } else if (field.name() == "sequence") {
      reflection.SetUInt64(request.get(), &field, 1);
    } else if (field.name() == "worklist") {
      reflection.SetEnumValue(request.get(), &field,
                              api::v1::WORKLIST_DUPLICATES);
    } else if (field.name() == "class") {
      reflection.SetEnumValue(request.get(), &field,
                              agency::v1::ITEM_CLASS_IDENTITY);
    } else if (field.message_type() == api::v1::PersonQuery::descriptor()) {
      reflection.MutableMessage(request.get(), &field)
          ->CopyFrom(Mother(method));
    }
  }
  return request;
}

template <class Options>
Options* Part(Message& request, const std::string& name) {
  const auto* field = request.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return nullptr;
  return static_cast<Options*>(
      request.GetReflection()->MutableMessage(&request, field));
}

}  // namespace

std::set<std::string> MethodsThatRead() {
  std::set<std::string> names;
  for (const MethodDescriptor* method : Methods()) {
    names.insert(NameOf(*method));
  }
  return names;
}

void CanaryReads::Watch(const Ids& ids) {
  for (const MethodDescriptor* method : Methods()) {
    if (method->service()->name() != "WatchService") continue;
    streams_.emplace_back([this, method, ids] {
      const bool one = method->name() == "WatchFamily";
      Call(*method, CanaryCaller(one ? "worker" : "hub"),
           *RequestFor(*method, ids));
    });
  }
}

void CanaryReads::Read(const Ids& ids) {
  std::vector<std::thread> readers;
  for (const std::string& reader : Readers()) {
    readers.emplace_back([this, reader, &ids] { ReadAs(reader, ids); });
  }
  for (std::thread& reader : readers) reader.join();
}

void CanaryReads::ReadAs(const std::string& reader, const Ids& ids) {
  Who who = CanaryCaller(reader);
  if (who.role == "family_member") who.person = ids.at("mother");
  for (const MethodDescriptor* method : Methods()) {
    if (method->service()->name() != "WatchService") ReadBy(*method, who, ids);
  }
}

void CanaryReads::ReadBy(const MethodDescriptor& method, const Who& who,
                         const Ids& ids) {
  const auto request = RequestFor(method, ids);
  Call(method, who, *request);
  if (auto* page = Part<api::v1::PageOptions>(*request, "page")) {
    page->set_page_size(1);
    for (int i = 0; i < kPagesMax; ++i) {
      page->set_page_token(Call(method, who, *request));
      if (page->page_token().empty()) break;
    }
    request->GetReflection()->ClearField(
        request.get(), request->GetDescriptor()->FindFieldByName("page"));
  }
  auto* read = Part<api::v1::ReadOptions>(*request, "read");
  if (read == nullptr) return;
  read->set_copied_to(absl::StrCat(kMarker, " copy"));
  Call(method, who, *request);
  read->clear_copied_to();
  read->mutable_at_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 1);
  Call(method, who, *request);
}

std::string CanaryReads::Call(const MethodDescriptor& method, const Who& who,
                              const Message& request) {
  const GenericAnswer answer = CallGeneric(
      *kithd_.channel(),
      absl::StrCat("/", method.service()->full_name(), "/", method.name()), who,
      {request.SerializeAsString()});
  const std::lock_guard<std::mutex> lock(mutex_);
  errors_.push_back(answer.status);
  std::string next;
  if (!answer.messages.empty()) answered_.insert(NameOf(method));
  for (const std::string& bytes : answer.messages) {
    if (absl::StrContains(bytes, kMarker)) shown_.insert(NameOf(method));
    const auto message = NewMessage(*method.output_type());
    const auto* token =
        message->GetDescriptor()->FindFieldByName("next_page_token");
    if (token == nullptr || !message->ParseFromString(bytes)) continue;
    next = message->GetReflection()->GetString(*message, token);
  }
  return next;
}

void CanaryReads::End(MarkerSearch& search) {
  for (std::thread& stream : streams_) stream.join();
  for (const grpc::Status& error : errors_) {
    search.Text("an error", error.error_message());
    search.Text("details of an error", error.error_details());
  }
}

}  // namespace kith::server_tests
