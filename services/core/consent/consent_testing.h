// A family whose consents and restrictions tests state.
#pragma once

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/standing.h"
#include "services/core/family/family.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::consent {

// A mother, a father, and a child born on 29 February 2012.
class ConsentTest : public ::testing::Test {
 protected:
  ConsentTest() {
    mother = Add("mother", absl::CivilDay(1985, 5, 5));
    father = Add("father", absl::CivilDay(1980, 5, 5));
    aunt = Add("aunt", absl::CivilDay(1982, 5, 5));
    child = Add("child", absl::CivilDay(2012, 2, 29));
    Relate(mother, child);
    Relate(father, child);
    bench.On(absl::CivilDay(2023, 3, 6));  // the child is 11
  }

  EntityNumber Add(absl::string_view id, absl::CivilDay birth) {
    agency::v1::PersonStated said;
    *said.mutable_birth_date() = testing::DateOf(birth);
    return bench.AddRecord("council", id, said);
  }
  void Relate(EntityNumber parent, EntityNumber of) {
    ledger::v1::RelationshipRow row;
    row.mutable_recorded()->set_person(parent);
    row.mutable_recorded()->set_to(of);
    row.mutable_recorded()->mutable_said()->set_kind(
        agency::v1::RELATIONSHIP_KIND_PARENT);
    PutRow(bench.state(), parent, keys::Relationship(parent, of, "council"),
           row);
  }
  void Judge(bool competent) {
    ledger::v1::Fact fact;
    auto& judged = *fact.mutable_competence_recorded();
    judged.mutable_judgement()->set_number(bench.NextNumber());
    judged.set_record(child);
    judged.mutable_said()->set_matter("sharing");
    judged.mutable_said()->set_competent(competent);
    ASSERT_THAT(bench.Say([&](Decision& d) { return d.Add(child, {}, fact); }),
                testing::IsOk());
  }

  static agency::v1::ConsentStated Share(const std::vector<std::string>& about,
                                         absl::string_view answered_by) {
    auto said = testing::Text<agency::v1::ConsentStated>(
        "kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN "
        "recipients { agency: 'health' } purpose: 'early_help' "
        "understood: ANSWER_YES");
    for (const std::string& who : about) {
      *said.add_about() = testing::PersonOf(testing::Local("council", who));
    }
    *said.mutable_answered_by() =
        testing::PersonOf(testing::Local("council", answered_by));
    return said;
  }
  static agency::v1::ConsentStated Refusing(agency::v1::ConsentStated said) {
    said.set_answer(agency::v1::CONSENT_ANSWER_REFUSED);
    return said;
  }
  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  agency::v1::ConsentWithdrawn Withdrawn(absl::string_view by) {
    agency::v1::ConsentWithdrawn said;
    *said.mutable_consent() = testing::ThingWithId(last_id);
    *said.mutable_withdrawn_by() =
        testing::PersonOf(testing::Local("council", by));
    return said;
  }
  void Given(const agency::v1::ConsentStated& said) {
    ASSERT_THAT(Say(said), testing::IsOk());
    ASSERT_EQ(bench.made().size(), 1u);
    last_id = bench.made()[0].id();
  }
  // The family member of that record acts.
  void As(EntityNumber member) {
    bench.Act("council", bench.IdOf(base::IdKind::kPerson, member),
              agency::v1::ROLE_FAMILY_MEMBER);
  }
  ConsentStanding Now(absl::CivilDay day,
                      absl::string_view purpose = "early_help") {
    return Standing(*ConsentsOf(bench.state(), child),
                    agency::v1::CONSENT_KIND_SHARE, purpose, day);
  }

  const absl::CivilDay today{2023, 3, 6};
  testing::Bench bench{{Evolve, family::Evolve}};
  EntityNumber mother, father, aunt, child;
  std::string last_id;
};

}  // namespace kith::core::consent
