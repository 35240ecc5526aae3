// May this reader see this item now?
//
// One pure decision, default deny. Nothing is cached; it is made where rows
// leave the views, on the snapshot they were read from. Absent and withheld
// look alike to the reader: the reasons are for the access record.
//
// In this order, the first that applies:
//   1. nobody without agency, role and purpose sees anything
//   2. what was made in error, or may not be stored, nobody sees; what
//      the family is not told of, none of its members
//   3. the role table: not this class for this role; the role's own classes
//   4. the purpose needs no such item; who was alerted to an item sees
//      it
//   5. shielded items and drafts stay with their agency
//   6. who is barred sees it not, their own agency's item neither
//   7. their own agency's, of a family or person it works with
//   8. that there is a lead
//   9. a family member: their own, and the family's own
//  10. a plan goes to services named in it
//  11. consents of everybody it is about; agreements of the agencies
// What 6, 10 or 11 withholds, an override, by its reason, or a grant may
// license; a grant also what is shielded, when a second person agreed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/override.pb.h"
#include "kith/ledger/v1/label.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/disclosure/roles.h"

namespace kith::disclosure {

// Who asks, and when. From identity (agency, practitioner, role) and request
// (purpose).
struct Reader {
  std::string agency;
  std::string practitioner;          // as the agency calls them
  uint64_t practitioner_number = 0;  // 0: not known to this ledger
  agency::v1::Role role = agency::v1::ROLE_UNSPECIFIED;
  std::string purpose;
  uint64_t record = 0;  // of a family member
  std::string reason;   // an auditor's, recorded
  absl::Time at;        // for overrides and grants, which end within a day
};

// What is known of a record that an item is about.
struct RecordContext {
  std::string agency;
  // Records of the same person by a link that a person made or that rests on a
  // verified identifier, itself included: permission reaches these.
  absl::btree_set<uint64_t> surely_same;
  // Those by any link or possible match: refusals and restrictions reach these.
  absl::btree_set<uint64_t> perhaps_same;
  bool gone = false;  // made in error: shown to nobody
  // The day of their birth, where it is known to the day.
  std::optional<absl::CivilDay> born;
};

// One disclosure that is licensed although consent does not allow it
// (R-083..R-089). It changes no consent: it names who may see what, what for
// and until when, and counts only while everything that the rows ask for is
// recorded (reasons, lawful basis, advice, told or why not).
struct Override {
  uint64_t number = 0;  // of the fact's thing, for the access record
  // Who may see it: practitioners by number, agencies by name.
  std::set<uint64_t> practitioners;
  std::set<std::string> agencies;
  // About whom: records, which the override reaches over sure links.
  std::set<uint64_t> records;
  // Of what; empty: every class but those that must be named
  // (conversations held apart).
  std::set<agency::v1::ItemClass> classes;
  std::string purpose;  // as the reader states it; never empty
  // For safety it goes before refusals and restrictions, by law before
  // refusals, otherwise before neither, nor before a consent that was taken
  // back.
  agency::v1::OverrideReason reason = agency::v1::OVERRIDE_REASON_UNSPECIFIED;
  absl::Time from;
  absl::Time until;  // not included
  bool complete = false;
  bool ended = false;  // used up, taken back or found wrong in review
};

// Break-glass: one reader looks at what they otherwise may not, for a short
// time, and is reviewed afterwards. At most four hours.
inline constexpr absl::Duration kGrantMax = absl::Hours(4);
struct Grant {
  uint64_t number = 0;
  std::string agency;
  uint64_t practitioner = 0;  // whose it is; nobody else's
  // Its scope: these families and records (over sure links), never all.
  std::set<uint64_t> families;
  std::set<uint64_t> records;
  std::set<agency::v1::ItemClass> classes;  // empty: as of an override
  absl::Time from;
  absl::Time until;  // not included; at most kGrantMax after `from`
  // A second person, not the reader, agreed that shielded items be shown.
  bool shielded_approved = false;
  bool ended = false;
};

// An information sharing agreement between organisations.
struct Agreement {
  uint64_t number = 0;
  std::set<std::string> parties;
  // What for, and of what; empty: whatever is permitted.
  std::set<std::string> purposes;
  std::set<agency::v1::ItemClass> classes;
  absl::CivilDay from = absl::CivilDay::min();
  absl::CivilDay until = absl::CivilDay::max();  // included
  bool ended = false;
};

// What stands at one position of the ledger, on one day.
struct Context {
  absl::CivilDay today;
  std::map<uint64_t, RecordContext> records;
  // Every consent and restriction about any of `records` or what they link to.
  std::vector<ledger::v1::ConsentRow> consents;
  std::vector<ledger::v1::RestrictionRow> restrictions;
  // Agencies that work with a record's person, and with a family (through an
  // involvement, an open plan, the lead, or members it stated).
  std::map<uint64_t, std::set<std::string>> agencies_of_record;
  std::map<uint64_t, std::set<std::string>> agencies_of_family;
  // Number of the practitioner who leads each family.
  std::map<uint64_t, uint64_t> lead_of_family;
  // Records of each family's present members: those stated, and those of the
  // same person by a link that a person made or that rests on a verified
  // identifier.
  std::map<uint64_t, absl::btree_set<uint64_t>> members_of_family;
  // From this age a person answers for themselves.
  int age_capacity_presumed = 16;
  // Those that may bear on these records and families, and ended ones.
  std::vector<Override> overrides;
  std::vector<Grant> grants;
  std::vector<Agreement> agreements;
};

enum class Reason {
  // Shown:
  kOwnAgency,       // the reader's agency's own, of a family it works with
  kShared,          // permission covers every record it is about
  kSharedUnagreed,  // so, but their agencies have no agreement
  kRole,            // the role's own class of item
  kOwn,             // a family member's own
  kOfFamily,        // the family's own, to a member
  kLeadExists,      // that there is a lead and how to reach them
  kOverride,        // consent was overridden for this
  kBreakGlass,      // the reader broke the glass
  // Withheld:
  kNoRole,        // no role, purpose or agency, or not for this role
  kPurpose,       // the purpose needs no such item
  kNoPermission,  // no permission covers it (default)
  kRefused,       // sharing was refused
  kConflicting,   // one gave what another refused
  kRestricted,    // the reader is barred
  kShielded,      // protected address, restricted patient
  kDraft,         // not agreed yet
  kNotInPlan,     // the service is not named in the plan
  kNoAgreement,   // their agencies have no agreement
  kNotStored,     // storing it was refused
  kEmbargoed,     // the family is not told of it
  kGone,          // made in error
};
// The last of them, for those who go through all.
inline constexpr Reason kLastReason = Reason::kGone;

// As the access record spells it: "shared", "no_permission"...
absl::string_view NameOf(Reason reason);
// The requirement rows behind it.
std::vector<std::string> RowsOf(Reason reason);

struct Decision {
  bool show = false;
  Reason reason = Reason::kNoPermission;
  // Consents that permitted it, restrictions that forbade it, the override or
  // grant that licensed it, by number.
  std::vector<uint64_t> decided_by;
};

// Number of these rules, for the access record; that of the role table stands
// beside it in the table.
inline constexpr uint32_t kPolicyVersion = 5;

// Whether figures of an agency that name nobody are for the reader: their own
// agency's are; the hub has those of every agency, which it runs the worklists
// of; leadership those that an agreement in force between the two agencies
// covers for the reader's purpose. `of`: the class that is counted.
bool MaySeeFigures(const Reader& reader, const std::string& agency,
                   agency::v1::ItemClass of, const Context& context,
                   const Roles& roles = ShippedRoles());

// `rights` are those of the reader's role and purpose: looked up once, for all
// that one reader asks for.
Decision Decide(const Reader& reader, const ledger::v1::ItemLabel& item,
                const Context& context, const Rights& rights);
Decision Decide(const Reader& reader, const ledger::v1::ItemLabel& item,
                const Context& context, const Roles& roles = ShippedRoles());

}  // namespace kith::disclosure
