// The store of one partnership: its ledger, its rows, its keys.
//
// The store knows bytes and numbers, no families. It keeps
//   - the ledger: records, numbered by position from 0, never changed; each is
//     a clear header and a sealed payload, and each header holds a commitment
//     to its payload and the digest of the header before it (FORMAT.md);
//   - rows in tables, each sealed under the key of the one subject whose data
//     it holds: state (what rules read) and views (what readers read; several
//     versions side by side while one is rebuilt);
//   - the position in the inbox, opaque.
// All of it moves together: `Commit` writes a batch whole or not at all.
//
// Two stores stand behind this interface and one contract suite holds both:
// `OpenMemoryStore` (for tests) and `OpenRocksStore`.
//
// Thread-safety: one thread commits; any thread may call everything else.
// Errors: DATA_LOSS means that stored bytes do not read back or that the disk
// failed. After it, every call fails; stop the process and open again: what a
// failed write left is then known. Corruption is never "not found".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/id.h"

namespace kith::eventstore {

using Position = uint64_t;

// The bounds of one batch. Breaking one is INVALID_ARGUMENT.
inline constexpr size_t kSourceBytesMax = 255;
inline constexpr size_t kSaltBytesMax = 255;
inline constexpr size_t kPayloadBytesMax = size_t{4} << 20;
inline constexpr size_t kKeyBytesMax = 1024;
inline constexpr size_t kValueBytesMax = size_t{4} << 20;
inline constexpr size_t kInboxPositionBytesMax = size_t{64} << 10;
inline constexpr size_t kBatchBytesMax = size_t{256} << 20;  // keys and values

// Whose data a record or row holds. 0: nobody's (no personal data).
using SubjectNumber = uint64_t;
inline constexpr SubjectNumber kNobody = 0;

// Which family of rows a key belongs to.
struct Table {
  enum Kind : uint8_t { kState, kView };
  Kind kind = kState;
  uint32_t version = 0;  // views only; see `Views`

  static Table State() { return {kState, 0}; }
  static Table View(uint32_t version) { return {kView, version}; }
  friend auto operator<=>(const Table&, const Table&) = default;
};

// One record to append. The store gives it position, commitment and link.
struct NewRecord {
  int64_t recorded_at_micros = 0;  // since 1970 UTC; never going back
  std::string source;              // of the statement that caused it
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  uint32_t ordinal = 0;  // counts the records of one statement from 0
  SubjectNumber subject = kNobody;
  // Others whose history this record belongs to, for `ScanSubject`. Indexed,
  // not part of the record.
  std::vector<SubjectNumber> also_about;
  uint32_t kind = 0;          // the fact's field number in its oneof
  uint32_t rules_number = 0;  // of the rules that decided it
  // HKDF(statement salt, "fact" | ordinal); sealed with the payload.
  std::string salt;
  std::string payload;  // a serialised fact
};

struct StoredRecord {
  Position position = 0;
  int64_t recorded_at_micros = 0;
  std::string source;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  uint32_t ordinal = 0;
  SubjectNumber subject = kNobody;
  uint32_t kind = 0;
  uint32_t rules_number = 0;
  std::string commitment;  // HMAC-SHA-256(salt, payload), 32 bytes
  std::string digest;      // SHA-256 of the header as stored: the next link
  // Empty when the subject's key was destroyed.
  std::optional<std::string> payload;
};

struct RowChange {
  Table table;
  std::string key;  // no personal data in clear; at most 1 KiB
  SubjectNumber subject = kNobody;
  std::optional<std::string> value;  // empty: delete the row
};

struct Batch {
  std::vector<NewRecord> records;
  std::vector<RowChange> rows;  // a later change of a key wins
  // Replaces the inbox position; empty leaves it.
  std::optional<std::string> inbox_position;
  // `rows` also fold these records into the view under construction: its
  // `built_to` moves with the head. Only while it stands at the head.
  bool folds_building = false;
};

// How far the ledger goes. A ledger without records has next == 0.
struct Head {
  Position next = 0;   // the position the next record gets
  std::string digest;  // of the last header; 32 zero bytes when next == 0
  friend bool operator==(const Head&, const Head&) = default;
};

// The versions of the views. One is live; one may be under construction.
struct Views {
  uint32_t live = 1;
  std::optional<uint32_t> building;
  Position built_to = 0;  // the records before it are folded in `building`
  friend bool operator==(const Views&, const Views&) = default;
};

// One moment of the store. Holds resources: do not keep for long. Must not
// outlive its store.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  virtual const Head& head() const = 0;
  // Empty before the first batch that set one.
  virtual const std::string& inbox_position() const = 0;
  // The version to read: that of another moment may be half deleted here.
  virtual const Views& views() const = 0;

  // Empty: no such row, or its subject's key was destroyed.
  virtual absl::StatusOr<std::optional<std::string>> Get(
      Table table, absl::string_view key) const = 0;

  // Calls `visit` for the rows with begin <= key < end (an empty end means
  // "to the last"), in the order of keys, until it returns false. Rows whose
  // subject's key was destroyed are passed over.
  using Visit =
      std::function<bool(absl::string_view key, absl::string_view value)>;
  virtual absl::Status Scan(Table table, absl::string_view begin,
                            absl::string_view end,
                            const Visit& visit) const = 0;

  // Calls `visit` for the records from `first` up to the head, in order, until
  // it returns false.
  using VisitRecord = std::function<bool(const StoredRecord&)>;
  virtual absl::Status ScanLedger(Position first,
                                  const VisitRecord& visit) const = 0;
  // The same for the records of `subject` and those also about it.
  virtual absl::Status ScanSubject(SubjectNumber subject, Position first,
                                   const VisitRecord& visit) const = 0;
  // NOT_FOUND: at or beyond the head.
  virtual absl::StatusOr<StoredRecord> ReadRecord(Position position) const = 0;
};

// What a walk over the ledger found sound.
struct Verified {
  Head head;
  uint64_t records = 0;
  uint64_t unreadable = 0;  // payloads whose key was destroyed
};

class Store {
 public:
  virtual ~Store() = default;

  // Writes the whole batch or nothing, synced: it survives a crash once this
  // has returned. Keys of new subjects are made, and durable, before. Returns
  // the new head. Blocks on the disk.
  // INVALID_ARGUMENT: the batch breaks a bound (our own mistake).
  virtual absl::StatusOr<Head> Commit(const Batch& batch) = 0;

  virtual absl::StatusOr<std::unique_ptr<Snapshot>> Read() const = 0;

  // Who this ledger is: 16 random bytes drawn when it was founded and again at
  // every restore. Position tokens carry it.
  virtual const std::string& incarnation() const = 0;

  // 32 secret bytes for keys made from personal data (HMAC). Its own per
  // store: nothing that reaches a fact may depend on it.
  virtual const std::string& pepper() const = 0;

  // Destroys the key of `subject` for ever, durably: its payloads and rows
  // cannot be read again, the chain still verifies. A destroyed subject never
  // gets another key; a commit that holds data of it is FAILED_PRECONDITION.
  virtual absl::Status DestroyKey(SubjectNumber subject) = 0;

  // Views: begin a new version, fill it by `CommitView`, switch to it. While
  // one is under construction, `Commit` takes rows of both. Switching deletes
  // the old version in the same write. What `CommitView` wrote is durable with
  // the next `Commit` or `SwitchView`; a crash before may undo it, rows and
  // `built_to` together.
  // FAILED_PRECONDITION: `BeginView` while one is under construction; the
  // others while none is; `SwitchView` before `built_to` has reached the head.
  virtual Views views() const = 0;
  virtual absl::StatusOr<uint32_t> BeginView() = 0;
  virtual absl::Status CommitView(const std::vector<RowChange>& rows,
                                  Position built_to) = 0;
  virtual absl::Status SwitchView() = 0;
  virtual absl::Status AbandonView() = 0;

  // Walks the ledger from the first record: positions dense, links and
  // commitments right, every payload readable or its key destroyed. `progress`
  // gets (done, total) now and then and may stop the walk by returning false
  // (CANCELLED). DATA_LOSS names the first position that does not hold.
  using Progress = std::function<bool(uint64_t done, uint64_t total)>;
  virtual absl::StatusOr<Verified> Verify(const Progress& progress) const = 0;

  // Writes a copy of ledger, rows and keys to `folder`, which must not exist:
  // ledger first, then keys, then MANIFEST with head, incarnation and inbox
  // position; a folder without a manifest is not a checkpoint. Commits wait
  // while the ledger is flushed and linked.
  // ALREADY_EXISTS: `folder` is there. UNAVAILABLE: it could not be written;
  // the store goes on.
  virtual absl::StatusOr<Head> Checkpoint(const std::string& folder) = 0;
};

}  // namespace kith::eventstore
