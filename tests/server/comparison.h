// Every list of one reader beside what the methods for one thing show them: a
// list walked through its pages holds what may be got alone, all of it and
// nothing else, and says the same of it. What differs fails the test.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "tests/server/invention.h"
#include "tests/server/shown.h"

namespace kith::server_tests {

// How much was compared; a comparison of nothing would show nothing.
struct Count {
  int shown = 0, withheld = 0;
};
using Counts = std::map<std::string, Count>;

inline bool Mentions(const std::set<uint64_t>& some,
                     const std::set<uint64_t>& all) {
  for (const uint64_t one : some) {
    if (all.count(one) > 0) return true;
  }
  return false;
}

// Compares all lists of one reader with what that reader may get.
class Comparison {
 public:
  Comparison(TestServer& server, const LedgerIndex& ledger,
             absl::CivilDay today, const Who& reader, int page_size,
             Counts& counts)
      : server_(server),
        ledger_(ledger),
        today_(today),
        reader_(reader),
        page_size_(page_size),
        counts_(counts),
        shown_(GetAll(server, reader, ledger)) {}

  void Families(const std::vector<Invention::Human>& humans);
  void OfFamilies();
  void OfPersons();
  void Worklists();
  void DueList();
  void Operations();
  void OfEverybody();
  void Timelines();

 private:
  template <class View>
  using Listed = std::vector<std::pair<std::string, View>>;

  // Walks a list whose entries `take` gives one by one to a function of its
  // own; compares them with `expected`, where the reader may ask at all.
  // `universe`: how many there are to be shown or not.
  template <class View, class Method, class Request, class Take>
  void Compare(const std::string& list, Method method, const Request& request,
               const Take& take, const ShownById<View>& expected,
               size_t universe) {
    Listed<View> listed;
    const grpc::StatusCode code = Walk(
        server_, reader_, method, request, page_size_, [&](const auto& page) {
          const size_t before = listed.size();
          take(page, &listed);
          return static_cast<int>(listed.size() - before);
        });
    // The role may not ask for it.
    if (code == grpc::StatusCode::PERMISSION_DENIED) return;
    // What somebody sees nothing of has no lists.
    EXPECT_TRUE(code == grpc::StatusCode::OK ||
                code == grpc::StatusCode::NOT_FOUND)
        << list << ": " << code;
    ExpectSame(list, expected, listed);
    counts_[list].shown += static_cast<int>(expected.size());
    counts_[list].withheld += static_cast<int>(universe - expected.size());
  }

  template <class View>
  void ExpectSame(const std::string& list, const ShownById<View>& expected,
                  const Listed<View>& listed) {
    std::set<std::string> seen;
    for (const auto& [id, view] : listed) {
      EXPECT_TRUE(seen.insert(id).second) << list << " twice: " << id;
      const auto got = expected.find(id);
      if (got == expected.end()) {
        ADD_FAILURE() << list << " shows what may not be got: " << id;
      } else {
        ExpectEqual(list, id, got->second, view);
      }
    }
    for (const auto& [id, view] : expected) {
      EXPECT_TRUE(seen.count(id) > 0)
          << list << " lacks what may be got: " << id;
    }
  }

  template <class View>
  static void ExpectEqual(const std::string& list, const std::string& id,
                          const View& got, const View& listed) {
    std::string differences;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.set_message_field_comparison(
        google::protobuf::util::MessageDifferencer::EQUIVALENT);
    differencer.ReportDifferencesToString(&differences);
    EXPECT_TRUE(differencer.Compare(got, listed))
        << list << " says otherwise of " << id << ":\n"
        << differences;
  }

  // Those of `things` that are about `people`.
  template <class View>
  static ShownById<View> About(const std::set<uint64_t>& people,
                               const LedgerThings& things,
                               const ShownById<View>& shown) {
    ShownById<View> some;
    for (const auto& [number, thing] : things) {
      const auto found = shown.find(thing.id);
      if (found != shown.end() && Mentions(thing.records, people)) {
        some.insert(*found);
      }
    }
    return some;
  }

  static size_t CountAbout(const std::set<uint64_t>& people,
                           const LedgerThings& things) {
    size_t count = 0;
    for (const auto& [number, thing] : things) {
      if (Mentions(thing.records, people)) ++count;
    }
    return count;
  }

  // Of somebody of whom nothing may be seen there is no list at all.
  template <class View>
  ShownById<View> Seen(const std::string& family,
                       const ShownById<View>& listed) const {
    return shown_.families.count(family) > 0 ? listed : ShownById<View>();
  }

  template <class View>
  ShownById<View> OfFamilyOrPeople(const std::string& family,
                                   const LedgerThings& things,
                                   const ShownById<View>& shown,
                                   size_t* universe) const;
  void PlansOf(const std::string& family);
  void MeetingsOf(const std::string& family);
  void WorkAbout(const std::string& family);
  void ConsentsAbout(const std::string& person,
                     const api::v1::FamilyView& family);
  api::v1::FamilySummary SummaryOf(const api::v1::FamilyView& family) const;
  ShownById<api::v1::FamilySummary> SummariesOf(
      const std::set<std::string>& families) const;
  void Find(const Invention::Human& human);
  void CompareLines(const std::string& family,
                    const ShownById<api::v1::TimelineEntry>& lines);
  bool SeesEvery(agency::v1::ItemClass item) const;
  std::set<std::string> ConsentsOfNoFamily() const;

  TestServer& server_;
  const LedgerIndex& ledger_;
  const absl::CivilDay today_;
  const Who reader_;
  const int page_size_;
  Counts& counts_;
  const Shown shown_;
};

}  // namespace kith::server_tests
