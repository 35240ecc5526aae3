// Sharing and reading without permission: `kith override`, `kith glass`.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "kith/api/v1/override_service.pb.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// "threat-to-life" with the prefix "OVERRIDE_REASON_" is that value.
absl::StatusOr<int> EnumOf(const google::protobuf::EnumDescriptor& type,
                           const std::string& prefix, const std::string& text) {
  const std::string name = absl::StrCat(
      prefix, absl::StrReplaceAll(absl::AsciiStrToUpper(text), {{"-", "_"}}));
  const auto* value = type.FindValueByName(name);
  if (value != nullptr) return value->number();
  return absl::InvalidArgumentError(
      absl::StrCat("there is no '", text, "' among ", type.name()));
}

// Why, and on which ground: of both kinds of act.
struct GroundFlags {
  std::string reason, wording, basis, not_told;
  std::vector<std::string> classes;

  void Add(CLI::App& command) {
    command
        .add_option("--reason", reason,
                    "safeguarding, threat-to-life, legal-duty or "
                    "complete-service")
        ->required();
    command.add_option("--because", wording, "Why, in words")->required();
    command
        .add_option("--basis", basis,
                    "legal-obligation, vital-interests, public-task or "
                    "legitimate-interests")
        ->required();
    command.add_option("--class", classes, "What of, such as contact");
    command.add_option("--not-told-because", not_told,
                       "Why the family is not told");
  }

  template <class Said>
  absl::Status Fill(Said* said) const {
    ASSIGN_OR_RETURN(const int why,
                     EnumOf(*agency::v1::OverrideReason_descriptor(),
                            "OVERRIDE_REASON_", reason));
    ASSIGN_OR_RETURN(
        const int ground,
        EnumOf(*agency::v1::LegalBasis_descriptor(), "LEGAL_BASIS_", basis));
    for (const std::string& one : classes) {
      ASSIGN_OR_RETURN(
          const int item,
          EnumOf(*agency::v1::ItemClass_descriptor(), "ITEM_CLASS_", one));
      said->add_classes(static_cast<agency::v1::ItemClass>(item));
    }
    said->set_reason(static_cast<agency::v1::OverrideReason>(why));
    said->set_basis(static_cast<agency::v1::LegalBasis>(ground));
    said->set_wording(wording);
    said->set_not_told_because(not_told);
    return absl::OkStatus();
  }
};

// "manager:M. Cole:2024-03-04:share it".
absl::Status ParseAdvice(const std::string& text, agency::v1::Advice* advice) {
  const std::vector<std::string> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 3));
  if (parts.size() != 4) {
    return absl::InvalidArgumentError(
        "--advice is KIND:WHO:DAY:WORDS, such as manager:M. Cole:2024-03-04:"
        "share it");
  }
  ASSIGN_OR_RETURN(const int kind, EnumOf(*agency::v1::AdviserKind_descriptor(),
                                          "ADVISER_KIND_", parts[0]));
  advice->set_kind(static_cast<agency::v1::AdviserKind>(kind));
  advice->set_adviser(parts[1]);
  advice->set_wording(parts[3]);
  return ParseDate(parts[2], "--advice", advice->mutable_on());
}

struct StateFlags {
  GroundFlags ground;
  WriteFlags write;
  std::vector<std::string> about, recipients, advice, decided_with;
  std::string purpose, until, not_sought;
  bool told = false, sought = false;
};

absl::Status StateIt(const StateFlags& flags, Bench& bench) {
  api::v1::StateOverrideRequest request;
  api::v1::StateOverrideResponse response;
  auto& said = *request.mutable_override();
  RETURN_IF_ERROR(flags.ground.Fill(&said));
  for (const std::string& one : flags.about) {
    said.add_about()->set_person_id(one);
  }
  for (const std::string& one : flags.recipients) {
    said.add_recipients()->set_agency(one);
  }
  for (const std::string& one : flags.advice) {
    RETURN_IF_ERROR(ParseAdvice(one, said.add_advice()));
  }
  for (const std::string& one : flags.decided_with) said.add_decided_with(one);
  said.set_purpose(flags.purpose);
  RETURN_IF_ERROR(ParseDate(flags.until, "--until", said.mutable_until()));
  said.set_consent_sought(flags.sought ? agency::v1::ANSWER_YES
                                       : agency::v1::ANSWER_NO);
  said.set_not_sought_because(flags.not_sought);
  said.set_told(flags.told ? agency::v1::ANSWER_YES : agency::v1::ANSWER_NO);
  flags.write.Fill(request.mutable_write());
  RETURN_IF_ERROR(
      bench.client.Call("OverrideService.StateOverride", request, &response));
  bench.out.Json(response);
  PrintOutcome(bench.out, response.outcome());
  return absl::OkStatus();
}

void AddState(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "state", "Licenses one disclosure without permission.",
      "kith override state --about PERSON --to police --purpose safeguarding "
      "--class contact --until 2024-03-11 --reason safeguarding --because "
      "'...' --basis public-task --advice 'manager:M. Cole:2024-03-04:share' "
      "--told");
  auto flags = std::make_shared<StateFlags>();
  command->add_option("--about", flags->about, "Person ids")->required();
  command->add_option("--to", flags->recipients, "Agencies")->required();
  command->add_option("--purpose", flags->purpose, "What for")->required();
  command->add_option("--until", flags->until, "The last day")->required();
  command->add_option("--advice", flags->advice, "KIND:WHO:DAY:WORDS");
  command->add_flag("--consent-sought", flags->sought);
  command->add_option("--not-sought-because", flags->not_sought);
  command->add_flag("--told", flags->told, "The family was told");
  command->add_option("--decided-with", flags->decided_with,
                      "Agencies with which it was decided not to tell");
  flags->ground.Add(*command);
  flags->write.Add(*command);
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) { return StateIt(*flags, bench); };
  });
}

void PrintOverride(const Output& out, const api::v1::OverrideView& view) {
  const bool glass = view.has_glass();
  out.Heading(
      absl::StrCat(glass ? "Broken glass " : "Override ", view.override_id()));
  out.Line(absl::StrCat("  by ", Text(view.by()), ", until ",
                        Text(view.until()), view.ended() ? ", ended" : ""));
  out.Line(absl::StrCat("  because ", glass ? view.glass().wording()
                                            : view.override().wording()));
  out.Line(absl::StrCat("  review by ", Text(view.review_due()),
                        view.has_judged() ? ", reviewed" : ""));
}

void AddListAndShow(CLI::App& noun, Chosen& chosen) {
  auto* list = AddCommand(noun, "list", "Overrides and broken glass about one.",
                          "kith override list PERSON");
  auto id = std::make_shared<std::string>();
  auto page = std::make_shared<PageFlags>();
  list->add_option("person", *id, "The person's id")->required();
  page->Add(*list);
  list->callback([id, page, &chosen] {
    chosen.run = [id, page](Bench& bench) -> absl::Status {
      api::v1::ListOverridesRequest request;
      api::v1::ListOverridesResponse response;
      request.set_person_id(*id);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(bench.client.Call("OverrideService.ListOverrides",
                                        request, &response));
      bench.out.Json(response);
      for (const auto& one : response.overrides()) {
        PrintOverride(bench.out, one);
      }
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
  auto* show = AddCommand(noun, "show", "One of them, for who reviews it.",
                          "kith override show ID");
  auto which = std::make_shared<std::string>();
  show->add_option("id", *which, "Its id")->required();
  show->callback([which, &chosen] {
    chosen.run = [which](Bench& bench) -> absl::Status {
      api::v1::GetOverrideRequest request;
      api::v1::GetOverrideResponse response;
      request.set_override_id(*which);
      RETURN_IF_ERROR(
          bench.client.Call("OverrideService.GetOverride", request, &response));
      bench.out.Json(response);
      PrintOverride(bench.out, response.override());
      return absl::OkStatus();
    };
  });
}

void AddReviews(CLI::App& noun, Chosen& chosen) {
  auto* command =
      AddCommand(noun, "reviews", "What your agency was alerted to.",
                 "kith --role privacy_officer override reviews");
  auto all = std::make_shared<bool>(false);
  auto page = std::make_shared<PageFlags>();
  command->add_flag("--all", *all, "Reviewed ones too");
  page->Add(*command);
  command->callback([all, page, &chosen] {
    chosen.run = [all, page](Bench& bench) -> absl::Status {
      api::v1::ListReviewsRequest request;
      api::v1::ListReviewsResponse response;
      request.set_include_reviewed(*all);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(
          bench.client.Call("OverrideService.ListReviews", request, &response));
      bench.out.Json(response);
      Rows rows;
      for (const auto& one : response.reviews()) {
        rows.push_back({one.override_id(), one.glass() ? "glass" : "override",
                        Text(one.at()), Text(one.review_due()),
                        one.reviewed()  ? "reviewed"
                        : one.overdue() ? "OVERDUE"
                                        : "waits",
                        one.waits_for_approval() ? "yes" : ""});
      }
      bench.out.Table({"ID", "KIND", "WHEN", "REVIEW BY", "STATE", "APPROVE?"},
                      rows);
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

// `kith NOUN VERB ID`: `fill` makes the request of id, words and day.
template <class Request, class Response, class Fill>
void AddAct(CLI::App& noun, Chosen& chosen, const std::string& verb,
            const std::string& what, const std::string& method,
            const std::string& third, const Fill& fill) {
  auto* command = AddCommand(
      noun, verb, what,
      absl::StrCat("kith ", noun.get_name(), " ", verb, " ID --because '...'"));
  auto id = std::make_shared<std::string>();
  auto words = std::make_shared<std::string>();
  auto extra = std::make_shared<std::string>();
  auto write = std::make_shared<WriteFlags>();
  command->add_option("id", *id, "Its id")->required();
  command->add_option("--because", *words, "In words");
  if (!third.empty()) command->add_option(third, *extra)->required();
  write->Add(*command);
  command->callback([=, &chosen] {
    chosen.run = [=](Bench& bench) -> absl::Status {
      Request request;
      Response response;
      RETURN_IF_ERROR(fill(request, *id, *words, *extra));
      write->Fill(request.mutable_write());
      RETURN_IF_ERROR(bench.client.Call(method, request, &response));
      bench.out.Json(response);
      PrintOutcome(bench.out, response.outcome());
      return absl::OkStatus();
    };
  });
}

void AddBreak(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "break", "Reads for some hours what you may not see.",
      "kith glass break FAMILY --reason threat-to-life --because '...' "
      "--basis vital-interests --minutes 60");
  struct Flags {
    GroundFlags ground;
    WriteFlags write;
    std::string family;
    uint32_t minutes = 60;
    bool shielded = false;
  };
  auto flags = std::make_shared<Flags>();
  command->add_option("family", flags->family, "The family's id")->required();
  command->add_option("--minutes", flags->minutes, "For how long, up to 240");
  command->add_flag("--shielded", flags->shielded,
                    "Shielded addresses too, once a second person agrees");
  flags->ground.Add(*command);
  flags->write.Add(*command);
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) -> absl::Status {
      api::v1::BreakGlassRequest request;
      api::v1::BreakGlassResponse response;
      auto& said = *request.mutable_glass();
      RETURN_IF_ERROR(flags->ground.Fill(&said));
      said.mutable_family()->set_id(flags->family);
      said.set_minutes(flags->minutes);
      said.set_shielded(flags->shielded);
      flags->write.Fill(request.mutable_write());
      RETURN_IF_ERROR(
          bench.client.Call("OverrideService.BreakGlass", request, &response));
      bench.out.Json(response);
      PrintOutcome(bench.out, response.outcome());
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddOverrideCommands(CLI::App& app, Chosen& chosen) {
  auto* noun = app.add_subcommand("override", "Sharing without permission");
  noun->require_subcommand(1);
  AddState(*noun, chosen);
  AddListAndShow(*noun, chosen);
  AddReviews(*noun, chosen);
  AddAct<api::v1::ReviewOverrideRequest, api::v1::ReviewOverrideResponse>(
      *noun, chosen, "review", "Reviews one that somebody else did.",
      "OverrideService.ReviewOverride", "--finding",
      [](auto& request, const std::string& id, const std::string& words,
         const std::string& finding) -> absl::Status {
        auto& review = *request.mutable_review();
        review.mutable_override()->set_id(id);
        review.set_wording(words);
        ASSIGN_OR_RETURN(const int found,
                         EnumOf(*agency::v1::OverrideFinding_descriptor(),
                                "OVERRIDE_FINDING_", finding));
        review.set_finding(static_cast<agency::v1::OverrideFinding>(found));
        return absl::OkStatus();
      });
  AddAct<api::v1::TellFamilyRequest, api::v1::TellFamilyResponse>(
      *noun, chosen, "told", "Records that the family was told.",
      "OverrideService.TellFamily", "--on",
      [](auto& request, const std::string& id, const std::string& words,
         const std::string& on) {
        auto& told = *request.mutable_told();
        told.mutable_override()->set_id(id);
        told.set_wording(words);
        return ParseDate(on, "--on", told.mutable_on());
      });

  auto* glass = app.add_subcommand("glass", "Reading without permission");
  glass->require_subcommand(1);
  AddBreak(*glass, chosen);
  AddAct<api::v1::ApproveBreakGlassRequest, api::v1::ApproveBreakGlassResponse>(
      *glass, chosen, "approve", "Agrees that it reaches shielded addresses.",
      "OverrideService.ApproveBreakGlass", "",
      [](auto& request, const std::string& id, const std::string& words,
         const std::string&) {
        request.mutable_approval()->mutable_access()->set_id(id);
        request.mutable_approval()->set_wording(words);
        return absl::OkStatus();
      });
  AddAct<api::v1::EndBreakGlassRequest, api::v1::EndBreakGlassResponse>(
      *glass, chosen, "end", "Ends your own before its time.",
      "OverrideService.EndBreakGlass", "",
      [](auto& request, const std::string& id, const std::string&,
         const std::string&) {
        request.mutable_end()->mutable_access()->set_id(id);
        return absl::OkStatus();
      });
}

}  // namespace kith::cli
