#include "tests/simulation/kill_child.h"

#include <unistd.h>

#include <memory>
#include <mutex>
#include <random>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "services/core/keys.h"
#include "tests/simulation/acts.h"
#include "tests/simulation/agencies.h"
#include "tests/simulation/population.h"
#include "tests/simulation/world.h"

namespace kith::simulation {
namespace {

using agency::v1::Statement;

// How many statements wait for their outcome at once.
constexpr int kInFlight = 64;
constexpr uint64_t kFamilies = 25;
// Small, so that a rebuild is killed between any two of its steps.
constexpr size_t kRebuildStepMax = 200;

// What a system tells of one family, in this order. Only the council knows the
// family as such.
using Tell = Statement (*)(const Told&);

template <int kMember>
Statement TellPerson(const Told& told) {
  return PersonStatement(told, kMember);
}
Statement TellSiblings(const Told& told) {
  return RelationshipStatement(told, 2, 3);
}
Statement TellInvolvement(const Told& told) {
  return InvolvementStatement(told, 2);
}
Statement TellNeed(const Told& told) { return NeedStatement(told, 3); }
Statement TellConsent(const Told& told) { return ConsentStatement(told, 2); }
Statement TellPlan(const Told& told) { return PlanStatement(told, 2); }

std::vector<Tell> TellingsOf(const std::string& agency) {
  std::vector<Tell> tellings = {TellPerson<2>, TellPerson<3>};
  if (agency != "school") tellings.push_back(TellPerson<0>);
  if (agency == "council") {
    tellings.insert(tellings.end(),
                    {TellPerson<1>, FamilyStatement, MeetingStatement});
  }
  tellings.insert(tellings.end(), {TellSiblings, TellInvolvement, TellNeed,
                                   TellConsent, TellPlan, LeadStatement});
  return tellings;
}

class Child {
 public:
  explicit Child(const ChildPart& part)
      : part_(part),
        random_(part.seed),
        world_(agencies_, part.key_folder,
               {.rebuild_step_max = kRebuildStepMax}, OpenStore(part.folder)) {
    for (uint64_t i = 1; i < part.desk_epoch; ++i) agencies_.NodeStarted();
    sources_ = agencies_.sources();
    for (const auto* source : sources_) sequences_.push_back(MarkOf(*source));
    sequences_.back() = 0;  // the desk's, of its new epoch
  }

  [[noreturn]] void Run() {
    Register();
    std::thread rebuilding([this] {
      while (part_.rebuilds) KITH_CHECK(world_.engine().Rebuild(nullptr).ok());
    });
    while (true) {
      for (size_t feed = 1; feed + 1 < sources_.size(); ++feed) {
        Say(feed, StatementOf(sources_[feed]->agency(), sequences_[feed] + 1));
      }
      const auto [family, act] = NextAct();
      Say(sources_.size() - 1, act, family);
    }
  }

 private:
  uint64_t MarkOf(const engine::testing::TestSource& source) {
    const auto row = core::ReadRow<ledger::v1::SourceRow>(
        world_.Read()->state(), core::keys::Source(source.name()));
    KITH_CHECK(row.ok());
    return row->has_value() ? (*row)->mark() : 0;
  }

  // What root says first of all; the rest of it after a kill in between.
  void Register() {
    while (sequences_[0] + 1 < sources_.size()) {
      const Statement said = sources_[sequences_[0] + 1]->Registration();
      const uint64_t sequence = ++sequences_[0];
      const auto outcome = world_.Submit(
          {.frame = sources_[0]->FrameAt(sequence, said, now_), .at = now_});
      KITH_CHECK(outcome.ok());
      KITH_CHECK(outcome->row.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED);
    }
  }

  std::pair<uint64_t, Statement> NextAct() {
    const std::lock_guard lock(acts_mutex_);
    const uint64_t family = random_() % kFamilies;
    return {family, acts_.Next(family, random_)};
  }

  // `family`: which an act is about.
  void Say(size_t source, const Statement& said, uint64_t family = 0) {
    room_.acquire();
    now_ += absl::Seconds(1);
    const uint64_t sequence = ++sequences_[source];
    world_.SubmitOnly(
        {.frame = sources_[source]->FrameAt(sequence, said, now_), .at = now_},
        [=, this](const absl::StatusOr<engine::Outcome>& outcome) {
          KITH_CHECK(outcome.ok());
          Hear(source, sequence, family, outcome->row);
          room_.release();
        });
  }

  void Hear(size_t source, uint64_t sequence, uint64_t family,
            const ledger::v1::OutcomeRow& outcome) {
    const Acknowledged told = {source, sources_[source]->epoch(), sequence,
                               outcome.position(),
                               static_cast<uint32_t>(outcome.kind())};
    // Less than PIPE_BUF: whole or not at all.
    KITH_CHECK(write(part_.acknowledgements, &told, sizeof(told)) ==
               sizeof(told));
    if (source + 1 < sources_.size()) return;
    const std::lock_guard lock(acts_mutex_);
    acts_.Heard(family, outcome);
  }

  const ChildPart part_;
  Agencies agencies_{/*seed=*/0};
  std::vector<const engine::testing::TestSource*> sources_;
  std::vector<uint64_t> sequences_;  // of each source, the last one said
  absl::Time now_ =
      absl::FromCivil(absl::CivilDay(2024, 3, 4), absl::UTCTimeZone());
  std::counting_semaphore<kInFlight> room_{kInFlight};
  std::mutex acts_mutex_;
  std::mt19937_64 random_;  // under acts_mutex_
  Acts acts_;               // under acts_mutex_
  World world_;
};

}  // namespace

Statement StatementOf(const std::string& agency, uint64_t sequence) {
  const std::vector<Tell> tellings = TellingsOf(agency);
  const uint64_t family = (sequence - 1) / tellings.size();
  const Told told = {agency, family % kFamilies,
                     static_cast<int>(family / kFamilies)};
  return tellings[(sequence - 1) % tellings.size()](told);
}

int RunKillChild(const ChildPart& part) { Child(part).Run(); }

}  // namespace kith::simulation
