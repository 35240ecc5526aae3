// A kithd that takes its frames from Kafka, as a program of its own, and what a
// test asks of it. Not thread-safe.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/api/v1/common.pb.h"
#include "kith/api/v1/views.pb.h"
#include "tests/server/process.h"

namespace kith::kafka_tests {

struct NodeOptions {
  std::string partnership = "hackney";
  std::string node = "node-1";
  std::string folder;   // of this node alone; its data are in <folder>/data
  std::string keys;     // shared by replicas; empty: <folder>/data/keys
  std::string brokers;  // empty: named in a file of `flags`
  std::vector<std::string> flags;
  // "written:40": it kills itself when it comes there the 40th time; see
  // kill_points.cc. Empty: it is the kithd that is installed.
  std::string kill_at;
  // In 1024 bytes; 0: no limit. What lies beyond cannot be written, as on a
  // disk that is full.
  int file_size_max_kib = 0;
};

class Node {
 public:
  // Starts it, and waits until it listens (not until it is ready).
  explicit Node(NodeOptions options);

  void Start();
  // The same without waiting, for one that may end before it listens.
  void Launch();
  bool HasEnded() const;
  void Kill();  // kill -9
  // SIGTERM; how it ended.
  server_tests::Ended Terminate();
  // Waits for it to end by itself.
  server_tests::Ended Wait() { return process_->Wait(); }
  void Signal(int signal) { process_->Signal(signal); }
  std::string Log() const { return process_->Errors(); }

  std::string data() const { return options_.folder + "/data"; }
  NodeOptions& options() { return options_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // What /readyz answers, head included.
  std::string Ready() const;
  // Waits until that contains `text`; false after `patience`.
  bool WaitFor(const std::string& text,
               absl::Duration patience = absl::Seconds(60)) const;
  bool WaitReady() const { return WaitFor("200 OK"); }
  std::string Metrics() const;
  // Of a metric of this partnership without other labels; -1: there is none.
  double Metric(const std::string& name) const;
  // Waits until it has that value.
  bool WaitForMetric(const std::string& name, double value,
                     absl::Duration patience = absl::Seconds(60)) const;
  // Waits until everything in the topic is applied.
  bool WaitForLag0(absl::Duration patience = absl::Seconds(90)) const;
  bool WaitForOffset(int64_t next,
                     absl::Duration patience = absl::Seconds(90)) const;

  // Runs `kith` against it, as the hub administrator.
  server_tests::Ended Kith(const std::vector<std::string>& words) const;
  api::v1::NodeStatus Status() const;
  // Makes a checkpoint of that name; its folder.
  std::string Checkpoint(const std::string& name) const;
  // The reasons of all that lies in quarantine, sorted.
  std::vector<std::string> QuarantineReasons() const;
  // Registers a source through gRPC, as the hub administrator.
  grpc::Status Register(const agency::v1::Statement& registration) const;
  // The same with its outcome, and no longer than that.
  struct Answer {
    grpc::Status status;
    api::v1::Outcome outcome;
  };
  Answer Register(const agency::v1::Statement& registration,
                  const std::string& request_id, absl::Duration patience) const;

 private:
  NodeOptions options_;
  std::unique_ptr<server_tests::Process> process_;
  int grpc_port_ = 0, http_port_ = 0;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace kith::kafka_tests
