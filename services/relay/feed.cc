#include "services/relay/feed.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/status.h"
#include "kith/api/v1/notices.pb.h"
#include "services/api/read_call.h"
#include "services/views/keys.h"
#include "services/views/timeline.h"
#include "wire/topics.h"

namespace kith::relay {
namespace {

using api::v1::FeedNotice;
using api::v1::TimelineEntry;
using views::Pieces;

// At once.
constexpr size_t kFactsMax = 500;
constexpr size_t kNoticesMax = 200;
constexpr size_t kLinesMax = 100;

constexpr char kStream[] = "feed";
constexpr char kMethod[] = "Feed.Notice";
constexpr size_t kIdBytes = 16;

api::Caller CallerOf(const std::string& partnership, const Feed& feed) {
  api::Caller caller;
  caller.partnership = partnership;
  caller.agency = feed.agency;
  caller.actor.mutable_practitioner()->set_local_id(kStream);
  caller.actor.set_role(agency::v1::ROLE_PRACTITIONER);
  caller.actor.set_purpose(feed.purpose);
  return caller;
}

struct Place {
  uint64_t position = 0;
  uint64_t subject = 0;
  int64_t recorded_at_micros = 0;
  std::string digest;
};

// The entries of timelines, read some at a time, in ledger order.
class Timelines {
 public:
  Timelines(const core::StateReader& view, absl::Time now)
      : view_(view), now_(now) {}

  // Null: the fact stands in no such timeline.
  absl::StatusOr<const Pieces<TimelineEntry>*> Find(core::EntityNumber family,
                                                    uint64_t position) {
    auto [found, is_new] = read_.try_emplace(family);
    Lines& lines = found->second;
    if (is_new) lines.cursor = views::keys::Numbered(position - 1);
    while (!lines.ended && lines.last < position) {
      RETURN_IF_ERROR(ReadOn(family, lines));
    }
    const auto entry = lines.entries.find(position);
    return entry == lines.entries.end() ? nullptr : &entry->second;
  }

 private:
  struct Lines {
    std::string cursor;
    bool ended = false;
    uint64_t last = 0;  // everything up to it was read
    std::map<uint64_t, Pieces<TimelineEntry>> entries;
  };

  absl::Status ReadOn(core::EntityNumber family, Lines& lines) {
    ASSIGN_OR_RETURN(auto page, views::Timeline(view_, family, now_,
                                                {lines.cursor, kLinesMax}));
    for (auto& entry : page.entries) {
      const uint64_t position = views::keys::LastNumber(entry.cursor);
      lines.entries[position] = std::move(entry.pieces);
    }
    lines.ended = page.next.empty();
    if (lines.ended) return absl::OkStatus();
    lines.cursor = page.next;
    lines.last = views::keys::LastNumber(page.next);
    return absl::OkStatus();
  }

  const core::StateReader& view_;
  const absl::Time now_;
  std::map<core::EntityNumber, Lines> read_;
};

// That it happened, to whom, and nothing of what it says.
FeedNotice Thin(const TimelineEntry& entry, const std::string& family_id) {
  FeedNotice notice;
  std::string kind = entry.what();
  std::replace(kind.begin(), kind.end(), ' ', '_');
  notice.set_kind(kind);
  notice.add_family_ids(family_id);
  *notice.mutable_person_ids() = entry.person_ids();
  return notice;
}

// What several pieces told is told once.
void Tidy(FeedNotice* notice) {
  for (auto* ids :
       {notice->mutable_family_ids(), notice->mutable_person_ids()}) {
    std::sort(ids->begin(), ids->end());
    ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
  }
}

class Teller {
 public:
  Teller(api::ReadCall& call, const Feed& feed)
      : call_(call), feed_(feed), timelines_(call.view().view(), call.now()) {}

  absl::StatusOr<Notices> Tell(uint64_t from) {
    Notices notices;
    notices.next = from;
    ASSIGN_OR_RETURN(const std::vector<Place> places, Places(from));
    for (const Place& place : places) {
      RETURN_IF_ERROR(TellOf(place));
      notices.next = place.position + 1;
      if (told_.size() == kNoticesMax) break;
    }
    // All access records share a sync or two.
    for (auto& [place, recorded] : told_) {
      ASSIGN_OR_RETURN(wire::Message message,
                       MessageOf(place, std::move(recorded)));
      notices.messages.push_back(std::move(message));
    }
    return notices;
  }

 private:
  absl::StatusOr<std::vector<Place>> Places(uint64_t from) const {
    std::vector<Place> places;
    RETURN_IF_ERROR(call_.view().snapshot().ScanLedger(
        from, [&](const eventstore::StoredRecord& record) {
          places.push_back({record.position, record.subject,
                            record.recorded_at_micros, record.digest});
          return places.size() < kFactsMax;
        }));
    return places;
  }

  // Adds to `families` those in whose timelines it stands.
  absl::StatusOr<Pieces<FeedNotice>> PiecesOf(
      const Place& place, std::vector<core::EntityNumber>* families) {
    Pieces<FeedNotice> pieces;
    ASSIGN_OR_RETURN(const auto named,
                     views::FamiliesOfLine(call_.view().view(), place.subject,
                                           place.position));
    for (const views::FamilyNamed& family : named) {
      ASSIGN_OR_RETURN(const Pieces<TimelineEntry>* entry,
                       timelines_.Find(family.number, place.position));
      if (entry == nullptr) continue;
      families->push_back(family.number);
      for (const auto& piece : *entry) {
        pieces.push_back({piece.label, Thin(piece.part, family.id)});
      }
    }
    return pieces;
  }

  absl::Status TellOf(const Place& place) {
    std::vector<core::EntityNumber> families;
    ASSIGN_OR_RETURN(const Pieces<FeedNotice> pieces,
                     PiecesOf(place, &families));
    if (pieces.empty()) return absl::OkStatus();
    views::Concerned concerned;
    concerned.Add(pieces);
    ASSIGN_OR_RETURN(disclosure::Discloser door, call_.Door(concerned));
    for (const core::EntityNumber family : families) door.Touch(family);
    auto disclosed = door.Compose<FeedNotice>(
        pieces, [](FeedNotice* notice) { return notice; }, Tidy);
    if (!disclosed.account().shown()) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto recorded, call_.Record(std::move(disclosed)));
    told_.emplace_back(place, std::move(recorded));
    return absl::OkStatus();
  }

  // Once its access record is durable.
  absl::StatusOr<wire::Message> MessageOf(
      const Place& place, access::Recorded<FeedNotice> recorded) const {
    ASSIGN_OR_RETURN(const FeedNotice notice, std::move(recorded).Wait());
    wire::Notice event;
    event.partnership = call_.caller().partnership;
    event.stream = kStream;
    event.id = IdOfNotice(feed_.agency, place.digest);
    event.type = FeedNotice::descriptor()->full_name();
    event.subject = feed_.agency;
    // A read that waits for this many facts sees this one.
    event.position = call_.Token(place.position + 1);
    event.recorded = absl::FromUnixMicros(place.recorded_at_micros);
    event.value = notice.SerializeAsString();
    return wire::MessageOfNotice(std::move(event));
  }

  api::ReadCall& call_;
  const Feed& feed_;
  Timelines timelines_;
  std::vector<std::pair<Place, access::Recorded<FeedNotice>>> told_;
};

}  // namespace

std::string IdOfNotice(absl::string_view agency, absl::string_view digest) {
  return absl::BytesToHexString(
      base::Sha256(absl::StrCat("kith feed\n", agency, "\n", digest))
          .substr(0, kIdBytes));
}

absl::StatusOr<Notices> NoticesOfFeed(api::Node& node, const Feed& feed,
                                      uint64_t from) {
  api::ReadCall call(node, CallerOf(node.partnership, feed), kMethod,
                     absl::InfiniteFuture());
  api::v1::ReadOptions options;
  options.set_copied_to(wire::FeedTopic(feed.agency));
  RETURN_IF_ERROR(call.OpenPresent(options));
  return Teller(call, feed).Tell(from);
}

}  // namespace kith::relay
