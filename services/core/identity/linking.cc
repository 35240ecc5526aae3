#include "services/core/identity/linking.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/core/identity/compare.h"
#include "services/core/identity/known.h"
#include "services/core/identity/partition.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::identity {
namespace {

using agency::v1::MATCH_DECISION_DIFFERENT;
using agency::v1::MATCH_DECISION_SAME;
using ledger::v1::Fact;
using ledger::v1::MatchRow;
using ledger::v1::PAIR_OUTCOME_LINK;
using ledger::v1::PAIR_OUTCOME_NONE;
using ledger::v1::PAIR_OUTCOME_POSSIBLE;
using ledger::v1::PAIR_OUTCOME_UNSPECIFIED;
using ledger::v1::PairJudged;
using ledger::v1::RecordRow;

constexpr absl::string_view kRival = "rival";

Pair PairOf(EntityNumber a, EntityNumber b) { return std::minmax(a, b); }

bool IsDecided(const MatchRow& row) {
  return row.decision() == MATCH_DECISION_SAME ||
         row.decision() == MATCH_DECISION_DIFFERENT;
}

// What `Compare` said when the pair was judged, before rivals were weighed.
Judgement BaseOf(const MatchRow& row) {
  Judgement base;
  base.outcome = row.judged().outcome();
  base.verified = row.judged().verified();
  for (const auto& evidence : row.judged().evidence()) {
    if (evidence.field() == kRival) {
      base.outcome = PAIR_OUTCOME_LINK;
    } else {
      base.evidence.push_back(evidence);
    }
  }
  return base;
}

// One pass over what some records' change may reach.
class Relinking {
 public:
  explicit Relinking(Decision& decision)
      : decision_(decision), known_(decision) {}

  absl::Status Run(const std::set<EntityNumber>& records) {
    for (EntityNumber record : records) RETURN_IF_ERROR(Judge(record));
    RETURN_IF_ERROR(GatherMembers(records));
    RETURN_IF_ERROR(Divide());
    RETURN_IF_ERROR(RecordPairs());
    RETURN_IF_ERROR(RecordSplits());
    return RecordMerges();
  }

 private:
  struct PairState {
    Judgement base;
    std::optional<MatchRow> row;
    bool Same() const {
      return row.has_value() && row->decision() == MATCH_DECISION_SAME;
    }
    bool Different() const {
      return row.has_value() && row->decision() == MATCH_DECISION_DIFFERENT;
    }
    bool Links() const {
      return Same() || (base.outcome == PAIR_OUTCOME_LINK && !Different());
    }
  };

  // Compares a record with all that it shares a block with, and looks again at
  // all that it ever was judged with.
  absl::Status Judge(EntityNumber record) {
    ASSIGN_OR_RETURN(const auto candidates, known_.Candidates(record));
    ASSIGN_OR_RETURN(const auto judged, known_.Judged(record));
    for (EntityNumber other : candidates) {
      RETURN_IF_ERROR(JudgePair(PairOf(record, other), true));
    }
    for (EntityNumber other : judged) {
      if (candidates.count(other) > 0) continue;
      RETURN_IF_ERROR(JudgePair(PairOf(record, other), false));
    }
    return absl::OkStatus();
  }

  absl::Status JudgePair(const Pair& pair, bool shares_block) {
    if (pairs_.count(pair) > 0) return absl::OkStatus();
    PairState state;
    ASSIGN_OR_RETURN(state.row, known_.Match(pair));
    if (shares_block) {
      ASSIGN_OR_RETURN(const Profile* one, known_.Of(pair.first));
      ASSIGN_OR_RETURN(const Profile* other, known_.Of(pair.second));
      ASSIGN_OR_RETURN(const bool apart, known_.Apart(pair));
      state.base = Compare(*one, *other, apart);
    }
    // What was linked and is no more may leave two persons behind.
    const bool linked = state.row.has_value() &&
                        BaseOf(*state.row).outcome == PAIR_OUTCOME_LINK;
    if (linked || state.Links()) {
      reached_.insert({pair.first, pair.second});
    }
    if (!state.row.has_value() && state.base.outcome == PAIR_OUTCOME_NONE) {
      return absl::OkStatus();
    }
    neighbours_[pair.first].insert(pair.second);
    neighbours_[pair.second].insert(pair.first);
    pairs_.emplace(pair, std::move(state));
    return absl::OkStatus();
  }

  absl::StatusOr<const PairState*> StateOf(const Pair& pair) {
    const auto found = pairs_.find(pair);
    if (found != pairs_.end()) return &found->second;
    PairState state;
    ASSIGN_OR_RETURN(state.row, known_.Match(pair));
    if (state.row.has_value()) state.base = BaseOf(*state.row);
    return &pairs_.emplace(pair, std::move(state)).first->second;
  }

  // All records that links, old and new, join to those that changed.
  absl::Status GatherMembers(const std::set<EntityNumber>& records) {
    reached_.insert(records.begin(), records.end());
    std::deque<EntityNumber> open(reached_.begin(), reached_.end());
    while (!open.empty()) {
      const EntityNumber record = open.front();
      open.pop_front();
      ASSIGN_OR_RETURN(const auto linked, LinkedTo(record));
      ASSIGN_OR_RETURN(const auto person, RecordsOf(decision_.state(), record));
      for (const auto& list : {linked, person}) {
        for (EntityNumber other : list) {
          if (reached_.insert(other).second) open.push_back(other);
        }
      }
    }
    members_.assign(reached_.begin(), reached_.end());
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<EntityNumber>> LinkedTo(EntityNumber record) {
    ASSIGN_OR_RETURN(auto judged, known_.Judged(record));
    const auto& fresh = neighbours_[record];
    judged.insert(judged.end(), fresh.begin(), fresh.end());
    std::vector<EntityNumber> linked;
    for (EntityNumber other : judged) {
      ASSIGN_OR_RETURN(const PairState* state, StateOf(PairOf(record, other)));
      if (state->Links()) linked.push_back(other);
    }
    return linked;
  }

  size_t IndexOf(EntityNumber record) const {
    return static_cast<size_t>(
        std::lower_bound(members_.begin(), members_.end(), record) -
        members_.begin());
  }
  bool IsMember(EntityNumber record) const {
    return reached_.count(record) > 0;
  }

  std::vector<Link> Links() const {
    std::vector<Link> links;
    for (const auto& [pair, state] : pairs_) {
      if (!state.Links() || !IsMember(pair.first) || !IsMember(pair.second)) {
        continue;
      }
      const LinkClass of = state.Same()          ? LinkClass::kDecided
                           : state.base.verified ? LinkClass::kVerified
                                                 : LinkClass::kOther;
      links.push_back({IndexOf(pair.first), IndexOf(pair.second), of});
    }
    return links;
  }

  absl::StatusOr<bool> InConflict(const Pair& pair) {
    ASSIGN_OR_RETURN(const PairState* state, StateOf(pair));
    if (state->Same()) return false;
    if (state->Different()) return true;
    ASSIGN_OR_RETURN(const Profile* one, known_.Of(pair.first));
    ASSIGN_OR_RETURN(const Profile* other, known_.Of(pair.second));
    if (one->gone || other->gone || Conflict(*one, *other)) return true;
    return known_.Apart(pair);
  }

  absl::Status Divide() {
    if (members_.size() == 1) {
      group_of_ = {0};
      return absl::OkStatus();
    }
    absl::Status status;  // of reads below, which have no way to return it
    Conflicts conflicts;
    conflicts.decided = [&](size_t a, size_t b) {
      const auto state = StateOf(PairOf(members_[a], members_[b]));
      if (!state.ok()) status = state.status();
      return state.ok() && (*state)->Different();
    };
    conflicts.found = [&](size_t a, size_t b) {
      const auto apart = InConflict(PairOf(members_[a], members_[b]));
      if (!apart.ok()) status = apart.status();
      return apart.ok() && *apart;
    };
    const std::vector<Link> links = Links();
    group_of_ = Partition(members_.size(), links, conflicts);
    return status;
  }

  bool Together(const Pair& pair) const {
    return group_of_[IndexOf(pair.first)] == group_of_[IndexOf(pair.second)];
  }

  // What the pair's fact says now. A link that the persons do not follow is no
  // more than possible, unless people decided on the pair: then the evidence
  // stands as it is, beside their decision.
  Judgement Effective(const Pair& pair, const PairState& state) const {
    Judgement judgement = state.base;
    if (judgement.outcome != PAIR_OUTCOME_LINK ||
        (state.row.has_value() && IsDecided(*state.row)) || Together(pair)) {
      return judgement;
    }
    judgement.outcome = PAIR_OUTCOME_POSSIBLE;
    ledger::v1::Evidence& rival = judgement.evidence.emplace_back();
    rival.set_field(std::string(kRival));
    rival.set_level("different");
    return judgement;
  }

  static bool IsNews(const PairJudged& before, const PairJudged& now) {
    const bool nothing = before.outcome() == PAIR_OUTCOME_UNSPECIFIED ||
                         before.outcome() == PAIR_OUTCOME_NONE;
    if (now.outcome() == PAIR_OUTCOME_NONE) return !nothing;
    return before.outcome() != now.outcome() ||
           before.verified() != now.verified() ||
           !std::equal(before.evidence().begin(), before.evidence().end(),
                       now.evidence().begin(), now.evidence().end(),
                       [](const auto& a, const auto& b) {
                         return a.field() == b.field() &&
                                a.level() == b.level();
                       });
  }

  absl::Status RecordPair(const Pair& pair, PairState& state) {
    Judgement judgement = Effective(pair, state);
    Fact fact;
    PairJudged& judged = *fact.mutable_pair_judged();
    judged.set_one(pair.first);
    judged.set_other(pair.second);
    judged.set_outcome(judgement.outcome);
    judged.set_verified(judgement.verified);
    for (auto& evidence : judgement.evidence) {
      *judged.add_evidence() = std::move(evidence);
    }
    const MatchRow row = state.row.value_or(MatchRow());
    if (!IsNews(row.judged(), judged)) return absl::OkStatus();
    if (row.judged().has_match()) {
      judged.mutable_match()->set_number(row.judged().match().number());
    } else {
      *judged.mutable_match() = decision_.NewIdentity(base::IdKind::kMatch);
    }
    return decision_.Add(pair.second, {pair.first}, std::move(fact));
  }

  absl::Status RecordPairs() {
    for (auto& [pair, state] : pairs_) {
      if (!IsMember(pair.first) && !IsMember(pair.second)) continue;
      RETURN_IF_ERROR(RecordPair(pair, state));
    }
    return absl::OkStatus();
  }

  using Numbers = std::vector<EntityNumber>;

  // Members by (person before, group now), all ascending.
  absl::StatusOr<std::map<std::pair<EntityNumber, size_t>, Numbers>> Pieces() {
    std::map<std::pair<EntityNumber, size_t>, Numbers> pieces;
    for (size_t i = 0; i < members_.size(); ++i) {
      ASSIGN_OR_RETURN(const EntityNumber person,
                       PersonOf(decision_.state(), members_[i]));
      pieces[{person, group_of_[i]}].push_back(members_[i]);
    }
    return pieces;
  }

  absl::Status RecordSplits() {
    ASSIGN_OR_RETURN(const auto pieces, Pieces());
    for (const auto& [whence, records] : pieces) {
      const EntityNumber person = whence.first;
      if (records.front() == person) continue;  // it keeps the name
      Fact fact;
      ledger::v1::PersonSplit& split = *fact.mutable_person_split();
      split.set_from(person);
      split.set_part(records.front());
      split.mutable_records()->Add(records.begin(), records.end());
      RETURN_IF_ERROR(
          decision_.Add(records.front(), {person}, std::move(fact)));
    }
    return absl::OkStatus();
  }

  absl::Status RecordMerges() {
    ASSIGN_OR_RETURN(const auto pieces, Pieces());
    std::map<size_t, std::map<EntityNumber, Numbers>> groups;
    for (const auto& [whence, records] : pieces) {
      groups[whence.second][whence.first] = records;
    }
    for (const auto& [group, persons] : groups) {
      const EntityNumber survivor = persons.begin()->first;
      for (const auto& [person, records] : persons) {
        if (person == survivor) continue;
        RETURN_IF_ERROR(RecordMerge(survivor, person, records));
      }
    }
    return absl::OkStatus();
  }

  absl::Status RecordMerge(EntityNumber survivor, EntityNumber retired,
                           const Numbers& records) {
    Fact fact;
    ledger::v1::PersonsMerged& merged = *fact.mutable_persons_merged();
    merged.set_survivor(survivor);
    merged.set_retired(retired);
    merged.mutable_records()->Add(records.begin(), records.end());
    ASSIGN_OR_RETURN(const EntityNumber match, MatchThatLed(records));
    merged.set_match(match);
    return decision_.Add(retired, {survivor}, std::move(fact));
  }

  // The first pair that links these records to others of their group.
  absl::StatusOr<EntityNumber> MatchThatLed(const Numbers& records) {
    const auto has = [&](EntityNumber record) {
      return std::binary_search(records.begin(), records.end(), record);
    };
    for (const auto& [pair, state] : pairs_) {
      if (!state.Links() || has(pair.first) == has(pair.second) ||
          !IsMember(pair.first) || !IsMember(pair.second) || !Together(pair)) {
        continue;
      }
      ASSIGN_OR_RETURN(const auto row, known_.Match(pair));
      if (row.has_value()) return row->judged().match().number();
    }
    return 0;
  }

  Decision& decision_;
  Known known_;
  std::map<Pair, PairState> pairs_;
  std::map<EntityNumber, std::set<EntityNumber>> neighbours_;
  std::set<EntityNumber> reached_;
  std::vector<EntityNumber> members_;  // ascending
  std::vector<size_t> group_of_;       // for each of them
};

// The blocks in which `row` is; none when there is no row.
std::vector<std::string> BlocksOf(const std::optional<RecordRow>& row) {
  return row.has_value() ? BlockingKeys(*row) : std::vector<std::string>();
}

}  // namespace

absl::Status Relink(Decision& decision, std::set<EntityNumber> records) {
  if (records.empty()) return absl::OkStatus();
  return Relinking(decision).Run(records);
}

absl::Status AddShaken(const Decision& decision, EntityNumber record,
                       std::set<EntityNumber>& records) {
  const std::string key = keys::Record(record);
  ASSIGN_OR_RETURN(const auto row_before,
                   ReadRow<RecordRow>(decision.before(), key));
  ASSIGN_OR_RETURN(const auto row_now,
                   ReadRow<RecordRow>(decision.state(), key));
  const auto before = BlocksOf(row_before);
  const auto now = BlocksOf(row_now);
  const Known known(decision);
  const auto add = [&](const std::vector<std::string>& blocks,
                       const std::vector<std::string>& without,
                       size_t size) -> absl::Status {
    for (const std::string& block : blocks) {
      if (std::binary_search(without.begin(), without.end(), block)) continue;
      ASSIGN_OR_RETURN(const auto members, known.Block(block));
      if (members.size() == size) {
        records.insert(members.begin(), members.end());
      }
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(add(now, before, known.block_max() + 1));
  return add(before, now, known.block_max());
}

}  // namespace kith::core::identity
