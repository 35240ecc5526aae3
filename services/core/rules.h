// The rules that this engine ships.
#pragma once

#include "kith/ledger/v1/facts.pb.h"

namespace kith::core {

// Rules number 1: instruments, ages, days and limits, with the requirement rows
// they come from beside each in rules.cc.
ledger::v1::Rules DefaultRules();

}  // namespace kith::core
