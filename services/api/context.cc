#include "services/api/context.h"

#include <utility>

#include "base/civil_date.h"
#include "services/core/family/dates.h"

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

}  // namespace

disclosure::Context ContextOf(views::Standing standing, absl::Time now) {
  disclosure::Context context;
  context.today = base::LondonDay(now);
  context.now = now;
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

}  // namespace kith::api
