// Names of a partnership's databases: in the folder of its data, and alike in a
// checkpoint. The master key of each stands beside it in the folder of the
// data, as <name>.key, and is in no checkpoint.
#pragma once

namespace kith::api {

inline constexpr char kLedgerName[] = "store";
inline constexpr char kAccessLogName[] = "access";

// An empty file beside them, from a restore on: the ledger lacks what was said
// since its checkpoint, and nobody is answered from it before it has caught up.
inline constexpr char kRestoredMark[] = "restored";

}  // namespace kith::api
