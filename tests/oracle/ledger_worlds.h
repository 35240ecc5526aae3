// Small invented partnerships, for what disclosure is told of people and
// families: agencies' records of them, links, families, work, answers. All of
// it follows from one seed.
//
// A world is told twice: as facts, which the real views fold, and as the plain
// lists below, which the reading goes by (ledger_reading.h). Facts of one
// person's records, joins and decisions follow each other as core makes them;
// what core would never say is not invented.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/views/testing.h"

namespace kith::ledger_oracle {

using Number = uint64_t;

// Days, both included; absent ends are open.
struct Span {
  std::optional<absl::CivilDay> from, until;
};

struct Record {
  Number number = 0;
  std::string agency;
  Number person = 0;  // a number of its own: equal for one person's records
  bool gone = false;
  bool restricted = false;  // a restricted patient
  bool has_open_address = false;
  bool has_protected_address = false;
  bool has_religion = false;
  absl::CivilDay born;  // only where it is known to the day
  bool has_birth_day = false;
};

// What is known of two records together.
struct Pair {
  Number one = 0, other = 0;
  ledger::v1::PairOutcome judged = ledger::v1::PAIR_OUTCOME_NONE;
  bool verified = false;
  agency::v1::MatchDecision decision = agency::v1::MATCH_DECISION_UNSPECIFIED;
};

struct Family {
  Number number = 0;
  std::string agency;
  Number defined_by = 0;   // a record; 0: nobody
  Number joined_into = 0;  // 0: stands for itself
};

struct Membership {
  Number family = 0, record = 0;
  std::string agency;
  Span span;
};

struct Plan {
  Number number = 0, family = 0;
  std::string agency;
  std::vector<Number> about;
  std::vector<Number> doers;  // records
  bool closed = false;
};

struct Lead {
  Number number = 0, family = 0, practitioner = 0;
  std::string appointed_by;  // an agency
  std::string works_for;     // an agency
  bool ended = false;
};

struct Involvement {
  Number record = 0;
  std::string agency;
  Span span;
};

struct Need {
  Number record = 0;
  std::string agency;
};

struct Relationship {
  Number person = 0, to = 0;  // records
  std::string agency;
};

// Somebody of a family's network.
struct Helper {
  Number family = 0;
  std::string agency;
  bool has_contact = false;
};

// A consent or restriction, override or broken glass.
struct Ruling {
  Number number = 0;
  std::string agency;
  std::vector<Number> about;
  std::vector<Number> named;  // records of recipients and of the barred
  Number said_by = 0;         // a record; 0: nobody
  Number family = 0;          // of broken glass
};

// An assessment, or a referral: `to_agency` is asked, and agencies say how far
// it has come.
struct Service {
  Number number = 0;
  Number family = 0;  // 0: not known
  std::string agency;
  std::vector<Number> about;
  std::string to_agency;
  std::vector<std::string> steps;
};

struct Meeting {
  Number number = 0, family = 0;
  Number plan = 0;  // of the same family; 0: of none
  std::string agency;
  std::vector<Number> present;
  bool apart = false;  // held with some of them alone
};

struct World {
  absl::CivilDay today;
  std::vector<Record> records;
  std::vector<Pair> pairs;
  std::vector<Family> families;
  std::vector<Membership> memberships;
  std::vector<Plan> plans;
  std::vector<Lead> leads;
  std::vector<Involvement> involvements;
  std::vector<Need> needs;
  std::vector<Relationship> relationships;
  std::vector<Helper> helpers;
  std::vector<Ruling> consents, restrictions, overrides, glass;
  std::vector<Service> assessments, referrals;
  std::vector<Meeting> meetings;
};

struct ToldTwice {
  World world;
  std::unique_ptr<views::testing::History> history;
};

ToldTwice Invent(uint64_t seed);

}  // namespace kith::ledger_oracle
