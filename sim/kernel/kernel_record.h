// What the child process of a run tells its parent, as octets through a pipe.
//
// Both ends are the same program image, so plain values travel as they lie in memory.
#pragma once

#include "sim/kernel/mib_files.h"
#include "sim/trace/trace.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace synq {

struct KernelRecord {
    std::string problem;  // not empty: the run is worth nothing, and this is why
    Instant end;
    bool interrupted = false;
    std::vector<CallRecord> calls;
    std::vector<SegmentRecord> segments;
    std::vector<QueueRecord> queues;
    std::vector<ListenerRecord> listeners;
    std::vector<CounterMap> counters;     // by host
    std::optional<Duration> wheel_phase;  // as Trace::wheel_phase
};

/// The message, its own length first.
std::string pack(const KernelRecord& record);

/// True when `octets` holds a whole message, so that the reader need not wait for more.
[[nodiscard]] bool is_whole(std::string_view octets);

/// nullopt when the message is cut short or malformed.
std::optional<KernelRecord> unpack(std::string_view octets);

}  // namespace synq
