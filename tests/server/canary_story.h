// A story for the canaries: each kind of statement that the contract knows is
// said to a kithd so that it is accepted at least once, with a marker in every
// personal text of it.
//
// It is told by people through the services and, where nobody else says such
// things, by sources of its own. What is refused fails the test.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "services/engine/testing.h"
#include "tests/server/canaries.h"
#include "tests/server/canary_steps.h"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {

// Somebody of the story, by name: "worker", "nurse", "mother" ...
Who CanaryCaller(const std::string& name);

// All kinds of statements that there are, by the names of their fields.
std::set<std::string> StatementKinds();

class CanaryStory {
 public:
  // `folder` is the kithd's. All that comes back is searched by `search`.
  CanaryStory(Kithd& kithd, const std::string& folder, Filler& filler,
              MarkerSearch& search);

  // Says it all; `then` is called when there is something to read, before
  // plans and leads end.
  void Tell(const std::function<void()>& then);

  // Kinds of statements of which at least one was accepted.
  const std::set<std::string>& accepted() const { return accepted_; }
  // Personal texts, by their full names, that held a marker when it was.
  const std::set<std::string>& marked() const { return marked_; }
  // What was made, by the name that the story gives it.
  const std::map<std::string, std::string>& ids() const { return ids_; }

 private:
  void Register(engine::testing::TestSource& source);
  void Say(const CanaryStep& step);
  void Report(const CanaryStep& step);
  void LearnOfWorklists();
  void GiveUpAReport();
  void LoseAReport();
  void LinkByOtherRules();
  void Submit(engine::testing::TestSource& source,
              agency::v1::Statement statement,
              ledger::v1::OutcomeKind expected);
  void NoteAccepted(const google::protobuf::Message& said);
  std::string Expanded(const std::string& text) const;
  std::string Word(const std::string& name) const;

  Kithd& kithd_;
  const std::string folder_;
  Filler& filler_;
  MarkerSearch& search_;
  engine::testing::TestSource feed_{"hackney", "story_feed",
                                    agency::v1::SOURCE_KIND_OUTBOX, "council"};
  engine::testing::TestSource lossy_{"hackney", "lossy_feed",
                                     agency::v1::SOURCE_KIND_OUTBOX, "council"};
  engine::testing::TestSource system_{"hackney", "story_system",
                                      agency::v1::SOURCE_KIND_SYSTEM, "hub"};
  std::set<std::string> accepted_, marked_;
  std::map<std::string, std::string> ids_;
  int requests_ = 0;
};

}  // namespace kith::server_tests
