// What happens, as it happens: `kith family watch`, `kith worklist watch`.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "kith/api/v1/watch_service.pb.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

// A stream that broke goes on from its last position, but not for ever without
// hearing anything.
constexpr int kBreaksMax = 5;

bool MayGoOn(const absl::Status& ended) {
  return absl::IsUnavailable(ended) || absl::IsDeadlineExceeded(ended);
}

// Watches until `count` messages with entries came (0: until it is stopped).
// `print` returns whether the message held any.
template <class Request, class Response, class Print>
absl::Status WatchOn(Bench& bench, const std::string& method, Request request,
                     int count, const Print& print) {
  int heard = 0;
  for (int breaks = 0; breaks <= kBreaksMax; ++breaks) {
    Response response;
    const absl::Status ended = bench.client.Stream(
        method, request, &response, [&](const google::protobuf::Message&) {
          breaks = 0;
          request.set_after_position(response.info().position());
          if (print(response)) {
            bench.out.Json(response);
            ++heard;
          }
          return count == 0 || heard < count;
        });
    if (count != 0 && heard >= count) return absl::OkStatus();
    if (!MayGoOn(ended)) return ended;
  }
  return absl::UnavailableError("the stream broke too often");
}

struct WatchFlags {
  std::string which, after;
  int count = 0;
  void Add(CLI::App& command) {
    command.add_option("--after-position", after,
                       "Go on after this position of an earlier answer");
    command.add_option("--count", count,
                       "Stop after so many messages; 0: never");
  }
};

void AddFamilyWatch(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(noun, "watch", "What happens around a family.",
                             "kith family watch FAMILY");
  auto flags = std::make_shared<WatchFlags>();
  command->add_option("family", flags->which, "The family's id")->required();
  flags->Add(*command);
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) {
      api::v1::WatchFamilyRequest request;
      request.set_family_id(flags->which);
      request.set_after_position(flags->after);
      return WatchOn<api::v1::WatchFamilyRequest, api::v1::WatchFamilyResponse>(
          bench, "WatchService.WatchFamily", request, flags->count,
          [&](const api::v1::WatchFamilyResponse& response) {
            for (const auto& entry : response.entries()) {
              bench.out.Line(absl::StrCat(Text(entry.by().recorded_at()), "  ",
                                          entry.what(), "  ", entry.text()));
            }
            return response.entries_size() > 0;
          });
    };
  });
}

bool PrintWorklist(const Output& out,
                   const api::v1::WatchWorklistResponse& response) {
  for (const auto& one : response.cases()) {
    out.Line(absl::StrCat("case ", one.case_id()));
  }
  for (const auto& one : response.matches()) {
    out.Line(absl::StrCat("match ", one.match_id()));
  }
  for (const auto& one : response.reviews()) {
    out.Line(absl::StrCat(one.glass() ? "glass " : "override ",
                          one.override_id(), ", review by ",
                          Text(one.review_due())));
  }
  return response.cases_size() + response.matches_size() +
             response.reviews_size() >
         0;
}

void AddWorklistWatch(CLI::App& noun, Chosen& chosen) {
  auto* command =
      AddCommand(noun, "watch", "Entries of a worklist, when they change.",
                 "kith --role privacy_officer worklist watch reviews");
  auto flags = std::make_shared<WatchFlags>();
  command->add_option("list", flags->which, "duplicates, matches or reviews")
      ->required()
      ->check(CLI::IsMember({"duplicates", "matches", "reviews"}));
  flags->Add(*command);
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) {
      api::v1::WatchWorklistRequest request;
      api::v1::Worklist list = api::v1::WORKLIST_UNSPECIFIED;
      api::v1::Worklist_Parse(
          absl::StrCat("WORKLIST_", absl::AsciiStrToUpper(flags->which)),
          &list);
      request.set_worklist(list);
      request.set_after_position(flags->after);
      return WatchOn<api::v1::WatchWorklistRequest,
                     api::v1::WatchWorklistResponse>(
          bench, "WatchService.WatchWorklist", request, flags->count,
          [&](const api::v1::WatchWorklistResponse& response) {
            return PrintWorklist(bench.out, response);
          });
    };
  });
}

}  // namespace

void AddWatchCommands(CLI::App& app, Chosen& chosen) {
  AddFamilyWatch(*app.get_subcommand("family"), chosen);
  auto* noun = app.add_subcommand("worklist", "Lists on which people work");
  noun->require_subcommand(1);
  AddWorklistWatch(*noun, chosen);
}

}  // namespace kith::cli
