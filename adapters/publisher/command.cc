#include "adapters/publisher/command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"
#include "adapters/publisher/command_options.h"
#include "adapters/publisher/outbox.h"
#include "adapters/publisher/outbox_commands.h"
#include "adapters/publisher/run.h"
#include "base/id.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

namespace fs = std::filesystem;

constexpr size_t kTableBytesMax = 4 << 20;
// Files as named; of a folder those with the adapter's extension, in order.
absl::StatusOr<std::vector<std::string>> Expand(const Options& options,
                                                const std::string& extension) {
  std::vector<std::string> paths;
  for (const std::string& name : options.files) {
    std::error_code error;
    if (!fs::is_directory(name, error)) {
      paths.push_back(name);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(name, error)) {
      if (entry.path().extension() == extension) {
        found.push_back(entry.path().string());
      }
    }
    if (error) return absl::InvalidArgumentError(error.message());
    std::sort(found.begin(), found.end());
    paths.insert(paths.end(), found.begin(), found.end());
  }
  if (paths.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no file ending in ", extension, " there"));
  }
  return paths;
}

absl::StatusOr<Mapping> LoadMapping(const Adapter& adapter,
                                    const Options& options) {
  const std::string path =
      options.table.empty() ? adapter.mapping : options.table;
  auto table = ReadFile(path, kTableBytesMax);
  if (!table.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", table.status().message()));
  }
  std::string own;
  if (!options.mapping.empty()) {
    ASSIGN_OR_RETURN(own, ReadFile(options.mapping, kTableBytesMax));
  }
  return Mapping::Parse(*table, own);
}

// When the extract was made: as told, else when the file was last written.
absl::Time ExtractedAt(const Options& options, const std::string& path) {
  if (const auto told = ParseInstant(options.extracted_at)) return *told;
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  if (error) return absl::Now();
  const auto since = written - fs::file_time_type::clock::now();
  return absl::Now() + absl::FromChrono(since);
}

class Progress {
 public:
  Progress() : shown_(::isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (printed_) std::fprintf(stderr, "\r\033[K");
  }
  void Show(const std::string& file, uint64_t items) {
    if (!shown_ || items % 500 != 0) return;
    std::fprintf(stderr, "\r\033[K%s: %llu items",
                 fs::path(file).filename().c_str(),
                 static_cast<unsigned long long>(items));
    std::fflush(stderr);
    printed_ = true;
  }

 private:
  const bool shown_;
  bool printed_ = false;
};

absl::Status CheckNames(const Options& options) {
  for (const std::string& name :
       {options.partnership, options.agency, options.source}) {
    if (!name.empty() && !base::IsName(name)) {
      return absl::InvalidArgumentError(
          "partnership, agency and source are 1 to 32 of a-z, 0-9 and _");
    }
  }
  if (options.agency.empty()) {
    return absl::InvalidArgumentError("--agency is needed");
  }
  if (!options.dry_run &&
      (options.partnership.empty() || options.source.empty() ||
       options.outbox.empty() || options.key_file.empty())) {
    return absl::InvalidArgumentError(
        "--partnership, --source, --outbox and --key-file are needed, or "
        "--dry-run");
  }
  if (!options.extracted_at.empty() && !ParseInstant(options.extracted_at)) {
    return absl::InvalidArgumentError(
        "--extracted-at is no date or time (2026-03-01 or "
        "2026-03-01T07:00:00Z)");
  }
  return absl::OkStatus();
}

// Reads all files into `run`. The error is one of outbox or disk.
absl::Status ReadAll(const std::vector<std::string>& paths,
                     const Options& options, FileReader& reader, Run& run) {
  Progress progress;
  for (const std::string& path : paths) reader.Prepare(path);
  for (const std::string& path : paths) {
    const Feed feed{options.agency, options.system, ExtractedAt(options, path),
                    options.council_agency, options.council_system};
    absl::Status stopped;
    const absl::Status read = reader.Read(path, feed, [&](Item item) {
      stopped = run.Take(std::move(item));
      progress.Show(path, run.taken());
      return stopped;
    });
    RETURN_IF_ERROR(stopped);
    if (!read.ok()) {
      run.report().Unreadable({path, 0, 0}, std::string(read.message()));
    }
  }
  return absl::OkStatus();
}

int ExitOf(const Run& run, Report& report) {
  if (!run.delivery().ok()) return kExitNotDelivered;
  if (report.unreadable() > 0) return kExitUnreadable;
  return report.HasComplaints() ? kExitComplaints : kExitDone;
}

void Print(const Options& options, const Report& report) {
  const std::string text =
      options.output == "json" ? report.Json() : report.Table();
  std::fwrite(text.data(), 1, text.size(), stdout);
}

int RunFiles(const Adapter& adapter, const Options& options) {
  const absl::Status names = CheckNames(options);
  if (!names.ok()) return Complain(adapter.program, names, kExitUsage);
  const auto paths = Expand(options, adapter.extension);
  if (!paths.ok()) {
    return Complain(adapter.program, paths.status(), kExitUsage);
  }
  const auto mapping = LoadMapping(adapter, options);
  if (!mapping.ok()) {
    return Complain(adapter.program, mapping.status(), kExitUsage);
  }
  Publisher publisher{options.partnership, options.agency, options.source, {}};
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<Sink> sink;
  if (!options.dry_run) {
    auto key = ReadKeyFile(options.key_file, options.key_id);
    if (!key.ok()) return Complain(adapter.program, key.status(), kExitUsage);
    publisher.key = *std::move(key);
    auto opened = Outbox::Open(options.outbox, options.partnership,
                               options.source, OutboxLimits{}, absl::Now());
    if (!opened.ok()) {
      return Complain(adapter.program, opened.status(), kExitOutbox);
    }
    outbox = *std::move(opened);
    auto made = MakeSink(options, options.partnership, options.source);
    if (!made.ok()) {
      return Complain(adapter.program, made.status(), kExitUsage);
    }
    sink = *std::move(made);
  }
  Run run(publisher, outbox.get(), sink.get(), [] { return absl::Now(); });
  const auto reader = adapter.reader(*mapping);
  const absl::Status read = ReadAll(*paths, options, *reader, run);
  const absl::Status finished = run.Finish();
  Print(options, run.report());
  if (options.output == "table" &&
      run.report().total().of(Ending::kDelivered) > 0) {
    PrintDelivered(*outbox);
  }
  for (const absl::Status& status : {read, finished}) {
    if (!status.ok()) return Complain(adapter.program, status, kExitOutbox);
  }
  const int code = ExitOf(run, run.report());
  if (!run.delivery().ok()) Complain(adapter.program, run.delivery(), code);
  return code;
}

void AddRun(CLI::App& app, const Adapter& adapter, Options& o) {
  CLI::App* run =
      app.add_subcommand("run", "Read files and tell what they say");
  run->footer(absl::StrCat("Example:\n  ", adapter.example, "\n\n", kDelivery,
                           "\n", kExitCodes));
  run->add_option("files", o.files,
                  absl::StrCat("Files, or folders of *", adapter.extension))
      ->required();
  run->add_option("--agency", o.agency, "The agency that speaks");
  run->add_option("--system", o.system, "Its system, whose ids the files use")
      ->capture_default_str();
  run->add_option("--partnership", o.partnership, "The partnership it is for");
  run->add_option("--source", o.source, "The source as registered");
  run->add_option("--outbox", o.outbox, "Folder of the outbox");
  run->add_option("--key-file", o.key_file, "The source's key");
  run->add_option("--key-id", o.key_id,
                  "Which key of the source it is, where neither the key file "
                  "nor its name says so");
  AddDelivery(*run, o);
  run->add_option("--extracted-at", o.extracted_at,
                  "When the extract was made, where the files do not say; "
                  "otherwise when each was last written");
  run->add_option("--council-agency", o.council_agency,
                  "Whose child ids the files carry");
  run->add_option("--council-system", o.council_system,
                  "The council's system of these ids");
  run->add_option("--mapping", o.mapping, "The site's own words, YAML");
  run->add_option("--table", o.table, "The mapping table")
      ->default_str(adapter.mapping);
  run->add_option("--output", o.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  run->add_flag("--dry-run", o.dry_run, "Read and report; tell nobody");
}

}  // namespace

std::string DefaultMapping(const std::string& kind) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path installed = program.parent_path().parent_path() / "share" /
                               "kith" / kind / "mapping.yaml";
    if (fs::exists(installed, error)) return installed.string();
  }
  return absl::StrCat(KITH_SOURCE_ROOT, "/adapters/", kind, "/mapping.yaml");
}

int CommandMain(const Adapter& adapter, int argc, const char* const* argv) {
  Options options;
  options.system = adapter.system;
  CLI::App app(
      absl::StrCat("Example:\n  ", adapter.example, "\n\n", adapter.about),
      adapter.program);
  app.footer(absl::StrCat(kDelivery, "\n", kExitCodes));
  app.require_subcommand(1);
  AddRun(app, adapter, options);
  AddOutboxCommands(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return app.exit(wrong) == 0 ? kExitDone : kExitUsage;
  }
  const std::string& program = adapter.program;
  if (app.got_subcommand("deliver")) return DeliverKept(program, options);
  if (app.got_subcommand("resend")) return ResendKept(program, options);
  if (app.got_subcommand("status")) return ShowStatus(program, options);
  return RunFiles(adapter, options);
}

}  // namespace kith::adapters
