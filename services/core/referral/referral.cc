#include "services/core/referral/referral.h"

#include <string>
#include <utility>
#include <vector>

#include "services/core/family/roles.h"
#include "services/core/keys.h"
#include "services/core/parts.h"

namespace kith::core::referral {
namespace {

using agency::v1::ReferralMoved;
using agency::v1::ReferralState;
using agency::v1::ReferralStated;
using ledger::v1::ReferralRow;

constexpr absl::string_view kKind = "referral";

absl::Status CheckStated(const ReferralStated& said) {
  if (said.about().empty()) {
    return Senseless("ABOUT_NOBODY", "a referral names nobody",
                     "referral_stated.about");
  }
  if (!agency::v1::ReferrerKind_IsValid(said.referrer()) ||
      !agency::v1::ReferralState_IsValid(said.state()) ||
      !agency::v1::Answer_IsValid(said.family_agreed())) {
    return Senseless("UNKNOWN_CODE", "a code is not in the list",
                     "referral_stated");
  }
  if (!said.has_made_on()) return absl::OkStatus();
  return CheckDate(said.made_on(), "referral_stated.made_on");
}

// A family that asks for help agrees by asking.
bool Agreed(const ReferralStated& said) {
  if (said.family_agreed() == agency::v1::ANSWER_YES) return true;
  return said.referrer() == agency::v1::REFERRER_KIND_FAMILY &&
         said.family_agreed() != agency::v1::ANSWER_NO;
}

absl::Status CheckGrounds(const ReferralStated& said, Decision& decision) {
  RETURN_IF_ERROR(
      decision.Require(said.referrer() != agency::v1::REFERRER_KIND_UNSPECIFIED,
                       Refuse("REFERRER_MISSING", "a referral says who asks",
                              {"R-129"}, "referral_stated.referrer")));
  RETURN_IF_ERROR(decision.Require(
      Agreed(said) || !said.without_agreement_reason().empty(),
      Refuse("NO_AGREEMENT",
             "without the family's agreement a referral needs a safeguarding "
             "reason",
             {"R-071", "R-083"}, "referral_stated.family_agreed")));
  if (decision.reported()) return absl::OkStatus();
  if (said.state() != agency::v1::REFERRAL_STATE_UNSPECIFIED) {
    return Refuse("STATE_GIVEN", "a new referral has been made, and no more",
                  {"R-129"}, "referral_stated.state");
  }
  if (!said.to_agency().empty()) return absl::OkStatus();
  return Refuse("RECEIVER_MISSING", "a referral says which agency receives it",
                {"R-129"}, "referral_stated.to_agency");
}

// What the fact holds, but for numbers and state.
ReferralStated Kept(const ReferralStated& said, const Decision& decision,
                    const ReferralRow* before) {
  ReferralStated kept = said;
  kept.clear_about();
  kept.clear_family();
  kept.clear_state();
  if (kept.has_referral()) {
    *kept.mutable_referral() = decision.Own(kept.referral());
  }
  if (!kept.has_made_on()) {
    *kept.mutable_made_on() = before == nullptr
                                  ? ToDate(decision.day())
                                  : before->recorded().said().made_on();
  }
  return kept;
}

// A feed repeats its own last word while the receiver moves on in Kith: only a
// new word of the feed changes the state.
ReferralState StateNow(ReferralState said, const ReferralRow* before) {
  if (before == nullptr) {
    return said == agency::v1::REFERRAL_STATE_UNSPECIFIED
               ? agency::v1::REFERRAL_STATE_MADE
               : said;
  }
  const bool news = said != agency::v1::REFERRAL_STATE_UNSPECIFIED &&
                    said != before->recorded().reported_state();
  return news ? said : before->recorded().said().state();
}

absl::StatusOr<EntityNumber> FamilyOf(const ReferralStated& said,
                                      Decision& decision) {
  if (!said.has_family()) return 0;
  return decision.Thing("family", base::IdKind::kFamily, said.family());
}

absl::StatusOr<ReferralRow> RowOf(const Decision& decision,
                                  EntityNumber referral) {
  ASSIGN_OR_RETURN(auto row, ReadRow<ReferralRow>(decision.state(),
                                                  keys::Referral(referral)));
  if (!row.has_value()) return MissingId(kKind);
  return *std::move(row);
}

absl::Status Add(Decision& decision, ledger::v1::ReferralRecorded recorded,
                 const std::vector<EntityNumber>& records) {
  std::vector<Subject> also(records.begin() + 1, records.end());
  if (recorded.family() != 0) also.push_back(recorded.family());
  for (EntityNumber record : records) recorded.add_records(record);
  ledger::v1::Fact fact;
  *fact.mutable_referral_recorded() = std::move(recorded);
  return decision.Add(records.front(), std::move(also), std::move(fact));
}

// The referral under the agency's key; empty when there is none yet.
absl::StatusOr<std::optional<ReferralRow>> Before(const ReferralStated& said,
                                                  Decision& decision) {
  RETURN_IF_ERROR(CheckOwnKey(decision, said.referral()));
  if (said.referral().local_id().empty()) return std::optional<ReferralRow>();
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Find(kKind, said.referral()));
  if (number == 0) return std::optional<ReferralRow>();
  ASSIGN_OR_RETURN(ReferralRow row, RowOf(decision, number));
  return std::optional<ReferralRow>(std::move(row));
}

bool SaysWhatIsKnown(const ledger::v1::ReferralRecorded& now,
                     const std::vector<EntityNumber>& records,
                     const ledger::v1::ReferralRecorded& before) {
  return now.family() == before.family() &&
         now.reported_state() == before.reported_state() &&
         SaySame(now.said(), before.said()) &&
         std::equal(records.begin(), records.end(), before.records().begin(),
                    before.records().end());
}

// Who takes this step: the referrer withdraws, the receiver does all else. A
// referral that names no receiver is moved by the agency that reports it.
absl::Status CheckMover(const ReferralRow& row, ReferralState to,
                        const Decision& decision) {
  const std::string& receiver = row.recorded().said().to_agency().empty()
                                    ? row.agency()
                                    : row.recorded().said().to_agency();
  const bool withdraws = to == agency::v1::REFERRAL_STATE_WITHDRAWN;
  if (decision.agency() == (withdraws ? row.agency() : receiver)) {
    return absl::OkStatus();
  }
  return Forbid("NOT_YOURS",
                withdraws ? "only the referrer withdraws a referral"
                          : "only the receiving agency moves a referral",
                {"R-129"});
}

absl::Status CheckMoved(const ReferralMoved& said) {
  switch (said.to()) {
    case agency::v1::REFERRAL_STATE_RECEIVED:
    case agency::v1::REFERRAL_STATE_ACCEPTED:
    case agency::v1::REFERRAL_STATE_WITHDRAWN:
      return absl::OkStatus();
    case agency::v1::REFERRAL_STATE_DECLINED:
      if (!said.reason_code().empty() && !said.reason().empty()) {
        return absl::OkStatus();
      }
      return Senseless("REASON_MISSING", "declining needs a code and words",
                       "referral_moved.reason");
    case agency::v1::REFERRAL_STATE_SIGNPOSTED:
      if (!said.signposted_to().empty()) return absl::OkStatus();
      return Senseless("SIGNPOST_MISSING", "signposting says where to",
                       "referral_moved.signposted_to");
    case agency::v1::REFERRAL_STATE_OUTCOME_TOLD:
      if (!said.outcome().empty()) return absl::OkStatus();
      return Senseless("OUTCOME_MISSING", "telling the outcome says it",
                       "referral_moved.outcome");
    case agency::v1::REFERRAL_STATE_UNSPECIFIED:
    case agency::v1::REFERRAL_STATE_MADE:
    default:
      return Senseless("UNKNOWN_CODE", "a referral does not move there",
                       "referral_moved.to");
  }
}

void EvolveRecorded(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash, ReferralRow row) {
  const ledger::v1::ReferralRecorded& recorded = fact.referral_recorded();
  const ledger::v1::Identity known = row.recorded().referral();
  *row.mutable_recorded() = recorded;
  if (recorded.referral().id().empty()) {
    *row.mutable_recorded()->mutable_referral() = known;
  } else {
    row.set_agency(fact.by().agency());
    PutNames(state, hash, kKind, recorded.said().referral(), row.agency(),
             recorded.referral());
  }
  row.set_version(row.version() + 1);
  PutRow(state, subject, keys::Referral(recorded.referral().number()), row);
}

}  // namespace

bool MayStep(ReferralState from, ReferralState to) {
  switch (from) {
    case agency::v1::REFERRAL_STATE_MADE:
      return to == agency::v1::REFERRAL_STATE_RECEIVED ||
             to == agency::v1::REFERRAL_STATE_WITHDRAWN;
    case agency::v1::REFERRAL_STATE_RECEIVED:
      return to == agency::v1::REFERRAL_STATE_ACCEPTED ||
             to == agency::v1::REFERRAL_STATE_DECLINED ||
             to == agency::v1::REFERRAL_STATE_SIGNPOSTED ||
             to == agency::v1::REFERRAL_STATE_WITHDRAWN;
    case agency::v1::REFERRAL_STATE_ACCEPTED:
    case agency::v1::REFERRAL_STATE_DECLINED:
    case agency::v1::REFERRAL_STATE_SIGNPOSTED:
      return to == agency::v1::REFERRAL_STATE_OUTCOME_TOLD;
    case agency::v1::REFERRAL_STATE_UNSPECIFIED:
    case agency::v1::REFERRAL_STATE_OUTCOME_TOLD:
    case agency::v1::REFERRAL_STATE_WITHDRAWN:
    default:
      return false;
  }
}

absl::Status Decide(const ReferralStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckStated(said));
  ASSIGN_OR_RETURN(const auto before, Before(said, decision));
  ASSIGN_OR_RETURN(
      const std::vector<EntityNumber> records,
      RecordsOfAll(decision, said.about(), "referral_stated.about"));
  const ReferralRow* row = before.has_value() ? &*before : nullptr;
  ledger::v1::ReferralRecorded recorded;
  ASSIGN_OR_RETURN(const EntityNumber family, FamilyOf(said, decision));
  recorded.set_family(family);
  *recorded.mutable_said() = Kept(said, decision, row);
  recorded.mutable_said()->set_state(StateNow(said.state(), row));
  recorded.set_reported_state(said.state());
  if (row != nullptr && SaysWhatIsKnown(recorded, records, row->recorded())) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckGrounds(said, decision));
  if (row != nullptr) {
    recorded.mutable_referral()->set_number(
        row->recorded().referral().number());
  } else {
    *recorded.mutable_referral() =
        decision.NewIdentity(base::IdKind::kReferral);
    decision.Tell(recorded.referral());
  }
  return Add(decision, std::move(recorded), records);
}

absl::Status Decide(const ReferralMoved& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckMoved(said));
  ASSIGN_OR_RETURN(
      const EntityNumber number,
      decision.Thing(kKind, base::IdKind::kReferral, said.referral()));
  ASSIGN_OR_RETURN(const ReferralRow row, RowOf(decision, number));
  RETURN_IF_ERROR(CheckMover(row, said.to(), decision));
  ledger::v1::ReferralStepped stepped;
  stepped.set_referral(number);
  *stepped.mutable_said() = said;
  stepped.mutable_said()->clear_referral();
  stepped.mutable_said()->clear_version();
  const ReferralState from = row.recorded().said().state();
  if (from == said.to() && SaySame(row.step(), stepped)) {
    return absl::OkStatus();
  }
  if (said.version() != 0 && said.version() != row.version()) {
    return Stale("the referral has moved since");
  }
  if (!MayStep(from, said.to())) {
    return Refuse("REFERRAL_STEP", "the referral cannot go there from here",
                  {"R-129"}, "referral_moved.to");
  }
  const auto& records = row.recorded().records();
  std::vector<Subject> also(records.begin() + 1, records.end());
  if (row.recorded().family() != 0) also.push_back(row.recorded().family());
  ledger::v1::Fact fact;
  *fact.mutable_referral_stepped() = std::move(stepped);
  return decision.Add(records[0], std::move(also), std::move(fact));
}

absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash) {
  if (fact.has_referral_recorded()) {
    const EntityNumber number = fact.referral_recorded().referral().number();
    ASSIGN_OR_RETURN(auto row,
                     ReadRow<ReferralRow>(state, keys::Referral(number)));
    EvolveRecorded(state, fact, subject, hash,
                   row.has_value() ? *std::move(row) : ReferralRow());
  } else if (fact.has_referral_stepped()) {
    const std::string key = keys::Referral(fact.referral_stepped().referral());
    ASSIGN_OR_RETURN(auto row, ReadRow<ReferralRow>(state, key));
    if (!row.has_value()) return absl::OkStatus();  // erased
    *row->mutable_step() = fact.referral_stepped();
    row->mutable_recorded()->mutable_said()->set_state(
        fact.referral_stepped().said().to());
    row->set_version(row->version() + 1);
    PutRow(state, subject, key, *row);
  }
  return absl::OkStatus();
}

}  // namespace kith::core::referral
