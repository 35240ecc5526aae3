#include "services/core/identity/partition.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace kith::core::identity {
namespace {

using Edge = std::pair<size_t, size_t>;  // of groups, the smaller first

class Groups {
 public:
  explicit Groups(size_t count) : of_(count) {
    for (size_t i = 0; i < count; ++i) of_[i] = i;
  }
  size_t Of(size_t record) const { return of_[record]; }
  void Join(size_t a, size_t b) {
    const auto [least, most] = std::minmax(of_[a], of_[b]);
    const size_t to = least;
    const size_t from = most;
    std::replace(of_.begin(), of_.end(), from, to);
  }
  std::vector<size_t> Members(size_t group) const {
    std::vector<size_t> members;
    for (size_t i = 0; i < of_.size(); ++i) {
      if (of_[i] == group) members.push_back(i);
    }
    return members;
  }
  std::vector<size_t> TakeAll() { return std::move(of_); }

 private:
  std::vector<size_t> of_;
};

using Apart = std::function<bool(size_t, size_t)>;

// One class of links, joined to the groups there are.
class Pass {
 public:
  Pass(Groups& groups, const Apart& apart) : groups_(groups), apart_(apart) {}

  void Add(size_t one, size_t other) {
    const size_t a = groups_.Of(one);
    const size_t b = groups_.Of(other);
    if (a != b && !AreApart(a, b)) edges_.insert(std::minmax(a, b));
  }

  void Join() {
    DropRivals();
    Groups joined = Components();
    // What is left can hold a conflict only at the ends of a longer chain.
    std::set<size_t> torn;
    for (const Edge& edge : edges_) {
      if (HoldsConflict(joined, joined.Of(edge.first))) {
        torn.insert(joined.Of(edge.first));
      }
    }
    for (const Edge& edge : edges_) {
      if (torn.count(joined.Of(edge.first)) == 0) {
        groups_.Join(edge.first, edge.second);
      }
    }
  }

 private:
  bool AreApart(size_t a, size_t b) {
    const auto [known, is_new] = apart_groups_.try_emplace(std::minmax(a, b));
    if (is_new) known->second = AnyApart(a, b);
    return known->second;
  }
  bool AnyApart(size_t a, size_t b) const {
    const std::vector<size_t> others = groups_.Members(b);
    for (size_t one : groups_.Members(a)) {
      for (size_t other : others) {
        if (apart_(one, other)) return true;
      }
    }
    return false;
  }

  // Two neighbours of one group that are apart: it belongs to neither.
  void DropRivals() {
    std::map<size_t, std::vector<size_t>> neighbours;
    for (const auto& [a, b] : edges_) {
      neighbours[a].push_back(b);
      neighbours[b].push_back(a);
    }
    std::set<Edge> dropped;
    for (const auto& [group, others] : neighbours) {
      for (size_t x : others) {
        for (size_t y : others) {
          if (x < y && AreApart(x, y)) {
            dropped.insert(std::minmax(group, x));
            dropped.insert(std::minmax(group, y));
          }
        }
      }
    }
    for (const Edge& edge : dropped) edges_.erase(edge);
  }

  Groups Components() const {
    Groups joined = groups_;
    for (const Edge& edge : edges_) joined.Join(edge.first, edge.second);
    return joined;
  }

  bool HoldsConflict(const Groups& joined, size_t group) {
    std::set<size_t> parts;
    for (size_t member : joined.Members(group))
      parts.insert(groups_.Of(member));
    for (size_t x : parts) {
      for (size_t y : parts) {
        if (x < y && AreApart(x, y)) return true;
      }
    }
    return false;
  }

  Groups& groups_;
  const Apart& apart_;
  std::set<Edge> edges_;
  std::map<Edge, bool> apart_groups_;
};

}  // namespace

std::vector<size_t> Partition(size_t count, const std::vector<Link>& links,
                              const Conflicts& conflicts) {
  Groups groups(count);
  for (LinkClass of :
       {LinkClass::kDecided, LinkClass::kVerified, LinkClass::kOther}) {
    Pass pass(groups,
              of == LinkClass::kDecided ? conflicts.decided : conflicts.found);
    for (const Link& link : links) {
      if (link.of == of) pass.Add(link.one, link.other);
    }
    pass.Join();
  }
  return groups.TakeAll();
}

}  // namespace kith::core::identity
