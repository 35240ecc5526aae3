#include "tests/bench/served.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "eventstore/rocks_store.h"

namespace kith::bench {

Served::Served(Node& node, const std::string& folder, bool tls)
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
      doorkeeper_(tls ? OpenDoor(folder) : nullptr),
      callers_(tls ? api::MakeCertifiedCallers(*doorkeeper_)
                   : api::MakeBelievedCallers()),
      workers_(8, 1024),
      shell_(nodes_, workers_, metrics_, *callers_) {
  api::ServerOptions options;
  options.listen = "127.0.0.1:0";
  const std::string door = absl::StrCat(folder, "/identity/node/");
  if (tls) {
    options.tls = {absl::StrCat(door, "server.crt"),
                   absl::StrCat(door, "server.key"),
                   absl::StrCat(door, "clients.crt")};
  }
  auto server = api::Server::Start(options, shell_);
  KITH_CHECK(server.ok());
  server_ = *std::move(server);
  server_->SetServing(true);
}

std::unique_ptr<eventstore::Store> Served::OpenAccess(
    const std::string& folder) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(folder, "/access");
  options.master_key_file = absl::StrCat(folder, "/access.key");
  auto opened = eventstore::OpenRocksStore(options);
  KITH_CHECK(opened.ok());
  return *std::move(opened);
}

std::unique_ptr<identity::Doorkeeper> Served::OpenDoor(
    const std::string& folder) {
  auto opened = identity::Doorkeeper::Open(
      absl::StrCat(folder, "/identity/node"), [] { return absl::Now(); });
  KITH_CHECK(opened.ok());
  return *std::move(opened);
}

}  // namespace kith::bench
