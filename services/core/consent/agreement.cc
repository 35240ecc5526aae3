// Family agreements: drafted, signed by some, valid when all have
// signed, superseded by another.
#include "services/core/consent/agreement.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/core/consent/answering.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/resolved.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/family/speaking.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::FamilyAgreementSigned;
using agency::v1::FamilyAgreementStated;
using ledger::v1::Fact;
using ledger::v1::FamilyAgreementRecorded;
using ledger::v1::FamilyAgreementRow;

constexpr absl::string_view kKind = "family_agreement";

absl::StatusOr<FamilyAgreementRow> RowOf(EntityNumber number,
                                         const Decision& decision) {
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<FamilyAgreementRow>(decision.state(),
                                               keys::FamilyAgreement(number)));
  if (!row.has_value()) return MissingId(kKind);
  return *std::move(row);
}

// The agreement that is meant; 0 for a new one.
absl::StatusOr<EntityNumber> NumberOf(const agency::v1::ThingRef& ref,
                                      Decision& decision) {
  if (ref.has_id()) return decision.Thing(kKind, base::IdKind::kOther, ref);
  RETURN_IF_ERROR(CheckOwnKey(ref.local(), decision));
  if (ref.local().local_id().empty()) return EntityNumber{0};
  return decision.Find(kKind, ref.local());
}

absl::StatusOr<FamilyAgreementRecorded> Resolved(
    const FamilyAgreementStated& said, Decision& decision) {
  FamilyAgreementRecorded recorded;
  ASSIGN_OR_RETURN(
      const EntityNumber family,
      decision.Thing("family", base::IdKind::kFamily, said.family()));
  ASSIGN_OR_RETURN(const EntityNumber resolved,
                   family::Resolve(decision.state(), family));
  recorded.set_family(resolved);
  ASSIGN_OR_RETURN(const auto parties, About(said.parties(), decision));
  recorded.mutable_parties()->Add(parties.begin(), parties.end());
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_family();
  recorded.mutable_said()->clear_parties();
  recorded.mutable_said()->clear_agreement();
  if (said.agreement().has_local()) {
    *recorded.mutable_said()->mutable_agreement()->mutable_local() =
        decision.Own(said.agreement().local());
  }
  return recorded;
}

bool SameContent(FamilyAgreementRecorded one, FamilyAgreementRecorded other) {
  for (FamilyAgreementRecorded* each : {&one, &other}) {
    each->clear_agreement();
    each->clear_version();
    each->mutable_said()->clear_agreement();
  }
  return one.SerializeAsString() == other.SerializeAsString();
}

// Others of the family that stand: one family has one agreement.
absl::Status Supersede(EntityNumber family, EntityNumber by,
                       Decision& decision) {
  std::vector<EntityNumber> numbers;
  RETURN_IF_ERROR(
      decision.state().Scan(keys::AgreementsOfFamily(family),
                            [&](absl::string_view key, absl::string_view) {
                              numbers.push_back(keys::LastNumber(key));
                              return true;
                            }));
  for (const EntityNumber number : numbers) {
    if (number == by) continue;
    ASSIGN_OR_RETURN(const auto row, RowOf(number, decision));
    if (row.superseded_by() != 0) continue;
    Fact fact;
    fact.mutable_family_agreement_superseded()->set_agreement(number);
    fact.mutable_family_agreement_superseded()->set_by(by);
    RETURN_IF_ERROR(decision.Add(family, {}, std::move(fact)));
  }
  return absl::OkStatus();
}

// The party that is this person; 0: none.
absl::StatusOr<EntityNumber> PartyOf(const FamilyAgreementRow& row,
                                     EntityNumber record,
                                     const Decision& decision) {
  for (const EntityNumber party : row.recorded().parties()) {
    ASSIGN_OR_RETURN(const bool same, AreOnePerson(decision, party, record));
    if (same) return party;
  }
  return EntityNumber{0};
}

bool HasSigned(const FamilyAgreementRow& row, EntityNumber party) {
  return std::any_of(
      row.signatures().begin(), row.signatures().end(),
      [&](const auto& signature) { return signature.party() == party; });
}

absl::Status FoldRecorded(StateWriter& state, const Fact& fact, Subject subject,
                          const KeyHash& hash) {
  const FamilyAgreementRecorded& recorded = fact.family_agreement_recorded();
  const EntityNumber number = recorded.agreement().number();
  const std::string key = keys::FamilyAgreement(number);
  ASSIGN_OR_RETURN(const auto before, ReadRow<FamilyAgreementRow>(state, key));
  FamilyAgreementRow row;  // a new version: nobody has signed it
  *row.mutable_recorded() = recorded;
  row.set_agency(fact.by().agency());
  if (before.has_value()) {
    *row.mutable_recorded()->mutable_agreement() =
        before->recorded().agreement();
  } else {
    PutNames(state, hash, kKind, recorded.said().agreement().local(),
             row.agency(), recorded.agreement());
  }
  PutRow(state, subject, key, row);
  state.Put(subject, keys::AgreementOfFamily(recorded.family(), number), "");
  return absl::OkStatus();
}

}  // namespace

absl::Status Decide(const FamilyAgreementStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_PRACTITIONER,
                                         agency::v1::ROLE_LEAD_PROFESSIONAL}));
  if (said.expectations().empty()) {
    return Senseless("PART_MISSING", "an agreement says what is expected",
                     "family_agreement_stated.expectations");
  }
  RETURN_IF_ERROR(decision.Require(
      said.duty_explained() == agency::v1::ANSWER_YES,
      Refuse("DUTY_NOT_EXPLAINED",
             "the duty to share when there is risk is explained", {"R-093"},
             "family_agreement_stated.duty_explained")));
  ASSIGN_OR_RETURN(FamilyAgreementRecorded recorded, Resolved(said, decision));
  ASSIGN_OR_RETURN(const EntityNumber known,
                   NumberOf(said.agreement(), decision));
  if (known != 0) {
    ASSIGN_OR_RETURN(const FamilyAgreementRow row, RowOf(known, decision));
    if (row.agency() != decision.agency()) {
      return Forbid("NOT_YOURS", "another agency recorded this agreement");
    }
    if (SameContent(row.recorded(), recorded)) return absl::OkStatus();
    RETURN_IF_ERROR(decision.Require(
        row.superseded_by() == 0,
        Refuse("SUPERSEDED", "another agreement took its place", {"R-093"})));
    recorded.mutable_agreement()->set_number(known);
    recorded.set_version(row.recorded().version() + 1);
  } else {
    *recorded.mutable_agreement() = decision.NewIdentity(base::IdKind::kOther);
    recorded.set_version(1);
    decision.Tell(recorded.agreement());
  }
  const EntityNumber number = recorded.agreement().number();
  const EntityNumber family = recorded.family();
  Fact fact;
  *fact.mutable_family_agreement_recorded() = std::move(recorded);
  RETURN_IF_ERROR(decision.Add(family, {}, std::move(fact)));
  return Supersede(family, number, decision);
}

absl::Status Decide(const FamilyAgreementSigned& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  ASSIGN_OR_RETURN(
      const EntityNumber number,
      decision.Thing(kKind, base::IdKind::kOther, said.agreement()));
  ASSIGN_OR_RETURN(const FamilyAgreementRow row, RowOf(number, decision));
  ASSIGN_OR_RETURN(const EntityNumber record,
                   decision.Record(said.signed_by()));
  RETURN_IF_ERROR(family::RequireYourself(
      record, "family_agreement_signed.signed_by", decision));
  if (row.superseded_by() != 0) {
    return Refuse("SUPERSEDED", "another agreement took its place", {"R-093"});
  }
  const uint32_t version = row.recorded().version();
  if (said.version() != 0 && said.version() != version) {
    return Stale("the agreement has a later version");
  }
  ASSIGN_OR_RETURN(const EntityNumber party, PartyOf(row, record, decision));
  if (party == 0) {
    return Refuse("NOT_A_PARTY", "only who is named signs", {"R-093"},
                  "family_agreement_signed.signed_by");
  }
  if (HasSigned(row, party)) return absl::OkStatus();
  Fact fact;
  auto& made = *fact.mutable_family_agreement_signed_by();
  made.set_agreement(number);
  made.set_party(party);
  made.set_version(version);
  *made.mutable_signed_on() =
      said.has_signed_on() ? said.signed_on() : ToDate(decision.day());
  return decision.Add(row.recorded().family(), {}, std::move(fact));
}

absl::Status EvolveAgreement(StateWriter& state, const Fact& fact,
                             Subject subject, const KeyHash& hash) {
  if (fact.has_family_agreement_recorded()) {
    return FoldRecorded(state, fact, subject, hash);
  }
  const bool is_signature = fact.has_family_agreement_signed_by();
  if (!is_signature && !fact.has_family_agreement_superseded()) {
    return absl::OkStatus();
  }
  const EntityNumber number =
      is_signature ? fact.family_agreement_signed_by().agreement()
                   : fact.family_agreement_superseded().agreement();
  const std::string key = keys::FamilyAgreement(number);
  ASSIGN_OR_RETURN(auto row, ReadRow<FamilyAgreementRow>(state, key));
  if (!row.has_value()) return absl::OkStatus();  // erased
  if (is_signature) {
    *row->add_signatures() = fact.family_agreement_signed_by();
  } else {
    row->set_superseded_by(fact.family_agreement_superseded().by());
  }
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

}  // namespace kith::core::consent
