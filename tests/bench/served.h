// What stands between a node and its callers, as kithd builds it.
#pragma once

#include <memory>
#include <string>

#include "eventstore/store.h"
#include "services/access/access_log.h"
#include "services/api/call_metrics.h"
#include "services/api/node.h"
#include "services/api/server.h"
#include "services/api/shell.h"
#include "services/api/workers.h"
#include "services/identity/doorkeeper.h"
#include "tests/bench/node.h"

namespace kith::bench {

class Served {
 public:
  // On a free port. Its databases, and with `tls` an identity folder, are in
  // `folder`; without, callers are believed.
  Served(Node& node, const std::string& folder, bool tls);
  ~Served() { server_->Drain(absl::Seconds(5)); }

  int port() const { return server_->port(); }

 private:
  class NoMetrics final : public api::CallMetrics {
   public:
    void Ended(const char*, absl::StatusCode, absl::Duration) override {}
  };

  static std::unique_ptr<eventstore::Store> OpenAccess(
      const std::string& folder);
  static std::unique_ptr<identity::Doorkeeper> OpenDoor(
      const std::string& folder);

  engine::SystemClock clock_;
  std::unique_ptr<eventstore::Store> access_store_;
  access::AccessLog access_;
  api::ActSource acts_;
  api::Node node_;
  const api::OneNode nodes_{node_};
  NoMetrics metrics_;
  std::unique_ptr<identity::Doorkeeper> doorkeeper_;
  std::unique_ptr<api::Callers> callers_;
  api::Workers workers_;
  api::Shell shell_;
  std::unique_ptr<api::Server> server_;
};

}  // namespace kith::bench
