// Overrides of consent, and broken glass.
#include "services/views/folding.h"

namespace kith::views {
namespace {

absl::Status FoldRecorded(Folding& folding) {
  const auto& recorded = folding.fact().override_recorded();
  const ThingKey key{folding.subject(), Kind::kOverride,
                     keys::Numbered(recorded.override().number())};
  RETURN_IF_ERROR(
      folding.State(key, recorded.override(), Naming::kId, [&](ThingRow& row) {
        auto& override = *row.mutable_override();
        *override.mutable_recorded() = recorded;
        override.set_agency(folding.agency());
        override.set_practitioner(folding.fact().by().practitioner());
        *override.mutable_since() = folding.fact().by().occurred_at();
      }));
  folding.Link(key, recorded.records(), {});
  return absl::OkStatus();
}

absl::Status FoldBroken(Folding& folding) {
  const auto& broken = folding.fact().glass_broken();
  const ThingKey key{folding.subject(), Kind::kGlass,
                     keys::Numbered(broken.access().number())};
  RETURN_IF_ERROR(
      folding.State(key, broken.access(), Naming::kId, [&](ThingRow& row) {
        auto& glass = *row.mutable_glass();
        *glass.mutable_broken() = broken;
        glass.set_agency(folding.agency());
        *glass.mutable_since() = row.said().recorded_at();
      }));
  folding.Link(key, broken.records(), {});
  return absl::OkStatus();
}

// Changes the override or broken glass of that number: one of the two is there.
template <class Edit>
absl::Status ChangeEither(Folding& folding, EntityNumber number,
                          const Edit& edit) {
  const std::string rest = keys::Numbered(number);
  RETURN_IF_ERROR(
      folding.Change({folding.subject(), Kind::kOverride, rest},
                     [&](ThingRow& row) { edit(*row.mutable_override()); }));
  return folding.Change({folding.subject(), Kind::kGlass, rest},
                        [&](ThingRow& row) { edit(*row.mutable_glass()); });
}

absl::Status FoldJudged(Folding& folding) {
  const auto& judged = folding.fact().override_judged();
  return ChangeEither(folding, judged.override(), [&](auto& row) {
    *row.mutable_judged() = judged;
    if (judged.finding() == agency::v1::OVERRIDE_FINDING_NOT_JUSTIFIED) {
      row.set_ended(true);
    }
  });
}

}  // namespace

absl::Status FoldOverride(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_override_recorded()) return FoldRecorded(folding);
  if (fact.has_glass_broken()) return FoldBroken(folding);
  if (fact.has_override_judged()) return FoldJudged(folding);
  if (fact.has_family_told()) {
    const auto& told = fact.family_told();
    return ChangeEither(folding, told.override(),
                        [&](auto& row) { *row.mutable_told() = told; });
  }
  const EntityNumber access = fact.has_glass_approved()
                                  ? fact.glass_approved().access()
                                  : fact.glass_mended().access();
  const ThingKey key{folding.subject(), Kind::kGlass, keys::Numbered(access)};
  return folding.Change(key, [&](ThingRow& row) {
    if (fact.has_glass_approved()) {
      row.mutable_glass()->set_approved_by(fact.by().practitioner());
    } else {
      row.mutable_glass()->set_ended(true);
      *row.mutable_ended() = folding.mark();
    }
  });
}

}  // namespace kith::views
