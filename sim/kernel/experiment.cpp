#include "sim/kernel/experiment.h"

#include "model/profile/profile.h"
#include "sim/kernel/capture.h"
#include "sim/kernel/netns.h"
#include "sim/kernel/real_clock.h"
#include "sim/kernel/socket_process.h"
#include "sim/trace/sort_stably.h"

#include <algorithm>
#include <array>
#include <memory>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <thread>
#include <utility>

namespace synq {
namespace {

constexpr std::int64_t kLeadInNs = 2'000'000;  // threads exist before the first one acts

using Processes = std::vector<std::shared_ptr<SocketProcess>>;

/// Every setting that the model knows, so that the machine's own defaults play no part, then the
/// scenario's.
std::optional<std::string> apply_settings(const HostSpec& host) {
    for (const auto& [name, value] : {std::pair{"net.ipv4.tcp_congestion_control", "reno"},
                                      std::pair{"net.ipv4.tcp_no_metrics_save", "1"}}) {
        if (auto why = write_sysctl(name, value)) {
            return why;
        }
    }
    const Profile* const profile = find_profile(host.profile);
    if (profile != nullptr) {
        for (const SysctlInfo& each : sysctl_table()) {
            const std::string name{each.name};
            if (!sysctl_exists(name)) {
                continue;  // an older kernel; the scenario's own settings are not forgiven below
            }
            if (auto why = write_sysctl(name, std::to_string(profile->sysctl.*each.field))) {
                return why;
            }
        }
    }
    for (const auto& [name, value] : host.sysctls) {
        if (profile != nullptr && is_fixed(*profile, name)) {
            continue;
        }
        if (auto why = write_sysctl(name, std::to_string(value))) {
            return why;
        }
    }
    return std::nullopt;
}

/// Without it another program's time slice can hold a process up for longer than a delayed ACK
/// waits. Only the real root may, and only outside the user namespace; refusal is no harm. The
/// limit ends a run that spins instead of freezing the machine.
void go_ahead_of_others() {
    constexpr rlim_t spin_us = 2'000'000;
    constexpr int priority = 10;
    const rlimit limit{.rlim_cur = spin_us, .rlim_max = spin_us};
    const sched_param parameters{.sched_priority = priority};
    if (setrlimit(RLIMIT_RTTIME, &limit) == 0) {
        sched_setscheduler(0, SCHED_FIFO, &parameters);
    }
}

/// One of the CPUs that this process may use; runs side by side spread over them.
int choose_cpu() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
        return -1;
    }
    int skip = getpid() % std::max(CPU_COUNT(&allowed), 1);
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &allowed) && skip-- == 0) {
            return static_cast<int>(cpu);
        }
    }
    return -1;
}

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

void collect_segments(const std::vector<CapturedPacket>& packets, std::int64_t start_ns,
                      KernelRecord& record) {
    for (const CapturedPacket& each : packets) {
        const Instant t{each.monotonic_ns - start_ns};
        if (t <= record.end) {
            // Loopback: what is sent has arrived.
            record.segments.push_back({.t = t, .arrived = t, .packet = each.packet});
        }
    }
}

/// Executes and collects in a namespace that is ready.
void execute(const Scenario& scenario, const KernelOptions& options, int stop, Capture& capture,
             KernelRecord& record) {
    const auto before = read_counters();
    if (!before) {
        record.problem = before.error();
        return;
    }
    RunContext context;
    context.start_ns = monotonic_ns() + kLeadInNs;
    context.cpu = options.one_cpu ? choose_cpu() : -1;
    context.ended_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    context.max_calls = options.max_calls;
    context.sampler = std::make_shared<QueueSampler>(
        context.start_ns, scenario.processes.empty() ? 0 : scenario.processes.front().host);
    const Processes processes = start_processes(scenario, context);

    const End end = wait_for_end(scenario, options, context, processes, stop);
    if (end == End::Natural) {
        sleep_until_ns(monotonic_ns() + options.drain.ns);
    }
    record.end = Instant{monotonic_ns() - context.start_ns};
    const auto after = read_counters();
    context.sampler->finish();
    record.interrupted = end == End::CutOff;
    record.problem = first_problem(processes);
    collect_calls(processes, record);
    record.queues = context.sampler->queues();
    record.listeners = context.sampler->listeners();
    if (!after) {
        record.problem = after.error();
        return;
    }
    record.counters = counter_changes(*before, *after);
    if (const auto packets = capture.finish()) {
        collect_segments(*packets, context.start_ns, record);
    } else {
        record.problem = packets.error();
    }
}

}  // namespace

KernelRecord run_experiment(const Scenario& scenario, const KernelOptions& options, int stop) {
    KernelRecord record;
    if (options.realtime) {
        go_ahead_of_others();
    }
    if (auto why = enter_private_network()) {
        record.problem = *why;
        return record;
    }
    const std::size_t host = scenario.processes.empty() ? 0 : scenario.processes.front().host;
    if (auto why = apply_settings(scenario.hosts.at(host))) {
        record.problem = *why;
        return record;
    }
    auto capture = Capture::open();
    if (!capture) {
        record.problem = capture.error();
        return record;
    }
    execute(scenario, options, stop, **capture, record);
    return record;
}

}  // namespace synq
