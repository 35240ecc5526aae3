#include "tools/kith/command.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/crypto.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"

namespace kith::cli {

CLI::App* AddCommand(CLI::App& noun, const std::string& verb,
                     const std::string& what, const std::string& example) {
  CLI::App* command = noun.add_subcommand(
      verb, absl::StrCat("Example: ", example, "\n\n", what));
  return command;
}

absl::Status ParseDate(const std::string& text, const std::string& option,
                       agency::v1::Date* date) {
  const auto day = base::ParseIsoDay(text);
  if (!day) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": not a date like 2024-02-29: ", text));
  }
  date->set_year(static_cast<int>(day->year()));
  date->set_month(day->month());
  date->set_day(day->day());
  return absl::OkStatus();
}

void WhenOptions::Add(CLI::App& command) {
  command.add_option("--at", at,
                     "As it was known then: 2026-03-01T12:00:00Z or a date");
  command.add_option("--at-position", position,
                     "As it was known at a position that an answer gave");
  command.add_option("--min-position", min_position,
                     "Wait until this position is applied");
}

absl::Status WhenOptions::Fill(api::v1::ReadOptions* read) const {
  if (!min_position.empty()) read->set_min_position(min_position);
  if (!position.empty()) read->set_at_position(position);
  if (at.empty()) return absl::OkStatus();
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, at, &time, &error)) {
    const auto day = base::ParseIsoDay(at);
    if (!day) {
      return absl::InvalidArgumentError(
          absl::StrCat("--at: not a time like 2026-03-01T12:00:00Z: ", at));
    }
    // A day means all that was known by its end.
    time = base::LondonMidnight(*day + 1) - absl::Microseconds(1);
  }
  *read->mutable_at_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          absl::ToUnixMicros(time));
  return absl::OkStatus();
}

void PageFlags::Add(CLI::App& command) {
  command.add_option("--limit", size, "Entries at most, 1 to 200")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  command.add_option("--page-token", token, "Go on where a page ended");
}

void PageFlags::Fill(api::v1::PageOptions* page) const {
  page->set_page_size(size);
  page->set_page_token(token);
}

void PrintNext(const Output& out, const std::string& next_page_token) {
  if (!next_page_token.empty()) {
    out.Line(absl::StrCat("there is more: --page-token ", next_page_token));
  }
}

void PersonFlags::Add(CLI::App& command) {
  command.add_option("--nhs", nhs, "NHS number");
  command.add_option("--upn", upn, "Unique pupil number; counts with --birth");
  command.add_option("--given", given, "Given names");
  command.add_option("--family", family, "Family name");
  command.add_option("--birth", birth, "Birth date, like 2012-05-04");
  command.add_option("--postcode", postcode, "Postcode");
  command.add_option("--system", system,
                     "With --local-id: your own agency's system");
  command.add_option("--local-id", local_id, "Your own agency's record");
}

absl::Status PersonFlags::Fill(api::v1::PersonQuery* query) const {
  if (!nhs.empty() || !upn.empty()) {
    auto* identifier = query->mutable_identifier();
    identifier->set_kind(nhs.empty() ? agency::v1::IDENTIFIER_KIND_UPN
                                     : agency::v1::IDENTIFIER_KIND_NHS_NUMBER);
    identifier->set_value(nhs.empty() ? upn : nhs);
  }
  query->set_given(given);
  query->set_family(family);
  query->set_postcode(postcode);
  if (!local_id.empty()) {
    query->mutable_record()->set_system(system);
    query->mutable_record()->set_local_id(local_id);
  }
  if (birth.empty()) return absl::OkStatus();
  return ParseDate(birth, "--birth", query->mutable_birth_date());
}

void WriteFlags::Add(CLI::App& command) {
  command.add_option("--request-id", request_id,
                     "Repeat a request whose outcome you do not know");
}

void WriteFlags::Fill(api::v1::WriteOptions* write) const {
  write->set_request_id(request_id.empty()
                            ? absl::BytesToHexString(base::RandomBytes(16))
                            : request_id);
}

std::string ReasonText(const ledger::v1::Reason& reason) {
  return absl::StrCat(reason.code(), ": ", reason.text());
}

void PrintOutcome(const Output& out, const api::v1::Outcome& outcome) {
  out.Json(outcome);
  out.Line(absl::StrCat(
      EnumText(*ledger::v1::OutcomeKind_descriptor(), outcome.kind()),
      outcome.repeated_delivery() ? " (an earlier delivery)" : ""));
  for (const std::string& id : outcome.made_ids()) {
    out.Line(absl::StrCat("made ", id));
  }
}

}  // namespace kith::cli
