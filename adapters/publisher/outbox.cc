#include "adapters/publisher/outbox.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/publisher/files.h"
#include "adapters/publisher/record.h"
#include "base/bytes.h"
#include "base/status.h"

namespace kith::adapters {
namespace {

constexpr absl::string_view kSuffix = ".outbox";

std::vector<uint64_t> SegmentsIn(const std::vector<std::string>& names) {
  std::vector<uint64_t> numbers;
  for (const std::string& name : names) {
    uint64_t number = 0;
    if (absl::EndsWith(name, kSuffix) &&
        absl::SimpleAtoi(name.substr(0, name.size() - kSuffix.size()),
                         &number)) {
      numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::Status Damaged(uint64_t segment, uint64_t offset) {
  return absl::DataLossError(absl::StrCat(
      "outbox segment ", segment, " does not read back at byte ", offset));
}

uint64_t Seconds(absl::Time time) {
  return static_cast<uint64_t>(std::max<int64_t>(0, absl::ToUnixSeconds(time)));
}

}  // namespace

std::string Outbox::SegmentPath(uint64_t number) const {
  return absl::StrCat(folder_, "/", absl::StrFormat("%08d", number), kSuffix);
}

absl::Status Outbox::Lock() {
  ASSIGN_OR_RETURN(lock_fd_, files::Lock(absl::StrCat(folder_, "/LOCK")));
  return absl::OkStatus();
}

Outbox::~Outbox() {
  files::Close(write_fd_);
  files::Close(lock_fd_);
}

absl::StatusOr<std::unique_ptr<Outbox>> Outbox::Open(
    const std::string& folder, const std::string& partnership,
    const std::string& source, const OutboxLimits& limits, absl::Time now) {
  RETURN_IF_ERROR(files::MakeFolder(folder));
  auto outbox = std::unique_ptr<Outbox>(new Outbox(folder, limits));
  RETURN_IF_ERROR(outbox->Lock());
  RETURN_IF_ERROR(outbox->Load(partnership, source, now));
  return outbox;
}

absl::StatusOr<std::unique_ptr<Outbox>> Outbox::OpenExisting(
    const std::string& folder, const OutboxLimits& limits, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files::List(folder));
  if (SegmentsIn(names).empty()) {
    return absl::NotFoundError(absl::StrCat("no outbox in ", folder));
  }
  auto outbox = std::unique_ptr<Outbox>(new Outbox(folder, limits));
  RETURN_IF_ERROR(outbox->Lock());
  RETURN_IF_ERROR(outbox->Load("", "", now));
  return outbox;
}

absl::StatusOr<OutboxStatus> Outbox::Look(const std::string& folder) {
  Outbox outbox(folder, OutboxLimits{});
  outbox.repairs_ = false;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files::List(folder));
  outbox.segments_ = SegmentsIn(names);
  for (size_t i = 0; i < outbox.segments_.size(); ++i) {
    RETURN_IF_ERROR(outbox.LoadSegment(outbox.segments_[i],
                                       i + 1 == outbox.segments_.size()));
  }
  if (outbox.epoch_ == 0) {
    return absl::NotFoundError(absl::StrCat("no outbox in ", folder));
  }
  return outbox.Status();
}

absl::Status Outbox::Load(const std::string& partnership,
                          const std::string& source, absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files::List(folder_));
  segments_ = SegmentsIn(names);
  for (size_t i = 0; i < segments_.size(); ++i) {
    RETURN_IF_ERROR(LoadSegment(segments_[i], i + 1 == segments_.size()));
  }
  // A crash while the very first record was written leaves an empty segment.
  if (epoch_ == 0) return Found(partnership, source, now);
  if (!source.empty() && (partnership != partnership_ || source != source_)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the outbox belongs to source ", source_, " of ", partnership_));
  }
  // A crash may also have left the last segment without its head.
  if (segment_size_ == 0) return BeginSegment(segments_.back());
  ASSIGN_OR_RETURN(write_fd_, files::OpenAppend(SegmentPath(segments_.back())));
  return absl::OkStatus();
}

absl::Status Outbox::Found(const std::string& partnership,
                           const std::string& source, absl::Time now) {
  partnership_ = partnership;
  source_ = source;
  epoch_ = Seconds(now);
  if (epoch_ == 0) epoch_ = 1;
  segments_.assign(1, segments_.empty() ? 1 : segments_.back());
  return BeginSegment(segments_.back());
}

absl::Status Outbox::BeginSegment(uint64_t number) {
  files::Close(write_fd_);
  ASSIGN_OR_RETURN(write_fd_, files::OpenAppend(SegmentPath(number)));
  segment_size_ = 0;
  std::string body(1, static_cast<char>(record::Kind::kHead));
  base::AppendBigEndian64(epoch_, body);
  base::AppendBigEndian64(next_sequence(), body);
  record::AppendBytes(partnership_, body);
  record::AppendBytes(source_, body);
  RETURN_IF_ERROR(Write(body));
  return files::SyncFolder(folder_);
}

absl::Status Outbox::Write(absl::string_view body) {
  const std::string wrapped = record::Wrap(body);
  const absl::Status written = files::WriteAndSync(write_fd_, wrapped);
  if (!written.ok()) {
    // What part of it reached the disk is unknown: cut it off, so that a later
    // record never stands behind a torn one.
    files::Truncate(SegmentPath(segments_.back()), segment_size_).IgnoreError();
    return written;
  }
  segment_size_ += wrapped.size();
  return absl::OkStatus();
}

absl::Status Outbox::RotateIfFull() {
  if (segment_size_ < limits_.segment_bytes) return absl::OkStatus();
  segments_.push_back(segments_.back() + 1);
  return BeginSegment(segments_.back());
}

absl::Status Outbox::LoadSegment(uint64_t number, bool last) {
  ASSIGN_OR_RETURN(const std::string bytes,
                   files::ReadAll(SegmentPath(number)));
  uint64_t at = 0;
  while (at < bytes.size()) {
    const absl::string_view rest = absl::string_view(bytes).substr(at);
    const auto unwrapped = record::Unwrap(rest);
    if (!unwrapped) {
      // Each record is synced before the next is written, so a torn one is the
      // last. Anything whole behind it means damage, not a crash.
      if (!last || record::HoldsRecord(rest.substr(1))) {
        return Damaged(number, at);
      }
      if (!repairs_) break;  // perhaps it is being written
      RETURN_IF_ERROR(files::Truncate(SegmentPath(number), at));
      break;
    }
    RETURN_IF_ERROR(Take(number, at, unwrapped->body));
    at += unwrapped->size;
  }
  segment_size_ = at;
  AdvanceWaiting();
  return absl::OkStatus();
}

absl::Status Outbox::Take(uint64_t segment, uint64_t offset,
                          absl::string_view body) {
  const auto kind = static_cast<record::Kind>(body[0]);
  record::Cursor cursor(body.substr(1));
  if (kind == record::Kind::kHead) {
    const uint64_t epoch = cursor.Number();
    const uint64_t next = cursor.Number();
    if (epoch_ == 0) first_ = waiting_from_ = next;
    epoch_ = epoch;
    partnership_ = std::string(cursor.Bytes());
    source_ = std::string(cursor.Bytes());
    if (next != next_sequence()) return Damaged(segment, offset);
  } else if (kind == record::Kind::kFrames) {
    const absl::Time kept_at =
        absl::FromUnixSeconds(static_cast<int64_t>(cursor.Number()));
    while (cursor.ok() && !cursor.done()) {
      const absl::string_view frame = cursor.Bytes();
      const uint64_t frame_at =
          offset + record::kFrameBytes +
          static_cast<uint64_t>(frame.data() - body.data());
      entries_.push_back(
          {segment, frame_at, static_cast<uint32_t>(frame.size()), kept_at});
      waiting_bytes_ += frame.size();
    }
  } else {
    const absl::Time at =
        absl::FromUnixSeconds(static_cast<int64_t>(cursor.Number()));
    while (cursor.ok() && !cursor.done()) {
      const uint64_t sequence = cursor.Number();
      cursor.Number();  // how it ended
      if (sequence < first_ || sequence >= next_sequence()) continue;
      Entry& entry = entries_[sequence - first_];
      if (entry.delivered_at == absl::InfiniteFuture()) {
        waiting_bytes_ -= entry.length;
      }
      entry.delivered_at = at;
    }
  }
  return cursor.ok() ? absl::OkStatus() : Damaged(segment, offset);
}

void Outbox::AdvanceWaiting() {
  while (waiting_from_ < next_sequence() &&
         entries_[waiting_from_ - first_].delivered_at !=
             absl::InfiniteFuture()) {
    ++waiting_from_;
  }
}

absl::Status Outbox::Append(absl::Span<const std::string> frames,
                            absl::Time now) {
  if (frames.empty()) return absl::OkStatus();
  uint64_t bytes = waiting_bytes_;
  for (const std::string& frame : frames) bytes += frame.size();
  const uint64_t waiting = next_sequence() - waiting_from_ + frames.size();
  if (waiting > limits_.entries_max || bytes > limits_.bytes_max) {
    return absl::ResourceExhaustedError(
        "the outbox is full: deliver what it holds first");
  }
  RETURN_IF_ERROR(RotateIfFull());
  std::string body(1, static_cast<char>(record::Kind::kFrames));
  base::AppendBigEndian64(Seconds(now), body);
  for (const std::string& frame : frames) record::AppendBytes(frame, body);
  const uint64_t at = segment_size_;
  RETURN_IF_ERROR(Write(body));
  return Take(segments_.back(), at, body);
}

absl::StatusOr<std::string> Outbox::Read(uint64_t sequence) const {
  if (sequence < first_ || sequence >= next_sequence()) {
    return absl::NotFoundError(
        absl::StrCat("the outbox has no statement ", sequence));
  }
  const Entry& entry = entries_[sequence - first_];
  return files::ReadAt(SegmentPath(entry.segment), entry.offset, entry.length);
}

absl::Status Outbox::MarkDelivered(absl::Span<const Delivered> delivered,
                                   absl::Time now) {
  if (delivered.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(RotateIfFull());
  std::string body(1, static_cast<char>(record::Kind::kDelivered));
  base::AppendBigEndian64(Seconds(now), body);
  for (const Delivered& one : delivered) {
    base::AppendBigEndian64(one.sequence, body);
    base::AppendBigEndian64(static_cast<uint64_t>(one.ending), body);
  }
  const uint64_t at = segment_size_;
  RETURN_IF_ERROR(Write(body));
  RETURN_IF_ERROR(Take(segments_.back(), at, body));
  AdvanceWaiting();
  return absl::OkStatus();
}

absl::Status Outbox::Prune(absl::Time now) {
  while (segments_.size() > 1) {
    const uint64_t oldest = segments_.front();
    size_t count = 0;
    for (const Entry& entry : entries_) {
      if (entry.segment != oldest) break;
      if (entry.delivered_at + limits_.keep_delivered > now) {
        return absl::OkStatus();
      }
      ++count;
    }
    RETURN_IF_ERROR(files::Remove(SegmentPath(oldest)));
    segments_.erase(segments_.begin());
    entries_.erase(entries_.begin(),
                   entries_.begin() + static_cast<ptrdiff_t>(count));
    first_ += count;
  }
  return absl::OkStatus();
}

OutboxStatus Outbox::Status() const {
  OutboxStatus status{partnership_, source_, epoch_, first_, next_sequence()};
  for (const Entry& entry : entries_) {
    if (entry.delivered_at != absl::InfiniteFuture()) {
      ++status.kept;
      continue;
    }
    ++status.waiting;
    status.waiting_bytes += entry.length;
    status.oldest_waiting = std::min(status.oldest_waiting, entry.kept_at);
  }
  return status;
}

}  // namespace kith::adapters
