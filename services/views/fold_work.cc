// Consents and restrictions, referrals and assessments.
#include "services/views/folding.h"

namespace kith::views {
namespace {

absl::Status FoldGiven(Folding& folding) {
  const auto& recorded = folding.fact().consent_recorded();
  const ThingKey key{folding.subject(), Kind::kConsent,
                     keys::Numbered(recorded.consent().number())};
  Numbers before;
  RETURN_IF_ERROR(
      folding.State(key, recorded.consent(), Naming::kId, [&](ThingRow& row) {
        auto& consent = *row.mutable_consent();
        before = consent.recorded().records();
        // The same answer said again still counts from when it was given.
        const bool goes_on =
            consent.version() != 0 && !consent.ended() &&
            consent.recorded().said().answer() == recorded.said().answer();
        if (!goes_on) {
          *consent.mutable_since() = folding.fact().by().occurred_at();
        }
        *consent.mutable_recorded() = recorded;
        *consent.mutable_recorded()->mutable_consent() = row.thing();
        consent.set_agency(folding.agency());
        consent.set_ended(false);
        consent.set_version(consent.version() + 1);
      }));
  folding.Link(key, recorded.records(), before);
  return absl::OkStatus();
}

absl::Status FoldRestricted(Folding& folding) {
  const auto& recorded = folding.fact().restriction_recorded();
  const ThingKey key{folding.subject(), Kind::kRestriction,
                     keys::Numbered(recorded.restriction().number())};
  Numbers before;
  RETURN_IF_ERROR(folding.State(
      key, recorded.restriction(), Naming::kId, [&](ThingRow& row) {
        auto& restriction = *row.mutable_restriction();
        before = restriction.recorded().records();
        *restriction.mutable_recorded() = recorded;
        *restriction.mutable_recorded()->mutable_restriction() = row.thing();
        restriction.set_agency(folding.agency());
        restriction.set_ended(false);
      }));
  folding.Link(key, recorded.records(), before);
  return absl::OkStatus();
}

absl::Status FoldReferral(Folding& folding) {
  const auto& recorded = folding.fact().referral_recorded();
  const ThingKey key{folding.subject(), Kind::kReferral,
                     keys::Numbered(recorded.referral().number())};
  Numbers before;
  RETURN_IF_ERROR(
      folding.State(key, recorded.referral(), Naming::kId, [&](ThingRow& row) {
        auto& referral = *row.mutable_referral();
        before = referral.recorded().records();
        *referral.mutable_recorded() = recorded;
        referral.set_agency(folding.agency());
        referral.set_version(referral.version() + 1);
      }));
  folding.Link(key, recorded.records(), before);
  return absl::OkStatus();
}

absl::Status FoldStep(Folding& folding) {
  const auto& stepped = folding.fact().referral_stepped();
  const std::string number = keys::Numbered(stepped.referral());
  const ThingKey step{folding.subject(), Kind::kStep,
                      number + keys::Numbered(folding.recorded().position)};
  RETURN_IF_ERROR(folding.State(step, {}, Naming::kNone, [&](ThingRow& row) {
    *row.mutable_step() = stepped;
  }));
  const ThingKey referral{folding.subject(), Kind::kReferral, number};
  return folding.Change(referral, [&](ThingRow& row) {
    auto& changed = *row.mutable_referral();
    changed.mutable_recorded()->mutable_said()->set_state(stepped.said().to());
    changed.set_version(changed.version() + 1);
  });
}

absl::Status FoldAssessment(Folding& folding) {
  const auto& recorded = folding.fact().assessment_recorded();
  const ThingKey key{folding.subject(), Kind::kAssessment,
                     keys::Numbered(recorded.assessment().number())};
  Numbers before;
  RETURN_IF_ERROR(folding.State(key, recorded.assessment(), Naming::kId,
                                [&](ThingRow& row) {
                                  auto& assessment = *row.mutable_assessment();
                                  before = assessment.recorded().records();
                                  *assessment.mutable_recorded() = recorded;
                                  assessment.set_agency(folding.agency());
                                }));
  folding.Link(key, recorded.records(), before);
  return absl::OkStatus();
}

absl::Status FoldScore(Folding& folding) {
  const auto& recorded = folding.fact().score_recorded();
  const ThingKey key{folding.subject(), Kind::kScore,
                     keys::Numbered(recorded.assessment()) +
                         keys::Numbered(recorded.score().number())};
  return folding.State(key, recorded.score(), Naming::kNone,
                       [&](ThingRow& row) { *row.mutable_score() = recorded; });
}

}  // namespace

absl::Status FoldConsent(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_consent_recorded()) return FoldGiven(folding);
  if (fact.has_restriction_recorded()) return FoldRestricted(folding);
  if (fact.has_consent_ended()) {
    const ThingKey key{folding.subject(), Kind::kConsent,
                       keys::Numbered(fact.consent_ended().consent())};
    return folding.Change(key, [&](ThingRow& row) {
      row.mutable_consent()->set_ended(true);
      row.mutable_consent()->set_version(row.consent().version() + 1);
      *row.mutable_ended() = folding.mark();
    });
  }
  const ThingKey key{folding.subject(), Kind::kRestriction,
                     keys::Numbered(fact.restriction_ended().restriction())};
  return folding.Change(key, [&](ThingRow& row) {
    row.mutable_restriction()->set_ended(true);
    *row.mutable_ended() = folding.mark();
  });
}

absl::Status FoldService(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_referral_recorded()) return FoldReferral(folding);
  if (fact.has_referral_stepped()) return FoldStep(folding);
  if (fact.has_assessment_recorded()) return FoldAssessment(folding);
  return FoldScore(folding);
}

}  // namespace kith::views
