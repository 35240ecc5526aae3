#include "services/api/context.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/bytes.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/views/keeping.h"

namespace kith::api {
namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

template <class Classes>
std::set<agency::v1::ItemClass> ClassesIn(const Classes& classes) {
  std::set<agency::v1::ItemClass> all;
  for (const int one : classes) {
    all.insert(static_cast<agency::v1::ItemClass>(one));
  }
  return all;
}

// Whatever core recorded is complete: it refuses what lacks a part.
disclosure::Override OverrideOf(const ledger::v1::OverrideRow& row) {
  const auto& recorded = row.recorded();
  disclosure::Override override;
  override.number = recorded.override().number();
  for (const auto& recipient : recorded.recipients()) {
    if (recipient.practitioner() != 0) {
      override.practitioners.insert(recipient.practitioner());
    } else {
      override.agencies.insert(recipient.agency());
    }
  }
  override.records.insert(recorded.records().begin(), recorded.records().end());
  override.classes = ClassesIn(recorded.said().classes());
  override.purpose = recorded.said().purpose();
  override.reason = recorded.said().reason();
  override.from = TimeOf(row.since());
  override.until = views::EndOf(row);
  override.complete = true;
  override.ended = row.ended();
  return override;
}

disclosure::Grant GrantOf(const ledger::v1::GlassRow& row) {
  const auto& broken = row.broken();
  disclosure::Grant grant;
  grant.number = broken.access().number();
  grant.agency = row.agency();
  grant.practitioner = broken.practitioner();
  if (broken.family() != 0) grant.families.insert(broken.family());
  grant.records.insert(broken.records().begin(), broken.records().end());
  grant.classes = ClassesIn(broken.said().classes());
  grant.until = TimeOf(broken.until());
  grant.from = grant.until - absl::Minutes(broken.said().minutes());
  grant.shielded_approved = broken.said().shielded() && row.approved_by() != 0;
  grant.ended = row.ended();
  return grant;
}

disclosure::Agreement AgreementOf(
    const ledger::v1::SharingAgreementRecorded& recorded) {
  const auto& said = recorded.said();
  disclosure::Agreement agreement;
  agreement.number = recorded.agreement().number();
  agreement.parties.insert(said.parties().begin(), said.parties().end());
  agreement.purposes.insert(said.purposes().begin(), said.purposes().end());
  agreement.classes = ClassesIn(said.classes());
  if (said.period().has_from()) {
    agreement.from = core::FirstDay(said.period().from());
  }
  if (said.period().has_until()) {
    agreement.until = core::LastDay(said.period().until());
  }
  return agreement;
}

disclosure::Context ContextOf(views::Standing standing, absl::CivilDay today) {
  disclosure::Context context;
  context.today = today;
  for (auto& [record, about] : standing.records) {
    context.records[record] = {
        std::move(about.agency), std::move(about.surely_same),
        std::move(about.perhaps_same), about.gone, about.born};
  }
  context.consents = std::move(standing.consents);
  context.restrictions = std::move(standing.restrictions);
  context.agencies_of_record = std::move(standing.agencies_of_record);
  context.agencies_of_family = std::move(standing.agencies_of_family);
  context.lead_of_family = std::move(standing.lead_of_family);
  context.members_of_family = std::move(standing.members_of_family);
  if (standing.age_capacity_presumed != 0) {
    context.age_capacity_presumed =
        static_cast<int>(standing.age_capacity_presumed);
  }
  for (const auto& row : standing.overrides) {
    context.overrides.push_back(OverrideOf(row));
  }
  for (const auto& row : standing.glass) {
    context.grants.push_back(GrantOf(row));
  }
  for (const auto& recorded : standing.agreements) {
    context.agreements.push_back(AgreementOf(recorded));
  }
  return context;
}

absl::StatusOr<Known> Inquire(const core::StateReader& rows,
                              const views::Concerned& concerned,
                              absl::Time now) {
  ASSIGN_OR_RETURN(views::Standing standing,
                   views::StandingOf(rows, concerned, now));
  Known known;
  for (const auto& row : standing.overrides) {
    known.legal_basis[row.recorded().override().number()] =
        row.recorded().said().basis();
  }
  for (const auto& row : standing.glass) {
    known.legal_basis[row.broken().access().number()] =
        row.broken().said().basis();
  }
  known.context = ContextOf(std::move(standing), base::LondonDay(now));
  return known;
}

// All that it depends on beside the rows.
std::string NameOf(const views::Concerned& concerned, absl::CivilDay today) {
  std::string name = absl::StrCat("=k", today - absl::CivilDay(), "r");
  for (const uint64_t record : concerned.records) {
    base::AppendBigEndian64(record, name);
  }
  name += 'f';
  for (const uint64_t family : concerned.families) {
    base::AppendBigEndian64(family, name);
  }
  return name;
}

// About; sets make most of it.
size_t MemoryOf(const Known& known) {
  constexpr size_t kSetEntry = 50, kMapEntry = 100, kLicence = 500;
  const disclosure::Context& context = known.context;
  size_t bytes = sizeof(known);
  for (const auto& [record, about] : context.records) {
    bytes += sizeof(about) + kMapEntry +
             kSetEntry * (about.surely_same.size() + about.perhaps_same.size());
  }
  for (const auto& row : context.consents) bytes += row.SpaceUsedLong();
  for (const auto& row : context.restrictions) bytes += row.SpaceUsedLong();
  for (const auto& [family, members] : context.members_of_family) {
    bytes += kSetEntry * members.size();
  }
  return bytes + kMapEntry * known.legal_basis.size() +
         kLicence * (context.overrides.size() + context.grants.size() +
                     context.agreements.size()) +
         kMapEntry * (context.agencies_of_record.size() +
                      context.agencies_of_family.size() +
                      context.lead_of_family.size());
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Known>> KnownOf(
    const core::StateReader& rows, const views::Concerned& concerned,
    absl::Time now) {
  return views::Kept<Known>(
      rows, NameOf(concerned, base::LondonDay(now)),
      [&](const core::StateReader& watched) {
        return Inquire(watched, concerned, now);
      },
      MemoryOf);
}

}  // namespace kith::api
