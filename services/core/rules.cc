#include "services/core/rules.h"

#include "absl/strings/str_cat.h"

namespace kith::core {
namespace {

ledger::v1::Instrument NorfolkScaling() {  // 10 is best
  ledger::v1::Instrument instrument;
  instrument.set_code("norfolk-scaling");
  instrument.set_min(0);
  instrument.set_max(10);
  instrument.set_high_is_better(true);
  return instrument;
}

// impact on the family, 1 is best. Twenty outcomes and one of the
// family's own.
ledger::v1::Instrument OutcomeImpact() {
  ledger::v1::Instrument instrument;
  instrument.set_code("wf-outcome");
  instrument.set_min(1);
  instrument.set_max(5);
  for (int item = 1; item <= 21; ++item) {
    instrument.add_items(absl::StrCat(item));
  }
  return instrument;
}

}  // namespace

ledger::v1::Rules DefaultRules() {
  ledger::v1::Rules rules;
  *rules.add_instruments() = NorfolkScaling();
  *rules.add_instruments() = OutcomeImpact();
  rules.set_age_parent_must_consent(12);
  rules.set_age_capacity_presumed(16);
  rules.set_review_days_min(42);
  rules.set_review_days_max(56);
  rules.set_private_fostering_days(28);
  rules.add_nhs_test_ranges("9990000000-9999999999");  // issued to nobody
  rules.add_generic_postcodes("ZZ99");                 // all pseudo-postcodes
  rules.set_candidates_max(200);
  rules.set_parking_days_max(30);
  rules.set_parking_count_max(100);
  rules.set_request_days(30);
  return rules;
}

}  // namespace kith::core
