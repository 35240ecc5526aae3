#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"
#include "kith/api/v1/family_service.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/keys.h"
#include "tests/bench/calls.h"
#include "tests/bench/measures.h"
#include "tests/bench/node.h"
#include "tests/bench/process.h"
#include "tests/bench/served.h"
#include "tools/authority/development.h"

namespace kith::bench {
namespace {

// A measurement: about a second of calls together, or three of calls alone.
constexpr size_t kCallsTogether = 20000;
constexpr size_t kCallsAlone = 5000;
// What a call alone may take beyond an empty one and two syncs.
constexpr double kAloneMicros = 150;

// For so many families, or all that there are.
std::vector<std::string> Requests(const engine::ReadView& view, size_t count) {
  std::vector<std::string> requests;
  std::string prefix = core::keys::Family(1);
  prefix.resize(prefix.size() - 8);
  KITH_CHECK(view.state()
                 .Scan(prefix,
                       [&](absl::string_view, absl::string_view value) {
                         ledger::v1::FamilyRow row;
                         KITH_CHECK(row.ParseFromArray(
                             value.data(), static_cast<int>(value.size())));
                         api::v1::GetFamilyRequest request;
                         request.set_family_id(row.founded().family().id());
                         requests.push_back(request.SerializeAsString());
                         return requests.size() < count;
                       })
                 .ok());
  KITH_CHECK(!requests.empty());
  return requests;
}

Tls MakeIdentity(const std::string& folder) {
  KITH_CHECK(
      authority::MakeDevelopment(folder, {}, {"council"}, absl::Now()).ok());
  const auto text = [&folder](const char* name) {
    return *authority::ReadText(absl::StrCat(folder, "/", name));
  };
  return {text("authority.crt"), text("node/server.crt"),
          text("node/server.key"), text("agencies/council.crt"),
          text("agencies/council.key")};
}

std::string TokenOf(const std::string& folder) {
  authority::Person worker;
  worker.agency = "council";
  worker.subject = "w1";
  return absl::StrCat("Bearer ", *authority::MakeDevelopmentToken(
                                     absl::StrCat(folder, "/identity"), worker,
                                     absl::Now(), absl::Hours(1)));
}

// What was found in the pairs of one number of calls in flight.
struct Pairs {
  std::vector<double> reads, floors, syncs, slow, ratios;
};

Pairs Compare(const CallLoad& load, const CallLoad& nothing,
              const Settings& settings) {
  Pairs pairs;
  for (int pair = 0; pair < settings.pairs; ++pair) {
    const CallFigures read = MakeCalls(load);
    const CallFigures floor = MakeCalls(nothing);
    pairs.syncs.push_back(SyncMicros(settings.folder).value);
    pairs.reads.push_back(read.p50_micros);
    pairs.floors.push_back(floor.p50_micros);
    pairs.slow.push_back(read.p99_micros);
    // Alone, a call has to wait for the disk: that is part of its floor.
    const double least =
        load.in_flight > 1
            ? floor.p50_micros
            : floor.p50_micros + 2 * pairs.syncs.back() + kAloneMicros;
    pairs.ratios.push_back(read.p50_micros / least);
  }
  return pairs;
}

struct Goal {
  int in_flight = 1;
  double ratio = 1;
};

void MeasureAt(const Goal& goal, CallLoad load, const Settings& settings,
               Report& report) {
  load.in_flight = goal.in_flight;
  load.calls = std::min(settings.statements,
                        goal.in_flight > 1 ? kCallsTogether : kCallsAlone);
  const CallFigures once = MakeCalls(load);  // also warms up
  // The first read lets go of the last snapshot from before; only then does
  // RocksDB compact what that one still saw.
  AwaitRest();
  const EmptyServer empty(once.answer_bytes, load.tls);
  CallLoad nothing = load;
  nothing.port = empty.port();
  const Pairs pairs = Compare(load, nothing, settings);
  const Median ratio = MedianOf(pairs.ratios);
  const double sync = MedianOf(pairs.syncs).value;
  const double floor = MedianOf(pairs.floors).value;
  const bool alone = goal.in_flight == 1;
  report.Add(
      {.name = absl::StrCat("GetFamily, ", load.tls ? "mTLS" : "no TLS",
                            ", p50, ", goal.in_flight, " in flight"),
       .value = MedianOf(pairs.reads).value,
       .unit = "us",
       .floor = alone ? floor + 2 * sync + kAloneMicros : floor,
       .ratio = ratio.value,
       .goal = goal.ratio,
       .ratio_at_most = true,
       .note = absl::StrFormat(
           "ratio %s; p99 %.0f us; %d bytes; empty %.0f us, fdatasync %.0f us",
           SpreadOf(ratio), MedianOf(pairs.slow).value, once.answer_bytes,
           floor, sync)});
}

CallLoad LoadOf(Node& node, const Settings& settings) {
  CallLoad load;
  load.method = "/kith.api.v1.FamilyService/GetFamily";
  load.requests = Requests(**node.engine().Read(), settings.asked);
  load.metadata = {{"kith-purpose", "early_help"}};
  return load;
}

void MeasurePlain(Node& node, const std::string& folder,
                  const Settings& settings, Report& report) {
  CallLoad load = LoadOf(node, settings);
  load.metadata.insert(load.metadata.end(), {{"kith-agency", "council"},
                                             {"kith-role", "practitioner"},
                                             {"kith-practitioner", "w1"}});
  const Served served(node, folder, false);
  load.port = served.port();
  MeasureAt({64, 2.0}, load, settings, report);
}

void MeasureSecured(Node& node, const std::string& folder, const Tls& tls,
                    const Settings& settings, Report& report) {
  CallLoad load = LoadOf(node, settings);
  load.metadata.emplace_back("authorization", TokenOf(folder));
  load.tls = tls;
  const Served served(node, folder, true);
  load.port = served.port();
  MeasureAt({64, 1.6}, load, settings, report);
  MeasureAt({1, 1.0}, load, settings, report);
}

}  // namespace

void MeasureReads(const Settings& settings, Report& report) {
  const std::string folder = absl::StrCat(settings.folder, "/reads");
  Node node(folder, nullptr);
  node.Run(node.Sign(Introductions(0, settings.families)));
  AwaitRest();  // until what was written is compacted
  const Tls tls = MakeIdentity(absl::StrCat(folder, "/identity"));
  MeasurePlain(node, folder, settings, report);
  MeasureSecured(node, folder, tls, settings, report);
}

}  // namespace kith::bench
