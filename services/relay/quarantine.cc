#include "services/relay/quarantine.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/status.h"
#include "kith/api/v1/notices.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/api/read_call.h"
#include "services/views/worklists.h"
#include "wire/topics.h"

namespace kith::relay {
namespace {

using api::v1::QuarantineNotice;
using ledger::v1::Fact;

// At once.
constexpr size_t kFactsMax = 5000;
constexpr size_t kNoticesMax = 200;

constexpr char kStream[] = "quarantine";
constexpr char kMethod[] = "Quarantine.Notice";
constexpr char kHub[] = "hub";
constexpr size_t kIdBytes = 16;

struct Found {
  ledger::v1::FrameQuarantined fact;
  std::string digest;
  int64_t recorded_at_micros = 0;
  uint64_t position = 0;
};

api::Caller CallerOf(const std::string& partnership) {
  api::Caller caller;
  caller.partnership = partnership;
  caller.agency = kHub;
  caller.actor.mutable_practitioner()->set_local_id(kStream);
  caller.actor.set_role(agency::v1::ROLE_INTEGRATION_ENGINEER);
  caller.actor.set_purpose("operations");
  return caller;
}

// The frames that went to quarantine; `next` moves behind what was read.
absl::StatusOr<std::vector<Found>> Quarantined(
    const eventstore::Snapshot& snapshot, uint64_t* next) {
  std::vector<Found> found;
  size_t read = 0;
  bool sound = true;
  RETURN_IF_ERROR(
      snapshot.ScanLedger(*next, [&](const eventstore::StoredRecord& record) {
        *next = record.position + 1;
        if (record.kind == Fact::kFrameQuarantinedFieldNumber &&
            record.payload.has_value()) {
          Fact fact;
          sound = fact.ParseFromString(*record.payload);
          if (!sound) return false;
          found.push_back({fact.frame_quarantined(), record.digest,
                           record.recorded_at_micros, record.position});
        }
        return ++read < kFactsMax && found.size() < kNoticesMax;
      }));
  if (!sound) return absl::DataLossError("a fact does not parse");
  return found;
}

QuarantineNotice Thin(const Found& found, const std::string& item_id) {
  QuarantineNotice notice;
  notice.set_item_id(item_id);
  notice.set_source(found.fact.statement().source());
  notice.set_epoch(found.fact.statement().epoch());
  notice.set_sequence(found.fact.statement().sequence());
  notice.set_reason(found.fact.reason().code());
  return notice;
}

// Nothing: it lies there no more, and nobody need be told.
absl::StatusOr<views::Pieces<QuarantineNotice>> PiecesOf(
    const api::ReadCall& call, const Found& found) {
  views::Pieces<QuarantineNotice> pieces;
  ASSIGN_OR_RETURN(
      const auto items,
      views::QuarantinePieces(call.view().view(), found.fact.item().number()));
  if (!items.has_value()) return pieces;
  for (const auto& item : *items) {
    pieces.push_back({item.label, Thin(found, item.part.item_id())});
  }
  return pieces;
}

// Once its access record is durable.
absl::StatusOr<wire::Message> MessageOf(
    const api::ReadCall& call, const Found& found,
    access::Recorded<QuarantineNotice> recorded) {
  ASSIGN_OR_RETURN(const QuarantineNotice notice, std::move(recorded).Wait());
  wire::Notice event;
  event.partnership = call.caller().partnership;
  event.stream = kStream;
  event.id = absl::BytesToHexString(
      base::Sha256(absl::StrCat("kith quarantine\n", found.digest))
          .substr(0, kIdBytes));
  event.type = QuarantineNotice::descriptor()->full_name();
  event.position = call.Token(found.position + 1);
  event.recorded = absl::FromUnixMicros(found.recorded_at_micros);
  event.value = notice.SerializeAsString();
  return wire::MessageOfNotice(std::move(event));
}

}  // namespace

absl::StatusOr<Notices> NoticesOfQuarantine(api::Node& node, uint64_t from) {
  api::ReadCall call(node, CallerOf(node.partnership), kMethod,
                     absl::InfiniteFuture());
  api::v1::ReadOptions options;
  options.set_copied_to(wire::QuarantineTopic(node.partnership));
  RETURN_IF_ERROR(call.OpenPresent(options));
  Notices notices;
  notices.next = from;
  ASSIGN_OR_RETURN(const std::vector<Found> all,
                   Quarantined(call.view().snapshot(), &notices.next));
  std::vector<std::pair<const Found*, access::Recorded<QuarantineNotice>>> told;
  for (const Found& found : all) {
    ASSIGN_OR_RETURN(const auto pieces, PiecesOf(call, found));
    views::Concerned concerned;
    concerned.Add(pieces);
    ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
    auto disclosed = door.Compose<QuarantineNotice>(
        pieces, [](QuarantineNotice* notice) { return notice; },
        [](QuarantineNotice*) {});
    if (!disclosed.account().shown()) continue;
    ASSIGN_OR_RETURN(auto recorded, call.Record(std::move(disclosed)));
    told.emplace_back(&found, std::move(recorded));
  }
  for (auto& [found, recorded] : told) {
    ASSIGN_OR_RETURN(wire::Message message,
                     MessageOf(call, *found, std::move(recorded)));
    notices.messages.push_back(std::move(message));
  }
  return notices;
}

}  // namespace kith::relay
