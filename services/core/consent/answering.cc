#include "services/core/consent/answering.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "services/core/family/capacity.h"
#include "services/core/family/speaking.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::ConsentStated;
using family::AgeBand;
using ledger::v1::RelationshipRow;

// What a judgement of competence calls these matters; the purpose is one too.
std::vector<std::string> MattersOf(const ConsentStated& said) {
  std::vector<std::string> matters;
  switch (said.kind()) {
    case agency::v1::CONSENT_KIND_SERVICE:
      matters = {"service", "plan"};
      break;
    case agency::v1::CONSENT_KIND_RECORD:
      matters = {"recording"};
      break;
    case agency::v1::CONSENT_KIND_STORE:
      matters = {"storing"};
      break;
    case agency::v1::CONSENT_KIND_SHARE:
      matters = {"sharing"};
      break;
    default:
      break;
  }
  if (!said.purpose().empty()) matters.push_back(said.purpose());
  return matters;
}

// Whether a relationship `person` -> `to` makes them parent and child.
bool SaysParent(const RelationshipRow& row) {
  const auto& said = row.recorded().said();
  if (said.parental_responsibility() == agency::v1::ANSWER_YES) return true;
  return said.kind() == agency::v1::RELATIONSHIP_KIND_PARENT &&
         said.parental_responsibility() != agency::v1::ANSWER_NO;
}

bool SaysChild(const RelationshipRow& row) {
  return row.recorded().said().kind() == agency::v1::RELATIONSHIP_KIND_CHILD;
}

// Whether a relationship stated of `from` fits `says`, to one of `to` or, when
// that is empty, to anybody.
absl::StatusOr<bool> HasRelation(
    const StateReader& state, const std::vector<EntityNumber>& from,
    const std::vector<EntityNumber>& to,
    const std::function<bool(const RelationshipRow&)>& says) {
  bool found = false;
  bool sound = true;
  for (const EntityNumber each : from) {
    RETURN_IF_ERROR(state.Scan(
        keys::RelationshipsOf(each),
        [&](absl::string_view, absl::string_view bytes) {
          RelationshipRow row;
          sound =
              row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
          const bool meant =
              to.empty() ||
              std::binary_search(to.begin(), to.end(), row.recorded().to());
          found = found || (sound && meant && says(row));
          return sound && !found;
        }));
    if (!sound) return absl::DataLossError("a state row does not parse");
  }
  return found;
}

absl::Status AgeUnknown() {
  return Refuse("AGE_UNKNOWN",
                "without a birth date it cannot be told who answers",
                {"R-068", "R-249"}, "consent_stated.about");
}

absl::Status NotTheirs() {
  return Refuse("NOT_THEIRS_TO_ANSWER",
                "a parent or the young person answers here", {"R-068", "R-069"},
                "consent_stated.answered_by");
}

absl::Status NotJudged() {
  return Refuse("COMPETENCE_NOT_JUDGED",
                "a young person of this age answers after a judgement that "
                "they are competent to",
                {"R-069", "R-070"}, "consent_stated.answered_by");
}

absl::StatusOr<bool> IsJudged(const Decision& decision, EntityNumber record,
                              const ConsentStated& said) {
  return family::IsJudgedCompetent(decision.state(), record, MattersOf(said),
                                   decision.day());
}

absl::Status OfUnknownAge(const Decision& decision, EntityNumber record,
                          bool self) {
  if (!self) return AgeUnknown();
  ASSIGN_OR_RETURN(const auto records, family::RecordsFor(decision, record));
  ASSIGN_OR_RETURN(const bool parent,
                   HasRelation(decision.state(), records, {}, SaysParent));
  return parent ? absl::OkStatus() : AgeUnknown();
}

}  // namespace

absl::StatusOr<bool> AreOnePerson(const Decision& decision, EntityNumber one,
                                  EntityNumber other) {
  if (one == other) return true;
  ASSIGN_OR_RETURN(const auto records, family::RecordsFor(decision, one));
  return std::binary_search(records.begin(), records.end(), other);
}

absl::StatusOr<bool> IsParentOf(const Decision& decision, EntityNumber parent,
                                EntityNumber child) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const auto parents, family::RecordsFor(decision, parent));
  ASSIGN_OR_RETURN(const auto children, family::RecordsFor(decision, child));
  ASSIGN_OR_RETURN(const bool direct,
                   HasRelation(state, parents, children, SaysParent));
  if (direct) return true;
  return HasRelation(state, children, parents, SaysChild);
}

absl::Status MayAnswer(const Decision& decision, EntityNumber record,
                       EntityNumber answered_by, const ConsentStated& said) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const bool self,
                   AreOnePerson(decision, record, answered_by));
  ASSIGN_OR_RETURN(
      const AgeBand band,
      family::AgeBandOf(state, record, decision.day(), decision.rules()));
  if (band == AgeBand::kUnknown) return OfUnknownAge(decision, record, self);
  if (band == AgeBand::kCapacityPresumed) {
    if (self) return absl::OkStatus();
    return Refuse("PERSON_ANSWERS_THEMSELVES",
                  "from this age the person answers themselves", {"R-249"},
                  "consent_stated.answered_by");
  }
  if (self && band == AgeBand::kJudged) {
    ASSIGN_OR_RETURN(const bool competent, IsJudged(decision, record, said));
    return competent ? absl::OkStatus() : NotJudged();
  }
  ASSIGN_OR_RETURN(const bool parent,
                   IsParentOf(decision, answered_by, record));
  if (parent) return absl::OkStatus();
  if (band == AgeBand::kJudged) return NotTheirs();
  return Refuse("PARENT_MUST_ANSWER", "below this age a parent answers",
                {"R-068"}, "consent_stated.answered_by");
}

absl::Status MayDoWithoutParent(const Decision& decision, EntityNumber record,
                                const ConsentStated& said) {
  ASSIGN_OR_RETURN(const AgeBand band,
                   family::AgeBandOf(decision.state(), record, decision.day(),
                                     decision.rules()));
  if (band != AgeBand::kJudged) {
    return Refuse("NOT_NEEDED_AT_THIS_AGE",
                  "this is judged of young people from 12 to 15 only",
                  {"R-069"}, "consent_stated.answer");
  }
  ASSIGN_OR_RETURN(const bool competent, IsJudged(decision, record, said));
  return competent ? absl::OkStatus() : NotJudged();
}

}  // namespace kith::core::consent
