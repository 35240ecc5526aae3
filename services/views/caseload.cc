// Families that an agency or practitioner works with.
#include <algorithm>

#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/views/compose.h"
#include "services/views/due.h"
#include "services/views/list_rows.h"
#include "services/views/worklists.h"

namespace kith::views {
namespace {

using api::v1::FamilySummary;

// Whether somebody works with a family, by what the family's rows say now.
class Works {
 public:
  Works(Reading& reading, std::string agency, EntityNumber practitioner,
        absl::CivilDay today)
      : reading_(reading),
        agency_(std::move(agency)),
        practitioner_(practitioner),
        today_(today) {}

  absl::StatusOr<bool> With(const Household& household) {
    for (const Thing* thing : household.things) {
      ASSIGN_OR_RETURN(const bool works, ByFamilyRow(thing->row));
      if (works) return true;
    }
    for (const Member& member : household.members) {
      if (!member.current) continue;
      for (const EntityNumber record : member.records) {
        ASSIGN_OR_RETURN(const bool works, WithRecord(record));
        if (works) return true;
      }
    }
    return false;
  }

  absl::StatusOr<bool> WithRecord(EntityNumber record) {
    ASSIGN_OR_RETURN(const Things things,
                     reading_.Of(record, Kind::kInvolvement));
    return std::any_of(things.begin(), things.end(), [&](const Thing* thing) {
      const auto& involvement = thing->row.involvement();
      return core::Covers(involvement.said().period(), today_) &&
             Is(thing->row.said().by().agency(), involvement.worker());
    });
  }

 private:
  bool Is(const std::string& agency, EntityNumber practitioner) const {
    return practitioner_ != 0 ? practitioner == practitioner_
                              : agency == agency_;
  }

  absl::StatusOr<bool> ByFamilyRow(const ThingRow& row) {
    if (row.has_member()) {
      return practitioner_ == 0 && row.member().agency() == agency_ &&
             core::family::IsCurrent(row.member(), today_);
    }
    if (row.has_plan()) {
      return IsRunning(row.plan()) &&
             Is(row.plan().agency(), row.plan().opened_by());
    }
    if (!row.has_lead() || row.lead().state() == ledger::v1::LEAD_STATE_ENDED) {
      return false;
    }
    const EntityNumber lead = row.lead().taken().practitioner();
    ASSIGN_OR_RETURN(const auto who, reading_.Practitioner(lead));
    return Is(who.agency(), lead);
  }

  Reading& reading_;
  const std::string agency_;
  const EntityNumber practitioner_;
  const absl::CivilDay today_;
};

class CaseloadList {
 public:
  CaseloadList(const core::StateReader& view, std::string work,
               std::string agency, EntityNumber practitioner, absl::Time now)
      : view_(view),
        work_(std::move(work)),
        agency_(std::move(agency)),
        practitioner_(practitioner),
        now_(now),
        today_(base::LondonDay(now)) {}

  absl::StatusOr<Pieces<FamilySummary>> OfFamilyRow(const std::string& key) {
    Reading reading(view_);
    const EntityNumber family = keys::LastNumber(key);
    ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(family));
    // A family that joined another is shown as that other, once.
    if (standing != family) {
      ASSIGN_OR_RETURN(const bool listed, IsFirstOfGroup(reading, family));
      if (!listed) return Pieces<FamilySummary>();
    }
    return Summarise(reading, standing);
  }

  // Families that are reached through what is done with a member, unless they
  // are listed by themselves or through an earlier record, after `last`: an
  // entry for each, whose cursor is the record's key and the family.
  absl::Status AddOfRecords(const std::string& prefix, const PageFrom& from,
                            std::string last, Page<FamilySummary>* page) {
    absl::Status status;
    RETURN_IF_ERROR(
        view_.Scan(prefix, [&](absl::string_view key, absl::string_view) {
          if (key < absl::string_view(last).substr(0, key.size())) return true;
          status = AddOfRecord(std::string(key), from.limit, &last, page);
          return status.ok() && page->next.empty();
        }));
    return status;
  }

 private:
  absl::Status AddOfRecord(const std::string& key, size_t limit,
                           std::string* last, Page<FamilySummary>* page) {
    Reading reading(view_);
    const EntityNumber record = keys::LastNumber(key);
    ASSIGN_OR_RETURN(const auto families,
                     PresentFamilies(reading, {record}, today_));
    for (const EntityNumber family : families) {
      const std::string cursor = key + keys::Numbered(family);
      ASSIGN_OR_RETURN(const bool listed, IsListed(reading, family, record));
      if (listed || cursor <= *last) continue;
      ASSIGN_OR_RETURN(auto pieces, Summarise(reading, family));
      if (pieces.empty()) continue;
      if (page->entries.size() == limit) {
        page->next = *last;
        return absl::OkStatus();
      }
      page->entries.push_back({std::move(pieces), cursor});
      *last = cursor;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Has(const std::string& key) const {
    ASSIGN_OR_RETURN(const auto row, view_.Get(key));
    return row.has_value();
  }

  absl::StatusOr<bool> IsFirstOfGroup(Reading& reading, EntityNumber family) {
    ASSIGN_OR_RETURN(const EntityNumber standing, reading.Resolve(family));
    ASSIGN_OR_RETURN(const auto group, reading.Group(standing));
    for (const EntityNumber other : group) {
      if (other >= family) break;
      ASSIGN_OR_RETURN(const bool listed,
                       Has(keys::WorkWithFamily(work_, other)));
      if (listed) return false;
    }
    return true;
  }

  absl::StatusOr<bool> IsListed(Reading& reading, EntityNumber family,
                                EntityNumber record) {
    ASSIGN_OR_RETURN(const auto household,
                     HouseholdOf(reading, family, today_));
    if (!household.has_value()) return true;
    for (const EntityNumber one : household->group) {
      ASSIGN_OR_RETURN(const bool listed,
                       Has(keys::WorkWithFamily(work_, one)));
      if (listed) return true;
    }
    for (const Member& member : household->members) {
      if (!member.current) continue;
      for (const EntityNumber other : member.records) {
        if (other >= record) continue;
        ASSIGN_OR_RETURN(const bool listed,
                         Has(keys::WorkWithRecord(work_, other)));
        if (listed) return true;
      }
    }
    return false;
  }

  absl::StatusOr<Pieces<FamilySummary>> Summarise(Reading& reading,
                                                  EntityNumber family) {
    ASSIGN_OR_RETURN(const auto household,
                     HouseholdOf(reading, family, today_));
    if (!household.has_value()) return Pieces<FamilySummary>();
    Works works(reading, agency_, practitioner_, today_);
    ASSIGN_OR_RETURN(const bool now_works, works.With(*household));
    if (!now_works) return Pieces<FamilySummary>();
    ASSIGN_OR_RETURN(auto pieces, SummaryPieces(view_, family, now_));
    return pieces.has_value() ? *std::move(pieces) : Pieces<FamilySummary>();
  }

  const core::StateReader& view_;
  const std::string work_;
  const std::string agency_;
  const EntityNumber practitioner_;
  const absl::Time now_;
  const absl::CivilDay today_;
};

}  // namespace

absl::StatusOr<Page<FamilySummary>> Caseload(const core::StateReader& view,
                                             absl::string_view agency,
                                             EntityNumber practitioner,
                                             absl::Time now,
                                             const PageFrom& from) {
  const std::string work = practitioner == 0
                               ? keys::WorkOfAgency(agency)
                               : keys::WorkOfPractitioner(practitioner);
  CaseloadList list(view, work, std::string(agency), practitioner, now);
  const std::string families = work + "f", records = work + "r";
  RETURN_IF_ERROR(CheckCursor(from, {families, records}));
  Page<FamilySummary> page;
  std::string last = from.cursor;
  if (last.compare(0, records.size(), records) != 0) {
    ASSIGN_OR_RETURN(page, PageOfRows<FamilySummary>(
                               view, {families}, from, [&](const Keyed& row) {
                                 return list.OfFamilyRow(row.key);
                               }));
    if (!page.next.empty()) return page;
    if (!page.entries.empty()) last = page.entries.back().cursor;
  }
  RETURN_IF_ERROR(list.AddOfRecords(records, from, last, &page));
  return page;
}

}  // namespace kith::views
