#include "services/core/kernel_testing.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/crypto.h"
#include "services/core/frame_check.h"
#include "services/core/keys.h"
#include "services/core/rules.h"
#include "services/core/testing.h"

namespace kith::core::testing {
namespace {

agency::v1::SourceRegistered Registration(absl::string_view source,
                                          agency::v1::SourceKind kind,
                                          absl::string_view agency) {
  agency::v1::SourceRegistered said;
  said.set_source(std::string(source));
  said.set_kind(kind);
  said.add_agencies(std::string(agency));
  said.set_key_id(absl::StrCat(source, "-key"));
  said.set_key_digest(base::Sha256(source));
  return said;
}

}  // namespace

TestLedger::TestLedger(Engine engine)
    : engine_(std::move(engine)),
      hash_(TestHash()),
      now_(absl::FromUnixSeconds(1709550000)) {  // 4 March 2024, 11:00
  Genesis genesis;
  genesis.partnership = "testshire";
  genesis.root = Registration("root", agency::v1::SOURCE_KIND_SYSTEM, "*");
  genesis.rules = DefaultRules();
  genesis.salt = base::Sha256("genesis");
  genesis.recorded_at = now_;
  auto founded = engine_.found(genesis, hash_);
  KITH_CHECK(founded.ok());
  Keep(*founded);
  for (const char* agency : {"council", "health", "school"}) {
    agency::v1::Statement statement;
    *statement.mutable_source_registered() = Registration(
        absl::StrCat(agency, "_feed"), agency::v1::SOURCE_KIND_OUTBOX, agency);
    Say("root", statement);
  }
  agency::v1::Statement statement;
  *statement.mutable_source_registered() =
      Registration("api", agency::v1::SOURCE_KIND_API, "*");
  Say("root", statement);
}

Letter TestLedger::Write(absl::string_view source,
                         agency::v1::Statement statement) {
  Letter letter;
  agency::v1::Envelope& envelope = letter.envelope;
  const size_t feed = source.find("_feed");
  envelope.set_schema_version(1);
  envelope.set_partnership("testshire");
  envelope.set_agency(feed == absl::string_view::npos
                          ? "council"
                          : std::string(source.substr(0, feed)));
  envelope.set_source(std::string(source));
  envelope.set_epoch(1);
  envelope.set_sequence(++last_sequence_[std::string(source)]);
  envelope.set_salt(base::Sha256(absl::StrCat(source, envelope.sequence())));
  envelope.mutable_occurred_at()->set_seconds(absl::ToUnixSeconds(now_));
  if (source == "api") {
    envelope.mutable_actor()->set_role(agency::v1::ROLE_PRACTITIONER);
    envelope.mutable_actor()->mutable_practitioner()->set_local_id("w1");
  }
  letter.statement = std::move(statement);
  return letter;
}

Applied TestLedger::Take(const Letter& letter) {
  agency::v1::Body body;
  *body.mutable_envelope() = letter.envelope;
  body.set_content(letter.content.empty() ? letter.statement.SerializeAsString()
                                          : letter.content);
  Arrival arrival;
  arrival.frame_bytes = SignFrame(
      body.SerializeAsString(),
      letter.key_id.empty() ? absl::StrCat(letter.envelope.source(), "-key")
                            : letter.key_id,
      std::string(32, 'k'));
  arrival.recorded_at = now_;
  arrival.mac_holds = letter.mac_holds;
  arrival.hold_gaps = letter.hold_gaps;
  auto applied = engine_.apply(state_, position_, arrival, hash_);
  KITH_CHECK(applied.ok());
  Keep(*applied);
  return *std::move(applied);
}

void TestLedger::Keep(const Applied& applied) {
  for (const auto& [key, change] : applied.changes) {
    if (change.value.has_value()) {
      state_.Put(change.subject, key, *change.value);
    } else {
      state_.Delete(key);
    }
  }
  for (const Decided& decided : applied.decided) {
    position_ += decided.facts.size();
    KITH_CHECK(decided.outcome.position() == position_);
    decided_.push_back(decided);
  }
}

ledger::v1::OutcomeRow TestLedger::Give(const Letter& letter) {
  return Take(letter).outcome.value_or(ledger::v1::OutcomeRow());
}

ledger::v1::OutcomeRow TestLedger::Say(absl::string_view source,
                                       agency::v1::Statement statement) {
  return Give(Write(source, std::move(statement)));
}

std::vector<ledger::v1::Fact::WhatCase> TestLedger::Kinds(size_t from) const {
  std::vector<ledger::v1::Fact::WhatCase> kinds;
  for (const Decided& decided : decided_) {
    for (const NewFact& fact : decided.facts) {
      kinds.push_back(fact.fact.what_case());
    }
  }
  kinds.erase(kinds.begin(), kinds.begin() + static_cast<ptrdiff_t>(from));
  return kinds;
}

std::vector<std::string> TestLedger::Facts() const {
  std::vector<std::string> facts;
  for (const Decided& decided : decided_) {
    for (const NewFact& fact : decided.facts) {
      facts.push_back(
          absl::StrCat(fact.subject, " ", fact.fact.SerializeAsString()));
    }
  }
  return facts;
}

EntityNumber TestLedger::NumberOf(absl::string_view kind,
                                  absl::string_view agency,
                                  absl::string_view local_id) const {
  const auto row = ReadRow<ledger::v1::NumberRow>(
      state_, ReferenceKey(hash_, kind, Local(agency, local_id), ""));
  return row.ok() && row->has_value() ? (*row)->number() : 0;
}

agency::v1::Statement Person(absl::string_view local_id,
                             absl::string_view given) {
  agency::v1::Statement statement;
  auto& person = *statement.mutable_person_stated();
  *person.mutable_record() = Local("", local_id);
  person.add_names()->set_given(std::string(given));
  return statement;
}

}  // namespace kith::core::testing
