#include "services/engine/testing_node.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/check.h"

namespace kith::engine::testing {

TestNode::TestNode(eventstore::Store& store, Options options, ViewFold views,
                   inbox::MemoryInboxOptions inbox) {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "kith-node-XXXXXX").string();
  KITH_CHECK(mkdtemp(pattern.data()) != nullptr);
  key_folder_ = pattern;
  for (const TestSource* source : {&root_, &feed_, &desk_}) {
    PutKey(key_folder_, *source);
  }
  keys_ = std::make_unique<SourceKeys>(key_folder_);
  inbox_ = std::make_unique<inbox::MemoryInbox>(
      inbox, [this] { return clock_.Now(); });
  options.partnership = kPartnership;
  options.genesis = GenesisOf(kPartnership, root_, clock_.Now());
  auto engine =
      Engine::Open(options, store, *inbox_, std::move(views), *keys_, nullptr);
  KITH_CHECK(engine.ok());
  engine_ = *std::move(engine);
}

TestNode::~TestNode() {
  engine_.reset();
  std::filesystem::remove_all(key_folder_);
}

void TestNode::Register() {
  for (const TestSource* source : {&feed_, &desk_}) {
    const auto outcome = Say(root_, source->Registration());
    KITH_CHECK(outcome.ok() &&
               outcome->row.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED);
  }
}

absl::StatusOr<Outcome> TestNode::Say(TestSource& source,
                                      const agency::v1::Statement& said) {
  return SubmitAndWait(*engine_, source.Frame(said, clock_.Now()));
}

agency::v1::Statement Person(absl::string_view agency,
                             absl::string_view local_id,
                             absl::string_view given) {
  agency::v1::Statement said;
  agency::v1::PersonStated& person = *said.mutable_person_stated();
  person.mutable_record()->set_agency(std::string(agency));
  person.mutable_record()->set_system("main");
  person.mutable_record()->set_local_id(std::string(local_id));
  agency::v1::Name& name = *person.add_names();
  name.set_use(agency::v1::NAME_USE_USUAL);
  name.set_given(std::string(given));
  name.set_family("Okafor");
  person.mutable_birth_date()->set_year(2010);
  person.mutable_birth_date()->set_month(5);
  person.mutable_birth_date()->set_day(17);
  return said;
}

}  // namespace kith::engine::testing
