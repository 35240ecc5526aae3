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

Discloser::Side::Side(Reader who)
    : reader(std::move(who)),
      rights(ShippedRoles().RightsFor(reader.role, reader.purpose)) {}

Discloser::Discloser(Reader reader)
    : side_(std::move(reader)), now_(NothingKnown()) {}

Discloser::Discloser(Reader reader, Context now)
    : Discloser(std::move(reader)) {
  Use(std::make_shared<const Context>(std::move(now)));
}

void Discloser::CopyFor(Reader receiver) {
  receiver_.emplace(std::move(receiver));
}

Decision Discloser::DecideFor(const Side& side,
                              const ledger::v1::ItemLabel& label) const {
  Decision decision = Decide(side.reader, label, *now_, side.rights);
  if (!decision.show || then_ == nullptr ||
      side.reader.role == agency::v1::ROLE_AUDITOR) {
    return decision;
  }
  Reader then = side.reader;
  then.at = then_at_;
  Decision stood = Decide(then, label, *then_, side.rights);
  return stood.show ? decision : stood;
}

bool Discloser::Admit(const ledger::v1::ItemLabel& label) {
  Decision decision = DecideFor(side_, label);
  if (decision.show && receiver_) {
    Decision theirs = DecideFor(*receiver_, label);
    if (!theirs.show) decision = std::move(theirs);
  }
  auto& tally =
      account_.tallies[{label.class_(), decision.show, decision.reason}];
  ++tally.count;
  tally.decided_by.insert(decision.decided_by.begin(),
                          decision.decided_by.end());
  account_.records.insert(label.records().begin(), label.records().end());
  if (label.family() != 0) {
    account_.families.insert(label.family());
  } else {
    account_.alone.insert(label.records().begin(), label.records().end());
  }
  return decision.show;
}

}  // namespace kith::disclosure
