#include "services/kithd/kafka_statistics.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace kith::kithd {
namespace {

using nlohmann::json;

constexpr double kMicrosPerSecond = 1e6;

double NumberIn(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

void AddBrokers(const json& brokers, std::map<std::string, double>& figures) {
  double up = 0;
  double round_trip = 0;
  for (const json& broker : brokers) {
    if (!broker.is_object()) continue;
    if (broker.contains("state") && broker["state"] == "UP") ++up;
    if (broker.contains("rtt") && broker["rtt"].is_object()) {
      round_trip = std::max(round_trip, NumberIn(broker["rtt"], "p99"));
    }
  }
  figures["brokers_up"] = up;
  figures["round_trip_p99_seconds"] = round_trip / kMicrosPerSecond;
}

}  // namespace

std::map<std::string, double> FiguresOf(absl::string_view statistics) {
  const json parsed = json::parse(statistics.begin(), statistics.end(), nullptr,
                                  /*allow_exceptions=*/false);
  std::map<std::string, double> figures;
  if (!parsed.is_object()) return figures;
  figures["queued_messages"] = NumberIn(parsed, "msg_cnt");
  figures["queued_bytes"] = NumberIn(parsed, "msg_size");
  figures["waiting_operations"] = NumberIn(parsed, "replyq");
  figures["sent_bytes"] = NumberIn(parsed, "tx_bytes");
  figures["received_bytes"] = NumberIn(parsed, "rx_bytes");
  figures["sent_messages"] = NumberIn(parsed, "txmsgs");
  figures["received_messages"] = NumberIn(parsed, "rxmsgs");
  if (parsed.contains("brokers") && parsed["brokers"].is_object()) {
    AddBrokers(parsed["brokers"], figures);
  }
  return figures;
}

}  // namespace kith::kithd
