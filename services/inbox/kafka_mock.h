// librdkafka's mock of a cluster, with the inbox of one partnership, for tests.
#pragma once

#include <librdkafka/rdkafka_mock.h>

#include "wire/connection.h"
#include "wire/topics.h"

namespace kith::inbox::testing {

inline constexpr char kPartnership[] = "hackney";

class MockCluster {
 public:
  MockCluster() {
    char why[256];
    owner_ =
        rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof(why));
    cluster_ = rd_kafka_mock_cluster_new(owner_, 1);
    rd_kafka_mock_topic_create(cluster_, wire::InboxTopic(kPartnership).c_str(),
                               1, 1);
  }
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
  }
  wire::Properties connection() const {
    return {{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)}};
  }
  void SetDown() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void SetUp() { rd_kafka_mock_broker_set_up(cluster_, 1); }

 private:
  rd_kafka_t* owner_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace kith::inbox::testing
