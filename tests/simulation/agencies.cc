#include "tests/simulation/agencies.h"

#include "absl/strings/str_cat.h"
#include "tests/simulation/help.h"
#include "tests/simulation/people.h"
#include "tests/simulation/population.h"

namespace kith::simulation {
namespace {

constexpr uint64_t kFamilies = 6;

// How many of a family the agency knows first of all: its people, and the
// council that they are one.
uint64_t KnownBy(const std::string& agency) {
  return agency == "council" ? kMembers + 1 : kMembers / 2;
}

// The `which`th of the first things that the agency says of its families.
agency::v1::Statement Introduction(const std::string& agency, uint64_t which) {
  const uint64_t known = KnownBy(agency);
  const Told told = {agency, which / known};
  if (agency != "council") {
    return PersonStatement(told, 2 + static_cast<int>(which % known));
  }
  return which % known == kMembers
             ? FamilyStatement(told)
             : PersonStatement(told, static_cast<int>(which % known));
}

}  // namespace

Agencies::Agencies(uint64_t seed)
    : random_(seed),
      now_(absl::FromCivil(absl::CivilDay(2024, 3, 4), absl::UTCTimeZone())),
      root_(kPartnership, "root", agency::v1::SOURCE_KIND_SYSTEM, "council"),
      desk_(kPartnership, "desk", agency::v1::SOURCE_KIND_API, "council") {
  for (const char* agency : {"council", "school", "health"}) {
    feeds_.push_back({engine::testing::TestSource(
                          kPartnership, absl::StrCat(agency, "_feed"),
                          agency::v1::SOURCE_KIND_OUTBOX, agency),
                      {}});
  }
}

std::vector<const engine::testing::TestSource*> Agencies::sources() const {
  std::vector<const engine::testing::TestSource*> sources = {&root_};
  for (const Feed& feed : feeds_) sources.push_back(&feed.source);
  sources.push_back(&desk_);
  return sources;
}

Arrival Agencies::Next() {
  now_ += absl::Microseconds(1 + random_() % 1000000);
  if (random_() % 50 == 0) now_ += absl::Hours(1 + random_() % 200);
  if (registered_ + 1 < sources().size()) {
    const auto* source = sources()[++registered_];
    const std::string frame = root_.Frame(source->Registration(), now_);
    return {frame, now_, Expect::kDecided, Place(root_, root_.last_sequence())};
  }
  const uint64_t family = random_() % kFamilies;
  // The desk has more to do once the council's people are known.
  const uint64_t desk = feeds_.front().sent.size() < 28 ? 8 : 2;
  Arrival arrival = random_() % desk == 0 ? FromDesk(family) : FromFeed(family);
  arrival.family = family;
  return arrival;
}

Arrival Agencies::FromFeed(uint64_t family) {
  Feed& feed = feeds_[random_() % feeds_.size()];
  const uint64_t next = feed.sent.size() + 1;
  const auto said = Report(feed, family);
  switch (random_() % 20) {
    case 0:  // too early: what lies between is not there yet
      return {feed.source.FrameAt(next + 1 + random_() % 3, said, now_), now_,
              Expect::kGap, ""};
    case 1: {  // forged
      std::string frame = feed.source.FrameAt(next, said, now_);
      frame.back() = static_cast<char>(frame.back() ^ 1);
      return {frame, now_, Expect::kQuarantined, ""};
    }
    case 2: {  // cut short on the way
      std::string frame = feed.source.FrameAt(next, said, now_);
      frame.resize(random_() % frame.size());
      return {frame, now_, Expect::kQuarantined, ""};
    }
    case 3:
    case 4:
      if (!feed.sent.empty()) {
        const size_t earlier = random_() % feed.sent.size();
        return {feed.sent[earlier], now_, Expect::kRepeated,
                Place(feed.source, earlier + 1)};
      }
      [[fallthrough]];
    default:
      feed.sent.push_back(feed.source.Frame(said, now_));
      return {feed.sent.back(), now_, Expect::kDecided,
              Place(feed.source, next)};
  }
}

Arrival Agencies::FromDesk(uint64_t family) {
  const std::string frame = desk_.Frame(acts_.Next(family, random_), now_);
  return {frame, now_, Expect::kDecided, Place(desk_, desk_.last_sequence())};
}

agency::v1::Statement Agencies::Report(const Feed& feed, uint64_t family) {
  const std::string& agency = feed.source.agency();
  const uint64_t which = feed.sent.size();
  // Mostly people come first, but not always.
  if (which < KnownBy(agency) * kFamilies && random_() % 8 != 0) {
    return Introduction(agency, which);
  }
  const Told told = {agency, family, ++version_};
  const int child = 2 + static_cast<int>(random_() % 2);
  const bool knows_all = agency == "council";
  const int member = knows_all ? static_cast<int>(random_() % kMembers) : child;
  switch (random_() % 17) {
    case 0:
      return knows_all ? FamilyStatement(told) : PersonStatement(told, member);
    case 1:
      return InvolvementStatement(told, member);
    case 2:
      return NeedStatement(told, member);
    case 3:
      return ConsentStatement(told, member);
    case 4:
      return PlanStatement(told, member);
    case 5:
      return LeadStatement(told);
    case 6:
      return MeetingStatement(told);
    case 7:
      return RelationshipStatement(told, child, 5 - child);
    case 8:
      return ReferralStatement(told, child);
    case 9:
      return AssessmentStatement(told, child);
    case 10:
      return RestrictionStatement(told, child);
    case 11:
      return YoungCarerStatement(told, child);
    case 12:
      return FosteringStayStatement(told, child);
    default:
      return PersonStatement(told, member);
  }
}

std::string Agencies::Place(const engine::testing::TestSource& source,
                            uint64_t sequence) const {
  return absl::StrCat(source.name(), " ", source.epoch(), " ", sequence);
}

void Agencies::Heard(const Arrival& arrival, const engine::Outcome& outcome) {
  if (arrival.expect == Expect::kDecided)
    acts_.Heard(arrival.family, outcome.row);
}

}  // namespace kith::simulation
