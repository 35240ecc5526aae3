#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"
#include "eventstore/rocks_store.h"
#include "kith/api/v1/family_service.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/access/access_log.h"
#include "services/api/node.h"
#include "services/api/server.h"
#include "services/api/shell.h"
#include "services/api/workers.h"
#include "services/core/keys.h"
#include "tests/bench/calls.h"
#include "tests/bench/measures.h"
#include "tests/bench/node.h"

namespace kith::bench {
namespace {

constexpr size_t kFamiliesAsked = 500;
constexpr size_t kCalls = 5000;

class NoMetrics : public api::CallMetrics {
 public:
  void Ended(const char*, absl::StatusCode, absl::Duration) override {}
};

std::vector<std::string> Requests(const engine::ReadView& view) {
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
                         return requests.size() < kFamiliesAsked;
                       })
                 .ok());
  KITH_CHECK(!requests.empty());
  return requests;
}

// What stands between a node and its callers, as kithd builds it.
class Served {
 public:
  Served(Node& node, const std::string& folder)
      : access_store_(OpenAccess(folder)),
        access_("bench", *access_store_, [this] { return clock_.Now(); }),
        acts_(node.partnership(), "api_bench", "k1", std::string(32, 'k'), 1,
              node.engine()),
        node_{"bench",
              "1",
              node.partnership(),
              node.engine(),
              node.store(),
              access_,
              clock_,
              acts_,
              api::PageTokens(node.store().pepper()),
              api::RateLimit(1000000, absl::Hours(1)),
              ""},
        workers_(8, 1024),
        shell_(nodes_, workers_, metrics_, *callers_) {
    api::ServerOptions options;
    options.listen = "127.0.0.1:0";
    auto server = api::Server::Start(options, shell_);
    KITH_CHECK(server.ok());
    server_ = *std::move(server);
    server_->SetServing(true);
  }
  ~Served() { server_->Drain(absl::Seconds(5)); }

  int port() const { return server_->port(); }

 private:
  static std::unique_ptr<eventstore::Store> OpenAccess(
      const std::string& folder) {
    eventstore::RocksOptions options;
    options.folder = absl::StrCat(folder, "/access");
    options.master_key_file = absl::StrCat(folder, "/access.key");
    auto opened = eventstore::OpenRocksStore(options);
    KITH_CHECK(opened.ok());
    return *std::move(opened);
  }

  engine::SystemClock clock_;
  std::unique_ptr<eventstore::Store> access_store_;
  access::AccessLog access_;
  api::ActSource acts_;
  api::Node node_;
  const api::OneNode nodes_{node_};
  NoMetrics metrics_;
  api::Workers workers_;
  std::unique_ptr<api::Callers> callers_ = api::MakeBelievedCallers();
  api::Shell shell_;
  std::unique_ptr<api::Server> server_;
};

void MeasureAt(int in_flight, CallLoad load, int pairs, Report& report) {
  load.in_flight = in_flight;
  const CallFigures once = MakeCalls(load);  // also warms up
  const EmptyServer empty(once.answer_bytes);
  CallLoad nothing = load;
  nothing.port = empty.port();
  std::vector<double> reads;
  std::vector<double> floors;
  std::vector<double> ratios;
  std::vector<double> slow;
  for (int pair = 0; pair < pairs; ++pair) {
    const CallFigures read = MakeCalls(load);
    const CallFigures floor = MakeCalls(nothing);
    reads.push_back(read.p50_micros);
    floors.push_back(floor.p50_micros);
    ratios.push_back(read.p50_micros / floor.p50_micros);
    slow.push_back(read.p99_micros);
  }
  const Median ratio = MedianOf(ratios);
  Figure figure = {
      .name = absl::StrCat("GetFamily p50, ", in_flight, " in flight"),
      .value = MedianOf(reads).value,
      .unit = "us",
      .floor = MedianOf(floors).value,
      .ratio = ratio.value,
      .ratio_at_most = true,
      .note =
          absl::StrFormat("ratio %s; p99 %.0f us; %d bytes", SpreadOf(ratio),
                          MedianOf(slow).value, once.answer_bytes)};
  if (in_flight > 1) figure.goal = 2.0;
  report.Add(figure);
}

}  // namespace

void MeasureReads(const Settings& settings, Report& report) {
  const std::string folder = absl::StrCat(settings.folder, "/reads");
  Node node(folder, nullptr);
  node.Run(node.Sign(Introductions(0, kFamiliesAsked)));
  CallLoad load;
  {
    const Served served(node, folder);
    load.port = served.port();
    load.method = "/kith.api.v1.FamilyService/GetFamily";
    load.requests = Requests(**node.engine().Read());
    load.metadata = {{"kith-agency", "council"},
                     {"kith-practitioner", "w1"},
                     {"kith-role", "practitioner"},
                     {"kith-purpose", "early_help"}};
    load.calls = std::min(settings.statements, kCalls);
    MeasureAt(64, load, settings.pairs, report);
    MeasureAt(1, load, settings.pairs, report);
  }
}

}  // namespace kith::bench
