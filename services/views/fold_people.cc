// Records, how they are related, and which of them are one person.
#include <algorithm>
#include <iterator>
#include <vector>

#include "services/views/folding.h"
#include "services/views/search_keys.h"

namespace kith::views {
namespace {

using ledger::v1::PersonRow;
using ledger::v1::RecordRow;

ThingKey RecordKey(EntityNumber record) { return {record, Kind::kRecord, ""}; }
ThingKey PersonKey(EntityNumber person) { return {person, Kind::kPerson, ""}; }

absl::Status FoldPractitioner(Folding& folding) {
  const auto& known = folding.fact().practitioner_known();
  const EntityNumber number = known.practitioner().number();
  ASSIGN_OR_RETURN(auto row, core::ReadRow<ledger::v1::PractitionerRow>(
                                 folding.rows(), keys::Practitioner(number)));
  if (!row.has_value()) {
    row.emplace();
    *row->mutable_practitioner() = known.practitioner();
    const std::string key =
        PractitionerKey(known.agency(), known.said().local_id());
    folding.rows().Put(number, keys::Known(folding.hash()(key), number), "");
  }
  row->set_agency(known.agency());
  *row->mutable_said() = known.said();
  core::PutRow(folding.rows(), number, keys::Practitioner(number), *row);
  return absl::OkStatus();
}

// Moves the record from what it was found by to what it is found by now.
void PutSearchKeys(Folding& folding, EntityNumber record,
                   const std::vector<std::string>& before,
                   const std::vector<std::string>& now) {
  for (const std::string& key : before) {
    if (!std::binary_search(now.begin(), now.end(), key)) {
      folding.rows().Delete(keys::Known(folding.hash()(key), record));
    }
  }
  for (const std::string& key : now) {
    if (!std::binary_search(before.begin(), before.end(), key)) {
      folding.rows().Put(record, keys::Known(folding.hash()(key), record), "");
    }
  }
}

// Consents are asked again on birthdays: a birth date that was corrected moves
// the day.
absl::Status RelistConsents(Folding& folding, EntityNumber record) {
  std::vector<ThingKey> found;
  const auto note = [&](absl::string_view key, absl::string_view) {
    const ThingKey thing = keys::ParseThing(key);
    found.push_back(thing.kind == Kind::kConsent ? thing
                                                 : keys::ParseElsewhere(thing));
    return true;
  };
  RETURN_IF_ERROR(
      folding.rows().Scan(keys::ThingsOf(record, Kind::kConsent), note));
  RETURN_IF_ERROR(
      folding.rows().Scan(keys::Elsewhere(record, Kind::kConsent), note));
  for (const ThingKey& key : found) {
    ASSIGN_OR_RETURN(auto row, folding.Read(key));
    if (row.has_value()) RETURN_IF_ERROR(folding.Put(key, *std::move(row)));
  }
  return absl::OkStatus();
}

absl::Status FoldRecord(Folding& folding) {
  const auto& stated = folding.fact().record_stated();
  const EntityNumber number = stated.record().number();
  std::vector<std::string> before;
  std::vector<std::string> now;
  bool birth_moved = false;
  RETURN_IF_ERROR(folding.State(
      RecordKey(number), stated.record(), Naming::kId, [&](ThingRow& row) {
        RecordRow& record = *row.mutable_record();
        const bool is_new = record.person() == 0;
        if (!is_new) before = SearchKeys(record);
        birth_moved =
            !is_new && record.said().birth_date().SerializeAsString() !=
                           stated.said().birth_date().SerializeAsString();
        if (is_new) record.set_person(number);
        record.set_gone(false);
        record.set_unstored(false);
        record.set_agency(stated.said().record().agency().empty()
                              ? folding.agency()
                              : stated.said().record().agency());
        *record.mutable_said() = stated.said();
        *record.mutable_checks() = stated.checks();
        now = SearchKeys(record);
      }));
  PutSearchKeys(folding, number, before, now);
  return birth_moved ? RelistConsents(folding, number) : absl::OkStatus();
}

absl::Status FoldGone(Folding& folding) {
  const EntityNumber number = folding.fact().record_gone().record();
  return folding.Change(RecordKey(number), [&](ThingRow& row) {
    PutSearchKeys(folding, number, SearchKeys(row.record()), {});
    row.mutable_record()->set_gone(true);
    *row.mutable_ended() = folding.mark();
  });
}

// Found no more; what may still be seen of it, disclosure says.
absl::Status FoldUnstored(Folding& folding) {
  const EntityNumber number = folding.fact().record_unstored().record();
  return folding.Change(RecordKey(number), [&](ThingRow& row) {
    PutSearchKeys(folding, number, SearchKeys(row.record()), {});
    row.mutable_record()->set_unstored(true);
  });
}

absl::Status FoldRelationship(Folding& folding) {
  const auto& recorded = folding.fact().relationship_recorded();
  const ThingKey key{folding.subject(), Kind::kRelationship,
                     keys::Numbered(recorded.to()) + folding.agency()};
  folding.LinkFrom(recorded.to(), key);
  return folding.State(key, {}, Naming::kNone, [&](ThingRow& row) {
    *row.mutable_relationship() = recorded;
  });
}

// The row of a pair lies with the later record; one leads to it from the other.
ThingKey MatchKey(Folding& folding, EntityNumber one, EntityNumber other) {
  const ThingKey key{std::max(one, other), Kind::kMatch,
                     keys::Numbered(std::min(one, other))};
  folding.LinkFrom(std::min(one, other), key);
  return key;
}

absl::Status FoldPair(Folding& folding) {
  const auto& judged = folding.fact().pair_judged();
  const ThingKey key = MatchKey(folding, judged.one(), judged.other());
  return folding.State(key, judged.match(), Naming::kId, [&](ThingRow& row) {
    auto& match = *row.mutable_match();
    const bool was_link =
        match.judged().outcome() == ledger::v1::PAIR_OUTCOME_LINK;
    *match.mutable_judged() = judged;
    match.set_version(match.version() + 1);
    const bool link_ended =
        was_link && judged.outcome() == ledger::v1::PAIR_OUTCOME_NONE;
    if (link_ended) *row.mutable_ended() = folding.mark();
  });
}

absl::Status FoldRuling(Folding& folding) {
  const auto& ruled = folding.fact().match_ruled();
  const ThingKey key = MatchKey(folding, ruled.one(), ruled.other());
  return folding.State(key, ruled.match(), Naming::kId, [&](ThingRow& row) {
    auto& match = *row.mutable_match();
    match.mutable_judged()->set_one(ruled.one());
    match.mutable_judged()->set_other(ruled.other());
    const bool withdrawn =
        ruled.decision() == agency::v1::MATCH_DECISION_WITHDRAWN;
    match.set_decision(withdrawn ? agency::v1::MATCH_DECISION_UNSPECIFIED
                                 : ruled.decision());
    match.set_version(match.version() + 1);
  });
}

absl::StatusOr<std::vector<EntityNumber>> Cluster(const Folding& folding,
                                                  EntityNumber person) {
  ASSIGN_OR_RETURN(auto row, folding.Read(PersonKey(person)));
  if (!row.has_value()) return std::vector<EntityNumber>{person};
  const auto& records = row->person().records();
  return std::vector<EntityNumber>(records.begin(), records.end());
}

// A person of one record has no row.
absl::Status PutCluster(Folding& folding, EntityNumber person,
                        const std::vector<EntityNumber>& records) {
  if (records.size() < 2) {
    folding.rows().Delete(PersonKey(person).Bytes());
    return absl::OkStatus();
  }
  ThingRow row;
  row.mutable_person()->mutable_records()->Add(records.begin(), records.end());
  core::PutRow(folding.rows(), person, PersonKey(person).Bytes(), row);
  return absl::OkStatus();
}

absl::Status SetPerson(Folding& folding, const Numbers& records,
                       EntityNumber person) {
  for (const EntityNumber record : records) {
    ASSIGN_OR_RETURN(auto row, folding.Read(RecordKey(record)));
    if (!row.has_value()) continue;  // erased
    row->mutable_record()->set_person(person);
    core::PutRow(folding.rows(), record, RecordKey(record).Bytes(), *row);
  }
  return absl::OkStatus();
}

absl::Status FoldMerge(Folding& folding) {
  const auto& merged = folding.fact().persons_merged();
  ASSIGN_OR_RETURN(auto records, Cluster(folding, merged.survivor()));
  records.insert(records.end(), merged.records().begin(),
                 merged.records().end());
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());
  RETURN_IF_ERROR(PutCluster(folding, merged.survivor(), records));
  folding.rows().Delete(PersonKey(merged.retired()).Bytes());
  return SetPerson(folding, merged.records(), merged.survivor());
}

absl::Status FoldSplit(Folding& folding) {
  const auto& split = folding.fact().person_split();
  ASSIGN_OR_RETURN(const auto records, Cluster(folding, split.from()));
  std::vector<EntityNumber> staying;
  std::set_difference(records.begin(), records.end(), split.records().begin(),
                      split.records().end(), std::back_inserter(staying));
  RETURN_IF_ERROR(PutCluster(folding, split.from(), staying));
  RETURN_IF_ERROR(PutCluster(folding, split.part(),
                             {split.records().begin(), split.records().end()}));
  return SetPerson(folding, split.records(), split.part());
}

}  // namespace

absl::Status FoldPeople(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_practitioner_known()) return FoldPractitioner(folding);
  if (fact.has_record_stated()) return FoldRecord(folding);
  if (fact.has_record_gone()) return FoldGone(folding);
  if (fact.has_record_unstored()) return FoldUnstored(folding);
  if (fact.has_relationship_recorded()) return FoldRelationship(folding);
  if (fact.has_pair_judged()) return FoldPair(folding);
  if (fact.has_match_ruled()) return FoldRuling(folding);
  if (fact.has_persons_merged()) return FoldMerge(folding);
  return FoldSplit(folding);
}

}  // namespace kith::views
