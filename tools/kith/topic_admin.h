// Topics as they are declared, and as the brokers have them. Blocks on the
// network, no longer than half a minute a call. Not thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wire/connection.h"

namespace kith::cli {

struct Topic {
  std::string name;
  int partitions = 1;
  int replication_factor = 1;
  std::map<std::string, std::string> settings;
};

class TopicAdmin {
 public:
  // INVALID_ARGUMENT: librdkafka does not take these settings.
  static absl::StatusOr<std::unique_ptr<TopicAdmin>> Make(
      const wire::Properties& connection);
  ~TopicAdmin();
  TopicAdmin(const TopicAdmin&) = delete;
  TopicAdmin& operator=(const TopicAdmin&) = delete;

  // All of these: UNAVAILABLE: no broker answers. PERMISSION_DENIED: this user
  // may not. FAILED_PRECONDITION: the brokers refuse, with their reason.
  absl::StatusOr<int> CountBrokers();
  // As it is; empty when there is none. Its settings are all that it has,
  // defaults included; its replication factor is that of partition 0.
  absl::StatusOr<std::optional<Topic>> Find(const std::string& name);
  absl::Status Create(const Topic& topic);
  // Sets these; what else was set for the topic stays.
  absl::Status Set(const std::string& name,
                   const std::map<std::string, std::string>& settings);

 private:
  struct Client;
  struct Described {
    std::map<std::string, std::string> all;
    std::map<std::string, std::string> own;  // set for this topic
  };

  explicit TopicAdmin(std::unique_ptr<Client> client);
  absl::StatusOr<Described> Describe(const std::string& name);

  std::unique_ptr<Client> client_;
};

}  // namespace kith::cli
