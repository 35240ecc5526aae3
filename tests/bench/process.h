// This process, seen from outside.
#pragma once

namespace kith::bench {

// Its memory that no file backs.
double MemoryBytes();

// Waits until it does next to nothing, ten minutes at most, and until the disk
// has what was written: what RocksDB compacts after one measurement, and what
// the machine then brings to the disk, is not to slow the next one.
void AwaitRest();

}  // namespace kith::bench
