// What is measured (architecture.md section 9).
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "tests/bench/figures.h"

namespace kith::bench {

struct Settings {
  std::string folder;         // an empty folder on the disk to measure
  uint64_t families = 10000;  // known before measuring
  uint64_t families_many = 100000;
  size_t asked = 500;  // different families that are asked for, over and over
  size_t statements = 20000;  // a run
  size_t backlog = 1000000;   // of statements, drained from Kafka
  int pairs = 5;              // odd
};

// How long the disk takes to make 4 KiB durable.
void MeasureSync(const Settings& settings, Report& report);
// The same in microseconds, measured now.
Median SyncMicros(const std::string& folder);

// Durable intake against the writing of the very same rows, and the rebuild of
// all views against reading, parsing and writing the same rows.
void MeasureIntakeAndRebuild(const Settings& settings, Report& report);

// Durable intake through gRPC, each caller with one statement on its way,
// against a gRPC server that does one synced put for each.
void MeasureIntakeCalls(const Settings& settings, Report& report);

// GetFamily over gRPC with disclosure and a durable access record, against a
// call that does nothing and answers with as many bytes: both without TLS, and
// both over mutual TLS with a token.
void MeasureReads(const Settings& settings, Report& report);

// Through a real Kafka on this machine: from a statement to its being visible,
// against a bare round trip through the same broker; and draining a backlog,
// against the same intake without Kafka, with what memory does meanwhile.
// FAILED_PRECONDITION: no broker can be had here; nothing was measured.
absl::Status MeasureKafka(const Settings& settings, Report& report);

// Memory, disk and speed with few and with many families. Each is measured in
// a process of its own, for which this program is run with `--grown`.
void MeasureGrowth(const Settings& settings, Report& report);
int RunGrown(const Settings& settings);

}  // namespace kith::bench
