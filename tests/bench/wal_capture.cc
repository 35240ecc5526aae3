#include "tests/bench/wal_capture.h"

#include <cstdint>
#include <utility>

#include "absl/strings/match.h"

namespace kith::bench {
namespace {

class Tee : public rocksdb::WritableFileWrapper {
 public:
  Tee(std::string name, std::unique_ptr<rocksdb::WritableFile> file,
      WalCapture& capture)
      : rocksdb::WritableFileWrapper(file.get()),
        name_(std::move(name)),
        file_(std::move(file)),
        capture_(capture) {}

  rocksdb::Status Append(const rocksdb::Slice& bytes) override {
    capture_.Append(name_, bytes);
    return file_->Append(bytes);
  }
  rocksdb::Status Append(
      const rocksdb::Slice& bytes,
      const rocksdb::DataVerificationInfo& information) override {
    capture_.Append(name_, bytes);
    return file_->Append(bytes, information);
  }

 private:
  const std::string name_;
  const std::unique_ptr<rocksdb::WritableFile> file_;
  WalCapture& capture_;
};

// RocksDB's log format: blocks of 32 KiB; in them fragments with a header of
// checksum (4), length (2, little-endian) and type (1).
constexpr size_t kBlock = 32768;
constexpr size_t kHeader = 7;
enum Fragment : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

void AppendBatches(const std::string& log, std::vector<std::string>& batches) {
  std::string batch;
  for (size_t at = 0; at + kHeader <= log.size();) {
    const size_t left = kBlock - at % kBlock;
    if (left < kHeader) {
      at += left;
      continue;
    }
    const auto byte = [&](size_t i) {
      return static_cast<uint8_t>(log[at + i]);
    };
    const size_t length = byte(4) | byte(5) << 8;
    const uint8_t type = byte(6);
    if (type == kFull || type == kFirst) batch.clear();
    batch.append(log, at + kHeader, length);
    if (type == kFull || type == kLast) batches.push_back(batch);
    at += kHeader + length;
  }
}

}  // namespace

WalCapture::WalCapture(std::string folder)
    : rocksdb::EnvWrapper(rocksdb::Env::Default()),
      folder_(std::move(folder)) {}

rocksdb::Status WalCapture::NewWritableFile(
    const std::string& name, std::unique_ptr<rocksdb::WritableFile>* file,
    const rocksdb::EnvOptions& options) {
  const rocksdb::Status made =
      rocksdb::EnvWrapper::NewWritableFile(name, file, options);
  const bool is_log =
      absl::StartsWith(name, folder_) && absl::EndsWith(name, ".log");
  if (made.ok() && is_log) {
    *file = std::make_unique<Tee>(name, std::move(*file), *this);
  }
  return made;
}

std::vector<std::string> WalCapture::TakeBatches() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> batches;
  for (const auto& [name, log] : logs_) AppendBatches(log, batches);
  std::vector<std::string> fresh(batches.begin() + taken_, batches.end());
  taken_ = batches.size();
  return fresh;
}

void WalCapture::Append(const std::string& name, const rocksdb::Slice& bytes) {
  const std::lock_guard lock(mutex_);
  logs_[name].append(bytes.data(), bytes.size());
}

}  // namespace kith::bench
