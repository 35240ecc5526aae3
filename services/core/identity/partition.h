// Which records are one person, given the links between them.
//
// A pure function of sets: neither the order of records nor that of links
// matters. Links are taken class by class, decisions of people first, then
// verified links, then others. No person holds two records that are in
// conflict, by whatever path; when two equally good persons compete for a
// record, it goes to neither (the leader rule of linkage.md, section 5).
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace kith::core::identity {

enum class LinkClass { kDecided, kVerified, kOther };

struct Link {
  size_t one = 0;  // index of a record
  size_t other = 0;
  LinkClass of = LinkClass::kOther;
};

// Whether two records may not be one person. The first is asked for links that
// people decided on, the second for all others; it need not repeat the first.
struct Conflicts {
  std::function<bool(size_t, size_t)> decided;
  std::function<bool(size_t, size_t)> found;
};

// For each of `count` records the least index among its person's records.
std::vector<size_t> Partition(size_t count, const std::vector<Link>& links,
                              const Conflicts& conflicts);

}  // namespace kith::core::identity
