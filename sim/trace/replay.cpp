#include "sim/trace/replay.h"

#include "sim/trace/sort_stably.h"

#include <algorithm>

namespace synq {

namespace {

ReplayedLink& link_of(const Packet& packet, std::vector<ReplayedLink>& links) {
    const auto found = std::find_if(links.begin(), links.end(), [&](const ReplayedLink& link) {
        return link.from == packet.src.address && link.to == packet.dst.address;
    });
    if (found != links.end()) {
        return *found;
    }
    return links.emplace_back(ReplayedLink{packet.src.address, packet.dst.address, {}});
}

std::vector<Instant>& sends_of(const IpAddress& host, std::vector<ReplayedTimers>& timers) {
    const auto found = std::find_if(timers.begin(), timers.end(),
                                    [&](const ReplayedTimers& each) { return each.host == host; });
    return found != timers.end() ? found->sends
                                 : timers.emplace_back(ReplayedTimers{host, {}}).sends;
}

}  // namespace

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
            {.kind = call->kind,
             .think = call->start - previous_end[call->process],
             .start = call->start,
             .end = call->end});
        previous_end[call->process] = call->end;
    }
    for (const SegmentRecord& each : recorded.segments) {
        if (each.retransmission) {
            sends_of(each.packet.src.address, replay.timers).push_back(each.t);
        }
        // What was lost has no passage, and what crossed loopback no link.
        if (each.arrived != kNever && each.arrived != each.t) {
            const Segment& segment = each.packet.segment;
            link_of(each.packet, replay.links)
                .passages.push_back({each.t, each.arrived, segment.flags, segment.len});
        }
    }
    replay.wheel_phase = recorded.wheel_phase;
    return replay;
}

}  // namespace synq
