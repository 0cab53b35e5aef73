// When a real run acted, so that a simulated one can act at the same moments.
//
// A harness cannot be punctual, but it can say how late it was: the model is driven with the times
// that were recorded, and only what follows from them is compared.
#pragma once

#include "model/base/time.h"
#include "model/host/call.h"
#include "model/wire/segment.h"
#include "sim/trace/trace.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace synq {

struct ReplayedCall {
    CallKind kind = CallKind::Socket;
    /// From the previous call's end to this call's start; for the first call, from the start of the
    /// run. It contains the program's sleeps and the process' start, so a replaying process skips
    /// both.
    Duration think;
    Instant start;
    Instant end = kNever;  // kNever: it had not returned when the run ended
};

/// Moments of two runs this close together are the same moment. The processes of a real machine
/// take turns, and a tick of its clock may be handled late: two ticks at 250 Hz.
inline constexpr Duration kSameMoment = milliseconds(8);

struct ReplayedProcess {
    std::string name;
    /// In the order of execution. Past its end, or where the kind differs, the process has left the
    /// recorded path and follows its program's own sleeps again.
    std::vector<ReplayedCall> calls;
};

/// A segment that a link carried.
struct ReplayedPassage {
    Instant sent;
    Instant arrived;
    Flags flags;
    std::uint32_t len = 0;
};

/// One direction of a link, in the order of sending.
struct ReplayedLink {
    IpAddress from;
    IpAddress to;
    std::vector<ReplayedPassage> passages;
};

/// When a host sent something again: its timers' work.
struct ReplayedTimers {
    IpAddress host;
    std::vector<Instant> sends;  // ascending
};

struct Replay {
    std::vector<ReplayedProcess> processes;  // indexed like Trace::processes
    std::vector<ReplayedLink> links;
    std::vector<ReplayedTimers> timers;
    /// As Trace::wheel_phase.
    std::optional<Duration> wheel_phase;
    /// The recorded run ended this long after the last of the processes that can end, and so does
    /// its replay. Unset: it was ended by the clock, see Scenario::until.
    std::optional<Duration> drain;
};

/// The think times of every executed call, in the order in which each process made them, their
/// ends, the passage of every segment that arrived, and the times of retransmissions. How the run
/// ended is not in a trace: `drain` is left unset.
Replay replay_of(const Trace& recorded);

}  // namespace synq
