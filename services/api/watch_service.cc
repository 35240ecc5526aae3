#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "base/status.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "services/api/services.h"
#include "services/api/shell.h"
#include "services/api/watch.h"
#include "services/views/find.h"
#include "services/views/keys.h"
#include "services/views/read.h"
#include "services/views/timeline.h"
#include "services/views/worklists.h"

namespace kith::api {
namespace {

using ledger::v1::Fact;

// A message holds at most so many entries; a step reads at most so many facts.
constexpr size_t kEntriesMax = 50;
constexpr size_t kFactsMax = 2000;

// Only who sees something of the family but that somebody leads it may watch.
absl::StatusOr<uint64_t> WatchedFamily(ReadCall& call,
                                       const std::string& family_id) {
  ASSIGN_OR_RETURN(const uint64_t family, call.Family(family_id));
  ASSIGN_OR_RETURN(const auto pieces,
                   views::FamilyPieces(call.view().view(), family, call.now()));
  if (!pieces.has_value()) return NotFound();
  views::Concerned concerned;
  concerned.Add(*pieces);
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(concerned));
  for (const auto& piece : *pieces) {
    if (piece.label.class_() != agency::v1::ITEM_CLASS_LEAD &&
        door.Admit(piece.label)) {
      return family;
    }
  }
  return call.Withheld(door);
}

// Where the entries show their place, it is sealed.
void SealPositions(const ReadCall& call, views::Page<v1::TimelineEntry>& page) {
  for (auto& entry : page.entries) {
    for (auto& piece : entry.pieces) {
      uint64_t position = 0;
      if (absl::SimpleAtoi(piece.part.position(), &position)) {
        piece.part.set_position(call.Token(position));
      }
    }
  }
}

absl::StatusOr<Found<v1::WatchFamilyResponse>> LookAtFamily(
    ReadCall& call, const v1::WatchFamilyRequest& request, uint64_t from,
    bool send) {
  Found<v1::WatchFamilyResponse> found;
  found.position = from;
  ASSIGN_OR_RETURN(const uint64_t family,
                   WatchedFamily(call, request.family_id()));
  if (!send || from >= call.position()) return found;
  const std::string cursor = from == 0 ? "" : views::keys::Numbered(from - 1);
  ASSIGN_OR_RETURN(auto page, views::Timeline(call.rows(), family, call.now(),
                                              {cursor, kEntriesMax}));
  SealPositions(call, page);
  found.position = page.next.empty() ? call.position()
                                     : views::keys::LastNumber(page.next) + 1;
  ASSIGN_OR_RETURN(found.answer,
                   call.Some<v1::WatchFamilyResponse>(
                       page.entries, views::keys::LastNumber, &found.position,
                       [](v1::WatchFamilyResponse* response) {
                         return response->add_entries();
                       }));
  found.more = found.position < call.position();
  return found;
}

// The number of the case, pair or override that a fact concerns; 0: of another
// list.
uint64_t NumberOnList(const Fact& fact, v1::Worklist list) {
  if (list == v1::WORKLIST_DUPLICATES) {
    if (fact.has_duplicate_plan_found()) {
      return fact.duplicate_plan_found().case_().number();
    }
    if (fact.has_duplicate_ruled()) return fact.duplicate_ruled().case_();
    if (fact.has_duplicate_reopened()) return fact.duplicate_reopened().case_();
    return fact.duplicate_gone().case_();
  }
  if (list == v1::WORKLIST_MATCHES) {
    return fact.has_pair_judged() ? fact.pair_judged().match().number()
                                  : fact.match_ruled().match().number();
  }
  if (fact.has_override_recorded()) {
    return fact.override_recorded().override().number();
  }
  if (fact.has_glass_broken()) return fact.glass_broken().access().number();
  if (fact.has_override_judged()) return fact.override_judged().override();
  return fact.glass_approved().access();
}

// Something on a worklist, and where it changed first.
struct Change {
  uint64_t number = 0;
  uint64_t position = 0;
};

// What changed from `*from` on, each once; moves `*from` behind what was read.
absl::StatusOr<std::vector<Change>> Changed(const ReadCall& call,
                                            v1::Worklist list, uint64_t* from) {
  std::vector<Change> changes;
  size_t read = 0;
  bool sound = true;
  RETURN_IF_ERROR(call.view().snapshot().ScanLedger(
      *from, [&](const eventstore::StoredRecord& record) {
        if (changes.size() == kEntriesMax || read == kFactsMax) return false;
        ++read;
        *from = record.position + 1;
        if (!record.payload) return true;
        Fact fact;
        sound = fact.ParseFromString(*record.payload);
        const uint64_t number = sound ? NumberOnList(fact, list) : 0;
        const bool known = std::any_of(
            changes.begin(), changes.end(),
            [number](const Change& one) { return one.number == number; });
        if (number != 0 && !known) {
          changes.push_back({number, record.position});
        }
        return sound;
      }));
  if (!sound) return absl::DataLossError("a fact does not parse");
  return changes;
}

// Whether the caller may see such lists at all.
absl::Status MayWatch(ReadCall& call, v1::Worklist list) {
  ledger::v1::ItemLabel label;
  label.set_agency(call.reader().agency);
  switch (list) {
    case v1::WORKLIST_DUPLICATES:
      return absl::OkStatus();  // each agency its own side
    case v1::WORKLIST_MATCHES:
      label.set_class_(agency::v1::ITEM_CLASS_MATCH);
      break;
    case v1::WORKLIST_REVIEWS:
      label.set_class_(agency::v1::ITEM_CLASS_OVERRIDE);
      break;
    default:
      return absl::InvalidArgumentError("there is no such worklist");
  }
  views::Concerned nobody;
  ASSIGN_OR_RETURN(disclosure::Discloser door, call.Door(nobody));
  if (door.Admit(label)) return absl::OkStatus();
  return absl::PermissionDeniedError("this role has no such worklist");
}

template <class View, class Pieces, class Add>
absl::Status AnswerWith(ReadCall& call, const std::vector<Change>& changes,
                        const Pieces& pieces_of, const Add& add,
                        Found<v1::WatchWorklistResponse>& found) {
  std::vector<views::Entry<View>> entries;
  for (const auto& [number, position] : changes) {
    ASSIGN_OR_RETURN(auto pieces, pieces_of(number));
    if (!pieces.has_value()) continue;
    entries.push_back({*std::move(pieces), views::keys::Numbered(position)});
  }
  ASSIGN_OR_RETURN(found.answer,
                   call.Some<v1::WatchWorklistResponse>(
                       entries, views::keys::LastNumber, &found.position, add));
  return absl::OkStatus();
}

absl::StatusOr<Found<v1::WatchWorklistResponse>> LookAtWorklist(
    ReadCall& call, const v1::WatchWorklistRequest& request, uint64_t from,
    bool send) {
  using Response = v1::WatchWorklistResponse;
  Found<Response> found;
  found.position = from;
  RETURN_IF_ERROR(MayWatch(call, request.worklist()));
  if (!send || from >= call.position()) return found;
  ASSIGN_OR_RETURN(const auto changes,
                   Changed(call, request.worklist(), &found.position));
  const core::StateReader& rows = call.view().view();
  absl::Status answered;
  if (request.worklist() == v1::WORKLIST_DUPLICATES) {
    answered = AnswerWith<v1::DuplicateView>(
        call, changes,
        [&](uint64_t number) {
          return views::DuplicatePieces(rows, number, call.now());
        },
        [](Response* response) { return response->add_cases(); }, found);
  } else if (request.worklist() == v1::WORKLIST_MATCHES) {
    answered = AnswerWith<v1::MatchView>(
        call, changes,
        [&](uint64_t number) {
          return views::MatchPieces(rows, number, call.now());
        },
        [](Response* response) { return response->add_matches(); }, found);
  } else {
    answered = AnswerWith<v1::ReviewEntry>(
        call, changes,
        [&](uint64_t number) {
          return views::ReviewPieces(rows, number, call.now());
        },
        [](Response* response) { return response->add_reviews(); }, found);
  }
  RETURN_IF_ERROR(answered);
  found.more = found.position < call.position();
  return found;
}

class WatchServiceImpl final : public v1::WatchService::CallbackService {
 public:
  explicit WatchServiceImpl(Shell& shell) : shell_(shell) {}

  grpc::ServerWriteReactor<v1::WatchFamilyResponse>* WatchFamily(
      Context* context, const v1::WatchFamilyRequest* request) override {
    return Open<v1::WatchFamilyResponse>(context, "WatchService.WatchFamily",
                                         *request, LookAtFamily);
  }

  grpc::ServerWriteReactor<v1::WatchWorklistResponse>* WatchWorklist(
      Context* context, const v1::WatchWorklistRequest* request) override {
    return Open<v1::WatchWorklistResponse>(
        context, "WatchService.WatchWorklist", *request, LookAtWorklist);
  }

 private:
  template <class Response, class Request, class Look>
  grpc::ServerWriteReactor<Response>* Open(Context* context, const char* method,
                                           const Request& request, Look look) {
    shell_.Arrived(*context);
    auto stream = std::make_shared<WatchStream<Response>>(
        shell_, watchers_, context, method, request.after_position(),
        [request, look](ReadCall& call, uint64_t from, bool send) {
          return look(call, request, from, send);
        });
    WatchStream<Response>* const reactor = stream.get();
    reactor->Begin(std::move(stream));
    return reactor;
  }

  Shell& shell_;
  Watchers watchers_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeWatchService(Shell& shell) {
  return std::make_unique<WatchServiceImpl>(shell);
}

}  // namespace kith::api
