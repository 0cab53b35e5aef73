// How far a time may be off, from the timer wheel's rounding (linux.md 0.1).
//
// The kernel and the model round the same timers on wheels of different phase. So a timer's
// interval may differ by its granule; and what a timer set in motion inherits the differences of
// all timers before it on its chain of causes, but of no others.
#pragma once

#include "sim/diff/diff.h"
#include "sim/diff/flows.h"
#include "sim/trace/trace.h"

#include <vector>

namespace synq {

/// One tick of the kernel.
Duration jiffy(int hz);

/// What a timer armed for `delay` is rounded up to (Linux calc_index): 1 jiffy below 63 jiffies,
/// then 8, 64 ... with eightfold ranges. At HZ=250: 4 ms below 0.252 s, 32 ms below 2.016 s, 256 ms
/// below 16.128 s, 2.048 s below 129 s.
Duration wheel_granule(Duration delay, int hz);

/// For each event of the kernel's trace: how far the sum of rounding may have moved it.
struct TimeTolerances {
    std::vector<Duration> segments;   // by index in Trace::segments
    std::vector<Duration> call_ends;  // by index in Trace::calls; pending ones: zero
};

/// Walks the trace in the order of time. Events less than kBurstGap apart are one burst: what its
/// first event started. A burst begins with a timer (a retransmission, a timeout), which adds its
/// granule to what its flow had gathered, or with a call that a process made after thinking, which
/// inherits from that process' previous call.
TimeTolerances tolerances_of(const Trace& kernel, const std::vector<Flow>& flows, int hz);

/// Longest silence inside a burst: wake-ups are far shorter, timers longer.
inline constexpr Duration kBurstGap = milliseconds(3);

}  // namespace synq
