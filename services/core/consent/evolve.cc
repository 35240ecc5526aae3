// How consents and restrictions look after each fact.
#include <string>
#include <utility>

#include "base/status.h"
#include "services/core/consent/agreement.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/resolved.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using ledger::v1::ConsentRow;
using ledger::v1::Fact;
using ledger::v1::RestrictionRow;

// The id is told when it is made; the row keeps it.
ledger::v1::Identity Kept(const ledger::v1::Identity& before,
                          const ledger::v1::Identity& now) {
  return now.id().empty() ? before : now;
}

// So that whoever adds to a record of which nobody refused anything need not
// look for refusals.
absl::Status NoteRefusal(StateWriter& state,
                         const ledger::v1::ConsentRecorded& recorded) {
  const auto& said = recorded.said();
  const bool of_keeping = said.kind() == agency::v1::CONSENT_KIND_STORE ||
                          said.kind() == agency::v1::CONSENT_KIND_RECORD;
  if (!of_keeping || said.answer() != agency::v1::CONSENT_ANSWER_REFUSED) {
    return absl::OkStatus();
  }
  for (const EntityNumber record : recorded.records()) {
    ASSIGN_OR_RETURN(
        auto row, ReadRow<ledger::v1::RecordRow>(state, keys::Record(record)));
    if (!row.has_value()) continue;  // erased
    row->set_keeping_refused(true);
    PutRow(state, record, keys::Record(record), *row);
  }
  return absl::OkStatus();
}

absl::Status Recorded(StateWriter& state, const Fact& fact, Subject subject,
                      const KeyHash& hash) {
  const auto& recorded = fact.consent_recorded();
  const EntityNumber number = recorded.consent().number();
  ASSIGN_OR_RETURN(auto before,
                   ReadRow<ConsentRow>(state, keys::Consent(number)));
  if (!before.has_value()) before.emplace();
  ConsentRow row;
  *row.mutable_recorded() = recorded;
  *row.mutable_recorded()->mutable_consent() =
      Kept(before->recorded().consent(), recorded.consent());
  row.set_agency(fact.by().agency());
  *row.mutable_since() =
      before->version() != 0 && !before->ended() &&
              before->recorded().said().answer() == recorded.said().answer()
          ? before->since()
          : fact.by().occurred_at();
  row.set_version(before->version() + 1);
  PutRow(state, subject, keys::Consent(number), row);
  PutAbout(
      state, before->recorded().records(), recorded.records(),
      [&](EntityNumber record) { return keys::ConsentAbout(record, number); });
  if (before->version() == 0) {
    PutNames(state, hash, "consent", recorded.said().consent(),
             fact.by().agency(), recorded.consent());
  }
  return NoteRefusal(state, recorded);
}

absl::Status Ended(StateWriter& state, const Fact& fact, Subject subject) {
  const std::string key = keys::Consent(fact.consent_ended().consent());
  ASSIGN_OR_RETURN(auto row, ReadRow<ConsentRow>(state, key));
  if (!row.has_value()) return absl::OkStatus();  // erased
  row->set_ended(true);
  row->set_version(row->version() + 1);
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

absl::Status Restricted(StateWriter& state, const Fact& fact, Subject subject,
                        const KeyHash& hash) {
  const auto& recorded = fact.restriction_recorded();
  const EntityNumber number = recorded.restriction().number();
  ASSIGN_OR_RETURN(auto before,
                   ReadRow<RestrictionRow>(state, keys::Restriction(number)));
  const bool is_new = !before.has_value();
  if (is_new) before.emplace();
  RestrictionRow row;
  *row.mutable_recorded() = recorded;
  *row.mutable_recorded()->mutable_restriction() =
      Kept(before->recorded().restriction(), recorded.restriction());
  row.set_agency(fact.by().agency());
  PutRow(state, subject, keys::Restriction(number), row);
  PutAbout(state, before->recorded().records(), recorded.records(),
           [&](EntityNumber record) {
             return keys::RestrictionAbout(record, number);
           });
  if (is_new) {
    PutNames(state, hash, "restriction", recorded.said().restriction(),
             fact.by().agency(), recorded.restriction());
  }
  return absl::OkStatus();
}

absl::Status Lifted(StateWriter& state, const Fact& fact, Subject subject) {
  const std::string key =
      keys::Restriction(fact.restriction_ended().restriction());
  ASSIGN_OR_RETURN(auto row, ReadRow<RestrictionRow>(state, key));
  if (!row.has_value()) return absl::OkStatus();  // erased
  row->set_ended(true);
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

}  // namespace

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  if (fact.has_consent_recorded()) return Recorded(state, fact, subject, hash);
  if (fact.has_consent_ended()) return Ended(state, fact, subject);
  if (fact.has_restriction_recorded()) {
    return Restricted(state, fact, subject, hash);
  }
  if (fact.has_restriction_ended()) return Lifted(state, fact, subject);
  if (fact.has_sharing_agreement_recorded() ||
      fact.has_sharing_note_recorded()) {
    return EvolveSharing(state, fact, subject, hash);
  }
  return EvolveAgreement(state, fact, subject, hash);
}

}  // namespace kith::core::consent
