// A fingerprint of what happened: two runs with equal digests did the same things in the same
// order.
//
// 64-bit FNV-1a over calls, segments with their options, states, queues, listeners, socket tables,
// counters, order, and the end of the run. Left out: what was asked for (scenario, profile, seed,
// world) and names of hosts and processes, so that a rename or a seed without effect shows as
// equal.
#pragma once

#include "sim/trace/trace.h"

#include <cstdint>
#include <string>

namespace synq {

[[nodiscard]] std::uint64_t digest(const Trace& trace);
/// The digest as 16 hexadecimal digits.
[[nodiscard]] std::string digest_text(const Trace& trace);

}  // namespace synq
