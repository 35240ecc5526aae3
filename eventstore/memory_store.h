// The twin in memory: the same contract, nothing on disk. For tests.
#pragma once

#include <memory>

#include "eventstore/store.h"

namespace kith::eventstore {

// `Checkpoint` is UNIMPLEMENTED here: there is no folder to write.
std::unique_ptr<Store> OpenMemoryStore();

}  // namespace kith::eventstore
