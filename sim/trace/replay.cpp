#include "sim/trace/replay.h"

#include "sim/trace/sort_stably.h"

#include <algorithm>

namespace synq {

Replay replay_of(const Trace& recorded) {
    Replay replay;
    for (const ProcessInfo& process : recorded.processes) {
        replay.processes.push_back({process.name, {}});
    }
    std::vector<const CallRecord*> calls;
    calls.reserve(recorded.calls.size());
    for (const CallRecord& call : recorded.calls) {
        calls.push_back(&call);
    }
    sort_stably(calls,
                [](const CallRecord* a, const CallRecord* b) { return a->start < b->start; });
    std::vector<Instant> previous_end(recorded.processes.size());
    for (const CallRecord* call : calls) {
        replay.processes[call->process].calls.push_back(
            {call->kind, call->start - previous_end[call->process]});
        previous_end[call->process] = call->end;
    }
    return replay;
}

}  // namespace synq
