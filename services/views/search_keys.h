// What somebody can be found by with certainty, as texts to be hashed.
// Internal to views.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/api/v1/views.pb.h"
#include "kith/ledger/v1/state.pb.h"

namespace kith::views {

// Sorted, without repeats. A record that is gone is found by nothing.
//   identifiers    verified ones; a sound permanent UPN with the birth date
//   name           given and family name, birth date and postcode together
//   own reference  agency, system and local id
std::vector<std::string> SearchKeys(const ledger::v1::RecordRow& record);
// Those that a query holds whole.
std::vector<std::string> SearchKeys(const api::v1::PersonQuery& query);
// Whether the key holds where somebody lives: who has it right has learnt that.
bool TellsAddress(absl::string_view key);

std::string PractitionerKey(absl::string_view agency,
                            absl::string_view local_id);

}  // namespace kith::views
