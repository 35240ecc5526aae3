// The one door: only what passed disclosure can become an answer.
//
//   Discloser door(reader);                    // for one read
//   door.Use(context);
//   auto answer = door.Compose<GetPlanResponse>(pieces, slot, finish);
//   // -> services/access records it -> api sends it
//
// A piece is anything with a `label` (ItemLabel) and a `part` (a partial
// message): the parts that may be shown are merged, in order. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "kith/ledger/v1/access.pb.h"
#include "kith/ledger/v1/label.pb.h"
#include "services/disclosure/policy.h"

namespace kith::disclosure {

// What a read decided: for the access record.
struct Account {
  // (class, shown, reason) -> how many items, and what decided them.
  struct Tally {
    uint32_t count = 0;
    absl::btree_set<uint64_t> decided_by;
  };
  std::map<std::tuple<agency::v1::ItemClass, bool, Reason>, Tally> tallies;
  absl::btree_set<uint64_t> families;
  absl::btree_set<uint64_t> records;
  // Those of `records` that were looked at outside of a family.
  absl::btree_set<uint64_t> alone;

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
  const T& value() const& { return value_; }
  T&& value() && { return std::move(value_); }
  const Account& account() const { return account_; }

 private:
  friend class Discloser;
  template <class>
  friend class DisclosedList;
  Disclosed(T value, Account account)
      : value_(std::move(value)), account_(std::move(account)) {}

  T value_;
  Account account_;
};

class Discloser {
 public:
  using SharedContext = std::shared_ptr<const Context>;

  // Nothing is known yet of what will be asked for.
  explicit Discloser(Reader reader);
  // The same as Use(now) afterwards.
  Discloser(Reader reader, Context now);

  const Reader& reader() const { return side_.reader; }

  // Admits from now on only what may be shown to `receiver` as well: what
  // leaves is a copy for them.
  void CopyFor(Reader receiver);

  // Whether the item may be shown; counted in the account.
  bool Admit(const ledger::v1::ItemLabel& label);

  // For the next items; what was admitted so far stays accounted for.
  void Use(SharedContext now) { now_ = std::move(now); }
  // The same for a read of the past, at `at`: shown only what may be seen both
  // then and now.
  void UseBoth(SharedContext then, absl::Time at, SharedContext now) {
    then_ = std::move(then);
    then_at_ = at;
    now_ = std::move(now);
  }

  // Merges the parts that may be shown into `slot(&answer)`, then calls
  // `finish(&answer)`.
  template <class T, class Pieces, class Slot, class Finish>
  Disclosed<T> Compose(const Pieces& pieces, const Slot& slot,
                       const Finish& finish) {
    T answer;
    for (const auto& piece : pieces) {
      if (Admit(piece.label)) slot(&answer)->MergeFrom(piece.part);
    }
    finish(&answer);
    return Disclosed<T>(std::move(answer), std::move(account_));
  }

  // The same, where `composed` remembers what `encode(&answer)` made of it for
  // readers who were shown the same pieces: that must depend on nothing else.
  // `stamp(&encoded)` adds what belongs to this read.
  template <class T, class Encoded, class Pieces, class Composed, class Slot,
            class Encode, class Stamp>
  Disclosed<Encoded> ComposeOnce(const Pieces& pieces, Composed& composed,
                                 const Slot& slot, const Encode& encode,
                                 const Stamp& stamp) {
    // Labels of what is kept lie apart, and have not been looked at for long:
    // all are fetched at once, rather than each when it is decided on.
    for (const auto& piece : pieces) {
      __builtin_prefetch(piece.label.agency().data());
      __builtin_prefetch(piece.label.records().data());
    }
    std::vector<bool> shown;
    shown.reserve(pieces.size());
    for (const auto& piece : pieces) shown.push_back(Admit(piece.label));
    std::shared_ptr<const Encoded> known = composed.Find(shown);
    if (known == nullptr) {
      T answer;
      for (size_t i = 0; i < shown.size(); ++i) {
        if (shown[i]) slot(&answer)->MergeFrom(pieces[i].part);
      }
      known = std::make_shared<const Encoded>(encode(&answer));
      composed.Remember(std::move(shown), known);
    }
    Encoded encoded = *known;
    stamp(&encoded);
    return Disclosed<Encoded>(std::move(encoded), std::move(account_));
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
  // The same of somebody outside of a family.
  void TouchRecord(uint64_t record) {
    account_.records.insert(record);
    account_.alone.insert(record);
  }

  // What was decided so far: for the record of a refusal.
  const Account& account() const { return account_; }

 private:
  template <class T>
  friend class DisclosedList;

  // Somebody on whom is decided.
  struct Side {
    explicit Side(Reader who);

    Reader reader;
    Rights rights;  // of the reader's role and purpose
  };

  Decision DecideFor(const Side& side,
                     const ledger::v1::ItemLabel& label) const;

  const Side side_;
  std::optional<Side> receiver_;
  SharedContext now_;
  SharedContext then_;  // null: a read of the present
  absl::Time then_at_;
  Account account_;
};

// A list in the making: entry by entry, each composed of its pieces; an entry
// of which nothing may be shown is not there.
template <class T>
class DisclosedList {
 public:
  // `door` must outlive the list.
  explicit DisclosedList(Discloser& door) : door_(door) {}

  // Merges what may be shown of one entry into `add(&answer)`, a new element,
  // and finishes that. False: nothing of it was shown.
  template <class Pieces, class Add, class Finish>
  bool Append(const Pieces& pieces, const Add& add, const Finish& finish) {
    decltype(add(&answer_)) entry = nullptr;
    for (const auto& piece : pieces) {
      if (!door_.Admit(piece.label)) continue;
      if (entry == nullptr) entry = add(&answer_);
      entry->MergeFrom(piece.part);
      bytes_ += piece.part.ByteSizeLong();
    }
    if (entry == nullptr) return false;
    finish(entry);
    ++size_;
    return true;
  }

  size_t size() const { return size_; }
  // What was merged has so many.
  size_t bytes() const { return bytes_; }

  // Ends the list; `finish(&answer)` adds what is said of the whole.
  template <class Finish>
  Disclosed<T> Done(const Finish& finish) && {
    finish(&answer_);
    return Disclosed<T>(std::move(answer_), std::move(door_.account_));
  }

 private:
  Discloser& door_;
  T answer_;
  size_t size_ = 0;
  size_t bytes_ = 0;
};

}  // namespace kith::disclosure
