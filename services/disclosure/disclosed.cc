#include "services/disclosure/disclosed.h"

#include <algorithm>
#include <string>

namespace kith::disclosure {
namespace {

constexpr int kDecidedByMax = 20;

const Discloser::SharedContext& NothingKnown() {
  static const auto* nothing =
      new Discloser::SharedContext(std::make_shared<const Context>());
  return *nothing;
}

}  // namespace

void Account::AddTo(ledger::v1::AccessRecord& record) const {
  record.set_policy_version(kPolicyVersion);
  record.set_roles_version(ShippedRoles().version());
  for (uint64_t family : families) record.add_families(family);
  for (uint64_t number : records) record.add_records(number);
  for (const auto& [key, tally] : tallies) {
    auto* out = record.add_tallies();
    out->set_class_(std::get<0>(key));
    out->set_shown(std::get<1>(key));
    out->set_reason(std::string(NameOf(std::get<2>(key))));
    out->set_count(tally.count);
    for (uint64_t number : tally.decided_by) {
      if (out->decided_by_size() == kDecidedByMax) break;
      out->add_decided_by(number);
    }
  }
}

bool Account::shown() const {
  return std::any_of(tallies.begin(), tallies.end(), [](const auto& entry) {
    return std::get<1>(entry.first);
  });
}

Discloser::Discloser(Reader reader)
    : reader_(std::move(reader)),
      rights_(ShippedRoles().RightsFor(reader_.role, reader_.purpose)),
      now_(NothingKnown()) {}

Discloser::Discloser(Reader reader, Context now)
    : Discloser(std::move(reader)) {
  Use(std::make_shared<const Context>(std::move(now)));
}

Decision Discloser::DecideThen(const ledger::v1::ItemLabel& label) const {
  Reader then = reader_;
  then.at = then_at_;
  return Decide(then, label, *then_, rights_);
}

bool Discloser::Admit(const ledger::v1::ItemLabel& label) {
  Decision decision = Decide(reader_, label, *now_, rights_);
  if (decision.show && then_ != nullptr &&
      reader_.role != agency::v1::ROLE_AUDITOR) {
    Decision then = DecideThen(label);
    if (!then.show) decision = std::move(then);
  }
  auto& tally =
      account_.tallies[{label.class_(), decision.show, decision.reason}];
  ++tally.count;
  tally.decided_by.insert(decision.decided_by.begin(),
                          decision.decided_by.end());
  if (label.family() != 0) account_.families.insert(label.family());
  account_.records.insert(label.records().begin(), label.records().end());
  return decision.show;
}

}  // namespace kith::disclosure
