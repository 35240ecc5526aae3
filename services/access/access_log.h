// Who read what, why, with what withheld: written before the answer leaves.
//
// A log of its own: a ledger in its own store (chained, sealed, synced), not
// the partnership's. Records of several answers share one sync. Families are
// indexed, so that "who looked" is a scan of one family's looks.
//
// Thread-safe. A thread of its own writes and tells; calls that say so block on
// the disk, and are not for an event loop.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "eventstore/store.h"
#include "kith/ledger/v1/access.pb.h"
#include "services/access/recorded.h"
#include "services/disclosure/disclosed.h"

namespace kith::access {

// What an act on overrides is about: `AccessRecord` says what each means.
struct Act {
  std::vector<uint64_t> acted_on;
  bool family_told = false;
};

// What api knows of a call; the account of disclosure is added to it.
struct Call {
  std::string method;  // "FamilyService.GetFamily"
  uint64_t position = 0;
  uint64_t as_of = 0;  // position asked about plus one; 0: the present
  bool denied = false;
  ledger::v1::AccessKind kind = ledger::v1::ACCESS_KIND_READ;
  std::string copied_to;  // not empty: an export, to this receiver
  std::string etag;       // of the answer; empty: it has none
  // Through whose eyes an auditor looks.
  std::optional<ledger::v1::SeenBy> seen_by;
  // Legal bases of the overrides and broken glass that may have opened
  // something, by number.
  std::map<uint64_t, agency::v1::LegalBasis> legal_basis;
  Act act;
};

class AccessLog {
 public:
  // `store` must outlive the log and be used by nothing else.
  AccessLog(std::string node, eventstore::Store& store,
            std::function<absl::Time()> now);
  // Writes what waits.
  ~AccessLog();

  // Takes the access record of an answer, which can be had once the record is
  // durable. When a record could not be written, its answer and all that come
  // after are UNAVAILABLE until the process is started again.
  template <class T>
  Recorded<T> Record(disclosure::Disclosed<T> answer,
                     const disclosure::Reader& reader, const Call& call) {
    auto receipt = Enqueue(answer.account(), reader, call);
    return Recorded<T>(std::move(answer).value(), std::move(receipt));
  }

  // Blocks until it is recorded that a call was refused before anything was
  // read. UNAVAILABLE as above.
  absl::Status RecordDenial(const disclosure::Reader& reader,
                            const disclosure::Account& account, Call call);

  // The same for an act that reads nothing but is to be accounted for: an
  // override, or administration (`call.kind`).
  absl::Status RecordAct(const disclosure::Reader& reader,
                         const disclosure::Account& account, const Call& call);

  // Every answer that left before this time is found by whoever asks from now
  // on.
  absl::Time CompleteTo() const { return now_(); }

  struct Look {
    uint64_t position = 0;
    ledger::v1::AccessRecord record;
  };
  // The looks at any of `subjects` (families, and records of people that were
  // looked at outside of a family) before position `before` (0: all), latest
  // first, at most `count_max`. Reads every look at them: the caller bounds the
  // rate.
  absl::StatusOr<std::vector<Look>> WhoLooked(
      const std::vector<uint64_t>& subjects, uint64_t before,
      size_t count_max) const;

  // Copies the log to a new folder, with every record of an answer that left
  // before; as eventstore::Store::Checkpoint. Blocks on the disk.
  absl::Status Checkpoint(const std::string& folder) const {
    return store_.Checkpoint(folder).status();
  }

  // Walks the whole log, as eventstore::Store::Verify. Blocks on the disk.
  absl::StatusOr<eventstore::Verified> Verify(
      const eventstore::Store::Progress& progress) const {
    return store_.Verify(progress);
  }

  const std::string& node() const { return node_; }

 private:
  struct Waiting {
    eventstore::NewRecord record;  // but for its time and salt
    std::shared_ptr<Receipt> receipt;
  };

  ledger::v1::AccessRecord RecordOf(const disclosure::Account& account,
                                    const disclosure::Reader& reader,
                                    const Call& call) const;
  std::shared_ptr<Receipt> Enqueue(const disclosure::Account& account,
                                   const disclosure::Reader& reader,
                                   const Call& call);
  // The writing thread: one synced write after the other, each for all that
  // gathered meanwhile.
  void Write();
  absl::Status CommitAll(std::vector<Waiting>& group);

  const std::string node_;
  eventstore::Store& store_;
  const std::function<absl::Time()> now_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_;  // guarded by mutex_
  bool ended_ = false;         // guarded by mutex_
  absl::Status broken_;        // guarded by mutex_; OK until a write failed
  int64_t last_micros_ = 0;    // the writing thread's

  std::thread writing_;  // last: it uses all of the above
};

}  // namespace kith::access
