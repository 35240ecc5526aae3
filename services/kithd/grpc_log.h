// gRPC's own log, kept from flooding ours: every failed handshake writes a line
// there, and anybody can fail as many as they like.
#pragma once

namespace kith::kithd {

// Sends what gRPC says from now on to the program's log, errors only and a few
// lines a minute; the next line then says how many were left out.
void LimitGrpcLog();

}  // namespace kith::kithd
