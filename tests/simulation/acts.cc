#include "tests/simulation/acts.h"

#include <algorithm>

#include "tests/simulation/help.h"
#include "tests/simulation/people.h"
#include "tests/simulation/plan_acts.h"
#include "tests/simulation/population.h"

namespace kith::simulation {
namespace {

using agency::v1::Statement;
using base::IdKind;

Told ByCouncil(uint64_t family, uint64_t number = 0) {
  return {"council", family, static_cast<int>(number % 60)};
}

// Of these, what is said still changes something.
template <class T>
T& OneOfLatest(std::vector<T>& all, std::mt19937_64& random) {
  return all[all.size() - 1 - random() % std::min<size_t>(all.size(), 4)];
}

int AnyChild(std::mt19937_64& random) {
  return 2 + static_cast<int>(random() % 2);
}

}  // namespace

Statement Acts::Next(uint64_t family, std::mt19937_64& random) {
  const uint64_t number = random();
  switch (random() % 24) {
    case 0:
    case 1:
      return OpenPlan(number, ByCouncil(family));
    case 2:
    case 3:
    case 4:
    case 5:
    case 6: {
      const Made& plan = Recent(IdKind::kPlan, random);
      // Mostly with somebody of the family whose plan it is.
      const uint64_t with = number % 4 == 0 ? family : plan.family;
      return OnPlan(random() % 5, number, plan.thing, ByCouncil(with));
    }
    case 7:
    case 8:
    case 9:
      return OnLead(random() % 6, number, ByCouncil(family));
    case 10:
      return OnConsent(family, random);
    case 11:
    case 12:
    case 13:
      return OnReferral(family, random);
    case 14:
    case 15:
      return OnAssessment(family, random);
    case 16:
    case 17:
    case 18:
      return OnPerson(family, random);
    default:
      return OnPair(family, random);
  }
}

Statement Acts::OnConsent(uint64_t family, std::mt19937_64& random) {
  Statement said;
  if (made_.count(IdKind::kConsent) == 0 || random() % 2 == 0) {
    said = ConsentStatement(ByCouncil(family), 0);
    said.clear_snapshot();
    said.mutable_consent_stated()->clear_consent();
    return said;
  }
  // A restriction's id has the same letter: it is no consent.
  const Made& consent = Recent(IdKind::kConsent, random);
  const auto who = PersonOf(ByCouncil(consent.family), 0);
  if (random() % 2 == 0) {
    *said.mutable_consent_withdrawn()->mutable_consent() = consent.thing;
    *said.mutable_consent_withdrawn()->mutable_withdrawn_by() = who;
  } else {
    *said.mutable_restriction_lifted()->mutable_restriction() = consent.thing;
    *said.mutable_restriction_lifted()->mutable_asked_by() = who;
  }
  return said;
}

Statement Acts::OnReferral(uint64_t family, std::mt19937_64& random) {
  const uint64_t number = random();
  if (number % 3 == 0) {
    Statement said =
        ReferralStatement(ByCouncil(family, random()), AnyChild(random));
    said.clear_snapshot();
    said.mutable_referral_stated()->clear_referral();
    said.mutable_referral_stated()->clear_state();
    return said;
  }
  Made& referral = Recent(IdKind::kReferral, random);
  const int step = number % 5 == 0 ? 3 : referral.steps++;
  return ReferralStep(referral.thing, step, random());
}

Statement Acts::OnAssessment(uint64_t family, std::mt19937_64& random) {
  if (random() % 2 == 0) {
    Statement said =
        AssessmentStatement(ByCouncil(family, random()), AnyChild(random));
    said.clear_snapshot();
    said.mutable_assessment_stated()->clear_assessment();
    return said;
  }
  const Made& assessment = Recent(IdKind::kAssessment, random);
  return ScoreStatement(assessment.thing, ByCouncil(assessment.family),
                        random());
}

Statement Acts::OnPerson(uint64_t family, std::mt19937_64& random) {
  const uint64_t number = random();
  const Told told = ByCouncil(family, random());
  const int child = AnyChild(random);
  switch (number % 4) {
    case 0: {
      Statement said = RestrictionStatement(told, child);
      said.clear_snapshot();
      said.mutable_restriction_stated()->clear_restriction();
      return said;
    }
    case 1:
      return YoungCarerStatement(told, child);
    case 2:
      return FosteringStayStatement(told, child);
    default:
      return CompetenceStatement(told, child, number / 4);
  }
}

Statement Acts::OnPair(uint64_t family, std::mt19937_64& random) {
  const uint64_t number = random();
  switch (random() % 4) {
    case 0:
      return MatchDecision(ByCouncil(family), number);
    case 1:
    case 2:
      return JoinDecision(ByCouncil(family), number);
    default:
      return DuplicateDecision(RecentCase(random), number);
  }
}

void Acts::Heard(uint64_t family, const ledger::v1::OutcomeRow& outcome) {
  for (const ledger::v1::Identity& made : outcome.made()) {
    const auto id = base::ParseId(made.id());
    if (!id.has_value()) continue;
    Made& now = made_[id->kind].emplace_back();
    now.thing.set_id(made.id());
    now.family = family;
  }
}

Acts::Made& Acts::Recent(base::IdKind kind, std::mt19937_64& random) {
  const auto of_kind = made_.find(kind);
  if (of_kind == made_.end()) {
    *nothing_.thing.mutable_local() = LocalOf({"council", 0}, "not there");
    return nothing_;
  }
  return OneOfLatest(of_kind->second, random);
}

DuplicateCase Acts::RecentCase(std::mt19937_64& random) {
  return cases_.empty() ? DuplicateCase() : OneOfLatest(cases_, random);
}

}  // namespace kith::simulation
