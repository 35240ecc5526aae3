#include "tests/acceptance/world.h"

#include <utility>

#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/civil_date.h"
#include "services/core/core.h"
#include "services/core/keys.h"
#include "services/views/fold.h"

namespace kith::acceptance {
namespace {

using google::protobuf::FieldDescriptor;

// The statement that says this.
agency::v1::Statement StatementOf(const google::protobuf::Message& content) {
  agency::v1::Statement statement;
  const auto* what =
      agency::v1::Statement::descriptor()->FindOneofByName("what");
  for (int i = 0; i < what->field_count(); ++i) {
    const FieldDescriptor* field = what->field(i);
    if (field->message_type() != content.GetDescriptor()) continue;
    statement.GetReflection()
        ->MutableMessage(&statement, field)
        ->CopyFrom(content);
    return statement;
  }
  KITH_CHECK(false && "no statement has such content");
  return statement;
}

core::testing::Engine WholeCore() { return {core::Apply, core::Found}; }

}  // namespace

std::string Ended::id() const {
  return outcome.made().empty() ? "" : outcome.made(0).id();
}

const ledger::v1::Fact& Ended::Find(ledger::v1::Fact::WhatCase kind) const {
  for (const core::NewFact& fact : facts) {
    if (fact.fact.what_case() == kind) return fact.fact;
  }
  KITH_CHECK(false && "no such fact was recorded");
  return facts.front().fact;
}

World::World() : ledger_(WholeCore()), today_(base::LondonDay(ledger_.now())) {
  By("council", "w1");
}

World& World::On(int year, int month, int day) {
  const absl::CivilDay when(year, month, day);
  KITH_CHECK(when >= today_);
  if (when > today_) {
    today_ = when;
    ledger_.Wait(base::LondonMidnight(when) + absl::Hours(9) - ledger_.now());
  }
  return *this;
}

World& World::By(absl::string_view agency, absl::string_view practitioner,
                 agency::v1::Role role) {
  feed_ = false;
  agency_ = std::string(agency);
  actor_.set_role(role);
  actor_.mutable_practitioner()->set_local_id(std::string(practitioner));
  return *this;
}

World& World::Feed(absl::string_view agency) {
  feed_ = true;
  agency_ = std::string(agency);
  return *this;
}

World& World::Under(agency::v1::LegalBasis basis) {
  basis_ = basis;
  return *this;
}

Ended World::Says(const google::protobuf::Message& content) {
  ledger_.Wait(absl::Seconds(1));
  agency::v1::Statement statement = StatementOf(content);
  statement.set_basis(basis_);
  core::testing::Letter letter =
      ledger_.Write(feed_ ? agency_ + "_feed" : "api", statement);
  letter.envelope.set_agency(agency_);
  if (!feed_) *letter.envelope.mutable_actor() = actor_;
  const core::Applied applied = ledger_.Take(letter);
  Ended ended;
  KITH_CHECK(applied.outcome.has_value());
  ended.outcome = *applied.outcome;
  for (const core::Decided& decided : applied.decided) {
    ended.facts.insert(ended.facts.end(), decided.facts.begin(),
                       decided.facts.end());
  }
  return ended;
}

Ended World::Accepted(const google::protobuf::Message& content) {
  Ended ended = Says(content);
  KITH_CHECK(ended.outcome.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED);
  return ended;
}

void World::Person(absl::string_view local_id, absl::CivilDay birth) {
  PersonWithNhsNumber(local_id, birth, "");
}

void World::PersonWithNhsNumber(absl::string_view local_id,
                                absl::CivilDay birth,
                                absl::string_view nhs_number) {
  agency::v1::PersonStated said;
  said.mutable_record()->set_system("main");
  said.mutable_record()->set_local_id(std::string(local_id));
  auto& name = *said.add_names();
  name.set_given(std::string(local_id));
  name.set_family("Ashdown");
  *said.mutable_birth_date() = core::testing::DateOf(birth);
  if (!nhs_number.empty()) {
    auto& identifier = *said.add_identifiers();
    identifier.set_kind(agency::v1::IDENTIFIER_KIND_NHS_NUMBER);
    identifier.set_value(std::string(nhs_number));
    identifier.set_status(agency::v1::IDENTIFIER_STATUS_VERIFIED);
  }
  Accepted(said);
}

void World::Parent(absl::string_view parent, absl::string_view child) {
  agency::v1::RelationshipStated said;
  *said.mutable_person() = acceptance::Person(parent);
  *said.mutable_to() = acceptance::Person(child);
  said.set_kind(agency::v1::RELATIONSHIP_KIND_PARENT);
  Accepted(said);
}

std::string World::Family(absl::string_view key,
                          const std::vector<std::string>& members,
                          absl::string_view defined_by) {
  agency::v1::FamilyStated said;
  said.mutable_family()->mutable_local()->set_system("main");
  said.mutable_family()->mutable_local()->set_local_id(std::string(key));
  for (const std::string& member : members) {
    *said.add_members()->mutable_person() = acceptance::Person(member);
  }
  if (!defined_by.empty()) {
    *said.mutable_defined_by() = acceptance::Person(defined_by);
  }
  return Accepted(said).id();
}

const core::StateReader& World::views() {
  const core::KeyHash hash = core::testing::TestHash();
  for (; folded_ < ledger_.decided().size(); ++folded_) {
    const core::Decided& decided = ledger_.decided()[folded_];
    uint64_t position = decided.outcome.position() - decided.facts.size();
    for (const core::NewFact& fact : decided.facts) {
      KITH_CHECK(views::Fold(views_,
                             {position++, decided.recorded_at, fact.subject,
                              decided.statement, fact.fact},
                             hash)
                     .ok());
    }
  }
  return views_;
}

ledger::v1::Rules World::rules() {
  return Row<ledger::v1::LedgerRow>(core::keys::Ledger()).rules();
}

core::EntityNumber World::Record(absl::string_view named) const {
  const agency::v1::LocalRef ref = Local(named);
  return ledger_.NumberOf("person", ref.agency(), ref.local_id());
}

core::EntityNumber World::FamilyNumber(absl::string_view named) const {
  const agency::v1::LocalRef ref = Local(named);
  return ledger_.NumberOf("family", ref.agency(), ref.local_id());
}

core::EntityNumber World::Number(absl::string_view id) {
  return Row<ledger::v1::NumberRow>(core::keys::Id(id)).number();
}

agency::v1::LocalRef Local(absl::string_view named) {
  const std::vector<std::string> parts =
      absl::StrSplit(named, absl::MaxSplits('/', 1));
  KITH_CHECK(parts.size() == 2);
  return core::testing::Local(parts[0], parts[1]);
}

agency::v1::PersonRef Person(absl::string_view named) {
  return core::testing::PersonOf(Local(named));
}

agency::v1::ThingRef Thing(absl::string_view named) {
  return core::testing::ThingOf(Local(named));
}

agency::v1::ThingRef ThingWithId(absl::string_view id) {
  return core::testing::ThingWithId(id);
}

agency::v1::PractitionerRef Worker(absl::string_view named) {
  agency::v1::PractitionerRef ref;
  ref.set_agency(Local(named).agency());
  ref.set_local_id(Local(named).local_id());
  return ref;
}

agency::v1::Date Day(int year, int month, int day) {
  return core::testing::DateOf(absl::CivilDay(year, month, day));
}

}  // namespace kith::acceptance
