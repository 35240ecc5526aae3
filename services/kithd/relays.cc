#include "services/kithd/relays.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/relay/feed.h"
#include "services/relay/quarantine.h"
#include "wire/topics.h"

namespace kith::kithd {

std::vector<std::unique_ptr<relay::Relay>> StartRelays(
    const RelayConfig& config, const wire::Properties& connection,
    api::Node& node, relay::RelayPositions& positions) {
  std::vector<std::unique_ptr<relay::Relay>> relays;
  const auto start = [&](std::string topic, std::string mend,
                         relay::FindNotices find) {
    relay::RelayOptions options;
    options.topic = std::move(topic);
    options.mend = std::move(mend);
    options.node = node.name;
    options.connection = connection;
    relays.push_back(std::make_unique<relay::Relay>(
        std::move(options), node.engine, positions, std::move(find)));
  };
  if (config.quarantine) {
    start(wire::QuarantineTopic(node.partnership),
          wire::TopicsApplyCommand(node.partnership), [&node](uint64_t from) {
            return relay::NoticesOfQuarantine(node, from);
          });
  }
  for (const relay::Feed& feed : config.feeds) {
    start(wire::FeedTopic(feed.agency),
          absl::StrCat("kith topics apply --agency ", feed.agency),
          [&node, feed](uint64_t from) {
            return relay::NoticesOfFeed(node, feed, from);
          });
  }
  return relays;
}

}  // namespace kith::kithd
