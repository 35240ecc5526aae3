#include "tests/architecture/include_rules.h"

#include <algorithm>
#include <regex>
#include <sstream>

namespace kith::architecture {
namespace {

// A rule binds the files below `folder`; the longest folder that fits counts.
// An entry of a list allows whatever starts with it.
struct Rule {
  std::string folder;
  std::vector<std::string> ours;       // our headers, generated ones included
  std::vector<std::string> libraries;  // beyond the standard library
  bool pure = false;                   // no clock, thread, chance or I/O
};

const std::vector<std::string> kAny = {""};
const std::vector<std::string> kPlain = {"absl/", "google/protobuf/"};
const std::vector<std::string> kParsers = {
    "absl/", "google/protobuf/", "nlohmann/", "pugixml", "yaml-cpp/",
    "CLI/",  "unicode/",         "spdlog/",   "fmt/"};
const std::vector<std::string> kDelivery = {
    "absl/",   "google/protobuf/", "grpcpp/", "librdkafka/",
    "spdlog/", "yaml-cpp/",        "CLI/",    "posix"};
const std::vector<std::string> kShell = {
    "absl/", "google/protobuf/", "prometheus/", "spdlog/", "fmt/", "posix"};
const std::vector<std::string> kServing = {
    "absl/",   "google/", "grpcpp/", "grpc/", "prometheus/",
    "spdlog/", "fmt/",    "posix",   "CLI/",  "yaml-cpp/"};

const std::vector<Rule>& Table() {
  static const auto* table = new std::vector<Rule>{
      {"base/", {"base/"}, {"absl/", "openssl/", "unicode/", "posix"}},
      // How frames lie in Kafka's records: for both ends, and pure of clients.
      {"wire/",
       {"base/", "wire/", "kith/agency/"},
       {"absl/", "google/protobuf/", "posix"}},
      {"eventstore/",
       {"base/", "eventstore/"},
       {"absl/", "rocksdb/", "openssl/", "posix"}},

      {"services/core/",
       {"base/", "services/core/", "kith/agency/", "kith/ledger/"},
       kPlain,
       /*pure=*/true},
      {"services/views/",
       {"base/", "services/views/", "services/core/", "kith/agency/",
        "kith/ledger/", "kith/api/"},
       kPlain,
       /*pure=*/true},
      {"services/disclosure/",
       {"base/", "services/disclosure/", "kith/agency/", "kith/ledger/"},
       kPlain,
       /*pure=*/true},

      {"services/engine/",
       {"base/", "eventstore/", "services/core/", "services/views/",
        "services/inbox/", "services/engine/", "kith/agency/", "kith/ledger/"},
       kShell},
      {"services/inbox/",
       {"base/", "wire/", "services/inbox/", "kith/agency/"},
       {"absl/", "google/protobuf/", "prometheus/", "spdlog/", "librdkafka/",
        "posix"}},
      {"services/access/",
       {"base/", "eventstore/", "services/access/", "services/disclosure/",
        "kith/"},
       kShell},
      {"services/identity/",
       {"base/", "services/identity/", "kith/agency/"},
       {"absl/", "openssl/", "nlohmann/", "yaml-cpp/", "posix"}},
      {"services/api/",
       {"base/", "eventstore/", "services/core/", "services/views/",
        "services/disclosure/", "services/access/", "services/engine/",
        "services/identity/", "services/inbox/", "services/api/", "kith/"},
       kServing},
      {"services/gateway/",
       {"base/", "services/gateway/", "services/api/", "kith/"},
       {"absl/", "google/", "grpcpp/", "boost/", "nlohmann/", "prometheus/",
        "spdlog/", "openssl/"}},
      {"services/relay/",
       {"base/", "wire/", "eventstore/", "services/core/", "services/views/",
        "services/disclosure/", "services/access/", "services/engine/",
        "services/inbox/", "services/api/", "services/relay/", "kith/"},
       kShell},
      {"services/kithd/",
       {"base/", "wire/", "eventstore/", "services/", "kith/"},
       kAny},

      {"adapters/publisher/",
       {"base/", "wire/", "adapters/common/", "adapters/publisher/",
        "kith/agency/", "kith/api/v1/intake"},
       kDelivery},
      // Every other adapter; MayIncludeOurs adds the adapter's own folder.
      {"adapters/",
       {"base/", "adapters/common/", "adapters/publisher/", "kith/agency/"},
       kParsers},

      // Of the services it knows the folder of source keys, the names of the
      // databases and the role table, of the adapters the file that says how
      // brokers are reached.
      {"tools/kith/",
       {"base/", "wire/", "eventstore/", "tools/kith/", "tools/authority/",
        "kith/", "services/engine/source_keys.h", "services/disclosure/roles.h",
        "services/api/data_folder.h", "adapters/publisher/kafka_settings.h"},
       kAny},
      {"tools/", kAny, kAny},
      {"tests/", kAny, kAny},
  };
  return *table;
}

// What only these folders may touch, whatever the table allows them.
struct Reserved {
  std::string include;
  std::vector<std::string> folders;
};

const std::vector<Reserved>& ReservedIncludes() {
  static const auto* reserved = new std::vector<Reserved>{
      // Nothing but the engine appends; the others are handed a store.
      {"eventstore/rocks_store.h",
       {"eventstore/", "services/engine/", "services/kithd/", "tests/",
        "tools/"}},
      {"rocksdb/", {"eventstore/", "tests/", "tools/bench/"}},
      {"librdkafka/",
       {"services/inbox/", "adapters/publisher/", "tools/kith/", "tests/",
        "tools/bench/"}},
      {"tests/", {"tests/"}},
  };
  return *reserved;
}

// Standard and POSIX headers that bring time, threads, chance or I/O.
bool IsImpureHeader(const std::string& header) {
  static const auto* impure = new std::vector<std::string>{"atomic",
                                                           "chrono",
                                                           "condition_variable",
                                                           "cstdio",
                                                           "cstdlib",
                                                           "ctime",
                                                           "filesystem",
                                                           "fstream",
                                                           "future",
                                                           "iostream",
                                                           "mutex",
                                                           "random",
                                                           "semaphore",
                                                           "shared_mutex",
                                                           "stop_token",
                                                           "thread",
                                                           "absl/time/clock.h"};
  return header.rfind("absl/synchronization/", 0) == 0 ||
         header.rfind("absl/random/", 0) == 0 ||
         std::find(impure->begin(), impure->end(), header) != impure->end();
}

bool StartsWithAny(const std::string& text,
                   const std::vector<std::string>& starts) {
  return std::any_of(starts.begin(), starts.end(), [&](const auto& start) {
    return text.rfind(start, 0) == 0;
  });
}

bool IsOurs(const std::string& header) {
  return StartsWithAny(header, {"base/", "wire/", "eventstore/", "services/",
                                "adapters/", "tools/", "tests/", "kith/"});
}

bool IsTestFile(const std::string& path) {
  static const std::regex pattern(
      R"(.*(_test\.cc|[_/]testing\.(h|cc)|_(fuzz|bench)\.cc))");
  return std::regex_match(path, pattern);
}

bool IsTestLibrary(const std::string& header) {
  return StartsWithAny(header, {"gtest/", "gmock/", "benchmark/"});
}

struct Include {
  std::string header;
  bool quoted;
};

std::vector<Include> IncludesOf(const std::string& text) {
  static const std::regex line(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::vector<Include> includes;
  std::istringstream lines(text);
  for (std::string next; std::getline(lines, next);) {
    std::smatch match;
    if (std::regex_search(next, match, line)) {
      includes.push_back({match[2], match[1] == "\""});
    }
  }
  return includes;
}

const Rule* RuleFor(const std::string& path) {
  const Rule* best = nullptr;
  for (const Rule& rule : Table()) {
    const bool fits = path.rfind(rule.folder, 0) == 0;
    if (fits && (best == nullptr || rule.folder.size() > best->folder.size())) {
      best = &rule;
    }
  }
  return best;
}

// "adapters/health/" of "adapters/health/fhir/reader.cc".
std::string AdapterOf(const std::string& path) {
  const std::size_t second = path.find('/', path.find('/') + 1);
  return path.substr(0, second + 1);
}

bool MayIncludeOurs(const Rule& rule, const std::string& path,
                    const std::string& header) {
  // In the general adapter rule each adapter also has itself.
  if (rule.folder == "adapters/" && header.rfind(AdapterOf(path), 0) == 0) {
    return true;
  }
  // Tests issue certificates and tokens; no node does.
  if (IsTestFile(path) && header.rfind("tools/authority/", 0) == 0) return true;
  return StartsWithAny(header, rule.ours);
}

bool MayIncludeLibrary(const Rule& rule, const std::string& path,
                       const std::string& header) {
  if (IsTestFile(path) && IsTestLibrary(header)) return true;
  // Tests draw their cases from seeds; PurityViolations bars true chance.
  if (IsTestFile(path) && header == "random") return true;
  if (rule.pure && IsImpureHeader(header)) return false;
  if (StartsWithAny(header, rule.libraries)) return true;
  const bool standard = header.find_first_of("/.") == std::string::npos;
  if (standard) return true;
  static const std::regex posix(R"((sys|netinet|arpa)/\w+\.h|[a-z_]+\.h)");
  return std::regex_match(header, posix) &&
         StartsWithAny("posix", rule.libraries);
}

bool IsReservedFrom(const std::string& path, const std::string& header) {
  for (const Reserved& reserved : ReservedIncludes()) {
    if (header.rfind(reserved.include, 0) == 0 &&
        !StartsWithAny(path, reserved.folders)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> IncludeViolations(const std::string& path,
                                           const std::string& text) {
  const Rule* rule = RuleFor(path);
  if (rule == nullptr) return {path + ": no include rule for this folder"};
  std::vector<std::string> violations;
  for (const auto& [header, quoted] : IncludesOf(text)) {
    // Ours end in .h; libraries such as pugixml.hpp have no folder.
    static const std::regex beside(R"([^/]+\.h)");
    if (quoted && std::regex_match(header, beside)) {
      violations.push_back(path + ": write " + header + " from the root");
      continue;
    }
    const bool allowed = IsOurs(header)
                             ? MayIncludeOurs(*rule, path, header)
                             : MayIncludeLibrary(*rule, path, header);
    if (!allowed || IsReservedFrom(path, header)) {
      violations.push_back(path + ": may not include " + header);
    }
  }
  return violations;
}

std::vector<std::string> PurityViolations(const std::string& path,
                                          const std::string& text) {
  const Rule* rule = RuleFor(path);
  if (rule == nullptr || !rule->pure) return {};
  static const std::regex impure(
      R"(absl::Now\(|_clock::|std::random|\brand\(|\bgetenv\(|thread_local)");
  std::vector<std::string> violations;
  for (std::sregex_iterator found(text.begin(), text.end(), impure), end;
       found != end; ++found) {
    violations.push_back(path + ": pure code may not use " + found->str());
  }
  return violations;
}

}  // namespace kith::architecture
