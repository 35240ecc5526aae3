#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "base/bytes.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "services/api/named_things.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/api/stream.h"
#include "services/views/find.h"
#include "services/views/read.h"
#include "services/views/timeline.h"

namespace kith::api {
namespace {

using google::protobuf::util::TimeUtil;
using ReplayStream = AnswerStream<v1::ReplayResponse>;

constexpr size_t kReplayPage = 100;

google::protobuf::Timestamp ToProto(int64_t micros) {
  return TimeUtil::MicrosecondsToTimestamp(micros);
}

// The fact at `position`, as a replay shows it.
absl::StatusOr<v1::ReplayEntry> EntryAt(ReadCall& call, uint64_t position,
                                        const v1::TimelineEntry& line) {
  ASSIGN_OR_RETURN(const eventstore::StoredRecord record,
                   call.view().snapshot().ReadRecord(position));
  v1::ReplayEntry entry;
  entry.set_position(call.Token(position + 1));
  entry.set_number(position);
  *entry.mutable_recorded_at() = ToProto(record.recorded_at_micros);
  entry.set_rules_number(record.rules_number);
  entry.set_digest(absl::BytesToHexString(record.digest));
  entry.mutable_statement()->set_source(record.source);
  entry.mutable_statement()->set_epoch(record.epoch);
  entry.mutable_statement()->set_sequence(record.sequence);
  *entry.mutable_by() = line.by();
  if (!record.payload ||
      !entry.mutable_fact()->ParseFromString(*record.payload)) {
    return absl::DataLossError("a fact of the timeline does not read back");
  }
  const auto* kind = ledger::v1::Fact::descriptor()->FindFieldByNumber(
      entry.fact().what_case());
  if (kind != nullptr) entry.set_kind(kind->message_type()->name());
  return entry;
}

// Sends one line of the timeline with its fact. False: nobody listens.
absl::StatusOr<bool> SendOne(ReadCall& call,
                             const views::Pieces<v1::TimelineEntry>& lines,
                             uint64_t after, ReplayStream& stream) {
  views::Pieces<v1::ReplayResponse> pieces;
  views::Concerned concerned;
  concerned.Add(lines);
  for (const auto& line : lines) {
    uint64_t position = 0;
    if (!absl::SimpleAtoi(line.part.position(), &position)) continue;
    if (position < after || position >= call.until()) return true;
    ASSIGN_OR_RETURN(v1::ReplayEntry entry, EntryAt(call, position, line.part));
    views::Piece<v1::ReplayResponse> piece{line.label, {}};
    *piece.part.mutable_entry() = std::move(entry);
    pieces.push_back(std::move(piece));
  }
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  auto disclosed = door.Compose<v1::ReplayResponse>(
      pieces, [](v1::ReplayResponse* response) { return response; },
      [&](v1::ReplayResponse* response) {
        call.Sign(response, response->mutable_info());
      });
  const bool shown = disclosed.account().shown();
  ASSIGN_OR_RETURN(auto recorded, call.Record(std::move(disclosed)));
  return !shown || stream.Send(std::move(recorded).value());
}

absl::Status ReplayAll(ReadCall& call, const v1::ReplayRequest& request,
                       ReplayStream& stream) {
  if (!request.reason().empty()) call.SetReason(request.reason());
  RETURN_IF_ERROR(call.Open(request.read()));
  uint64_t after = 0;
  if (!request.after_position().empty()) {
    ASSIGN_OR_RETURN(
        after, call.node().engine.tokens().Open(request.after_position()));
  }
  ASSIGN_OR_RETURN(const uint64_t family,
                   SeenFamily(call, request.family_id()));
  RETURN_IF_ERROR(call.FoldAsOf({{family}, {}}));
  ASSIGN_OR_RETURN(const auto there,
                   views::SummaryPieces(call.rows(), family, call.now()));
  if (!there) return NotFound();
  views::PageFrom from{"", kReplayPage};
  do {
    ASSIGN_OR_RETURN(const auto page,
                     views::Timeline(call.rows(), family, call.now(), from));
    for (const auto& entry : page.entries) {
      ASSIGN_OR_RETURN(const bool listening,
                       SendOne(call, entry.pieces, after, stream));
      if (!listening) return absl::CancelledError("nobody listens");
    }
    from.cursor = page.next;
  } while (!from.cursor.empty());
  return absl::OkStatus();
}

v1::LookEntry ToApi(const ledger::v1::AccessRecord& record) {
  v1::LookEntry look;
  *look.mutable_at() = record.at();
  look.set_agency(record.agency());
  look.set_practitioner(record.practitioner());
  look.set_role(record.role());
  look.set_purpose(record.purpose());
  look.set_method(record.method());
  look.set_node(record.node());
  for (const auto& tally : record.tallies()) {
    if (tally.shown()) {
      look.add_shown(tally.class_());
    } else {
      look.add_withheld(tally.class_());
    }
  }
  return look;
}

// Who may know who looked: the agencies that work with the family, its members
// themselves, and the hub.
absl::StatusOr<ledger::v1::ItemLabel> LabelOfLooks(const ReadCall& call,
                                                   uint64_t family) {
  ledger::v1::ItemLabel label;
  label.set_agency(call.reader().agency);
  label.set_family(family);
  label.set_class_(call.reader().role == agency::v1::ROLE_HUB_ADMINISTRATOR
                       ? agency::v1::ITEM_CLASS_OPERATION
                       : agency::v1::ITEM_CLASS_FAMILY);
  if (call.reader().record == 0) return label;
  ASSIGN_OR_RETURN(
      const auto families,
      views::FamiliesOfRecords(call.view().view(), {call.reader().record},
                               base::LondonDay(call.now())));
  ASSIGN_OR_RETURN(const uint64_t resolved,
                   views::Resolve(call.view().view(), family));
  if (std::find(families.begin(), families.end(), resolved) != families.end()) {
    label.add_records(call.reader().record);
  }
  return label;
}

// The cursor is the position of the last look given, in the access log.
absl::StatusOr<views::Page<v1::LookEntry>> Looks(
    ReadCall& call, const ledger::v1::ItemLabel& label,
    const views::PageFrom& from) {
  const uint64_t before = base::ReadBigEndian64(from.cursor).value_or(0);
  ASSIGN_OR_RETURN(
      const auto looks,
      call.node().access.WhoLooked({label.family()}, before, from.limit + 1));
  views::Page<v1::LookEntry> page;
  for (const auto& look : looks) {
    if (page.entries.size() == from.limit) {
      page.next = page.entries.back().cursor;
      break;
    }
    views::Entry<v1::LookEntry> entry;
    entry.pieces.push_back({label, ToApi(look.record)});
    entry.cursor = base::BigEndian64(look.position);
    page.entries.push_back(std::move(entry));
  }
  return page;
}

absl::StatusOr<access::Recorded<v1::WhoLookedResponse>> WhoLookedAnswer(
    ReadCall& call, const v1::WhoLookedRequest& request) {
  RETURN_IF_ERROR(call.OpenPresent(v1::ReadOptions()));
  ASSIGN_OR_RETURN(const uint64_t family, call.Family(request.family_id()));
  ASSIGN_OR_RETURN(const auto label, LabelOfLooks(call, family));
  views::Concerned concerned;
  concerned.Add(label);
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  if (!door.Admit(label)) return NotFound();
  return call.List<v1::WhoLookedResponse>(
      request.page(), request.family_id(),
      [&](const core::StateReader&, absl::Time, const views::PageFrom& from) {
        return Looks(call, label, from);
      },
      [](v1::WhoLookedResponse* response) { return response->add_looks(); },
      [&](v1::WhoLookedResponse* response) {
        auto* node = response->add_nodes();
        node->set_node(call.node().access.node());
        *node->mutable_complete_to() = ToProto(absl::ToUnixMicros(call.now()));
      });
}

class AuditServiceImpl final : public v1::AuditService::CallbackService {
 public:
  explicit AuditServiceImpl(Shell& shell) : shell_(shell) {}

  grpc::ServerWriteReactor<v1::ReplayResponse>* Replay(
      Context* context, const v1::ReplayRequest* request) override {
    return shell_.Stream<v1::ReplayResponse>(context, "AuditService.Replay",
                                             request, ReplayAll);
  }

  Reactor* WhoLooked(Context* context, const v1::WhoLookedRequest* request,
                     v1::WhoLookedResponse* response) override {
    return shell_.Read(context, "AuditService.WhoLooked", request, response,
                       WhoLookedAnswer);
  }

 private:
  Shell& shell_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAuditService(Shell& shell) {
  return std::make_unique<AuditServiceImpl>(shell);
}

}  // namespace kith::api
