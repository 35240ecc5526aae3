// Reads back what the canaries' story made: by every method that reads, as
// each of its readers, now, as it was, page by page and as it happens.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "tests/server/canaries.h"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {

// All methods that only read, as "FamilyService.GetFamily".
std::set<std::string> MethodsThatRead();

class CanaryReads {
 public:
  explicit CanaryReads(const Kithd& kithd) : kithd_(kithd) {}

  // Opens the streams of what happens to the family; they end by themselves
  // within ten seconds.
  void Watch(const std::map<std::string, std::string>& ids);
  // All that is read at once, and waits for it.
  void Read(const std::map<std::string, std::string>& ids);
  // Waits for the streams; from then on it is known what was shown. Errors
  // are searched.
  void End(MarkerSearch& search);

  // Methods that answered somebody, and those of which an answer held a marker.
  const std::set<std::string>& answered() const { return answered_; }
  const std::set<std::string>& shown() const { return shown_; }

 private:
  using Ids = std::map<std::string, std::string>;

  void ReadAs(const std::string& reader, const Ids& ids);
  void ReadBy(const google::protobuf::MethodDescriptor& method, const Who& who,
              const Ids& ids);
  // The token of the next page; empty: there is none.
  std::string Call(const google::protobuf::MethodDescriptor& method,
                   const Who& who, const google::protobuf::Message& request);

  const Kithd& kithd_;
  std::vector<std::thread> streams_;
  std::mutex mutex_;
  std::set<std::string> answered_;    // guarded by mutex_
  std::set<std::string> shown_;       // guarded by mutex_
  std::vector<grpc::Status> errors_;  // guarded by mutex_
};

}  // namespace kith::server_tests
