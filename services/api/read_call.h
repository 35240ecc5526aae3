// One read: one snapshot, one decision per item, one access record.
//
//   RETURN_IF_ERROR(call.Open(request.read()));
//   ASSIGN_OR_RETURN(const auto family, call.Family(request.family_id()));
//   return call.One<Response>(start, pieces, slot);
//
// Whatever the caller may not see is NOT_FOUND, as if it were not there; that
// too is recorded. Lives for one call on one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/id.h"
#include "base/status.h"
#include "kith/api/v1/common.pb.h"
#include "services/access/access_log.h"
#include "services/api/caller.h"
#include "services/api/context.h"
#include "services/api/errors.h"
#include "services/api/node.h"
#include "services/api/whole.h"
#include "services/disclosure/disclosed.h"
#include "services/engine/read_view.h"
#include "services/views/as_of.h"
#include "services/views/piece.h"
#include "services/views/read.h"
#include "services/views/standing.h"
#include "services/views/timeline.h"
#include "services/views/worklists.h"

namespace kith::api {

class ReadCall {
 public:
  // From where rows may be read. `kMemory`, for gRPC's own threads: reads that
  // need a row from the disk, the past or a position to come are UNAVAILABLE,
  // and are to be made again by a worker.
  enum class From { kDisk, kMemory };

  ReadCall(Node& node, Caller caller, const char* method, absl::Time deadline,
           From from = From::kDisk);

  // Waits for min_position and takes the snapshot. INVALID_ARGUMENT: a token
  // that is none. DEADLINE_EXCEEDED: the position was not reached in time.
  absl::Status Open(const v1::ReadOptions& options);
  // As Open, for reads that take no as_of: INVALID_ARGUMENT.
  absl::Status OpenPresent(const v1::ReadOptions& options);

  // Whether the caller's role may call this method at all.
  // PERMISSION_DENIED, whatever it names.
  absl::Status CheckMethod() const;

  const Caller& caller() const { return caller_; }
  // Through whose eyes: the caller's, or those an auditor looks through.
  const disclosure::Reader& reader() const { return reader_; }
  const engine::ReadView& view() const { return *view_; }
  Node& node() { return node_; }
  absl::Time now() const { return now_; }
  // The moment asked for: what `now` means to the views.
  absl::Time then() const { return then_; }
  // An auditor's reason, where the request carries one.
  void SetReason(const std::string& reason) {
    asking_.reason = reader_.reason = reason;
  }

  // Counts a look-up of a person. RESOURCE_EXHAUSTED: too many of late.
  absl::Status Spend();
  // Names a family in the access record, shown or not; or somebody of whom no
  // family is known.
  void Touch(uint64_t family) { touched_.families.insert(family); }
  void TouchRecord(uint64_t record) { touched_.records.insert(record); }

  // The number an id names, if it is of this kind; NOT_FOUND.
  absl::StatusOr<uint64_t> Number(absl::string_view id, base::IdKind kind);
  absl::StatusOr<uint64_t> Family(absl::string_view id) {
    ASSIGN_OR_RETURN(const uint64_t family, Number(id, base::IdKind::kFamily));
    Touch(family);
    return family;
  }

  // One thing: `get_pieces(rows, now)` -> views::Answer<View>, merged into
  // `slot(&response)`. `start` is whose history an as-of read folds.
  template <class Response, class GetPieces, class Slot>
  absl::StatusOr<access::Recorded<Response>> One(const views::AsOfStart& start,
                                                 const GetPieces& get_pieces,
                                                 const Slot& slot) {
    RETURN_IF_ERROR(FoldAsOf(start));
    ASSIGN_OR_RETURN(auto pieces, get_pieces(rows(), then_));
    if (!pieces) return NotFound();
    RETURN_IF_ERROR(DropUndone(start, &*pieces));
    views::Concerned concerned;
    concerned.Add(*pieces);
    ASSIGN_OR_RETURN(disclosure::Discloser door, Door(concerned));
    return RecordShown(
        door.Compose<Response>(*pieces, slot, [&](Response* response) {
          FinishPart(slot(response));
          SignAnswer(response);
        }));
  }

  // The same of what is kept: `get_whole(rows, now)` -> StatusOr<shared_ptr<
  // const Whole<View, Response>>>; null: there is no such thing.
  template <class Response, class GetWhole, class Slot>
  absl::StatusOr<access::Recorded<Encoded<Response>>> OneKept(
      const views::AsOfStart& start, const GetWhole& get_whole,
      const Slot& slot) {
    RETURN_IF_ERROR(FoldAsOf(start));
    ASSIGN_OR_RETURN(auto whole, get_whole(rows(), then_));
    if (whole == nullptr) return NotFound();
    ASSIGN_OR_RETURN(whole, WithoutUndone(start, std::move(whole)));
    ASSIGN_OR_RETURN(disclosure::Discloser door, Door(whole->concerned));
    return RecordShown(door.ComposeOnce<Response, Encoded<Response>>(
        whole->pieces, whole->composed, slot,
        [&](Response* response) {
          FinishPart(slot(response));
          SignContent(response);
          return Encoded<Response>{response->SerializeAsString(),
                                   response->info().etag()};
        },
        [&](Encoded<Response>* encoded) {
          Response stamp;
          Stamp(&stamp);
          stamp.AppendToString(&encoded->bytes);
        }));
  }

  // A list: `get_page(rows, now, from)` -> StatusOr<views::Page<View>>, each
  // entry merged into `add(&response)`. Fills pages though some entries are not
  // shown, so that a short page tells nothing; a page ends early with an entry
  // that makes it `kPageBytes` long, and after a look at some thousand entries.
  // `whole(&response)` adds what is said of the whole list.
  template <class Response, class GetPage, class Add>
  absl::StatusOr<access::Recorded<Response>> List(
      const v1::PageOptions& options, absl::string_view query,
      const GetPage& get_page, const Add& add,
      const std::function<void(Response*)>& whole = nullptr) {
    const std::string bound = BoundTo(query);
    ASSIGN_OR_RETURN(const Page page, node_.pages.Open(options, bound, now_));
    disclosure::Discloser door = NewDoor();
    disclosure::DisclosedList<Response> list(door);
    std::string cursor = page.cursor;
    ASSIGN_OR_RETURN(const bool more,
                     Fill(page, &cursor, get_page, add, door, list));
    return Record(std::move(list).Done([&](Response* response) {
      if (whole) whole(response);
      SignAnswer(response);
      if (more) {
        response->set_next_page_token(node_.pages.Seal(page, cursor, bound));
      }
    }));
  }

  // Entries for a stream, decided on what stands now; empty: nothing of them
  // may be shown. `*position`, up to which all was sent, falls back to the
  // first entry that no longer fits into one answer: `position_of` its cursor.
  template <class Response, class View, class Add>
  absl::StatusOr<std::optional<access::Recorded<Response>>> Some(
      const std::vector<views::Entry<View>>& entries,
      uint64_t (*position_of)(absl::string_view cursor), uint64_t* position,
      const Add& add) {
    views::Concerned concerned;
    for (const auto& entry : entries) concerned.Add(entry.pieces);
    ASSIGN_OR_RETURN(disclosure::Discloser door, Door(concerned));
    disclosure::DisclosedList<Response> list(door);
    for (const auto& entry : entries) {
      if (list.bytes() >= kPageBytes) {
        *position = position_of(entry.cursor);
        break;
      }
      list.Append(entry.pieces, add, [](auto* part) { FinishPart(part); });
    }
    if (list.size() == 0) {
      return std::optional<access::Recorded<Response>>();
    }
    ASSIGN_OR_RETURN(auto recorded,
                     Record(std::move(list).Done([&](Response* response) {
                       SignAnswer(response);
                       response->mutable_info()->set_position(Token(*position));
                     })));
    return std::optional<access::Recorded<Response>>(std::move(recorded));
  }

  // An answer with nothing of anybody's in it, recorded all the same.
  template <class Response>
  absl::StatusOr<access::Recorded<Response>> Plain(Response response) {
    return Record(NewDoor().Nothing(std::move(response)));
  }

  // That a stream lives: recorded, but a look at nobody.
  template <class Response>
  absl::StatusOr<access::Recorded<Response>> Heartbeat(Response response) {
    disclosure::Discloser door(reader_);
    return Record(door.Nothing(std::move(response)));
  }

  // The door for what `concerned` names, at the moment of the read.
  absl::StatusOr<disclosure::Discloser> Door(const views::Concerned& concerned);
  // What stands about them now, judged as on the day of `time`; the moment that
  // overrides and grants go by is the reader's (`Reader::at`).
  absl::StatusOr<disclosure::Discloser::SharedContext> ContextAt(
      const views::Concerned& concerned, absl::Time time);
  template <class Response>
  absl::StatusOr<access::Recorded<Response>> Record(
      disclosure::Disclosed<Response> disclosed) {
    access::Call call = AccessCall();
    if constexpr (requires { disclosed.value().info(); }) {
      call.etag = disclosed.value().info().etag();
    } else if constexpr (requires { disclosed.value().etag; }) {
      call.etag = disclosed.value().etag;
    }
    return node_.access.Record(std::move(disclosed), asking_, call);
  }

  // The same of an answer of which something was shown; else NOT_FOUND.
  template <class Response>
  absl::StatusOr<access::Recorded<Response>> RecordShown(
      disclosure::Disclosed<Response> disclosed) {
    if (!disclosed.account().shown()) {
      denied_account_ = disclosed.account();
      return NotFound();
    }
    return Record(std::move(disclosed));
  }

  // NOT_FOUND; the record of the refusal says of whom and what the door, which
  // let nothing through, was asked.
  absl::Status Withheld(const disclosure::Discloser& door) {
    denied_account_ = door.account();
    return NotFound();
  }

  // The answer tells nobody from somebody withheld: it is not to leave sooner
  // for the one than for the other.
  void LeaveOnBeat() { leaves_on_beat_ = true; }
  bool leaves_on_beat() const { return leaves_on_beat_; }

  // Records an act that is to be accounted for before it is done.
  absl::Status RecordAct(ledger::v1::AccessKind kind, access::Act act = {});

  // Records that the call was refused, and returns why; OK statuses and errors
  // of the caller's form are not recorded, nor is what a worker does again.
  absl::Status Denied(const absl::Status& status);

  // Etag and position of an answer. Those about operations bear none.
  template <class Response>
  void SignAnswer(Response* response) const {
    SignContent(response);
    Stamp(response);
  }
  std::string Token(uint64_t position) const;
  // The first position recorded after `time`.
  absl::StatusOr<uint64_t> PositionAt(absl::Time time) const;
  // Rows of the views: present ones, or as of the time asked for.
  const core::StateReader& rows() const;
  absl::Status FoldAsOf(const views::AsOfStart& start);
  // Takes out what was reached, in a read of the past, through a link that has
  // since been undone.
  template <class View>
  absl::Status DropUndone(views::Pieces<View>* pieces) {
    return DropUndone(start_, pieces);
  }
  bool is_as_of() const { return as_of_.has_value(); }
  uint64_t position() const { return view_->position(); }
  uint64_t until() const { return as_of_.value_or(view_->position()); }

 private:
  static constexpr size_t kLookedAtMax = 5000;
  // With the entry that it ends with, far below what an answer may hold.
  static constexpr size_t kPageBytes = 1 << 20;

  // Views finish what they made; other parts need nothing. Only what is
  // declared above this line is found: every header of views with a Finish is
  // included.
  template <class Part>
  static void FinishPart(Part* part) {
    if constexpr (requires { views::Finish(part); }) views::Finish(part);
  }

  template <class View, class Response>
  using SharedWhole = std::shared_ptr<const Whole<View, Response>>;
  template <class View, class Response>
  absl::StatusOr<SharedWhole<View, Response>> WithoutUndone(
      const views::AsOfStart& start, SharedWhole<View, Response> whole) {
    if (!IsAsStrictAsNow()) return whole;
    views::Pieces<View> left = whole->pieces;
    RETURN_IF_ERROR(DropUndone(start, &left));
    return std::make_shared<const Whole<View, Response>>(std::move(left));
  }

  // Nobody but an auditor sees what was reached through a link since undone, or
  // is shielded by now.
  bool IsAsStrictAsNow() const {
    return then_rows_ && asking_.role != agency::v1::ROLE_AUDITOR;
  }
  template <class View>
  absl::Status DropUndone(const views::AsOfStart& start,
                          views::Pieces<View>* pieces) {
    if (!IsAsStrictAsNow()) return absl::OkStatus();
    return views::DropUndone(*then_rows_, view_->view(), start, pieces);
  }

  // Returns whether there is more behind `*cursor`.
  template <class Response, class GetPage, class Add>
  absl::StatusOr<bool> Fill(const Page& page, std::string* cursor,
                            const GetPage& get_page, const Add& add,
                            disclosure::Discloser& door,
                            disclosure::DisclosedList<Response>& list) {
    for (size_t looked_at = 0; looked_at < kLookedAtMax;) {
      ASSIGN_OR_RETURN(
          auto some,
          get_page(rows(), page.now, views::PageFrom{*cursor, page.size}));
      for (auto& entry : some.entries) {
        RETURN_IF_ERROR(DropUndone(start_, &entry.pieces));
      }
      views::Concerned concerned;
      for (const auto& entry : some.entries) concerned.Add(entry.pieces);
      RETURN_IF_ERROR(UseContext(concerned, door));
      for (size_t i = 0; i < some.entries.size(); ++i, ++looked_at) {
        const auto& entry = some.entries[i];
        list.Append(entry.pieces, add, [](auto* part) { FinishPart(part); });
        *cursor = entry.cursor;
        if (list.size() == page.size || list.bytes() >= kPageBytes) {
          return i + 1 < some.entries.size() || !some.next.empty();
        }
      }
      if (some.next.empty()) return false;
      *cursor = some.next;
    }
    return true;
  }

  template <class Response>
  static void SignContent(Response* response) {
    if constexpr (requires { response->mutable_info(); }) {
      const std::string etag = EtagOf(*response);
      response->mutable_info()->set_etag(etag);
    }
  }
  template <class Response>
  void Stamp(Response* response) const {
    if constexpr (requires { response->mutable_info(); }) {
      Stamp(response->mutable_info());
    }
  }
  void Stamp(v1::ReadInfo* info) const;
  static std::string EtagOf(const google::protobuf::MessageLite& answer);

  // For the next entries of a list: now, and then for a read of the past.
  absl::Status UseContext(const views::Concerned& concerned,
                          disclosure::Discloser& door);
  absl::StatusOr<disclosure::Discloser::SharedContext> ContextThen(
      const views::Concerned& concerned, const disclosure::Context& now);
  // Of rows that stood at `time`.
  absl::StatusOr<disclosure::Discloser::SharedContext> ContextOfRows(
      const core::StateReader& rows, const views::Concerned& concerned,
      absl::Time time);
  absl::Status StayInMemory(const v1::ReadOptions& options, uint64_t least);
  absl::Status SetAsOf(const v1::ReadOptions& options);
  absl::Status SetSeenBy(const v1::ReadOptions& options);
  absl::Status KnowReader();
  absl::Status SetReceiver();
  // With what the caller asked for in its account.
  disclosure::Discloser NewDoor() const;
  void AddTouched(disclosure::Account& account) const;
  access::Call AccessCall() const;
  std::string BoundTo(absl::string_view query) const;

  Node& node_;
  const Caller caller_;
  const char* const method_;
  const absl::Time deadline_;
  const From from_;
  disclosure::Reader asking_;  // who calls: for the access record
  disclosure::Reader reader_;  // on whom is decided
  std::optional<ledger::v1::SeenBy> seen_by_;  // then the two differ
  std::string copied_to_;
  std::optional<disclosure::Reader> receiver_;  // whose copy it is
  std::map<uint64_t, agency::v1::LegalBasis> legal_basis_;
  std::unique_ptr<engine::ReadView> view_;
  absl::Time now_;                 // of the call
  absl::Time then_;                // the moment asked for
  std::optional<uint64_t> as_of_;  // facts before it are what was known
  std::optional<core::MapState> then_rows_;
  views::AsOfStart start_;    // whose history `then_rows_` were folded from
  views::Concerned touched_;  // what the caller asked for, shown or not
  disclosure::Account denied_account_;
  bool leaves_on_beat_ = false;
};

}  // namespace kith::api
