// How overrides and broken glass look after each fact.
#include <string>
#include <utility>

#include "base/status.h"
#include "services/core/keys.h"
#include "services/core/overriding/overriding.h"

namespace kith::core::overriding {
namespace {

using ledger::v1::Fact;
using ledger::v1::GlassRow;
using ledger::v1::OverrideRow;

void Recorded(StateWriter& state, const Fact& fact, Subject subject,
              const KeyHash& hash) {
  const auto& recorded = fact.override_recorded();
  const EntityNumber number = recorded.override().number();
  OverrideRow row;
  *row.mutable_recorded() = recorded;
  row.set_agency(fact.by().agency());
  row.set_practitioner(fact.by().practitioner());
  *row.mutable_since() = fact.by().occurred_at();
  PutRow(state, subject, keys::Override(number), row);
  for (const uint64_t record : recorded.records()) {
    state.Put(record, keys::OverrideAbout(record, number), "");
  }
  PutNames(state, hash, "override", {}, fact.by().agency(),
           recorded.override());
}

void Broken(StateWriter& state, const Fact& fact, Subject subject,
            const KeyHash& hash) {
  const auto& broken = fact.glass_broken();
  const EntityNumber number = broken.access().number();
  GlassRow row;
  *row.mutable_broken() = broken;
  row.set_agency(fact.by().agency());
  *row.mutable_since() = broken.until();
  row.mutable_since()->set_seconds(broken.until().seconds() -
                                   60 * int64_t{broken.said().minutes()});
  PutRow(state, subject, keys::Glass(number), row);
  state.Put(broken.practitioner(), keys::GlassBy(broken.practitioner(), number),
            "");
  PutNames(state, hash, "override", {}, fact.by().agency(), broken.access());
}

// Changes the row under `key`, if it is there.
template <class Row, class Change>
absl::Status ChangeRow(StateWriter& state, Subject subject,
                       const std::string& key, const Change& change) {
  ASSIGN_OR_RETURN(auto row, ReadRow<Row>(state, key));
  if (!row.has_value()) return absl::OkStatus();  // the other kind, or erased
  change(*row);
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

// Changes the override or broken glass of that number.
template <class Change>
absl::Status ChangeEither(StateWriter& state, Subject subject,
                          EntityNumber number, const Change& change) {
  RETURN_IF_ERROR(
      ChangeRow<OverrideRow>(state, subject, keys::Override(number), change));
  return ChangeRow<GlassRow>(state, subject, keys::Glass(number), change);
}

absl::Status Judged(StateWriter& state, const Fact& fact, Subject subject) {
  const auto& judged = fact.override_judged();
  return ChangeEither(state, subject, judged.override(), [&](auto& row) {
    *row.mutable_judged() = judged;
    if (judged.finding() == agency::v1::OVERRIDE_FINDING_NOT_JUSTIFIED) {
      row.set_ended(true);
    }
  });
}

}  // namespace

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  if (fact.has_override_recorded()) {
    Recorded(state, fact, subject, hash);
  } else if (fact.has_glass_broken()) {
    Broken(state, fact, subject, hash);
  } else if (fact.has_family_told()) {
    return ChangeEither(
        state, subject, fact.family_told().override(),
        [&](auto& row) { *row.mutable_told() = fact.family_told(); });
  } else if (fact.has_override_judged()) {
    return Judged(state, fact, subject);
  } else if (fact.has_glass_approved()) {
    return ChangeRow<GlassRow>(
        state, subject, keys::Glass(fact.glass_approved().access()),
        [&](auto& row) { row.set_approved_by(fact.by().practitioner()); });
  } else if (fact.has_glass_mended()) {
    return ChangeRow<GlassRow>(state, subject,
                               keys::Glass(fact.glass_mended().access()),
                               [](auto& row) { row.set_ended(true); });
  }
  return absl::OkStatus();
}

}  // namespace kith::core::overriding
