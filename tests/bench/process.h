// This process, seen from outside.
#pragma once

namespace kith::bench {

// Its memory that no file backs.
double MemoryBytes();

// Waits until it does next to nothing, a minute at most: what RocksDB compacts
// after one measurement is not to slow the next one.
void AwaitRest();

}  // namespace kith::bench
