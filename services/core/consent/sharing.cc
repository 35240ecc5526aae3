// Agreements between organisations, and notes about sharing (R-089,
//
#include <set>
#include <utility>

#include "base/id.h"
#include "base/status.h"
#include "services/core/consent/agreement.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/resolved.h"
#include "services/core/family/dates.h"
#include "services/core/family/roles.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::SharingAgreementStated;
using agency::v1::SharingNoteStated;
using ledger::v1::Fact;
using ledger::v1::SharingAgreementRecorded;
using ledger::v1::SharingNoteRecorded;

constexpr absl::string_view kAgreement = "sharing_agreement";
constexpr absl::string_view kNote = "sharing_note";
constexpr int kPartiesMax = 50;
constexpr int kPurposesMax = 20;

absl::Status CheckParties(const SharingAgreementStated& said) {
  if (said.parties_size() < 2 || said.parties_size() > kPartiesMax) {
    return Senseless("PARTIES_MISSING", "two to fifty agencies agree",
                     "sharing_agreement_stated.parties");
  }
  std::set<absl::string_view> seen;
  for (const std::string& party : said.parties()) {
    if (!base::IsName(party) || !seen.insert(party).second) {
      return Senseless("NAME_IMPOSSIBLE", "parties are agencies, each once",
                       "sharing_agreement_stated.parties");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAgreement(const SharingAgreementStated& said) {
  RETURN_IF_ERROR(CheckParties(said));
  if (said.agreement().local_id().empty()) {
    return Senseless("KEY_MISSING", "an agreement has a key",
                     "sharing_agreement_stated.agreement");
  }
  if (said.purposes_size() > kPurposesMax) {
    return Senseless("TOO_MANY", "it names too many purposes",
                     "sharing_agreement_stated.purposes");
  }
  RETURN_IF_ERROR(
      CheckClasses(said.classes(), "sharing_agreement_stated.classes"));
  return CheckPeriod(said.period(), "sharing_agreement_stated.period");
}

absl::Status CheckNote(const SharingNoteStated& said) {
  if (said.kind() == agency::v1::SHARING_NOTE_KIND_UNSPECIFIED ||
      !agency::v1::SharingNoteKind_IsValid(said.kind())) {
    return Senseless("CODE_UNKNOWN", "there is no such kind of note",
                     "sharing_note_stated.kind");
  }
  if (said.wording().empty()) {
    return Senseless("PART_MISSING", "a note says something",
                     "sharing_note_stated.wording");
  }
  return CheckClasses(said.classes(), "sharing_note_stated.classes");
}

// who will receive it, what and why.
absl::Status CheckTold(const SharingNoteStated& said, Decision& decision) {
  if (said.kind() != agency::v1::SHARING_NOTE_KIND_TOLD_BEFORE) {
    return absl::OkStatus();
  }
  return decision.Require(
      !said.recipients().empty() && !said.purpose().empty(),
      Refuse("TELLING_INCOMPLETE", "who will receive it and why was told",
             {"R-089"}, "sharing_note_stated.recipients"));
}

template <class Row>
bool SameBut(Row one, Row other) {
  return one.SerializeAsString() == other.SerializeAsString();
}

}  // namespace

absl::Status Decide(const SharingAgreementStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_HUB_ADMINISTRATOR}));
  RETURN_IF_ERROR(CheckAgreement(said));
  RETURN_IF_ERROR(CheckOwnKey(said.agreement(), decision));
  SharingAgreementRecorded recorded;
  *recorded.mutable_said() = said;
  *recorded.mutable_said()->mutable_agreement() =
      decision.Own(said.agreement());
  ASSIGN_OR_RETURN(const EntityNumber known,
                   decision.Find(kAgreement, said.agreement()));
  if (known != 0) {
    ASSIGN_OR_RETURN(const auto row,
                     ReadRow<SharingAgreementRecorded>(
                         decision.state(), keys::SharingAgreement(known)));
    if (!row.has_value()) return MissingId(kAgreement);
    *recorded.mutable_agreement() = row->agreement();
    if (SameBut(*row, recorded)) return absl::OkStatus();
    recorded.mutable_agreement()->clear_id();
  } else {
    *recorded.mutable_agreement() = decision.NewIdentity(base::IdKind::kOther);
    decision.Tell(recorded.agreement());
  }
  Fact fact;
  *fact.mutable_sharing_agreement_recorded() = std::move(recorded);
  return decision.Add(0, {}, std::move(fact));
}

absl::Status Decide(const SharingNoteStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckNote(said));
  RETURN_IF_ERROR(CheckOwnKey(said.note(), decision));
  RETURN_IF_ERROR(CheckTold(said, decision));
  SharingNoteRecorded recorded;
  ASSIGN_OR_RETURN(const auto records, About(said.about(), decision));
  recorded.mutable_records()->Add(records.begin(), records.end());
  RETURN_IF_ERROR(
      Resolve(said.recipients(), decision, *recorded.mutable_recipients()));
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_about();
  recorded.mutable_said()->clear_recipients();
  EntityNumber known = 0;
  if (!said.note().local_id().empty()) {
    ASSIGN_OR_RETURN(known, decision.Find(kNote, said.note()));
  }
  if (known != 0) {
    ASSIGN_OR_RETURN(const auto row,
                     ReadRow<SharingNoteRecorded>(decision.state(),
                                                  keys::SharingNote(known)));
    if (!row.has_value()) return MissingId(kNote);
    *recorded.mutable_note() = row->note();
    if (SameBut(*row, recorded)) return absl::OkStatus();
    if (row->records(0) != recorded.records(0)) {
      return Refuse("ANOTHER_PERSON", "a note stays with whom it is about");
    }
    recorded.mutable_note()->clear_id();
  } else {
    *recorded.mutable_note() = decision.NewIdentity(base::IdKind::kOther);
    decision.Tell(recorded.note());
  }
  Fact fact;
  *fact.mutable_sharing_note_recorded() = std::move(recorded);
  return decision.Add(records[0], AlsoAbout(records), std::move(fact));
}

absl::Status EvolveSharing(StateWriter& state, const Fact& fact,
                           Subject subject, const KeyHash& hash) {
  if (fact.has_sharing_agreement_recorded()) {
    SharingAgreementRecorded row = fact.sharing_agreement_recorded();
    const std::string key = keys::SharingAgreement(row.agreement().number());
    ASSIGN_OR_RETURN(const auto before,
                     ReadRow<SharingAgreementRecorded>(state, key));
    if (before.has_value()) {
      *row.mutable_agreement() = before->agreement();
    } else {
      PutNames(state, hash, kAgreement, row.said().agreement(),
               fact.by().agency(), row.agreement());
    }
    PutRow(state, subject, key, row);
    return absl::OkStatus();
  }
  SharingNoteRecorded row = fact.sharing_note_recorded();
  const std::string key = keys::SharingNote(row.note().number());
  ASSIGN_OR_RETURN(const auto before, ReadRow<SharingNoteRecorded>(state, key));
  if (before.has_value()) {
    *row.mutable_note() = before->note();
  } else {
    PutNames(state, hash, kNote, row.said().note(), fact.by().agency(),
             row.note());
  }
  PutRow(state, subject, key, row);
  return absl::OkStatus();
}

}  // namespace kith::core::consent
