// What a FHIR R4 Consent may give and what it forbids (formats C2).
//
// It gives SHARE over the speaking agency's own records of the patient, to
// recipients whom it names as such (PRCP, IRCP; a custodian or an author is
// none), for one purpose of the table. It never gives RECORD, STORE or
// agreement to a service. Deny provisions and OPTOUT are restrictions.
//
// The two directions are not read alike, and that is the rule of this file:
//   - a permission holds only if every part of it can be represented; a part
//     that cannot (a label, a code, particular data, an unknown class,
//     recipient or purpose, somebody whose agency the table does not know)
//     never permits;
//   - a restriction whose limits cannot be represented is widened, never
//     dropped.
//
// A root provision without a type has opposite meanings in the official
// examples. The setting `untyped_root` says how a source means it: `limits`
// (the policy rule holds within it), `excepts` (it is an exception from the
// policy rule) or `set_aside`, the default. Under OPTOUT the opting out is
// taken even then, for that much is plain.
//
// One Consent is one permission, stated under its own key each time, so that a
// newer version replaces the older one whole. A version that cannot be
// represented is set aside, and takes the older one's place as a permission to
// nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/health/fhir.h"

namespace kith::adapters::health {

// One provision, read as far as it can be.
struct Provision {
  std::string type;  // "permit", "deny" or empty
  std::vector<agency::v1::Recipient> recipients;
  bool names_somebody = false;      // it has actors at all
  bool recipients_complete = true;  // all of its recipients are represented
  std::vector<agency::v1::ItemClass> classes;
  bool classes_complete = true;
  std::string purpose;       // ours
  bool has_purpose = false;  // it has purposes at all
  bool limited = false;      // by data, code, label, action or an extension
  agency::v1::Period period;
  bool has_bad_date = false;
  // Nothing but nested provisions: an empty frame.
  bool empty() const;
};

Provision ReadProvision(const Reading& reading, const json& from);

}  // namespace kith::adapters::health
