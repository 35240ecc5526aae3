// What each reason is called, and which requirement rows stand behind it.
#include "services/disclosure/policy.h"

namespace kith::disclosure {

absl::string_view NameOf(Reason reason) {
  switch (reason) {
    case Reason::kOwnAgency:
      return "own_agency";
    case Reason::kShared:
      return "shared";
    case Reason::kSharedUnagreed:
      return "shared_unagreed";
    case Reason::kRole:
      return "role";
    case Reason::kOwn:
      return "own";
    case Reason::kOfFamily:
      return "of_family";
    case Reason::kLeadExists:
      return "lead_exists";
    case Reason::kOverride:
      return "override";
    case Reason::kBreakGlass:
      return "break_glass";
    case Reason::kNoRole:
      return "no_role";
    case Reason::kPurpose:
      return "purpose";
    case Reason::kNoPermission:
      return "no_permission";
    case Reason::kRefused:
      return "refused";
    case Reason::kConflicting:
      return "conflicting";
    case Reason::kRestricted:
      return "restricted";
    case Reason::kShielded:
      return "shielded";
    case Reason::kDraft:
      return "draft";
    case Reason::kNotInPlan:
      return "not_in_plan";
    case Reason::kNoAgreement:
      return "no_agreement";
    case Reason::kNotStored:
      return "not_stored";
    case Reason::kEmbargoed:
      return "embargoed";
    case Reason::kGone:
      return "gone";
  }
  return "unknown";
}

std::vector<std::string> RowsOf(Reason reason) {
  switch (reason) {
    case Reason::kOwnAgency:
      return {"R-077", "R-263"};
    case Reason::kShared:
      return {"R-074", "R-075"};
    case Reason::kSharedUnagreed:
      return {"R-074", "R-075", "R-098"};
    case Reason::kRole:
      return {"R-262"};
    case Reason::kOwn:
      return {"R-260"};
    case Reason::kOfFamily:
      return {"R-099", "R-259"};
    case Reason::kLeadExists:
      return {"R-263"};
    case Reason::kOverride:
      return {"R-083", "R-084", "R-087"};
    case Reason::kBreakGlass:
      return {"R-077"};
    case Reason::kNoRole:
      return {"R-262"};
    case Reason::kPurpose:
      return {"R-075", "R-090"};
    case Reason::kNoPermission:
      return {"R-074", "R-077"};
    case Reason::kRefused:
      return {"R-067", "R-080"};
    case Reason::kConflicting:
      return {"R-096"};
    case Reason::kRestricted:
      return {"R-070", "R-081"};
    case Reason::kShielded:
      return {"R-081"};
    case Reason::kDraft:
      return {"R-208"};
    case Reason::kNotInPlan:
      return {"R-099"};
    case Reason::kNoAgreement:
      return {"R-098"};
    case Reason::kNotStored:
      return {"R-078"};
    case Reason::kEmbargoed:
      return {"R-088"};
    case Reason::kGone:
      return {};
  }
  return {};
}

}  // namespace kith::disclosure
