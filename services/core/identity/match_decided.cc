// A person's decision on a pair of records.
#include <algorithm>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "services/core/identity/identity.h"
#include "services/core/identity/known.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::identity {
namespace {

using agency::v1::MATCH_DECISION_DIFFERENT;
using agency::v1::MATCH_DECISION_SAME;
using agency::v1::MATCH_DECISION_WITHDRAWN;
using agency::v1::MatchDecided;
using agency::v1::MatchDecision;
using ledger::v1::Fact;
using ledger::v1::MatchRow;

// Whether these records would be one by decisions of people alone.
class Decided {
 public:
  explicit Decided(Known& known) : known_(known) {}

  // All records that decisions make one with `record`.
  absl::StatusOr<std::set<EntityNumber>> OneWith(EntityNumber record,
                                                 const std::set<Pair>& but) {
    std::set<EntityNumber> seen = {record};
    std::deque<EntityNumber> open = {record};
    while (!open.empty()) {
      const EntityNumber next = open.front();
      open.pop_front();
      ASSIGN_OR_RETURN(const auto judged, known_.Judged(next));
      for (EntityNumber other : judged) {
        const Pair pair = std::minmax(next, other);
        ASSIGN_OR_RETURN(const MatchDecision decision, On(pair));
        if (decision == MATCH_DECISION_SAME && but.count(pair) == 0 &&
            seen.insert(other).second) {
          open.push_back(other);
        }
      }
    }
    return seen;
  }

  absl::StatusOr<bool> AnyDifferent(const std::set<EntityNumber>& some,
                                    const std::set<EntityNumber>& others,
                                    const std::set<Pair>& but) {
    for (EntityNumber one : some) {
      for (EntityNumber other : others) {
        const Pair pair = std::minmax(one, other);
        if (one == other || but.count(pair) > 0) continue;
        ASSIGN_OR_RETURN(const MatchDecision decision, On(pair));
        if (decision == MATCH_DECISION_DIFFERENT) return true;
      }
    }
    return false;
  }

  absl::StatusOr<MatchDecision> On(const Pair& pair) {
    ASSIGN_OR_RETURN(const auto row, known_.Match(pair));
    return row.has_value() ? row->decision()
                           : agency::v1::MATCH_DECISION_UNSPECIFIED;
  }

 private:
  Known& known_;
};

absl::Status Contradicts() {
  return Refuse("CONTRADICTS_DECISION",
                "earlier decisions say otherwise; withdraw them first");
}

// Refuses what could not hold beside the decisions there are.
absl::Status CheckAgainstOthers(const std::set<Pair>& pairs,
                                MatchDecision decision, Known& known) {
  if (decision == MATCH_DECISION_WITHDRAWN) return absl::OkStatus();
  Decided decided(known);
  for (const Pair& pair : pairs) {
    ASSIGN_OR_RETURN(const auto one, decided.OneWith(pair.first, pairs));
    ASSIGN_OR_RETURN(const auto other, decided.OneWith(pair.second, pairs));
    if (decision == MATCH_DECISION_DIFFERENT) {
      if (one.count(pair.second) > 0) return Contradicts();
      continue;
    }
    ASSIGN_OR_RETURN(const bool apart, decided.AnyDifferent(one, other, pairs));
    if (apart) return Contradicts();
  }
  return absl::OkStatus();
}

// The pair named; unless it is to be one person, also all pairs between the two
// persons that were ever judged, so that one answer answers for all. One
// decided link is enough to join, and to undo.
absl::StatusOr<std::set<Pair>> PairsMeant(EntityNumber one, EntityNumber other,
                                          MatchDecision said,
                                          Decision& decision, Known& known) {
  std::set<Pair> pairs = {std::minmax(one, other)};
  if (said == MATCH_DECISION_SAME) return pairs;
  ASSIGN_OR_RETURN(const auto records, RecordsOf(decision.state(), one));
  ASSIGN_OR_RETURN(const auto others, RecordsOf(decision.state(), other));
  if (records == others) return pairs;  // a split of one person
  for (EntityNumber record : records) {
    ASSIGN_OR_RETURN(const auto judged, known.Judged(record));
    for (EntityNumber with : judged) {
      if (std::binary_search(others.begin(), others.end(), with)) {
        pairs.insert(std::minmax(record, with));
      }
    }
  }
  return pairs;
}

absl::Status CheckRecords(EntityNumber one, EntityNumber other,
                          const Decision& decision) {
  if (one == other) {
    return Refuse("SAME_RECORD", "both are one and the same record");
  }
  for (EntityNumber record : {one, other}) {
    ASSIGN_OR_RETURN(
        const auto row,
        ReadRow<ledger::v1::RecordRow>(decision.state(), keys::Record(record)));
    if (!row.has_value() || row->gone()) {
      return Refuse("RECORD_GONE", "a record was retracted");
    }
    if (decision.reported() && row->agency() != decision.agency()) {
      return Forbid("NOT_YOURS", "a record is another agency's");
    }
  }
  return absl::OkStatus();
}

absl::Status Rule(const Pair& pair, const MatchDecided& said,
                  Decision& decision, Known& known) {
  ASSIGN_OR_RETURN(const auto found, known.Match(pair));
  const MatchRow row = found.value_or(MatchRow());
  const bool undecided =
      row.decision() == agency::v1::MATCH_DECISION_UNSPECIFIED;
  if (row.decision() == said.decision() ||
      (undecided && said.decision() == MATCH_DECISION_WITHDRAWN)) {
    return absl::OkStatus();
  }
  Fact fact;
  ledger::v1::MatchRuled& ruled = *fact.mutable_match_ruled();
  if (row.judged().has_match()) {
    ruled.mutable_match()->set_number(row.judged().match().number());
  } else {
    *ruled.mutable_match() = decision.NewIdentity(base::IdKind::kMatch);
  }
  ruled.set_one(pair.first);
  ruled.set_other(pair.second);
  ruled.set_decision(said.decision());
  ruled.set_reason(said.reason());
  return decision.Add(pair.second, {pair.first}, std::move(fact));
}

}  // namespace

absl::Status Decide(const MatchDecided& said, Decision& decision) {
  if (said.decision() == agency::v1::MATCH_DECISION_UNSPECIFIED ||
      !agency::v1::MatchDecision_IsValid(said.decision())) {
    return Senseless("DECISION_UNKNOWN", "no decision is given", "decision");
  }
  ASSIGN_OR_RETURN(const EntityNumber one, decision.Record(said.one()));
  ASSIGN_OR_RETURN(const EntityNumber other, decision.Record(said.other()));
  RETURN_IF_ERROR(CheckRecords(one, other, decision));
  Known known(decision);
  ASSIGN_OR_RETURN(const auto row, known.Match(std::minmax(one, other)));
  if (said.version() != 0 &&
      row.value_or(MatchRow()).version() != said.version()) {
    return Stale("the match has changed since it was read");
  }
  ASSIGN_OR_RETURN(const auto pairs,
                   PairsMeant(one, other, said.decision(), decision, known));
  RETURN_IF_ERROR(CheckAgainstOthers(pairs, said.decision(), known));
  for (const Pair& pair : pairs) {
    RETURN_IF_ERROR(Rule(pair, said, decision, known));
  }
  return absl::OkStatus();
}

}  // namespace kith::core::identity
