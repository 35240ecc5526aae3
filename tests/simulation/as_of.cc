// The as-of reader against the rows that were live then.
#include "services/views/as_of.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "gtest/gtest.h"
#include "services/views/keys.h"
#include "services/views/read.h"
#include "services/views/standing.h"
#include "services/views/testing.h"
#include "services/views/timeline.h"
#include "tests/simulation/invariants.h"

namespace kith::simulation {
namespace {

using core::EntityNumber;
using core::StateReader;

// Each costs some hundred folds.
constexpr size_t kPositionsAsked = 2;

views::ScanFacts FactsOf(const engine::ReadView& view) {
  return [&view](core::Subject subject, const auto& visit) {
    absl::Status bad;
    const absl::Status scanned = view.snapshot().ScanSubject(
        subject, 0, [&](const eventstore::StoredRecord& record) {
          const Said said = SaidIn(record);
          const absl::StatusOr<bool> more =
              visit({record.position, said.recorded_at, record.subject,
                     said.statement, said.fact});
          if (!more.ok()) bad = more.status();
          return more.ok() && *more;
        });
    return bad.ok() ? scanned : bad;
  };
}

core::MapState StateOf(const engine::testing::Rows& rows) {
  core::MapState state;
  for (const auto& [key, row] : rows) state.Put(0, key, row);
  return state;
}

// Whoever has a row of that kind under their own number.
std::set<EntityNumber> AllOf(const engine::testing::Rows& rows,
                             views::Kind kind) {
  std::set<EntityNumber> all;
  for (const auto& [key, row] : rows) {
    if (key.rfind("s/", 0) != 0) continue;
    const views::ThingKey thing = views::keys::ParseThing(key);
    if (thing.kind == kind) all.insert(thing.subject);
  }
  return all;
}

// Things and lines of the subject, as they lie there.
engine::testing::Rows OwnRows(const StateReader& rows, core::Subject subject) {
  engine::testing::Rows own;
  for (const std::string& prefix :
       {views::keys::ThingsOf(subject), views::keys::LinesOf(subject)}) {
    KITH_CHECK(rows.Scan(prefix,
                         [&](auto key, auto row) {
                           own.emplace_back(key, row);
                           return true;
                         })
                   .ok());
  }
  return own;
}

// An answer as text, with what disclosure would be told of whom it names.
class Reader {
 public:
  Reader(const StateReader& rows, absl::Time now) : rows_(rows), now_(now) {}

  std::string Family(EntityNumber family) const {
    return absl::StrCat(Text(views::FamilyPieces(rows_, family, now_)),
                        Text(views::LeadPieces(rows_, family, now_)),
                        Text(views::PlansOf(rows_, family, now_, {})),
                        Text(views::ReferralsOf(rows_, family, now_, {})),
                        Text(views::AssessmentsOf(rows_, family, now_, {})),
                        Text(views::MeetingsOf(rows_, family, now_, {})),
                        Text(views::Timeline(rows_, family, now_, {})));
  }
  std::string Person(EntityNumber record) const {
    return absl::StrCat(Text(views::PersonPieces(rows_, record, now_)),
                        Text(views::ConsentsAbout(rows_, record, {})));
  }

 private:
  template <class T>
  std::string Text(const views::Answer<T>& answer) const {
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok() || !answer->has_value()) return "nobody\n";
    return Text(**answer);
  }
  template <class T>
  std::string Text(const absl::StatusOr<views::Page<T>>& page) const {
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return "";
    views::Pieces<T> pieces;
    for (const auto& entry : page->entries) {
      pieces.insert(pieces.end(), entry.pieces.begin(), entry.pieces.end());
    }
    return Text(pieces);
  }
  template <class T>
  std::string Text(const views::Pieces<T>& pieces) const {
    std::string text;
    views::Concerned concerned;
    concerned.Add(pieces);
    for (const auto& piece : pieces) {
      absl::StrAppend(&text, piece.label.ShortDebugString(), " | ",
                      piece.part.ShortDebugString(), "\n");
    }
    return text + Text(views::StandingOf(rows_, concerned, now_));
  }
  static std::string Text(const absl::StatusOr<views::Standing>& standing) {
    EXPECT_TRUE(standing.ok()) << standing.status();
    return standing.ok() ? views::testing::StandingText(*standing) : "";
  }

  const StateReader& rows_;
  const absl::Time now_;
};

void ExpectReadsAsThen(const engine::ReadView& view, uint64_t position,
                       const engine::testing::Rows& seen) {
  const auto last = view.snapshot().ReadRecord(position - 1);
  KITH_CHECK(last.ok());
  const absl::Time then = SaidIn(*last).recorded_at;
  const core::MapState live = StateOf(seen);
  const auto as_of = [&](const views::AsOfStart& start) {
    auto rows = views::RowsAsOf(view.view(), start, position, FactsOf(view),
                                view.hash());
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? *std::move(rows) : core::MapState();
  };
  for (const EntityNumber family : AllOf(seen, views::Kind::kFamily)) {
    SCOPED_TRACE(absl::StrCat("position ", position, " family ", family));
    const core::MapState rows = as_of({{family}, {}});
    EXPECT_EQ(OwnRows(rows, family), OwnRows(live, family));
    EXPECT_EQ(Reader(rows, then).Family(family),
              Reader(live, then).Family(family));
  }
  for (const EntityNumber record : AllOf(seen, views::Kind::kRecord)) {
    SCOPED_TRACE(absl::StrCat("position ", position, " record ", record));
    const core::MapState rows = as_of({{}, {record}});
    EXPECT_EQ(OwnRows(rows, record), OwnRows(live, record));
    EXPECT_EQ(Reader(rows, then).Person(record),
              Reader(live, then).Person(record));
  }
}

}  // namespace

void ExpectAsOfReadsMeet(const engine::ReadView& view, const Seen& seen,
                         std::mt19937_64& random) {
  std::vector<Seen::value_type> asked;
  std::sample(seen.begin(), seen.end(), std::back_inserter(asked),
              kPositionsAsked, random);
  EXPECT_FALSE(asked.empty());
  for (const auto& [position, rows] : asked) {
    ExpectReadsAsThen(view, position, rows);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace kith::simulation
