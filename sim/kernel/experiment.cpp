#include "sim/kernel/experiment.h"

#include "sim/kernel/cpu.h"
#include "sim/kernel/network.h"
#include "sim/kernel/real_clock.h"
#include "sim/kernel/socket_process.h"
#include "sim/kernel/wheel_probe.h"
#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <array>
#include <memory>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <utility>

namespace synq {
namespace {

constexpr std::int64_t kLeadInNs = 2'000'000;  // threads exist before the first one acts

using Processes = std::vector<std::shared_ptr<SocketProcess>>;

Processes start_processes(const Scenario& scenario, const RunContext& context) {
    Processes processes;
    for (std::uint32_t i = 0; i < scenario.processes.size(); ++i) {
        const ProcessSpec& spec = scenario.processes[i];
        std::shared_ptr<const SocketProcess> before;
        for (std::uint32_t k = i; k-- > 0 && before == nullptr;) {
            if (scenario.processes[k].start == spec.start) {
                before = processes[k];
            }
        }
        processes.push_back(std::make_shared<SocketProcess>(spec, i, context, std::move(before)));
    }
    for (const auto& process : processes) {
        // Detached, and keeping what it uses alive: it may be blocked for ever.
        std::thread{[process] { process->run(); }}.detach();
    }
    return processes;
}

bool all_ended(const Scenario& scenario, const Processes& processes) {
    for (std::size_t i = 0; i < processes.size(); ++i) {
        if (!processes[i]->ended() && !scenario.processes[i].program.endless()) {
            return false;
        }
    }
    return true;
}

bool all_endless(const Scenario& scenario) {
    return std::all_of(scenario.processes.begin(), scenario.processes.end(),
                       [](const ProcessSpec& spec) { return spec.program.endless(); });
}

std::string first_problem(const Processes& processes) {
    for (const auto& process : processes) {
        if (std::string problem = process->problem(); !problem.empty()) {
            return problem;
        }
    }
    return {};
}

enum class End : std::uint8_t { Natural, Until, CutOff };

/// Blocks until the run is over.
End wait_for_end(const Scenario& scenario, const KernelOptions& options, const RunContext& context,
                 const Processes& processes, int stop) {
    const std::int64_t until = scenario.until ? context.start_ns + scenario.until->ns : kNever.ns;
    const std::int64_t limit = context.start_ns + options.time_limit.ns;
    // Servers alone would wait for ever; a scenario of nothing but them has `until`.
    const bool ends_by_itself = !all_endless(scenario) || scenario.processes.empty();
    for (;;) {
        if (!first_problem(processes).empty() ||
            (ends_by_itself && all_ended(scenario, processes))) {
            return End::Natural;
        }
        const std::int64_t now = monotonic_ns();
        if (now >= until) {
            return End::Until;
        }
        if (now >= limit) {
            return End::CutOff;
        }
        std::array<pollfd, 2> wait{{{.fd = stop, .events = POLLIN, .revents = 0},
                                    {.fd = context.ended_event, .events = POLLIN, .revents = 0}}};
        const std::int64_t left_ns = std::min(until, limit) - now;
        const timespec timeout{.tv_sec = static_cast<time_t>(left_ns / 1'000'000'000),
                               .tv_nsec = static_cast<long>(left_ns % 1'000'000'000)};
        ppoll(wait.data(), wait.size(), &timeout, nullptr);
        if (wait[0].revents != 0) {
            return End::CutOff;
        }
        if (wait[1].revents != 0) {
            eventfd_t count = 0;
            eventfd_read(context.ended_event, &count);
        }
    }
}

void collect_calls(const Processes& processes, KernelRecord& record) {
    for (const auto& process : processes) {
        for (CallRecord& call : process->calls()) {
            // What came after the last instant of the record has not happened.
            if (call.start > record.end) {
                continue;
            }
            if (call.returned() && call.end > record.end) {
                call.end = kNever;
                call.result = 0;
                call.error = Errno::None;
            }
            record.calls.push_back(std::move(call));
        }
    }
    sort_stably(record.calls,
                [](const CallRecord& a, const CallRecord& b) { return a.start < b.start; });
}

/// Executes and collects in a network that is ready.
void execute(const Scenario& scenario, const KernelOptions& options, int stop, int cpu,
             Network& network, KernelRecord& record) {
    if (auto why = network.begin()) {
        record.problem = *why;
        return;
    }
    const WheelProbe probe{kernel_hz(), cpu};
    RunContext context;
    context.start_ns = monotonic_ns() + kLeadInNs;
    context.cpu = cpu;
    context.ended_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    context.max_calls = options.max_calls;
    context.hosts = network.places();
    context.sampler = std::make_shared<QueueSampler>(context.start_ns);
    const Processes processes = start_processes(scenario, context);

    const End end = wait_for_end(scenario, options, context, processes, stop);
    if (end == End::Natural) {
        sleep_until_ns(monotonic_ns() + drain_of(scenario, options).ns);
    }
    record.end = Instant{monotonic_ns() - context.start_ns};
    network.finish(context.start_ns, record);
    context.sampler->finish();
    record.interrupted = end == End::CutOff;
    if (std::string problem = first_problem(processes); !problem.empty()) {
        record.problem = std::move(problem);
    }
    collect_calls(processes, record);
    record.queues = context.sampler->queues();
    record.listeners = context.sampler->listeners();
    record.wheel_phase = probe.phase_at(context.start_ns);
}

}  // namespace

KernelRecord run_experiment(const Scenario& scenario, const KernelOptions& options, int stop) {
    KernelRecord record;
    if (options.realtime) {
        go_ahead_of_others();
    }
    const int cpu = options.one_cpu ? choose_cpu() : -1;
    Network network;
    if (auto why = network.open(scenario, cpu)) {
        record.problem = *why;
        return record;
    }
    execute(scenario, options, stop, cpu, network, record);
    return record;
}

}  // namespace synq
