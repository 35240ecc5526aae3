#include <algorithm>
#include <string>
#include <vector>

#include "services/core/identity/identity.h"
#include "services/core/identity/profile.h"
#include "services/core/keys.h"

namespace kith::core::identity {
namespace {

using ledger::v1::Fact;
using ledger::v1::MatchRow;
using ledger::v1::PersonRow;
using ledger::v1::RecordRow;

// Moves the record from the blocks it was in to those it is in now.
void PutBlocks(StateWriter& state, EntityNumber record, const RecordRow& before,
               const RecordRow& now, const KeyHash& hash) {
  const auto old_keys = BlockingKeys(before);
  const auto new_keys = BlockingKeys(now);
  const auto has = [](const std::vector<std::string>& keys,
                      const std::string& key) {
    return std::binary_search(keys.begin(), keys.end(), key);
  };
  for (const std::string& key : old_keys) {
    if (!has(new_keys, key)) state.Delete(keys::Block(hash(key), record));
  }
  for (const std::string& key : new_keys) {
    if (!has(old_keys, key))
      state.Put(record, keys::Block(hash(key), record), "");
  }
}

// As a row that is in no block.
RecordRow Unplaced() {
  RecordRow row;
  row.set_gone(true);
  return row;
}

absl::Status Fold(StateWriter& state, const ledger::v1::RecordStated& stated,
                  agency::v1::LegalBasis basis, const KeyHash& hash) {
  const EntityNumber number = stated.record().number();
  const std::string key = keys::Record(number);
  ASSIGN_OR_RETURN(auto row, ReadRow<RecordRow>(state, key));
  const bool moves = !row.has_value() || !LinksAlike(*row, stated);
  const RecordRow before = moves ? row.value_or(Unplaced()) : RecordRow();
  if (!row.has_value()) {
    row.emplace();
    row->set_person(number);
  }
  if (!stated.record().id().empty()) {
    *row->mutable_record() = stated.record();
    PutNames(state, hash, "person", stated.said().record(),
             stated.said().record().agency(), stated.record());
  }
  row->set_agency(stated.said().record().agency());
  *row->mutable_said() = stated.said();
  *row->mutable_checks() = stated.checks();
  row->set_gone(false);
  row->set_unstored(false);
  row->set_basis(basis);
  if (moves) PutBlocks(state, number, before, *row, hash);
  PutRow(state, number, key, *row);
  return absl::OkStatus();
}

// Out of linking: made in error, or its storage was refused.
absl::Status FoldGone(StateWriter& state, EntityNumber record, bool unstored,
                      const KeyHash& hash) {
  const std::string key = keys::Record(record);
  ASSIGN_OR_RETURN(auto row, ReadRow<RecordRow>(state, key));
  if (!row.has_value()) return absl::OkStatus();  // erased
  const RecordRow before = *row;
  row->set_gone(true);
  row->set_unstored(unstored);
  PutBlocks(state, record, before, *row, hash);
  PutRow(state, record, key, *row);
  return absl::OkStatus();
}

absl::Status Fold(StateWriter& state,
                  const ledger::v1::RelationshipRecorded& recorded,
                  const std::string& agency, Subject subject) {
  ledger::v1::RelationshipRow row;
  *row.mutable_recorded() = recorded;
  row.set_agency(agency);
  PutRow(state, subject,
         keys::Relationship(recorded.person(), recorded.to(), agency), row);
  state.Put(subject,
            keys::RelationshipTo(recorded.to(), recorded.person(), agency), "");
  return absl::OkStatus();
}

// The row of a pair, with the index rows that lead to it when it is new.
absl::StatusOr<MatchRow> OpenMatch(StateWriter& state, Subject subject,
                                   EntityNumber one, EntityNumber other,
                                   const ledger::v1::Identity& match,
                                   const KeyHash& hash) {
  ASSIGN_OR_RETURN(auto row, ReadRow<MatchRow>(state, keys::Match(one, other)));
  if (row.has_value()) return *std::move(row);
  MatchRow made;
  *made.mutable_judged()->mutable_match() = match;
  made.mutable_judged()->set_one(one);
  made.mutable_judged()->set_other(other);
  state.Put(subject, keys::MatchOf(one, other), "");
  state.Put(subject, keys::MatchOf(other, one), "");
  PutNames(state, hash, "match", {}, "", match);
  return made;
}

absl::Status Fold(StateWriter& state, const ledger::v1::PairJudged& judged,
                  Subject subject, const KeyHash& hash) {
  ASSIGN_OR_RETURN(MatchRow row,
                   OpenMatch(state, subject, judged.one(), judged.other(),
                             judged.match(), hash));
  const ledger::v1::Identity match = row.judged().match();
  *row.mutable_judged() = judged;
  *row.mutable_judged()->mutable_match() = match;
  row.set_version(row.version() + 1);
  PutRow(state, subject, keys::Match(judged.one(), judged.other()), row);
  return absl::OkStatus();
}

absl::Status Fold(StateWriter& state, const ledger::v1::MatchRuled& ruled,
                  Subject subject, const KeyHash& hash) {
  ASSIGN_OR_RETURN(MatchRow row, OpenMatch(state, subject, ruled.one(),
                                           ruled.other(), ruled.match(), hash));
  const bool withdrawn =
      ruled.decision() == agency::v1::MATCH_DECISION_WITHDRAWN;
  row.set_decision(withdrawn ? agency::v1::MATCH_DECISION_UNSPECIFIED
                             : ruled.decision());
  row.set_version(row.version() + 1);
  PutRow(state, subject, keys::Match(ruled.one(), ruled.other()), row);
  return absl::OkStatus();
}

absl::Status SetPerson(StateWriter& state,
                       const google::protobuf::RepeatedField<uint64_t>& records,
                       EntityNumber person) {
  for (EntityNumber record : records) {
    ASSIGN_OR_RETURN(auto row, ReadRow<RecordRow>(state, keys::Record(record)));
    if (!row.has_value()) continue;  // erased
    row->set_person(person);
    PutRow(state, record, keys::Record(record), *row);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EntityNumber>> Members(const StateReader& state,
                                                  EntityNumber person) {
  ASSIGN_OR_RETURN(auto row, ReadRow<PersonRow>(state, keys::Person(person)));
  if (!row.has_value()) return std::vector<EntityNumber>{person};
  return std::vector<EntityNumber>(row->records().begin(),
                                   row->records().end());
}

// A person of one record has no row.
void PutMembers(StateWriter& state, EntityNumber person,
                const std::vector<EntityNumber>& records) {
  if (records.size() < 2) return state.Delete(keys::Person(person));
  PersonRow row;
  row.mutable_records()->Add(records.begin(), records.end());
  PutRow(state, person, keys::Person(person), row);
}

absl::Status Fold(StateWriter& state, const ledger::v1::PersonsMerged& merged) {
  ASSIGN_OR_RETURN(auto members, Members(state, merged.survivor()));
  members.insert(members.end(), merged.records().begin(),
                 merged.records().end());
  std::sort(members.begin(), members.end());
  PutMembers(state, merged.survivor(), members);
  state.Delete(keys::Person(merged.retired()));
  return SetPerson(state, merged.records(), merged.survivor());
}

absl::Status Fold(StateWriter& state, const ledger::v1::PersonSplit& split) {
  ASSIGN_OR_RETURN(const auto members, Members(state, split.from()));
  std::vector<EntityNumber> staying;
  std::set_difference(members.begin(), members.end(), split.records().begin(),
                      split.records().end(), std::back_inserter(staying));
  PutMembers(state, split.from(), staying);
  PutMembers(state, split.part(),
             {split.records().begin(), split.records().end()});
  return SetPerson(state, split.records(), split.part());
}

}  // namespace

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  if (fact.has_record_stated()) {
    return Fold(state, fact.record_stated(), fact.by().basis(), hash);
  }
  if (fact.has_record_gone()) {
    return FoldGone(state, fact.record_gone().record(), false, hash);
  }
  if (fact.has_record_unstored()) {
    return FoldGone(state, fact.record_unstored().record(), true, hash);
  }
  if (fact.has_relationship_recorded()) {
    return Fold(state, fact.relationship_recorded(), fact.by().agency(),
                subject);
  }
  if (fact.has_pair_judged()) {
    return Fold(state, fact.pair_judged(), subject, hash);
  }
  if (fact.has_match_ruled()) {
    return Fold(state, fact.match_ruled(), subject, hash);
  }
  if (fact.has_persons_merged()) return Fold(state, fact.persons_merged());
  if (fact.has_person_split()) return Fold(state, fact.person_split());
  return absl::OkStatus();
}

}  // namespace kith::core::identity
