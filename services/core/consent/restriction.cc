// Restrictions: who is kept from what.
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/status.h"
#include "services/core/consent/answering.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/loosening.h"
#include "services/core/consent/resolved.h"
#include "services/core/family/capacity.h"
#include "services/core/family/dates.h"
#include "services/core/family/roles.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::RestrictionLifted;
using agency::v1::RestrictionStated;
using ledger::v1::Fact;
using ledger::v1::RestrictionRecorded;
using ledger::v1::RestrictionRow;

absl::Status RequireRestrictingRole(const Decision& decision) {
  return RequireRole(decision, {agency::v1::ROLE_PRACTITIONER,
                                agency::v1::ROLE_LEAD_PROFESSIONAL,
                                agency::v1::ROLE_SAFEGUARDING_LEAD});
}

constexpr int kThingsMax = 50;

// Numbers of the single things it covers.
absl::Status ResolveThings(const RestrictionStated& said, Decision& decision,
                           RestrictionRecorded& recorded) {
  if (said.item_ids_size() > kThingsMax) {
    return Senseless("TOO_MANY", "it names too many things",
                     "restriction_stated.item_ids");
  }
  for (const std::string& id : said.item_ids()) {
    const auto parsed = base::ParseId(id);
    if (!parsed || parsed->kind == base::IdKind::kPerson ||
        parsed->kind == base::IdKind::kFamily) {
      return Senseless("NOT_A_THING", "a restriction covers things said",
                       "restriction_stated.item_ids");
    }
    agency::v1::ThingRef ref;
    ref.set_id(id);
    ASSIGN_OR_RETURN(const EntityNumber number,
                     decision.Thing("item", parsed->kind, ref));
    recorded.add_things(number);
  }
  return absl::OkStatus();
}

absl::StatusOr<RestrictionRecorded> Recorded(const RestrictionStated& said,
                                             Decision& decision) {
  RestrictionRecorded recorded;
  ASSIGN_OR_RETURN(const auto records, About(said.about(), decision));
  recorded.mutable_records()->Add(records.begin(), records.end());
  RETURN_IF_ERROR(Resolve(said.barred(), decision, *recorded.mutable_barred()));
  RETURN_IF_ERROR(ResolveThings(said, decision, recorded));
  if (said.has_asked_by()) {
    ASSIGN_OR_RETURN(const EntityNumber asked_by,
                     decision.Record(said.asked_by()));
    recorded.set_asked_by(asked_by);
  }
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_about();
  recorded.mutable_said()->clear_barred();
  recorded.mutable_said()->clear_asked_by();
  return recorded;
}

// Whether it keeps something from a parent of the one who asks.
absl::StatusOr<bool> IsKeptFromParent(const RestrictionRecorded& recorded,
                                      const Decision& decision) {
  if (recorded.said().from_family()) return true;
  for (const auto& barred : recorded.barred()) {
    if (barred.record() == 0) continue;
    ASSIGN_OR_RETURN(const bool parent, IsParentOf(decision, barred.record(),
                                                   recorded.asked_by()));
    if (parent) return true;
  }
  return false;
}

// what a young person keeps from their parents needs a judgement, for
// this occasion, that they are competent to. From 16 that is presumed.
absl::Status CheckYoungPerson(const RestrictionRecorded& recorded,
                              Decision& decision) {
  if (recorded.asked_by() == 0) return absl::OkStatus();
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const bool from_parent,
                   IsKeptFromParent(recorded, decision));
  ASSIGN_OR_RETURN(const bool own,
                   IsAbout(recorded, recorded.asked_by(), decision));
  if (!from_parent || !own) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto band,
                   family::AgeBandOf(state, recorded.asked_by(), decision.day(),
                                     decision.rules()));
  if (band == family::AgeBand::kParentMustConsent) {
    return decision.Require(
        false,
        Refuse("TOO_YOUNG_TO_WITHHOLD",
               "below this age a practitioner decides, in their own name",
               {"R-068", "R-070"}, "restriction_stated.asked_by"));
  }
  if (band != family::AgeBand::kJudged) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const bool competent,
      family::IsJudgedCompetent(state, recorded.asked_by(),
                                {"withholding", "sharing"}, decision.day()));
  return decision.Require(
      competent,
      Refuse("COMPETENCE_NOT_JUDGED",
             "what is kept from parents needs a judgement of competence",
             {"R-070"}, "restriction_stated.asked_by"));
}

bool SameContent(RestrictionRecorded one, RestrictionRecorded other) {
  one.clear_restriction();
  other.clear_restriction();
  return one.SerializeAsString() == other.SerializeAsString();
}

// The restriction that the statement speaks of or repeats: by the agency's key,
// or an open one of the same content.
absl::StatusOr<std::optional<RestrictionRow>> Known(
    const RestrictionRecorded& recorded, Decision& decision) {
  const agency::v1::LocalRef& key = recorded.said().restriction();
  std::vector<EntityNumber> numbers;
  if (key.local_id().empty()) {
    RETURN_IF_ERROR(decision.state().Scan(
        keys::RestrictionsAbout(recorded.records(0)),
        [&](absl::string_view row_key, absl::string_view) {
          numbers.push_back(keys::LastNumber(row_key));
          return true;
        }));
  } else {
    ASSIGN_OR_RETURN(const EntityNumber number,
                     decision.Find("restriction", key));
    if (number != 0) numbers.push_back(number);
  }
  for (const EntityNumber number : numbers) {
    ASSIGN_OR_RETURN(
        auto row,
        ReadRow<RestrictionRow>(decision.state(), keys::Restriction(number)));
    if (!row.has_value()) continue;
    const bool same = SameContent(row->recorded(), recorded) && !row->ended();
    if (same || !key.local_id().empty()) return row;
  }
  return std::optional<RestrictionRow>();
}

}  // namespace

absl::Status Decide(const RestrictionStated& said, Decision& decision) {
  RETURN_IF_ERROR(CheckClasses(said.classes(), "restriction_stated.classes"));
  RETURN_IF_ERROR(CheckPeriod(said.period(), "restriction_stated.period"));
  RETURN_IF_ERROR(RequireRestrictingRole(decision));
  RETURN_IF_ERROR(CheckOwnKey(said.restriction(), decision));
  ASSIGN_OR_RETURN(RestrictionRecorded recorded, Recorded(said, decision));
  ASSIGN_OR_RETURN(const auto known, Known(recorded, decision));
  if (known.has_value() && SameContent(known->recorded(), recorded)) {
    if (!decision.reported()) decision.Tell(known->recorded().restriction());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckYoungPerson(recorded, decision));
  if (known.has_value() && !known->ended()) {
    RETURN_IF_ERROR(CheckAsker(*known, recorded.asked_by(), said.reason(),
                               "restriction_stated.asked_by", decision));
  }
  if (known.has_value()) {
    recorded.mutable_restriction()->set_number(
        known->recorded().restriction().number());
  } else {
    *recorded.mutable_restriction() =
        decision.NewIdentity(base::IdKind::kConsent);
    decision.Tell(recorded.restriction());
  }
  const std::vector<EntityNumber> records(recorded.records().begin(),
                                          recorded.records().end());
  Fact fact;
  *fact.mutable_restriction_recorded() = std::move(recorded);
  return decision.Add(records[0], AlsoAbout(records), std::move(fact));
}

absl::Status Decide(const RestrictionLifted& said, Decision& decision) {
  RETURN_IF_ERROR(RequireRestrictingRole(decision));
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Thing("restriction", base::IdKind::kConsent,
                                  said.restriction()));
  ASSIGN_OR_RETURN(
      const auto row,
      ReadRow<RestrictionRow>(decision.state(), keys::Restriction(number)));
  // An id of a consent has the same letter.
  if (!row.has_value()) return MissingId("restriction");
  RETURN_IF_ERROR(CheckLifter(*row, decision));
  EntityNumber asked_by = 0;
  if (said.has_asked_by()) {
    ASSIGN_OR_RETURN(asked_by, decision.Record(said.asked_by()));
  }
  if (row->ended()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckAsker(*row, asked_by, said.reason(),
                             "restriction_lifted.asked_by", decision));
  Fact fact;
  auto& ended = *fact.mutable_restriction_ended();
  ended.set_restriction(number);
  ended.set_asked_by(asked_by);
  ended.set_reason(said.reason());
  const auto& records = row->recorded().records();
  return decision.Add(records[0], AlsoAbout({records.begin(), records.end()}),
                      std::move(fact));
}

}  // namespace kith::core::consent
