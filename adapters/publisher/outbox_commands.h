// The commands about an outbox alone: deliver, resend, status. Used by
// command.cc only.
#pragma once

#include "adapters/publisher/command_options.h"

namespace kith::adapters {

void AddOutboxCommands(CLI::App& app, Options& options);

// Each returns the program's exit code.
int DeliverKept(const std::string& program, const Options& options);
int ResendKept(const std::string& program, const Options& options);
int ShowStatus(const std::string& program, const Options& options);

}  // namespace kith::adapters
