// What comes after: telling the family, and the review by somebody else.
#include <optional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/keys.h"
#include "services/core/overriding/alerted.h"
#include "services/core/overriding/overriding.h"

namespace kith::core::overriding {
namespace {

using agency::v1::OverrideReviewed;
using agency::v1::OverrideTold;
using ledger::v1::Fact;
using ledger::v1::GlassRow;
using ledger::v1::OverrideRow;

// What overrides and broken glass look like from here.
struct Either {
  EntityNumber number = 0;
  std::string agency;
  std::vector<EntityNumber> people;  // who did it or approved it
  std::vector<Subject> subjects;     // the facts' first, then the others
  google::protobuf::RepeatedPtrField<std::string> alerted;
  bool untold = false;
  std::optional<ledger::v1::OverrideJudged> judged;
};

Either Of(const OverrideRow& row) {
  const auto& recorded = row.recorded();
  Either either;
  either.agency = row.agency();
  either.people = {row.practitioner()};
  either.subjects.assign(recorded.records().begin(), recorded.records().end());
  either.alerted = recorded.alerted();
  either.untold =
      recorded.said().told() != agency::v1::ANSWER_YES && !row.has_told();
  if (row.has_judged()) either.judged = row.judged();
  return either;
}

Either Of(const GlassRow& row) {
  const auto& broken = row.broken();
  Either either;
  either.agency = row.agency();
  either.people = {broken.practitioner(), row.approved_by()};
  if (broken.family() != 0) either.subjects.push_back(broken.family());
  either.subjects.insert(either.subjects.end(), broken.records().begin(),
                         broken.records().end());
  either.alerted = broken.alerted();
  either.untold = !broken.said().not_told_because().empty() && !row.has_told();
  if (row.has_judged()) either.judged = row.judged();
  return either;
}

absl::StatusOr<Either> Named(const agency::v1::ThingRef& ref,
                             Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Thing("override", base::IdKind::kOverride, ref));
  ASSIGN_OR_RETURN(
      const auto overriding,
      ReadRow<OverrideRow>(decision.state(), keys::Override(number)));
  ASSIGN_OR_RETURN(const auto glass,
                   ReadRow<GlassRow>(decision.state(), keys::Glass(number)));
  Either either;
  if (overriding.has_value()) {
    either = Of(*overriding);
  } else if (glass.has_value()) {
    either = Of(*glass);
  } else {
    return MissingId("override");
  }
  either.number = number;
  return either;
}

absl::Status Add(const Either& either, Decision& decision, Fact fact) {
  return decision.Add(
      either.subjects[0],
      std::vector<Subject>(either.subjects.begin() + 1, either.subjects.end()),
      std::move(fact));
}

}  // namespace

absl::Status Decide(const OverrideTold& said, Decision& decision) {
  RETURN_IF_ERROR(RequireActor(decision));
  RETURN_IF_ERROR(CheckDate(said.on(), "override_told.on"));
  ASSIGN_OR_RETURN(const Either either, Named(said.override(), decision));
  if (either.agency != decision.agency()) {
    return Forbid("NOT_YOURS", "another agency tells the family");
  }
  if (!either.untold) return absl::OkStatus();
  if (!IsWhole(said.on()) || FirstDay(said.on()) > decision.day()) {
    return Refuse("DAY_MISSING", "it says on which day the family was told",
                  {"R-089"}, "override_told.on");
  }
  Fact fact;
  auto& told = *fact.mutable_family_told();
  told.set_override(either.number);
  *told.mutable_on() = said.on();
  told.set_wording(said.wording());
  return Add(either, decision, std::move(fact));
}

absl::Status Decide(const OverrideReviewed& said, Decision& decision) {
  if (said.finding() == agency::v1::OVERRIDE_FINDING_UNSPECIFIED ||
      !agency::v1::OverrideFinding_IsValid(said.finding())) {
    return Senseless("CODE_UNKNOWN", "there is no such finding",
                     "override_reviewed.finding");
  }
  ASSIGN_OR_RETURN(const Either either, Named(said.override(), decision));
  RETURN_IF_ERROR(RequireOverseer(either.alerted, decision));
  ASSIGN_OR_RETURN(const EntityNumber reviewer, decision.Actor());
  for (const EntityNumber one : either.people) {
    if (one != reviewer) continue;
    return Forbid("OWN_REVIEW", "another person reviews it");
  }
  if (said.wording().empty()) {
    return Refuse("REASON_MISSING", "the review gives its reasons", {"R-084"},
                  "override_reviewed.wording");
  }
  if (either.judged.has_value()) {
    if (either.judged->finding() == said.finding()) return absl::OkStatus();
    if (either.judged->finding() ==
        agency::v1::OVERRIDE_FINDING_NOT_JUSTIFIED) {
      return Refuse("ALREADY_REVIEWED", "it was found not justified");
    }
  }
  Fact fact;
  auto& judged = *fact.mutable_override_judged();
  judged.set_override(either.number);
  judged.set_finding(said.finding());
  judged.set_wording(said.wording());
  return Add(either, decision, std::move(fact));
}

}  // namespace kith::core::overriding
