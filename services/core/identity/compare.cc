#include "services/core/identity/compare.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace kith::core::identity {
namespace {

// How two values of one field stand to each other.
enum class Level { kUnknown, kEqual, kNear, kDifferent };

const char* TextOf(Level level) {
  switch (level) {
    case Level::kUnknown:
      return "unknown";
    case Level::kEqual:
      return "equal";
    case Level::kNear:
      return "near";
    case Level::kDifferent:
      return "different";
  }
  return "";
}

using Texts = std::vector<std::string>;

bool Meet(const Texts& a, const Texts& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& text) {
    return std::binary_search(b.begin(), b.end(), text);
  });
}

Level LevelOf(const Texts& a, const Texts& b) {
  if (a.empty() || b.empty()) return Level::kUnknown;
  return Meet(a, b) ? Level::kEqual : Level::kDifferent;
}

// One letter more, less, other, or two swapped.
bool OneEditApart(absl::string_view a, absl::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  size_t i = 0;
  while (i < a.size() && a[i] == b[i]) ++i;
  if (a.size() < b.size()) return a.substr(i) == b.substr(i + 1);
  if (i == a.size() || a.substr(i + 1) == b.substr(i + 1)) return true;
  return i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] &&
         a.substr(i + 2) == b.substr(i + 2);
}

// An initial, a short form or a slip of the pen: not established as different.
bool IsNear(absl::string_view a, absl::string_view b) {
  if (absl::StartsWith(a, b) || absl::StartsWith(b, a)) return true;
  return std::min(a.size(), b.size()) >= 4 && OneEditApart(a, b);
}

// The best level over all names of both.
template <class Part>
Level BestLevel(const Profile& a, const Profile& b, Part part) {
  Level best = Level::kUnknown;
  for (const ComparedName& one : a.names) {
    for (const ComparedName& other : b.names) {
      const std::string& x = part(one);
      const std::string& y = part(other);
      if (x.empty() || y.empty()) continue;
      if (x == y) return Level::kEqual;
      if (IsNear(x, y)) best = Level::kNear;
      if (best == Level::kUnknown) best = Level::kDifferent;
    }
  }
  return best;
}

// A middle name that only one of them has disagrees with nothing.
bool SameName(const ComparedName& a, const ComparedName& b) {
  return !a.first.empty() && !a.family.empty() && a.first == b.first &&
         a.family == b.family &&
         (absl::StartsWith(a.middle, b.middle) ||
          absl::StartsWith(b.middle, a.middle));
}

bool AnySameName(const Profile& a, const Profile& b) {
  for (const ComparedName& one : a.names) {
    for (const ComparedName& other : b.names) {
      if (SameName(one, other)) return true;
    }
  }
  return false;
}

Level BirthLevel(const Profile& a, const Profile& b) {
  if (!a.has_birth || !b.has_birth) return Level::kUnknown;
  if (a.birth == b.birth) return Level::kEqual;
  const bool swapped = a.birth.year() == b.birth.year() &&
                       a.birth.day() == b.birth.month() &&
                       a.birth.month() == b.birth.day();
  return swapped ? Level::kNear : Level::kDifferent;
}

bool SaysSame(const Profile& a, const Profile& b) {
  return std::binary_search(a.same_as.begin(), a.same_as.end(), b.key) ||
         std::binary_search(b.same_as.begin(), b.same_as.end(), a.key) ||
         Meet(a.same_as, b.same_as);
}

// All that is compared.
struct Levels {
  Level nhs_verified, nhs, upn, former_upn, uln, birth, first, family, postcode;
  bool same_name, says_same;
};

Levels LevelsOf(const Profile& a, const Profile& b) {
  const bool former =
      Meet(a.former_upns, b.upns) || Meet(a.upns, b.former_upns);
  return {LevelOf(a.nhs_verified, b.nhs_verified),
          LevelOf(a.nhs, b.nhs),
          LevelOf(a.upns, b.upns),
          former ? Level::kEqual : Level::kUnknown,
          LevelOf(a.ulns, b.ulns),
          BirthLevel(a, b),
          BestLevel(
              a, b, [](const auto& n) -> const auto& { return n.first; }),
          BestLevel(
              a, b, [](const auto& n) -> const auto& { return n.family; }),
          LevelOf(a.postcodes, b.postcodes),
          AnySameName(a, b),
          SaysSame(a, b)};
}

bool WouldLink(const Levels& l) {
  return l.nhs_verified == Level::kEqual || l.says_same ||
         (l.upn == Level::kEqual && l.birth == Level::kEqual) ||
         (l.same_name && l.birth == Level::kEqual &&
          l.postcode == Level::kEqual);
}

bool IsVerified(const Levels& l) {
  return l.nhs_verified == Level::kEqual ||
         (l.birth == Level::kEqual && (l.upn == Level::kEqual || l.says_same));
}

// Names of which none agrees, and the birth date neither.
bool IsConfusion(const Levels& l) {
  return l.first == Level::kDifferent && l.family != Level::kEqual &&
         l.birth == Level::kDifferent;
}

bool IsTwinPattern(const Levels& l) {
  return l.birth == Level::kEqual && l.first == Level::kDifferent &&
         (l.family == Level::kEqual || l.postcode == Level::kEqual);
}

bool IsPossible(const Levels& l) {
  // An identifier that nobody verified, or a birth date that does not fit it.
  if (l.nhs == Level::kEqual || l.upn == Level::kEqual ||
      l.former_upn == Level::kEqual || l.uln == Level::kEqual) {
    return true;
  }
  const bool name = l.first == Level::kEqual && l.family == Level::kEqual;
  if (name && (l.birth == Level::kEqual || l.birth == Level::kNear)) {
    return true;
  }
  if (name && l.postcode == Level::kEqual) return l.birth == Level::kUnknown;
  // A child whose first name is not known, misspelt, or whose family name
  // changed. Two established first names are brothers or sisters.
  return l.birth == Level::kEqual && l.postcode == Level::kEqual &&
         l.first != Level::kDifferent;
}

class Found {
 public:
  void Note(const char* field, const char* level) {
    ledger::v1::Evidence& evidence = judgement_.evidence.emplace_back();
    evidence.set_field(field);
    evidence.set_level(level);
  }
  void Note(const char* field, Level level) {
    if (level != Level::kUnknown) Note(field, TextOf(level));
  }
  void NoteAll(const Levels& l) {
    Note("nhs_number_verified", l.nhs_verified);
    if (l.nhs_verified == Level::kUnknown) Note("nhs_number", l.nhs);
    Note("upn", l.upn);
    Note("former_upn", l.former_upn);
    Note("uln", l.uln);
    if (l.says_same) Note("agency_says_same", "equal");
    Note("birth_date", l.birth);
    Note("first_name", l.first);
    Note("family_name", l.family);
    Note("postcode", l.postcode);
  }
  Judgement Is(ledger::v1::PairOutcome outcome, bool verified = false) {
    judgement_.outcome = outcome;
    judgement_.verified = verified;
    return std::move(judgement_);
  }

 private:
  Judgement judgement_;
};

}  // namespace

Judgement Compare(const Profile& a, const Profile& b, bool apart) {
  if (a.gone || b.gone) return {};
  const Levels levels = LevelsOf(a, b);
  const bool would_link = WouldLink(levels);
  if (!would_link && (apart || !IsPossible(levels))) return {};
  Found found;
  found.NoteAll(levels);
  if (apart) {
    found.Note("stated_together", "different");
    return found.Is(ledger::v1::PAIR_OUTCOME_VETO);
  }
  if (levels.nhs_verified == Level::kDifferent) {
    return would_link ? found.Is(ledger::v1::PAIR_OUTCOME_VETO) : Judgement();
  }
  if (IsConfusion(levels)) {
    found.Note("possible_confusion", "different");
    return found.Is(ledger::v1::PAIR_OUTCOME_POSSIBLE);
  }
  if (IsTwinPattern(levels)) {
    found.Note("twins", "different");
    return found.Is(ledger::v1::PAIR_OUTCOME_POSSIBLE);
  }
  if (!would_link) return found.Is(ledger::v1::PAIR_OUTCOME_POSSIBLE);
  return found.Is(ledger::v1::PAIR_OUTCOME_LINK, IsVerified(levels));
}

bool Conflict(const Profile& a, const Profile& b) {
  const Levels levels = LevelsOf(a, b);
  return levels.nhs_verified == Level::kDifferent || IsTwinPattern(levels);
}

}  // namespace kith::core::identity
