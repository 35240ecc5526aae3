// Answers in pieces. Views hold more than any one reader may see; so every
// answer comes as pieces, each with the label by which disclosure decides.
//
//   pieces -> show those that disclosure allows -> MergeFrom -> Finish
//
// A piece's part is a partial message of the api: merged in the order given,
// the parts make the answer. `Finish` then groups what was merged by id, fills
// in names and derives what follows from what is shown, and from nothing else:
// it is given no more than the reader will see.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kith/ledger/v1/label.pb.h"

namespace kith::views {

template <class T>
struct Piece {
  ledger::v1::ItemLabel label;
  T part;
};

template <class T>
using Pieces = std::vector<Piece<T>>;

// One entry of a list. Who has enough with this one goes on from `cursor`.
template <class T>
struct Entry {
  Pieces<T> pieces;
  std::string cursor;
};

// A part of a list; no totals. `next` is empty at the end. There may be more
// even when fewer entries came than were asked for.
template <class T>
struct Page {
  std::vector<Entry<T>> entries;
  std::string next;
};

// Which part of a list: after `cursor` (opaque; empty: from the beginning), at
// most `limit` entries.
struct PageFrom {
  std::string cursor;
  size_t limit = 50;
};

}  // namespace kith::views
