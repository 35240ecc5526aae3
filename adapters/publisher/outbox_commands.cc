#include "adapters/publisher/outbox_commands.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/publisher/command.h"
#include "adapters/publisher/deliver.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

using Told = std::map<Ending, uint64_t>;
// Sends something out of the outbox and counts the answers.
using Sending = absl::Status (*)(Outbox& outbox, Sink& sink,
                                 const Options& options,
                                 const std::function<void(const Answer&)>&);

void Print(const Told& told) {
  for (const auto& [ending, count] : told) {
    std::printf("%8llu  %s\n", static_cast<unsigned long long>(count),
                EndingName(ending));
  }
}

// What is wrong with the disk or the outbox, not with the world.
bool IsOwn(const absl::Status& status) {
  return absl::IsDataLoss(status) || absl::IsInternal(status);
}

int ExitOf(const std::string& program, const absl::Status& sent,
           const Told& told) {
  if (absl::IsOutOfRange(sent)) return Complain(program, sent, kExitUsage);
  if (!sent.ok()) {
    return Complain(program, sent,
                    IsOwn(sent) ? kExitOutbox : kExitNotDelivered);
  }
  return told.count(Ending::kRefused) + told.count(Ending::kSetAside) > 0
             ? kExitComplaints
             : kExitDone;
}

int SendKept(const std::string& program, const Options& options,
             Sending sending) {
  auto opened =
      Outbox::OpenExisting(options.outbox, OutboxLimits{}, absl::Now());
  if (!opened.ok()) return Complain(program, opened.status(), kExitOutbox);
  Outbox& outbox = **opened;
  const OutboxStatus status = outbox.Status();
  auto sink = MakeSink(options, status.partnership, status.source);
  if (!sink.ok()) return Complain(program, sink.status(), kExitUsage);
  Told told;
  const absl::Status sent =
      sending(outbox, **sink, options,
              [&](const Answer& answer) { ++told[answer.ending]; });
  Print(told);
  if (told.count(Ending::kDelivered) > 0) PrintDelivered(outbox);
  const absl::Status pruned = outbox.Prune(absl::Now());
  if (sent.ok() && !pruned.ok()) {
    return Complain(program, pruned, kExitOutbox);
  }
  return ExitOf(program, sent, told);
}

// Words for JSON and for people.
struct Line {
  const char* name;
  const char* words;
  std::string value;
  bool is_text;
};

std::vector<Line> LinesOf(const OutboxStatus& status, absl::Time now) {
  const bool any = status.waiting > 0;
  const std::string oldest =
      any ? absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", status.oldest_waiting,
                             absl::UTCTimeZone())
          : "";
  const absl::Duration age =
      any ? std::max(absl::ZeroDuration(), now - status.oldest_waiting)
          : absl::ZeroDuration();
  const auto number = [](auto value) { return absl::StrCat(value); };
  return {
      {"partnership", "partnership", status.partnership, true},
      {"source", "source", status.source, true},
      {"epoch", "epoch", number(status.epoch), false},
      {"next_sequence", "next number", number(status.next_sequence), false},
      {"waiting", "waiting", number(status.waiting), false},
      {"waiting_bytes", "waiting bytes", number(status.waiting_bytes), false},
      {"oldest_waiting", "oldest waiting", oldest, true},
      {"oldest_waiting_seconds", "waiting for (s)",
       number(absl::ToInt64Seconds(age)), false},
      {"kept_for_resending", "kept for resend", number(status.kept), false},
      {"first_kept", "first kept", number(status.first_sequence), false},
  };
}

// For Prometheus: a file that node_exporter's textfile collector reads.
std::string MetricsOf(const OutboxStatus& status, absl::Time now) {
  const absl::Duration age =
      status.waiting > 0
          ? std::max(absl::ZeroDuration(), now - status.oldest_waiting)
          : absl::ZeroDuration();
  const std::string labels =
      absl::StrCat("{partnership=\"", status.partnership, "\",source=\"",
                   status.source, "\"} ");
  std::string text;
  const auto add = [&](const char* name, const char* help, double value) {
    absl::StrAppend(&text, "# HELP ", name, " ", help, "\n# TYPE ", name,
                    " gauge\n", name, labels, value, "\n");
  };
  add("kith_outbox_statements", "Statements that wait to be delivered.",
      static_cast<double>(status.waiting));
  add("kith_outbox_bytes", "Bytes of these.",
      static_cast<double>(status.waiting_bytes));
  add("kith_outbox_age_seconds", "How long the first of these has waited.",
      absl::ToDoubleSeconds(age));
  add("kith_outbox_kept_statements",
      "Statements that were delivered and are kept for resending.",
      static_cast<double>(status.kept));
  return text;
}

}  // namespace

int DeliverKept(const std::string& program, const Options& options) {
  return SendKept(
      program, options,
      [](Outbox& outbox, Sink& sink, const Options&, const auto& told) {
        return Deliver(
            outbox, sink, [] { return absl::Now(); }, told);
      });
}

int ResendKept(const std::string& program, const Options& options) {
  return SendKept(
      program, options,
      [](Outbox& outbox, Sink& sink, const Options& wanted, const auto& told) {
        const uint64_t first =
            wanted.first != 0 ? wanted.first : outbox.first_sequence();
        const uint64_t last =
            wanted.last != 0 ? wanted.last : outbox.first_waiting() - 1;
        return Resend(outbox, sink, first, last, told);
      });
}

int ShowStatus(const std::string& program, const Options& options) {
  const auto status = Outbox::Look(options.outbox);
  if (!status.ok()) return Complain(program, status.status(), kExitOutbox);
  if (options.output == "metrics") {
    const std::string metrics = MetricsOf(*status, absl::Now());
    std::fwrite(metrics.data(), 1, metrics.size(), stdout);
    return kExitDone;
  }
  const bool json = options.output == "json";
  std::string text;
  for (const Line& line : LinesOf(*status, absl::Now())) {
    if (!json) {
      absl::StrAppend(&text, line.words,
                      std::string(17 - std::string(line.words).size(), ' '),
                      line.value, "\n");
      continue;
    }
    const char* quote = line.is_text ? "\"" : "";
    absl::StrAppend(&text, text.empty() ? "{" : ", ", "\"", line.name,
                    "\": ", quote, line.value, quote);
  }
  if (json) text += "}\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kExitDone;
}

void AddOutboxCommands(CLI::App& app, Options& options) {
  const auto add = [&](const char* name, const char* what) {
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("--outbox", options.outbox, "Folder of the outbox")
        ->required();
    return command;
  };
  CLI::App* deliver = add("deliver", "Tell what waits in the outbox");
  CLI::App* resend = add("resend",
                         "Tell once more what was delivered and is kept (30 "
                         "days), for an inbox that lost it");
  for (CLI::App* command : {deliver, resend}) {
    command->footer(absl::StrCat(kDelivery, "\n", kExitCodes));
    command->add_option("--agency", options.agency, "The agency that speaks")
        ->required();
    AddDelivery(*command, options);
  }
  resend->add_option("--from", options.first, "From this number on");
  resend->add_option("--to", options.last, "Up to this number");
  CLI::App* status =
      add("status", "Show what the outbox holds, and since when it waits");
  status
      ->add_option("--output", options.output,
                   "table, json, or metrics for Prometheus")
      ->check(CLI::IsMember({"table", "json", "metrics"}))
      ->capture_default_str();
}

}  // namespace kith::adapters
