// Whether a run on the kernel proves anything: its processes must have run when they could.
#include "sim/diff/diff_scenario.h"
#include "sim/diff/flows.h"
#include "sim/proc/program_walk.h"
#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <fmt/core.h>
#include <vector>

namespace synq {
namespace {

using Calls = std::vector<const CallRecord*>;

Calls calls_of(const Trace& trace, std::uint32_t process) {
    Calls calls;
    for (const CallRecord& call : trace.calls) {
        if (call.process == process) {
            calls.push_back(&call);
        }
    }
    sort_stably(calls,
                [](const CallRecord* a, const CallRecord* b) { return a->start < b->start; });
    return calls;
}

/// Walks the program over the recorded results; its sleeps say when each call was due.
std::optional<std::string> late_call(const ProcessSpec& spec, const Calls& calls, Duration slack) {
    ProgramWalk walk{spec.program, spec.sleeps};
    Instant due = Instant{} + spec.start;
    for (const CallRecord* call : calls) {
        const Operation* operation = walk.next();
        while (operation != nullptr && operation->kind == OpKind::Sleep) {
            due = due + walk.sleep(*operation);
            operation = walk.next();
        }
        if (operation == nullptr || operation->kind != OpKind::Call ||
            operation->call != call->kind) {
            return fmt::format("{} did not follow its program at {}", spec.name, call->text);
        }
        if (const Duration late = call->start - due; late > slack) {
            return fmt::format("{} called {} {:.1f} ms late, which may have crossed a timer",
                               spec.name, call->text, to_seconds(late) * 1e3);
        }
        walk.returned(call->result);
        due = call->end;
    }
    return std::nullopt;
}

/// These kinds return at once, unless the process was not allowed to run.
std::optional<std::string> held_up(const ProcessSpec& spec, const Calls& calls, Duration slack) {
    for (const CallRecord* call : calls) {
        const bool can_wait = call->kind == CallKind::Connect || call->kind == CallKind::Accept ||
                              call->kind == CallKind::Recv || call->kind == CallKind::Send;
        if (!can_wait && call->returned() && call->end - call->start > slack) {
            return fmt::format("{} was held up in {} for {:.1f} ms", spec.name, call->text,
                               to_seconds(call->end - call->start) * 1e3);
        }
    }
    return std::nullopt;
}

/// What ends a wait of this call when it arrives at the client.
bool ends_wait(CallKind kind, const FlowSegment& segment) {
    if (segment.from_client || segment.repeated) {
        return false;
    }
    const Flags flags = segment.segment.flags;
    return flags.rst() ||
           (kind == CallKind::Connect ? flags.syn() : flags.fin() || segment.segment.len > 0);
}

/// A connect() or recv() that slept on after what it waited for had come: meanwhile a delayed ACK,
/// for example, may have gone out that a process on time would have made unnecessary.
std::optional<std::string> late_wakeup(const ProcessSpec& spec, std::uint32_t process,
                                       const Calls& calls, const std::vector<Flow>& flows,
                                       const Trace& kernel, Duration slack) {
    std::uint32_t connects = 0;
    for (const CallRecord* call : calls) {
        connects += call->kind == CallKind::Connect ? 1U : 0U;
        const bool can_wait = call->kind == CallKind::Connect || call->kind == CallKind::Recv;
        const auto flow = std::find_if(flows.begin(), flows.end(), [&](const Flow& each) {
            return each.process == process && each.connect + 1 == connects;
        });
        if (!can_wait || !call->returned() || flow == flows.end()) {
            continue;
        }
        std::optional<Instant> woken;
        for (const FlowSegment& each : flow->segments) {
            const Instant arrived = kernel.segments[each.index].arrived;
            if (!woken && arrived >= call->start && arrived <= call->end &&
                ends_wait(call->kind, each)) {
                woken = arrived;
            }
        }
        if (!woken) {
            continue;
        }
        if (const Duration late = call->end - *woken; late > slack) {
            return fmt::format("{} woke up in {} {:.1f} ms late, which may have crossed a timer",
                               spec.name, call->text, to_seconds(late) * 1e3);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> why_invalid(const Scenario& scenario, const Trace& kernel,
                                       Duration slack) {
    const std::vector<Flow> flows = flows_of(kernel);
    for (std::uint32_t i = 0; i < scenario.processes.size(); ++i) {
        const ProcessSpec& spec = scenario.processes[i];
        const Calls calls = calls_of(kernel, i);
        if (auto why = late_call(spec, calls, slack)) {
            return why;
        }
        if (auto why = held_up(spec, calls, slack)) {
            return why;
        }
        if (auto why = late_wakeup(spec, i, calls, flows, kernel, slack)) {
            return why;
        }
    }
    return std::nullopt;
}

}  // namespace synq
