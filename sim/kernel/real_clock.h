// The machine's clocks, as integers of nanoseconds. Only the kernel runner reads them.
#pragma once

#include <cstdint>

namespace synq {

/// CLOCK_MONOTONIC: what sleeps and call times are measured with.
std::int64_t monotonic_ns();

/// CLOCK_REALTIME minus CLOCK_MONOTONIC, from two readings around one. Unbracketed it can be wrong
/// by a whole preemption (10 ms were measured).
std::int64_t realtime_offset_ns();

/// Returns at or after the given instant of CLOCK_MONOTONIC, also when signals arrive meanwhile.
void sleep_until_ns(std::int64_t deadline);

}  // namespace synq
