// Catches what RocksDB writes to its logs, so that the very same batches can be
// written once more by nothing but RocksDB.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "rocksdb/env.h"

namespace kith::bench {

// An environment that keeps a copy of the logs of the database in `folder`,
// from the moment on when the database is opened. Thread-safe.
class WalCapture : public rocksdb::EnvWrapper {
 public:
  explicit WalCapture(std::string folder);

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override;

  // The batches logged since the last call, in the form of
  // rocksdb::WriteBatch(std::string).
  std::vector<std::string> TakeBatches();

  void Append(const std::string& name, const rocksdb::Slice& bytes);

 private:
  const std::string folder_;
  std::mutex mutex_;
  std::map<std::string, std::string> logs_;  // by name; under mutex_
  size_t taken_ = 0;                         // batches; under mutex_
};

}  // namespace kith::bench
