// The account of one run: how many items each file held, how each ended, and
// the places to look at.
//
// Not thread-safe. Keeps at most `kPlacesMax` complaints; further ones are
// counted, so an enormous file that is wrong everywhere does not fill memory.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "adapters/common/item.h"

namespace kith::adapters {

// Items of one kind by how they ended.
struct Tally {
  std::array<uint64_t, kEndings> by_ending{};
  uint64_t total() const;
  uint64_t of(Ending ending) const {
    return by_ending[static_cast<size_t>(ending)];
  }
};

struct Complaint {
  Place place;
  std::string kind;  // of the item
  // The item's ending; kAccepted for a remark, which decides nothing.
  Ending ending = Ending::kAccepted;
  std::string what;
};

class Report {
 public:
  static constexpr size_t kPlacesMax = 10000;

  // Counts `item` as ended in `ending`, with `reason` where there is one.
  void Add(const Item& item, Ending ending, const std::string& reason);
  // A file that could not be read at all.
  void Unreadable(const Place& place, const std::string& why);

  Tally total() const;
  const std::map<std::string, Tally>& by_kind() const { return by_kind_; }
  // Reason -> number, for items that were refused, set aside or skipped.
  const std::map<std::string, uint64_t>& reasons() const { return reasons_; }
  const std::map<std::string, uint64_t>& left_out() const { return left_out_; }
  const std::vector<Complaint>& complaints() const { return complaints_; }
  uint64_t complaints_dropped() const { return complaints_dropped_; }
  uint64_t unreadable() const { return unreadable_; }
  // Whether anything was refused, set aside or unreadable.
  bool HasComplaints() const;

  // For people; ends with a newline.
  std::string Table() const;
  // One object: items, by_kind, reasons, left_out, complaints.
  std::string Json() const;

 private:
  void Complain(Complaint complaint);

  std::map<std::string, Tally> by_kind_;
  std::map<std::string, uint64_t> reasons_;
  std::map<std::string, uint64_t> left_out_;
  std::vector<Complaint> complaints_;
  uint64_t complaints_dropped_ = 0;
  uint64_t unreadable_ = 0;
};

}  // namespace kith::adapters
