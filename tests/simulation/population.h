// People and families that nobody is, as three agencies' systems tell of them.
//
// Everything follows from the numbers asked for: two runs tell the same. Each
// family has two adults and two children at one address; the council's records
// hold all four and the family, the school's the children, the health
// service's the children and the first adult. Verified NHS numbers join the
// council's and the health service's records, name, birth date and postcode the
// school's.
#pragma once

#include <cstdint>
#include <string>

#include "kith/agency/v1/statement.pb.h"

namespace kith::simulation {

inline constexpr int kMembers = 4;

// The `version` of a statement changes what a system says of the same thing.
struct Told {
  std::string agency;
  uint64_t family = 0;
  int version = 0;
};

std::string RecordIdOf(uint64_t family, int member);
agency::v1::LocalRef LocalOf(const Told& told, std::string local_id);
// Says that it is of an extract: that of the version.
void SetSnapshot(const Told& told, const std::string& key,
                 agency::v1::Statement& said);
agency::v1::PersonRef PersonOf(const Told& told, int member);
agency::v1::ThingRef FamilyOf(const Told& told);

agency::v1::Statement PersonStatement(const Told& told, int member);
agency::v1::Statement FamilyStatement(const Told& told);
agency::v1::Statement RelationshipStatement(const Told& told, int member,
                                            int to);
agency::v1::Statement InvolvementStatement(const Told& told, int member);
agency::v1::Statement NeedStatement(const Told& told, int member);
agency::v1::Statement ConsentStatement(const Told& told, int member);
agency::v1::Statement PlanStatement(const Told& told, int member);
agency::v1::Statement LeadStatement(const Told& told);
agency::v1::Statement MeetingStatement(const Told& told);

// A valid NHS number, of the range that is issued; never blank.
std::string NhsNumberOf(uint64_t person);

}  // namespace kith::simulation
