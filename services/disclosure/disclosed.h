// The one door: only what passed disclosure can become an answer.
//
//   Discloser door(reader, now);            // for one read
//   Disclosed<FamilyView> answer = door.Compose<FamilyView>(pieces, Finish);
//   // -> services/access records it -> api sends it
//
// A piece is anything with a `label` (ItemLabel) and a `part` (a partial T):
// the parts that may be shown are merged, in order. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "kith/ledger/v1/access.pb.h"
#include "kith/ledger/v1/label.pb.h"
#include "services/disclosure/policy.h"

namespace kith::disclosure {

// What a read decided: for the access record.
struct Account {
  // (class, shown, reason) -> how many items, and what decided them.
  struct Tally {
    uint32_t count = 0;
    std::set<uint64_t> decided_by;
  };
  std::map<std::tuple<agency::v1::ItemClass, bool, Reason>, Tally> tallies;
  std::set<uint64_t> families;
  std::set<uint64_t> records;

  // Writes it into an access record.
  void AddTo(ledger::v1::AccessRecord& record) const;
  // Whether anything was shown.
  bool shown() const;
};

// An answer that passed. Only a Discloser makes one; only services/access
// takes it further.
template <class T>
class Disclosed {
 public:
  const T& value() const { return value_; }
  const Account& account() const { return account_; }

 private:
  friend class Discloser;
  Disclosed(T value, Account account)
      : value_(std::move(value)), account_(std::move(account)) {}

  T value_;
  Account account_;
};

class Discloser {
 public:
  // For a read of the present.
  Discloser(Reader reader, Context now);
  // For an as-of read: shown only what may be seen both then and now.
  Discloser(Reader reader, Context then, Context now);

  const Reader& reader() const { return reader_; }

  // Whether the item may be shown; counted in the account.
  bool Admit(const ledger::v1::ItemLabel& label);

  // Merges the parts that may be shown into one T, and finishes it.
  template <class T, class Pieces, class Finish>
  Disclosed<T> Compose(const Pieces& pieces, const Finish& finish) {
    T value;
    for (const auto& piece : pieces) {
      if (Admit(piece.label)) value.MergeFrom(piece.part);
    }
    finish(&value);
    return Disclosed<T>(std::move(value), std::move(account_));
  }

  // A list: each entry is composed of its pieces; an entry of which nothing
  // may be shown is not there. `append` puts an entry into the answer.
  template <class T, class Entries, class Append>
  Disclosed<T> ComposeList(const Entries& entries, const Append& append) {
    T value;
    for (const auto& pieces : entries) {
      bool any = false;
      std::vector<const typename std::decay_t<decltype(pieces)>::value_type*>
          shown;
      for (const auto& piece : pieces) {
        if (!Admit(piece.label)) continue;
        shown.push_back(&piece);
        any = true;
      }
      if (any) append(value, shown);
    }
    return Disclosed<T>(std::move(value), std::move(account_));
  }

  // An answer that holds nothing of anybody: that something is not there, or
  // an outcome of the caller's own write.
  template <class T>
  Disclosed<T> Nothing(T value) {
    return Disclosed<T>(std::move(value), std::move(account_));
  }

  // Families that the read asks for, shown or not: the access record names
  // them.
  void Touch(uint64_t family) { account_.families.insert(family); }

 private:
  Reader reader_;
  Context now_;
  bool as_of_ = false;
  Context then_;
  Account account_;
};

}  // namespace kith::disclosure
