// All pieces of one thing, kept for readers to come together with what was made
// of them for readers who were shown the same, as it goes over the wire.
//
// What a reader may be shown is decided for each of them; only what that makes
// is remembered.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "services/views/piece.h"
#include "services/views/standing.h"

namespace kith::api {

// A response in its wire format. More of it, encoded, may follow: readers merge
// the two.
template <class Response>
struct Encoded {
  std::string bytes;
  std::string etag;
};

// For each piece, whether it was shown.
using Shown = std::vector<bool>;

// Answers by what was shown. Thread-safe.
template <class Answer>
class Composed {
 public:
  // So many different ones are remembered, the latest asked for.
  static constexpr size_t kMax = 4;

  // Null: not remembered.
  std::shared_ptr<const Answer> Find(const Shown& shown) {
    const std::lock_guard lock(mutex_);
    auto found =
        std::find_if(answers_.begin(), answers_.end(),
                     [&](const auto& one) { return one.first == shown; });
    if (found == answers_.end()) return nullptr;
    std::rotate(answers_.begin(), found, found + 1);
    return answers_.front().second;
  }

  void Remember(Shown shown, std::shared_ptr<const Answer> answer) {
    const std::lock_guard lock(mutex_);
    if (answers_.size() == kMax) answers_.pop_back();
    answers_.emplace(answers_.begin(), std::move(shown), std::move(answer));
  }

 private:
  std::mutex mutex_;
  // Latest first; guarded by mutex_.
  std::vector<std::pair<Shown, std::shared_ptr<const Answer>>> answers_;
};

template <class View, class Response>
struct Whole {
  explicit Whole(views::Pieces<View> all) : pieces(std::move(all)) {
    concerned.Add(pieces);
  }

  const views::Pieces<View> pieces;
  views::Concerned concerned;
  mutable Composed<Encoded<Response>> composed;
};

}  // namespace kith::api
