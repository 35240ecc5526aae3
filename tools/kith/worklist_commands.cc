#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "kith/api/v1/duplicate_service.pb.h"
#include "tools/kith/command.h"
#include "tools/kith/family_view.h"

namespace kith::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct DecisionFlags {
  bool same = false, different = false, withdraw = false;
  std::string reason;
  uint64_t version = 0;
  WriteFlags write;

  void Add(CLI::App& command) {
    auto* group = command.add_option_group("decision");
    group->add_flag("--same", same, "They are one");
    group->add_flag("--different", different, "They are two");
    group->add_flag("--withdraw", withdraw, "Take an earlier decision back");
    group->require_option(1);
    command.add_option("--reason", reason, "Why")->required();
    command.add_option("--if-version", version,
                       "Only if it still is at this version");
    write.Add(command);
  }
};

// Whole ids, as decisions need them; a list has no room for two.
void PrintSides(const Output& out, const api::v1::DuplicateView& one) {
  Rows sides;
  for (const auto& side : one.sides()) {
    sides.push_back({side.plan_id(), side.agency(),
                     side.has_lead() ? Text(side.lead()) : ""});
  }
  out.Heading("The plans");
  out.Table({"PLAN", "AGENCY", "CONTACT"}, sides);
}

void PrintOverlap(const Output& out, const api::v1::DuplicateView& one) {
  Rows steps;
  for (const auto& step : one.basis()) {
    steps.push_back({step.kind(), step.from_id(), step.to_id()});
  }
  out.Heading("How the plans meet");
  out.Table({"THROUGH", "FROM", "TO"}, steps);
}

void AddDuplicateList(CLI::App& noun, Chosen& chosen) {
  auto* command =
      AddCommand(noun, "list", "Duplicate-plan cases, the strongest first.",
                 "kith duplicate list");
  auto all = std::make_shared<bool>(false);
  auto page = std::make_shared<PageFlags>();
  command->add_flag("--all", *all, "Decided cases too");
  page->Add(*command);
  command->callback([all, page, &chosen] {
    chosen.run = [all, page](Bench& bench) -> absl::Status {
      api::v1::ListDuplicatesRequest request;
      api::v1::ListDuplicatesResponse response;
      request.set_include_decided(*all);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(bench.client.Call("DuplicateService.ListDuplicates",
                                        request, &response));
      bench.out.Json(response);
      PrintDuplicates(bench.out, response.cases());
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

void AddDuplicateShow(CLI::App& noun, Chosen& chosen) {
  auto* command =
      AddCommand(noun, "show", "One case.", "kith duplicate show CASE");
  auto id = std::make_shared<std::string>();
  command->add_option("case", *id, "The case's id")->required();
  command->callback([id, &chosen] {
    chosen.run = [id](Bench& bench) -> absl::Status {
      api::v1::GetDuplicateRequest request;
      api::v1::GetDuplicateResponse response;
      request.set_case_id(*id);
      RETURN_IF_ERROR(bench.client.Call("DuplicateService.GetDuplicate",
                                        request, &response));
      bench.out.Json(response);
      google::protobuf::RepeatedPtrField<api::v1::DuplicateView> one;
      *one.Add() = response.case_();
      PrintDuplicates(bench.out, one);
      PrintSides(bench.out, response.case_());
      PrintOverlap(bench.out, response.case_());
      return absl::OkStatus();
    };
  });
}

void AddDuplicateDecide(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "decide", "Decides whether two plans are one.",
      "kith duplicate decide CASE --different --reason \"two households\"");
  auto id = std::make_shared<std::string>();
  auto survivor = std::make_shared<std::string>();
  auto flags = std::make_shared<DecisionFlags>();
  command->add_option("case", *id, "The case's id")->required();
  command->add_option("--survivor", *survivor,
                      "With --same: the plan that stays open");
  flags->Add(*command);
  command->callback([id, survivor, flags, &chosen] {
    chosen.run = [id, survivor, flags](Bench& bench) -> absl::Status {
      api::v1::DecideDuplicateRequest request;
      api::v1::DecideDuplicateResponse response;
      auto* decision = request.mutable_decision();
      decision->set_case_id(*id);
      decision->set_decision(flags->same ? agency::v1::DUPLICATE_DECISION_SAME
                             : flags->different
                                 ? agency::v1::DUPLICATE_DECISION_DIFFERENT
                                 : agency::v1::DUPLICATE_DECISION_WITHDRAWN);
      if (!survivor->empty()) {
        decision->mutable_surviving_plan()->set_id(*survivor);
      }
      decision->set_reason(flags->reason);
      decision->set_version(flags->version);
      flags->write.Fill(request.mutable_write());
      RETURN_IF_ERROR(bench.client.Call("DuplicateService.DecideDuplicate",
                                        request, &response));
      PrintOutcome(bench.out, response.outcome());
      return absl::OkStatus();
    };
  });
}

void PrintMatch(const Output& out, const api::v1::MatchView& match) {
  Rows records, evidence;
  for (const auto& record : match.records()) {
    records.push_back({record.agency(), NameText(record.said()),
                       Text(record.said().birth_date()),
                       record.said().addresses().empty()
                           ? ""
                           : record.said().addresses(0).postcode(),
                       record.record_id()});
  }
  for (const auto& one : match.evidence()) {
    evidence.push_back({one.field(), one.level(), absl::StrCat(one.weight())});
  }
  out.Heading(absl::StrCat("Match ", match.match_id()));
  out.Table({"AGENCY", "NAME", "BORN", "POSTCODE", "RECORD"}, records);
  out.Table({"FIELD", "LEVEL", "WEIGHT"}, evidence);
}

void AddMatchList(CLI::App& noun, Chosen& chosen) {
  auto* command =
      AddCommand(noun, "list", "Pairs of records that wait for a decision.",
                 "kith match list");
  auto all = std::make_shared<bool>(false);
  auto page = std::make_shared<PageFlags>();
  command->add_flag("--all", *all, "Decided pairs too");
  page->Add(*command);
  command->callback([all, page, &chosen] {
    chosen.run = [all, page](Bench& bench) -> absl::Status {
      api::v1::ListMatchesRequest request;
      api::v1::ListMatchesResponse response;
      request.set_include_decided(*all);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(bench.client.Call("DuplicateService.ListMatches", request,
                                        &response));
      bench.out.Json(response);
      Rows rows;
      for (const auto& match : response.matches()) {
        rows.push_back(
            {match.match_id(),
             EnumText(*ledger::v1::PairOutcome_descriptor(), match.outcome()),
             EnumText(*agency::v1::MatchDecision_descriptor(),
                      match.decision()),
             absl::StrCat(match.evidence_size(), " fields")});
      }
      bench.out.Table({"MATCH", "FOUND", "DECIDED", "EVIDENCE"}, rows);
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

absl::Status GetMatch(Bench& bench, const std::string& id,
                      api::v1::GetMatchResponse* response) {
  api::v1::GetMatchRequest request;
  request.set_match_id(id);
  return bench.client.Call("DuplicateService.GetMatch", request, response);
}

void AddMatchShow(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(noun, "show", "One pair, side by side.",
                             "kith match show MATCH");
  auto id = std::make_shared<std::string>();
  command->add_option("match", *id, "The match's id")->required();
  command->callback([id, &chosen] {
    chosen.run = [id](Bench& bench) -> absl::Status {
      api::v1::GetMatchResponse response;
      RETURN_IF_ERROR(GetMatch(bench, *id, &response));
      bench.out.Json(response);
      PrintMatch(bench.out, response.match());
      return absl::OkStatus();
    };
  });
}

void AddMatchDecide(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "decide", "Decides whether two records are of one person.",
      "kith match decide MATCH --same --reason \"seen both papers\"");
  auto id = std::make_shared<std::string>();
  auto flags = std::make_shared<DecisionFlags>();
  command->add_option("match", *id, "The match's id")->required();
  flags->Add(*command);
  command->callback([id, flags, &chosen] {
    chosen.run = [id, flags](Bench& bench) -> absl::Status {
      api::v1::GetMatchResponse match;
      RETURN_IF_ERROR(GetMatch(bench, *id, &match));
      if (match.match().records_size() != 2) {
        return absl::FailedPreconditionError(
            "both records must be shown to you before you decide");
      }
      api::v1::DecideMatchRequest request;
      api::v1::DecideMatchResponse response;
      auto* decision = request.mutable_decision();
      decision->mutable_one()->set_person_id(
          match.match().records(0).record_id());
      decision->mutable_other()->set_person_id(
          match.match().records(1).record_id());
      decision->set_decision(flags->same ? agency::v1::MATCH_DECISION_SAME
                             : flags->different
                                 ? agency::v1::MATCH_DECISION_DIFFERENT
                                 : agency::v1::MATCH_DECISION_WITHDRAWN);
      decision->set_reason(flags->reason);
      decision->set_version(flags->version);
      flags->write.Fill(request.mutable_write());
      RETURN_IF_ERROR(bench.client.Call("DuplicateService.DecideMatch", request,
                                        &response));
      PrintOutcome(bench.out, response.outcome());
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddWorklistCommands(CLI::App& app, Chosen& chosen) {
  auto* duplicate = app.add_subcommand("duplicate", "Duplicate-plan cases");
  duplicate->require_subcommand(1);
  AddDuplicateList(*duplicate, chosen);
  AddDuplicateShow(*duplicate, chosen);
  AddDuplicateDecide(*duplicate, chosen);
  auto* match = app.add_subcommand("match", "Records that may be one person");
  match->require_subcommand(1);
  AddMatchList(*match, chosen);
  AddMatchShow(*match, chosen);
  AddMatchDecide(*match, chosen);
}

}  // namespace kith::cli
