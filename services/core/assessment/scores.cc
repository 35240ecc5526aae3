#include "services/core/assessment/scores.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "services/core/keys.h"
#include "services/core/parts.h"

namespace kith::core::assessment {
namespace {

using ledger::v1::Instrument;
using ledger::v1::ScoreRow;

// What tells one series from another.
using SeriesKey = std::tuple<std::string, std::string, EntityNumber,
                             EntityNumber, int32_t, int32_t, bool>;

SeriesKey KeyOf(const ScoreRow& row) {
  const ledger::v1::ScoreRecorded& recorded = row.recorded();
  const Instrument& instrument = recorded.instrument();
  const bool by_person = recorded.scored_by() != 0;
  return {instrument.code(),          recorded.said().item(),
          recorded.scored_by(),       by_person ? 0 : row.practitioner(),
          instrument.min(),           instrument.max(),
          instrument.high_is_better()};
}

Point PointOf(const ScoreRow& row) {
  const agency::v1::Score& said = row.recorded().said();
  // Decide fills the day in and refuses one that does not exist.
  return {WholeDay(said.scored_on()).value_or(absl::CivilDay()), said.phase(),
          said.value(), row.recorded().score().number()};
}

Series Begun(const SeriesKey& key, const ScoreRow& row) {
  Series series;
  series.instrument = row.recorded().instrument();
  series.item = row.recorded().said().item();
  series.scored_by = std::get<2>(key);
  series.practitioner = std::get<3>(key);
  return series;
}

bool Earlier(const Point& one, const Point& other) {
  return std::tie(one.day, one.score) < std::tie(other.day, other.score);
}

}  // namespace

const Instrument* FindInstrument(const ledger::v1::Rules& rules,
                                 absl::string_view code) {
  for (const Instrument& instrument : rules.instruments()) {
    if (instrument.code() == code) return &instrument;
  }
  return nullptr;
}

bool HasItem(const Instrument& instrument, absl::string_view item) {
  if (item.empty()) return false;
  if (instrument.items().empty()) return true;
  return std::any_of(
      instrument.items().begin(), instrument.items().end(),
      [item](const std::string& known) { return known == item; });
}

bool InRange(const Instrument& instrument, int32_t value) {
  return instrument.min() <= value && value <= instrument.max();
}

std::optional<int32_t> Change(std::optional<int32_t> before,
                              std::optional<int32_t> after,
                              const Instrument& instrument) {
  if (!before.has_value() || !after.has_value()) return std::nullopt;
  return instrument.high_is_better() ? *after - *before : *before - *after;
}

std::optional<int32_t> Series::ChangeOverWork() const {
  std::optional<int32_t> before;
  std::optional<int32_t> after;
  for (const Point& point : points) {
    if (point.phase == agency::v1::SCORE_PHASE_BEGINNING &&
        !before.has_value()) {
      before = point.value;
    }
    if (point.phase == agency::v1::SCORE_PHASE_END) after = point.value;
  }
  return Change(before, after, instrument);
}

bool Series::LacksEnd() const {
  const auto has = [this](agency::v1::ScorePhase phase) {
    return std::any_of(points.begin(), points.end(),
                       [phase](const Point& p) { return p.phase == phase; });
  };
  return has(agency::v1::SCORE_PHASE_BEGINNING) &&
         !has(agency::v1::SCORE_PHASE_END);
}

std::vector<Series> SeriesOf(const std::vector<ScoreRow>& scores) {
  std::map<SeriesKey, Series> by_key;
  for (const ScoreRow& row : scores) {
    const SeriesKey key = KeyOf(row);
    Series& series = by_key.try_emplace(key, Begun(key, row)).first->second;
    series.points.push_back(PointOf(row));
  }
  std::vector<Series> all;
  for (auto& [key, series] : by_key) {
    std::sort(series.points.begin(), series.points.end(), Earlier);
    all.push_back(std::move(series));
  }
  return all;
}

absl::StatusOr<std::vector<ScoreRow>> ScoresOf(const StateReader& state,
                                               EntityNumber assessment) {
  std::vector<ScoreRow> scores;
  bool whole = true;
  RETURN_IF_ERROR(state.Scan(keys::ScoresOf(assessment),
                             [&](absl::string_view, absl::string_view value) {
                               whole = scores.emplace_back().ParseFromArray(
                                   value.data(),
                                   static_cast<int>(value.size()));
                               return whole;
                             }));
  if (!whole) return absl::DataLossError("a score row does not parse");
  return scores;
}

}  // namespace kith::core::assessment
