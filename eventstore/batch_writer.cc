#include "eventstore/batch_writer.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "base/crypto.h"

namespace kith::eventstore {

std::vector<SubjectNumber> SubjectsOf(const std::vector<NewRecord>& records,
                                      const std::vector<RowChange>& rows) {
  std::vector<SubjectNumber> subjects;
  // Neighbours are often of one subject: to note it once is enough.
  const auto note = [&](SubjectNumber subject) {
    if (subjects.empty() || subjects.back() != subject) {
      subjects.push_back(subject);
    }
  };
  for (const NewRecord& record : records) note(record.subject);
  for (const RowChange& row : rows) {
    if (row.value.has_value()) note(row.subject);
  }
  return subjects;
}

void BatchWriter::Append(const NewRecord& record, Head& head) {
  std::string header;
  AppendHeader(record, head.next, Commitment(record.salt, record.payload),
               head.digest, header);
  key_.clear();
  AppendPayloadContext(head.next, record.subject, key_);
  value_.clear();
  AppendHeaderLength(header.size(), value_);
  value_ += header;
  base::AppendSealed(AsView(keys_.at(record.subject)), key_,
                     JoinSalt(record.salt, record.payload), value_);
  Put(kLedger, base::BigEndian64(head.next), value_);
  AppendIndexKey(record.subject, head.next, index_keys_.emplace_back());
  for (const SubjectNumber other : record.also_about) {
    AppendIndexKey(other, head.next, index_keys_.emplace_back());
  }
  head = {head.next + 1, base::Sha256(header)};
}

void BatchWriter::Change(const RowChange& row) {
  const size_t family = FamilyOf(row.table);
  key_.clear();
  AppendTablePrefix(row.table, key_);
  key_ += row.key;
  if (!row.value.has_value()) {
    KITH_CHECK(batch_.Delete(database_.family(family), key_).ok());
    return;
  }
  value_.clear();
  AppendRowValue(row.table, row.key, row.subject, keys_.at(row.subject),
                 *row.value, value_);
  Put(family, key_, value_);
}

void BatchWriter::DeleteView(uint32_t version) {
  const std::string begin = TablePrefix(Table::View(version));
  KITH_CHECK(
      batch_.DeleteRange(database_.family(kView), begin, base::PrefixEnd(begin))
          .ok());
}

void BatchWriter::Finish(const Moment& moment) {
  std::sort(index_keys_.begin(), index_keys_.end());
  for (const std::string& key : index_keys_) Put(kSubjects, key, "");
  const std::string mark = EncodeMark(moment);
  Put(kMeta, kMomentKey, EncodeMoment(moment));
  Put(kSubjects, kSubjectsMarkKey, mark);
  Put(kState, kStateMarkKey, mark);
  Put(kView, kViewMarkKey, mark);
}

void BatchWriter::Put(size_t family, absl::string_view key,
                      absl::string_view value) {
  KITH_CHECK(
      batch_.Put(database_.family(family), AsSlice(key), AsSlice(value)).ok());
}

}  // namespace kith::eventstore
