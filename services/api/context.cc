#include "services/api/context.h"

#include <utility>

#include "base/civil_date.h"

namespace kith::api {

disclosure::Context ContextOf(views::Standing standing, absl::Time now) {
  disclosure::Context context;
  context.today = base::LondonDay(now);
  for (auto& [record, about] : standing.records) {
    context.records[record] = {std::move(about.agency),
                               std::move(about.surely_same),
                               std::move(about.perhaps_same), about.gone};
  }
  context.consents = std::move(standing.consents);
  context.restrictions = std::move(standing.restrictions);
  context.agencies_of_record = std::move(standing.agencies_of_record);
  context.agencies_of_family = std::move(standing.agencies_of_family);
  context.lead_of_family = std::move(standing.lead_of_family);
  return context;
}

}  // namespace kith::api
