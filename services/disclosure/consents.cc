#include "services/disclosure/consents.h"

#include <algorithm>
#include <vector>

#include "absl/time/time.h"
#include "base/civil_date.h"

namespace kith::disclosure {
namespace {

using agency::v1::ItemClass;
using ledger::v1::ConsentRow;
using ledger::v1::ItemLabel;
using ledger::v1::ResolvedRecipient;
using ledger::v1::RestrictionRow;

// A date that is only partly known stands for its first or last day.
absl::CivilDay FirstDay(const agency::v1::Date& date) {
  return absl::CivilDay(date.year(), std::max(1, date.month()),
                        std::max(1, date.day()));
}

absl::CivilDay LastDay(const agency::v1::Date& date) {
  if (date.month() == 0) return absl::CivilDay(date.year(), 12, 31);
  if (date.day() != 0) return FirstDay(date);
  return absl::CivilDay(absl::CivilMonth(date.year(), date.month()) + 1) - 1;
}

bool InForce(const agency::v1::Period& period, absl::CivilDay today) {
  if (period.has_from() && today < FirstDay(period.from())) return false;
  return !period.has_until() || today <= LastDay(period.until());
}

bool IsNamed(const google::protobuf::RepeatedField<int>& classes,
             ItemClass item) {
  return std::find(classes.begin(), classes.end(), item) != classes.end();
}

// What was said apart is reached by name only.
bool Permits(const google::protobuf::RepeatedField<int>& classes,
             ItemClass item) {
  if (classes.empty()) return item != agency::v1::ITEM_CLASS_CONVERSATION;
  return IsNamed(classes, item);
}

// What forbids everything forbids what was said apart too.
bool Forbids(const google::protobuf::RepeatedField<int>& classes,
             ItemClass item) {
  return classes.empty() || IsNamed(classes, item);
}

bool IsMember(const Reader& reader) {
  return reader.role == agency::v1::ROLE_FAMILY_MEMBER;
}

bool IsReaderInPerson(const Reader& reader, const ResolvedRecipient& recipient,
                      const Context& context) {
  if (recipient.who_case() == ResolvedRecipient::kPractitioner) {
    return reader.practitioner_number != 0 && !IsMember(reader) &&
           recipient.practitioner() == reader.practitioner_number;
  }
  if (reader.record == 0 ||
      recipient.who_case() != ResolvedRecipient::kRecord) {
    return false;
  }
  const RecordContext* who = Find(context, recipient.record());
  return recipient.record() == reader.record ||
         (who != nullptr && who->surely_same.count(reader.record) > 0);
}

bool IsReader(const Reader& reader, const ResolvedRecipient& recipient,
              const Context& context) {
  if (recipient.who_case() == ResolvedRecipient::kAgency) {
    // What an organisation may see is not what a family member may.
    return !IsMember(reader) && recipient.agency() == reader.agency;
  }
  return IsReaderInPerson(reader, recipient, context);
}

// Whether the restriction is about the reader themselves.
bool IsAboutReader(const Reader& reader, const RestrictionRow& row,
                   const Context& context) {
  if (reader.record == 0) return false;
  for (const uint64_t record : row.recorded().records()) {
    if (record == reader.record) return true;
    const RecordContext* about = Find(context, record);
    if (about != nullptr && about->surely_same.count(reader.record) > 0) {
      return true;
    }
  }
  return false;
}

// Whom a restriction that names nobody keeps out.
bool IsOutsider(const Reader& reader, const ItemLabel& item,
                const RestrictionRow& row, const Context& context) {
  return IsMember(reader) ? !IsAboutReader(reader, row, context)
                          : reader.agency != item.agency();
}

bool IsBarred(const Reader& reader, const ItemLabel& item,
              const RestrictionRow& row, const Context& context) {
  const bool from_family = row.recorded().said().from_family();
  const auto& barred = row.recorded().barred();
  if (from_family && IsMember(reader) && !IsAboutReader(reader, row, context)) {
    return true;
  }
  if (barred.empty()) {
    return !from_family && IsOutsider(reader, item, row, context);
  }
  return std::any_of(barred.begin(), barred.end(), [&](const auto& who) {
    // An agency keeps its own records, whatever it is barred from elsewhere; a
    // person of it can be barred from them. Looks are nobody's own.
    if (who.who_case() == ResolvedRecipient::kAgency &&
        item.class_() != agency::v1::ITEM_CLASS_ACCESS &&
        reader.agency == item.agency()) {
      return false;
    }
    return IsReader(reader, who, context);
  });
}

bool IsCovered(const ledger::v1::RestrictionRecorded& restriction,
               const ItemLabel& item) {
  const auto& things = restriction.things();
  return Forbids(restriction.said().classes(), item.class_()) &&
         (things.empty() || std::find(things.begin(), things.end(),
                                      item.thing()) != things.end());
}

// Whether the restriction is about this item. It always covers itself: who is
// barred does not learn of it.
bool Reaches(const RestrictionRow& row, const ItemLabel& item,
             const Context& context) {
  const auto& said = row.recorded().said();
  if (row.ended() || !InForce(said.period(), context.today)) return false;
  if (item.thing() != 0 &&
      item.thing() == row.recorded().restriction().number()) {
    return true;
  }
  // Who looked at what tells of every class and thing.
  if (item.class_() != agency::v1::ITEM_CLASS_ACCESS &&
      !IsCovered(row.recorded(), item)) {
    return false;
  }
  if (said.own_records_only() && row.agency() != item.agency()) return false;
  return std::any_of(
      item.records().begin(), item.records().end(), [&](uint64_t record) {
        const RecordContext* about = Find(context, record);
        return about != nullptr &&
               Meets(row.recorded().records(), about->perhaps_same);
      });
}

bool IsSharing(const ConsentRow& row, const ItemLabel& item,
               const Context& context) {
  const auto& said = row.recorded().said();
  if (said.kind() != agency::v1::CONSENT_KIND_SHARE || row.ended()) {
    return false;
  }
  return InForce(said.period(), context.today) &&
         (!said.own_records_only() || row.agency() == item.agency());
}

bool IsNamedIn(const ConsentRow& row, const Reader& reader,
               const Context& context) {
  const auto& named = row.recorded().recipients();
  return std::any_of(named.begin(), named.end(), [&](const auto& who) {
    return IsReader(reader, who, context);
  });
}

// A refusal holds against whom it names, or against everybody.
bool IsRefusal(const ConsentRow& row, const Reader& reader,
               const ItemLabel& item, const Context& context) {
  const auto& said = row.recorded().said();
  if (said.answer() != agency::v1::CONSENT_ANSWER_REFUSED) return false;
  if (!said.purpose().empty() && said.purpose() != reader.purpose) return false;
  return Forbids(said.classes(), item.class_()) &&
         (row.recorded().recipients().empty() ||
          IsNamedIn(row, reader, context));
}

// A permission holds for whom it names and what for, and for nobody else
//
bool IsPermission(const ConsentRow& row, const Reader& reader,
                  const ItemLabel& item, const Context& context) {
  const auto& said = row.recorded().said();
  if (said.answer() != agency::v1::CONSENT_ANSWER_GIVEN) return false;
  if (said.purpose().empty() || said.purpose() != reader.purpose) return false;
  return Permits(said.classes(), item.class_()) &&
         IsNamedIn(row, reader, context);
}

// From 16 a person answers for themselves: what somebody else answered before
// that birthday neither permits any more, nor stands against the person's own
// answer.
bool IsOutgrown(const ConsentRow& row, const RecordContext& about,
                const Context& context) {
  if (!about.born.has_value()) return false;
  const absl::CivilDay birthday =
      base::Birthday(*about.born, context.age_capacity_presumed);
  if (context.today < birthday) return false;
  if (about.surely_same.count(row.recorded().answered_by()) > 0) return false;
  return base::LondonDay(absl::FromUnixSeconds(row.since().seconds())) <
         birthday;
}

// What was answered for every purpose can only be a refusal.
bool IsForPurpose(const ConsentRow& row, const Reader& reader,
                  const ItemLabel& item) {
  const auto& said = row.recorded().said();
  if (said.kind() != agency::v1::CONSENT_KIND_SHARE ||
      (said.own_records_only() && row.agency() != item.agency())) {
    return false;
  }
  if (said.purpose().empty()) {
    return said.answer() == agency::v1::CONSENT_ANSWER_REFUSED;
  }
  return said.purpose() == reader.purpose;
}

bool IsLater(const ConsentRow& one, const ConsentRow& other) {
  if (one.since().seconds() != other.since().seconds()) {
    return one.since().seconds() > other.since().seconds();
  }
  return one.recorded().consent().number() >
         other.recorded().consent().number();
}

// Whether sharing about this person goes on by it.
bool StandsFor(const ConsentRow& row, const RecordContext& about,
               const Context& context) {
  const auto& said = row.recorded().said();
  return !row.ended() && InForce(said.period(), context.today) &&
         said.answer() != agency::v1::CONSENT_ANSWER_REFUSED &&
         Meets(row.recorded().records(), about.surely_same) &&
         !IsOutgrown(row, about, context);
}

// What the consents say of one record an item is about.
Decision ByConsentOf(uint64_t record, const Reader& reader,
                     const ItemLabel& item, const Context& context) {
  const RecordContext* about = Find(context, record);
  if (about == nullptr) return {};
  std::vector<uint64_t> given, refused, outgrown;
  for (const ConsentRow& row : context.consents) {
    if (!IsSharing(row, item, context)) continue;
    const uint64_t number = row.recorded().consent().number();
    const bool is_outgrown = IsOutgrown(row, *about, context);
    if (Meets(row.recorded().records(), about->perhaps_same) &&
        IsRefusal(row, reader, item, context)) {
      (is_outgrown ? outgrown : refused).push_back(number);
    }
    if (!is_outgrown && Meets(row.recorded().records(), about->surely_same) &&
        IsPermission(row, reader, item, context)) {
      given.push_back(number);
    }
  }
  if (given.empty())
    refused.insert(refused.end(), outgrown.begin(), outgrown.end());
  if (!refused.empty()) {
    const Reason reason =
        given.empty() ? Reason::kRefused : Reason::kConflicting;
    return {false, reason, std::move(refused)};
  }
  if (given.empty()) return {};
  return {true, Reason::kShared, std::move(given)};
}

}  // namespace

const RecordContext* Find(const Context& context, uint64_t record) {
  auto found = context.records.find(record);
  return found == context.records.end() ? nullptr : &found->second;
}

bool IsAllOwn(const Reader& reader, const ItemLabel& item,
              const Context& context) {
  if (reader.record == 0 || item.records().empty()) return false;
  return std::all_of(
      item.records().begin(), item.records().end(), [&](uint64_t record) {
        const RecordContext* about = Find(context, record);
        return about != nullptr && about->surely_same.count(reader.record) > 0;
      });
}

std::optional<uint64_t> BarringRestriction(const Reader& reader,
                                           const ItemLabel& item,
                                           const Context& context) {
  for (const RestrictionRow& row : context.restrictions) {
    if (Reaches(row, item, context) && IsBarred(reader, item, row, context)) {
      return row.recorded().restriction().number();
    }
  }
  return std::nullopt;
}

bool IsTakenBack(uint64_t record, const Reader& reader, const ItemLabel& item,
                 const Context& context) {
  const RecordContext* about = Find(context, record);
  if (about == nullptr) return false;
  const ConsentRow* last = nullptr;
  for (const ConsentRow& row : context.consents) {
    if (!IsForPurpose(row, reader, item) ||
        !Meets(row.recorded().records(), about->perhaps_same)) {
      continue;
    }
    if (StandsFor(row, *about, context)) return false;
    if (last == nullptr || IsLater(row, *last)) last = &row;
  }
  return last != nullptr && last->ended();
}

std::optional<uint64_t> StorageRefusal(const ItemLabel& item,
                                       const Context& context) {
  // That it was refused must be known to be obeyed.
  if (item.class_() == agency::v1::ITEM_CLASS_CONSENT) return std::nullopt;
  if (item.basis() != agency::v1::LEGAL_BASIS_UNSPECIFIED &&
      item.basis() != agency::v1::LEGAL_BASIS_CONSENT) {
    return std::nullopt;
  }
  for (const ConsentRow& row : context.consents) {
    const auto& said = row.recorded().said();
    if (said.kind() != agency::v1::CONSENT_KIND_STORE || row.ended() ||
        said.answer() != agency::v1::CONSENT_ANSWER_REFUSED ||
        !InForce(said.period(), context.today)) {
      continue;
    }
    // Of that record, not of others of the same person.
    const auto& refused = row.recorded().records();
    for (const uint64_t record : item.records()) {
      if (std::find(refused.begin(), refused.end(), record) != refused.end()) {
        return row.recorded().consent().number();
      }
    }
  }
  return std::nullopt;
}

Decision ByConsent(const Reader& reader, const ItemLabel& item,
                   const Context& context) {
  Decision all{!item.records().empty(), Reason::kShared, {}};
  for (const uint64_t record : item.records()) {
    Decision one = ByConsentOf(record, reader, item, context);
    if (one.reason == Reason::kRefused || one.reason == Reason::kConflicting) {
      return one;
    }
    if (!one.show) all.show = false;
    all.decided_by.insert(all.decided_by.end(), one.decided_by.begin(),
                          one.decided_by.end());
  }
  if (!all.show) return {};
  return all;
}

}  // namespace kith::disclosure
