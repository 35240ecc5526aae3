#include "adapters/common/report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace kith::adapters {
namespace {

using nlohmann::json;

// In the order of weight.
constexpr std::array<Ending, kEndings> kAll = {
    Ending::kAccepted,  Ending::kChangedNothing, Ending::kReady,
    Ending::kDelivered, Ending::kKept,           Ending::kParked,
    Ending::kSkipped,   Ending::kRefused,        Ending::kSetAside};

bool NeedsReason(Ending ending) {
  return ending == Ending::kSkipped || ending == Ending::kRefused ||
         ending == Ending::kSetAside;
}

json ToJson(const Tally& tally) {
  json object = {{"total", tally.total()}};
  for (Ending ending : kAll) {
    std::string name = EndingName(ending);
    for (char& c : name) c = c == ' ' ? '_' : c;
    object[name] = tally.of(ending);
  }
  return object;
}

json ToJson(const Complaint& complaint) {
  const bool remark = complaint.ending == Ending::kAccepted;
  return {{"file", complaint.place.file},
          {"line", complaint.place.line},
          {"column", complaint.place.column},
          {"kind", complaint.kind},
          {"ending", remark ? "remark" : EndingName(complaint.ending)},
          {"what", complaint.what}};
}

void AppendTally(const std::string& name, const Tally& tally,
                 std::string& out) {
  absl::StrAppend(&out, name, ": ", tally.total());
  const char* before = " = ";
  for (Ending ending : kAll) {
    if (tally.of(ending) == 0) continue;
    absl::StrAppend(&out, before, tally.of(ending), " ", EndingName(ending));
    before = " + ";
  }
  absl::StrAppend(&out, "\n");
}

}  // namespace

const char* EndingName(Ending ending) {
  switch (ending) {
    case Ending::kAccepted:
      return "accepted";
    case Ending::kChangedNothing:
      return "changed nothing";
    case Ending::kReady:
      return "ready";
    case Ending::kKept:
      return "kept in outbox";
    case Ending::kParked:
      return "parked";
    case Ending::kSkipped:
      return "skipped";
    case Ending::kRefused:
      return "refused";
    case Ending::kSetAside:
      return "set aside";
    case Ending::kDelivered:
      return "delivered";
  }
  return "unknown";
}

Ending Weightier(Ending a, Ending b) {
  return std::find(kAll.begin(), kAll.end(), a) <
                 std::find(kAll.begin(), kAll.end(), b)
             ? b
             : a;
}

std::string ToString(const Place& place) {
  if (place.line == 0) return place.file;
  return absl::StrCat(place.file, ":", place.line, ":", place.column);
}

uint64_t Tally::total() const {
  uint64_t sum = 0;
  for (uint64_t count : by_ending) sum += count;
  return sum;
}

void Report::Complain(Complaint complaint) {
  if (complaints_.size() >= kPlacesMax) {
    ++complaints_dropped_;
    return;
  }
  complaints_.push_back(std::move(complaint));
}

void Report::Add(const Item& item, Ending ending, const std::string& reason) {
  ++by_kind_[item.kind].by_ending[static_cast<size_t>(ending)];
  if (NeedsReason(ending)) {
    ++reasons_[absl::StrCat(EndingName(ending), ": ", reason)];
  }
  if (ending == Ending::kRefused || ending == Ending::kSetAside) {
    Complain({item.place, item.kind, ending, reason});
  }
  for (const auto& [part, count] : item.left_out) left_out_[part] += count;
  for (const Remark& remark : item.remarks) {
    Complain({remark.place, item.kind, Ending::kAccepted, remark.what});
  }
}

void Report::Unreadable(const Place& place, const std::string& why) {
  ++unreadable_;
  Complain({place, "file", Ending::kSetAside, why});
}

Tally Report::total() const {
  Tally sum;
  for (const auto& [kind, tally] : by_kind_) {
    for (int i = 0; i < kEndings; ++i) sum.by_ending[i] += tally.by_ending[i];
  }
  return sum;
}

bool Report::HasComplaints() const {
  const Tally sum = total();
  return sum.of(Ending::kRefused) + sum.of(Ending::kSetAside) + unreadable_ > 0;
}

std::string Report::Table() const {
  std::string out;
  for (const Complaint& c : complaints_) {
    const bool remark = c.ending == Ending::kAccepted;
    absl::StrAppend(&out, ToString(c.place), ": ", c.kind, " ",
                    remark ? "remark" : EndingName(c.ending), ": ", c.what,
                    "\n");
  }
  if (complaints_dropped_ > 0) {
    absl::StrAppend(&out, "... and ", complaints_dropped_, " more\n");
  }
  if (!out.empty()) absl::StrAppend(&out, "\n");
  for (const auto& [kind, tally] : by_kind_) {
    AppendTally(kind, tally, out);
  }
  AppendTally("all items", total(), out);
  for (const auto& [reason, count] : reasons_) {
    absl::StrAppend(&out, absl::StrFormat("%8d  %s\n", count, reason));
  }
  for (const auto& [part, count] : left_out_) {
    absl::StrAppend(&out, absl::StrFormat("%8d  left out: %s\n", count, part));
  }
  return out;
}

std::string Report::Json() const {
  json object = {{"items", ToJson(total())},
                 {"by_kind", json::object()},
                 {"reasons", reasons_},
                 {"left_out", left_out_},
                 {"unreadable_files", unreadable_},
                 {"complaints", json::array()},
                 {"complaints_dropped", complaints_dropped_}};
  for (const auto& [kind, tally] : by_kind_) {
    object["by_kind"][kind] = ToJson(tally);
  }
  for (const Complaint& complaint : complaints_) {
    object["complaints"].push_back(ToJson(complaint));
  }
  return object.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace kith::adapters
