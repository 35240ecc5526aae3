#include "services/core/meeting/panel.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/id.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/roles.h"
#include "services/core/keys.h"
#include "services/core/meeting/meeting.h"
#include "services/core/parts.h"

namespace kith::core::meeting {
namespace {

using agency::v1::AnonymousPanelItemStated;
using ledger::v1::Fact;
using ledger::v1::PanelItemRecorded;

constexpr absl::string_view kKind = "panel_item";
constexpr int kDigits = 10;

bool HoldsTenDigits(absl::string_view words) {
  int digits = 0;
  for (const char c : words) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      if (++digits == kDigits) return true;
    } else if (c != ' ' && c != '-') {
      digits = 0;
    }
  }
  return false;
}

absl::Status CheckWords(const AnonymousPanelItemStated& said) {
  if (said.question().empty()) {
    return Senseless("PART_MISSING", "a case has a question",
                     "anonymous_panel_item_stated.question");
  }
  if (!LeadsToSomebody(said.question()) && !LeadsToSomebody(said.advice())) {
    return absl::OkStatus();
  }
  return Refuse("NAMES_SOMEBODY",
                "what is discussed without consent names "
                "nobody",
                {"R-227"}, "anonymous_panel_item_stated.question");
}

}  // namespace

bool LeadsToSomebody(absl::string_view words) {
  if (HoldsTenDigits(words)) return true;
  for (const absl::string_view word :
       absl::StrSplit(words, absl::ByAnyChar(" \t\n\r,.;:()\"'"))) {
    if (base::ParseId(word).has_value()) return true;
  }
  return false;
}

absl::Status Decide(const AnonymousPanelItemStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_PANEL_CHAIR,
                                         agency::v1::ROLE_HUB_ADMINISTRATOR}));
  RETURN_IF_ERROR(CheckWords(said));
  if (said.has_discussed_on()) {
    RETURN_IF_ERROR(CheckDate(said.discussed_on(),
                              "anonymous_panel_item_stated.discussed_on"));
  }
  RETURN_IF_ERROR(CheckOwnKey(decision, said.item()));
  PanelItemRecorded recorded;
  *recorded.mutable_said() = said;
  EntityNumber known = 0;
  if (!said.item().local_id().empty()) {
    ASSIGN_OR_RETURN(known, decision.Find(kKind, said.item()));
  }
  if (known != 0) {
    ASSIGN_OR_RETURN(
        const auto row,
        ReadRow<PanelItemRecorded>(decision.state(), keys::PanelItem(known)));
    if (!row.has_value()) return MissingId(kKind);
    if (SaySame(row->said(), said)) return absl::OkStatus();
    recorded.mutable_item()->set_number(known);
  } else {
    *recorded.mutable_item() = decision.NewIdentity(base::IdKind::kOther);
    decision.Tell(recorded.item());
  }
  const Subject subject = recorded.item().number();
  Fact fact;
  *fact.mutable_panel_item_recorded() = std::move(recorded);
  return decision.Add(subject, {}, std::move(fact));
}

absl::Status EvolvePanelItem(StateWriter& state, const Fact& fact,
                             Subject subject, const KeyHash& hash) {
  PanelItemRecorded row = fact.panel_item_recorded();
  const std::string key = keys::PanelItem(row.item().number());
  ASSIGN_OR_RETURN(const auto before, ReadRow<PanelItemRecorded>(state, key));
  if (before.has_value()) {
    *row.mutable_item() = before->item();
  } else {
    PutNames(state, hash, kKind, row.said().item(), fact.by().agency(),
             row.item());
  }
  PutRow(state, subject, key, row);
  return absl::OkStatus();
}

}  // namespace kith::core::meeting
