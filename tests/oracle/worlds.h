// Small invented worlds for the decision what a reader may see: people with
// records at agencies, links, families, answers, restrictions, agreements,
// overrides and grants. All of it follows from one seed.
//
// A world is told twice: as what the decision takes (`ContextOf`, `LabelOf`,
// `ReaderOf`), and as the plain lists below, which the oracle reads.
#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "services/disclosure/policy.h"

namespace kith::oracle {

using agency::v1::ConsentAnswer;
using agency::v1::ConsentKind;
using agency::v1::ItemClass;
using agency::v1::LegalBasis;
using agency::v1::Role;

// Somebody who is named: one of the three.
struct Who {
  std::string agency;
  int practitioner = 0;
  int record = 0;
};

struct Record {
  int number = 0;  // from 1
  std::string agency;
  int person = 0;  // the cluster that all links, sure or not, make
  bool gone = false;
  int born_year = 0;  // on 15 June; 0: not known
};

struct Pair {
  int one = 0, other = 0;
};

struct Answer {
  int number = 0;
  std::string agency;
  ConsentKind kind;
  ConsentAnswer answer;
  std::vector<int> about;
  std::vector<Who> to;
  std::string purpose;
  std::set<ItemClass> classes;
  int from = 0, until = 0;  // days from the first; 0: open
  int answered_by = 0;
  int since_year = 2020;  // on 15 June
  bool own_only = false;
  bool ended = false;
};

struct Bar {
  int number = 0;
  std::string agency;
  std::vector<int> about;
  std::vector<Who> barred;
  std::set<ItemClass> classes;
  std::vector<int> things;
  int from = 0, until = 0;
  bool from_family = false;
  bool own_only = false;
  bool ended = false;
};

struct Family {
  int number = 0;
  std::set<int> members;           // records
  std::set<std::string> agencies;  // that work with it
  int lead = 0;
};

struct Item {
  ItemClass item_class;
  std::string agency;
  std::vector<int> about;
  int family = 0;
  std::vector<std::string> named;
  bool draft = false;
  bool shielded = false;
  bool embargoed = false;
  int thing = 0;
  LegalBasis basis;
};

struct World {
  int today = 1;  // day from the first: 1 January 2026 is day 1
  int hour = 12;
  std::vector<Record> records;
  std::vector<Pair> sure;      // links
  std::vector<Pair> possible;  // matches that nobody has decided
  std::vector<Answer> answers;
  std::vector<Bar> bars;
  std::vector<Family> families;
  std::vector<std::set<std::string>> works_with;  // by record, from index 1
  std::vector<disclosure::Override> overrides;
  std::vector<disclosure::Grant> grants;
  std::vector<disclosure::Agreement> agreements;
  std::vector<Item> items;
  std::vector<disclosure::Reader> readers;
};

World Invent(uint64_t seed);
// The same people and items as they stood some time before: other answers and
// restrictions in force, other agencies and leads, links not made yet.
World Before(const World& now, uint64_t seed);

absl::CivilDay DayOf(int day);
absl::Time MomentOf(const World& world);
ledger::v1::ItemLabel LabelOf(const Item& item);
disclosure::Context ContextOf(const World& world);

}  // namespace kith::oracle
