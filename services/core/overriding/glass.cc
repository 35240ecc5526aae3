// Broken glass: one reader, for some hours.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "services/core/consent/resolved.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"
#include "services/core/overriding/alerted.h"
#include "services/core/overriding/overriding.h"

namespace kith::core::overriding {
namespace {

using agency::v1::BreakGlassApproved;
using agency::v1::BreakGlassEnded;
using agency::v1::BreakGlassStated;
using ledger::v1::Fact;
using ledger::v1::GlassBroken;
using ledger::v1::GlassRow;

constexpr uint32_t kCountMax = 5;  // where the rules name none

absl::Time TimeOf(const google::protobuf::Timestamp& at) {
  return absl::FromUnixSeconds(at.seconds()) + absl::Nanoseconds(at.nanos());
}

bool IsOpen(const GlassRow& row, const Decision& decision) {
  return !row.ended() && decision.recorded_at() < TimeOf(row.broken().until());
}

absl::Status CheckSaid(const BreakGlassStated& said) {
  RETURN_IF_ERROR(
      consent::CheckClasses(said.classes(), "break_glass_stated.classes"));
  if (said.has_family() == !said.about().empty()) {
    return Refuse("SCOPE_MISSING", "it names one family, or people", {"R-090"},
                  "break_glass_stated.family");
  }
  RETURN_IF_ERROR(CheckGrounds(said.reason(), said.wording(), said.basis(),
                               "break_glass_stated"));
  if (said.reason() == agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE) {
    return Refuse("NOT_URGENT", "glass is broken for safety or the law only",
                  {"R-087"}, "break_glass_stated.reason");
  }
  if (said.minutes() >= 1 && said.minutes() <= kMinutesMax) {
    return absl::OkStatus();
  }
  return Refuse("TOO_LONG", "it is for at most four hours", {"R-090"},
                "break_glass_stated.minutes");
}

// Of this practitioner, the latest last.
absl::StatusOr<std::vector<GlassRow>> BrokenBy(EntityNumber practitioner,
                                               const Decision& decision) {
  std::vector<EntityNumber> numbers;
  RETURN_IF_ERROR(
      decision.state().Scan(keys::AllGlassBy(practitioner),
                            [&](absl::string_view key, absl::string_view) {
                              numbers.push_back(keys::LastNumber(key));
                              return true;
                            }));
  std::vector<GlassRow> rows;
  for (const EntityNumber number : numbers) {
    ASSIGN_OR_RETURN(auto row,
                     ReadRow<GlassRow>(decision.state(), keys::Glass(number)));
    if (row.has_value()) rows.push_back(*std::move(row));
  }
  return rows;
}

// Rows of more than a day ago count for nothing.
absl::Status CheckRate(const std::vector<GlassRow>& before,
                       const Decision& decision) {
  const uint32_t limit = decision.rules().break_glass_count_max();
  const auto count =
      std::count_if(before.begin(), before.end(), [&](const GlassRow& row) {
        return decision.recorded_at() - TimeOf(row.since()) < absl::Hours(24);
      });
  if (count < (limit == 0 ? kCountMax : limit)) return absl::OkStatus();
  return Refuse("TOO_OFTEN", "the glass was broken too often in a day",
                {"R-090"});
}

absl::Status Scope(const BreakGlassStated& said, Decision& decision,
                   GlassBroken& broken) {
  std::vector<EntityNumber> records;
  if (said.has_family()) {
    ASSIGN_OR_RETURN(
        const EntityNumber family,
        decision.Thing("family", base::IdKind::kFamily, said.family()));
    broken.set_family(family);
    ASSIGN_OR_RETURN(records, family::CurrentMembers(decision.state(), family,
                                                     decision.day()));
    if (records.size() > kMembersMax) {
      return Refuse("TOO_MANY", "the family is too large; name the people",
                    {"R-090"}, "break_glass_stated.about");
    }
  } else {
    ASSIGN_OR_RETURN(records, consent::About(said.about(), decision));
  }
  broken.mutable_records()->Add(records.begin(), records.end());
  ASSIGN_OR_RETURN(const auto alerted, AgenciesOf(records, decision));
  for (const std::string& agency : alerted) broken.add_alerted(agency);
  return absl::OkStatus();
}

bool SameScope(const GlassBroken& one, const GlassBroken& other) {
  const auto scope = [](const GlassBroken& broken) {
    GlassBroken only;
    only.set_family(broken.family());
    *only.mutable_records() = broken.records();
    *only.mutable_said()->mutable_classes() = broken.said().classes();
    only.mutable_said()->set_shielded(broken.said().shielded());
    return only.SerializeAsString();
  };
  return scope(one) == scope(other);
}

void SetUntil(const Decision& decision, GlassBroken& broken) {
  const absl::Time until =
      decision.recorded_at() + absl::Minutes(broken.said().minutes());
  broken.mutable_until()->set_seconds(absl::ToUnixSeconds(until));
  broken.mutable_until()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(
          until - absl::FromUnixSeconds(absl::ToUnixSeconds(until)))));
}

Subject SubjectOf(const GlassBroken& broken) {
  return broken.family() != 0 ? broken.family() : broken.records(0);
}

absl::Status Add(const GlassBroken& broken, Decision& decision, Fact fact) {
  const Subject subject = SubjectOf(broken);
  std::vector<Subject> others(broken.records().begin(), broken.records().end());
  others.erase(std::remove(others.begin(), others.end(), subject),
               others.end());
  return decision.Add(subject, std::move(others), std::move(fact));
}

absl::StatusOr<GlassRow> Named(const agency::v1::ThingRef& ref,
                               Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Thing("override", base::IdKind::kOverride, ref));
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<GlassRow>(decision.state(), keys::Glass(number)));
  // An id of an override has the same letter.
  if (!row.has_value()) return MissingId("override");
  return *std::move(row);
}

}  // namespace

absl::Status Decide(const BreakGlassStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireActor(decision));
  RETURN_IF_ERROR(CheckSaid(said));
  ASSIGN_OR_RETURN(const EntityNumber practitioner, decision.Actor());
  GlassBroken broken;
  broken.set_practitioner(practitioner);
  *broken.mutable_said() = said;
  broken.mutable_said()->clear_family();
  broken.mutable_said()->clear_about();
  RETURN_IF_ERROR(Scope(said, decision, broken));
  ASSIGN_OR_RETURN(const auto before, BrokenBy(practitioner, decision));
  for (const GlassRow& row : before) {
    if (!IsOpen(row, decision) || !SameScope(row.broken(), broken)) continue;
    decision.Tell(row.broken().access());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckRate(before, decision));
  *broken.mutable_review_due() = ReviewDue(decision);
  SetUntil(decision, broken);
  *broken.mutable_access() = decision.NewIdentity(base::IdKind::kOverride);
  decision.Tell(broken.access());
  Fact fact;
  *fact.mutable_glass_broken() = broken;
  return Add(broken, decision, std::move(fact));
}

absl::Status Decide(const BreakGlassApproved& said, Decision& decision) {
  ASSIGN_OR_RETURN(const GlassRow row, Named(said.access(), decision));
  RETURN_IF_ERROR(RequireOverseer(row.broken().alerted(), decision));
  ASSIGN_OR_RETURN(const EntityNumber approver, decision.Actor());
  if (approver == row.broken().practitioner()) {
    return Forbid("OWN_APPROVAL", "a second person approves it");
  }
  if (!row.broken().said().shielded()) {
    return Refuse("NOT_SHIELDED", "it does not ask for shielded addresses");
  }
  if (row.approved_by() != 0) return absl::OkStatus();
  if (!IsOpen(row, decision)) return Refuse("OVER", "it is over");
  Fact fact;
  fact.mutable_glass_approved()->set_access(row.broken().access().number());
  fact.mutable_glass_approved()->set_wording(said.wording());
  return Add(row.broken(), decision, std::move(fact));
}

absl::Status Decide(const BreakGlassEnded& said, Decision& decision) {
  RETURN_IF_ERROR(RequireActor(decision));
  ASSIGN_OR_RETURN(const GlassRow row, Named(said.access(), decision));
  ASSIGN_OR_RETURN(const EntityNumber practitioner, decision.Actor());
  // To anybody else it is not there.
  if (practitioner != row.broken().practitioner()) return MissingId("override");
  if (!IsOpen(row, decision)) return absl::OkStatus();
  Fact fact;
  fact.mutable_glass_mended()->set_access(row.broken().access().number());
  return Add(row.broken(), decision, std::move(fact));
}

}  // namespace kith::core::overriding
