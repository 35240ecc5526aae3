#include <unistd.h>

#include <iostream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "google/protobuf/util/json_util.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;

std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
}

void PrintJson(const Message& message) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = isatty(STDOUT_FILENO) == 1;
  if (google::protobuf::util::MessageToJsonString(message, &text, options)
          .ok()) {
    std::cout << text << "\n";
  }
}

absl::Status CallWithJson(Bench& bench, const std::string& method,
                          std::string json) {
  ASSIGN_OR_RETURN(const auto* found, FindMethod(method));
  if (json == "-") {
    json.assign(std::istreambuf_iterator<char>(std::cin), {});
  }
  const auto request = New(found->input_type());
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(json, request.get());
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the request is not a ", found->input_type()->name(), ": ",
                     std::string(parsed.message())));
  }
  const auto response = New(found->output_type());
  return bench.client.Stream(method, *request, response.get(),
                             [](const Message& answer) {
                               PrintJson(answer);
                               return true;
                             });
}

}  // namespace

void AddCallCommand(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "call",
      "Example: kith call LeadService.GetLead '{\"family_id\": \"...\"}'\n\n"
      "Calls any method with a JSON request; writes included.");
  auto method = std::make_shared<std::string>();
  auto json = std::make_shared<std::string>("{}");
  auto list = std::make_shared<bool>(false);
  command->add_option("method", *method, "Service.Method");
  command->add_option("request", *json, "JSON, or - to read it from input");
  command->add_flag("--list", *list, "Shows all methods");
  command->callback([=, &chosen] {
    chosen.run = [=](Bench& bench) -> absl::Status {
      if (*list) {
        for (const std::string& one : AllMethods()) std::cout << one << "\n";
        return absl::OkStatus();
      }
      return CallWithJson(bench, *method, *json);
    };
  });
}

}  // namespace kith::cli
