// From a scenario to a world at rest.
#include "sim/des/random.h"
#include "sim/world/simulation.h"

#include <algorithm>

namespace synq {
namespace {

/// Long enough to cover every granule of the wheel that TCP's timers use.
constexpr Duration kPhaseRange = seconds(64);

Secret draw_secret(std::uint64_t seed, std::uint32_t host) {
    RandomStream stream(seed, "secret", host);
    const std::uint64_t first = stream.next();
    return {first, stream.next()};
}

Duration draw_phase(const Scenario& scenario, const Replay* replay, std::uint32_t host) {
    if (replay != nullptr && replay->wheel_phase) {
        return *replay->wheel_phase;
    }
    if (scenario.clock.phase) {
        return *scenario.clock.phase;
    }
    RandomStream stream(scenario.seed, "wheel phase", host);
    return nanoseconds(
        static_cast<std::int64_t>(stream.uniform(static_cast<std::uint64_t>(kPhaseRange.ns))));
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, const RunOptions& options)
    : scenario_(scenario),
      options_(options),
      wheel_mode_(scenario.clock.mode == ClockMode::Wheel),
      recorder_(options.recording) {
    Trace& trace = recorder_.trace;
    trace.scenario = scenario.name;
    trace.seed = scenario.seed;
    trace.world = "model";
    make_hosts();
    make_links();
    make_processes();
    make_floods();
    if (!scenario.table_times.empty()) {
        arm(own(Own::Table, 0), Instant{} + scenario.table_times.front());
    }
}

void Simulation::make_hosts() {
    Trace& trace = recorder_.trace;
    const bool alone = scenario_.hosts.size() == 1;
    hosts_.reserve(scenario_.hosts.size());
    for (std::uint32_t i = 0; i < scenario_.hosts.size(); ++i) {
        const HostSpec& spec = scenario_.hosts[i];
        HostConfig config;
        config.owner = static_cast<std::uint16_t>(i);
        config.profile = find_profile(spec.profile);
        config.sysctl = config.profile->sysctl;
        for (const auto& [name, value] : spec.sysctls) {
            if (!is_fixed(*config.profile, name)) {
                config.sysctl.*(find_sysctl(name)->field) = value;
            }
        }
        config.secret = draw_secret(scenario_.seed, i);
        config.address = alone ? IpAddress::loopback_v4() : spec.address;
        config.report = options_.recording == Recording::Everything;
        hosts_.push_back({.host = Host(config),
                          .wheel = LinuxWheel<Simulation>(
                              scenario_.clock.hz, draw_phase(scenario_, options_.replay, i)),
                          .tick = {},
                          .address = config.address,
                          .sleepers = {},
                          .recorded = recorded_timers(config.address)});
        trace.hosts.push_back(spec.name);
        trace.addresses.push_back(config.address);
        if (i == 0) {
            trace.profile = spec.profile;
        } else if (spec.profile != scenario_.hosts[0].profile) {
            trace.profile += ", " + spec.profile;
        }
    }
    trace.counters.resize(hosts_.size());
}

void Simulation::make_links() {
    routes_.assign(hosts_.size(), std::vector<std::optional<std::uint32_t>>(hosts_.size()));
    for (const LinkSpec& spec : scenario_.links) {
        for (const auto& [from, to] : {std::pair{spec.a, spec.b}, std::pair{spec.b, spec.a}}) {
            std::vector<DropRule> rules;
            for (const DropRule& rule : spec.drops) {
                if (rule.from == from) {
                    rules.push_back(rule);
                }
            }
            routes_[from][to] = static_cast<std::uint32_t>(links_.size());
            const RandomLoss loss{
                .ppm = from == spec.a ? spec.loss_ppm_from_a : spec.loss_ppm_from_b,
                .random =
                    RandomStream(scenario_.seed, "loss",
                                 scenario_.hosts[from].name + " to " + scenario_.hosts[to].name)};
            links_.emplace_back(to, spec.delay, rules, loss);
            follow_recorded(links_.back(), hosts_[from].address, hosts_[to].address);
        }
    }
}

void Simulation::follow_recorded(Link& link, const IpAddress& from, const IpAddress& to) const {
    if (options_.replay == nullptr) {
        return;
    }
    for (const ReplayedLink& recorded : options_.replay->links) {
        if (recorded.from == from && recorded.to == to) {
            link.follow(recorded.passages);
        }
    }
}

const ReplayedTimers* Simulation::recorded_timers(const IpAddress& host) const {
    if (options_.replay == nullptr) {
        return nullptr;
    }
    const auto& timers = options_.replay->timers;
    const auto found = std::find_if(timers.begin(), timers.end(),
                                    [&](const ReplayedTimers& each) { return each.host == host; });
    return found == timers.end() ? nullptr : &*found;
}

void Simulation::make_processes() {
    processes_.reserve(scenario_.processes.size());
    for (std::uint32_t i = 0; i < scenario_.processes.size(); ++i) {
        const ProcessSpec& spec = scenario_.processes[i];
        recorder_.trace.processes.push_back({spec.name, spec.host});
        Process process(spec.program, spec.sleeps);
        process.host = spec.host;
        const bool replayed = options_.replay != nullptr && i < options_.replay->processes.size() &&
                              !options_.replay->processes[i].calls.empty();
        if (replayed) {
            process.replay = &options_.replay->processes[i];
        }
        can_end_ += spec.program.endless() && !spec.lifetime ? 0U : 1U;
        processes_.push_back(std::move(process));
        arm(own(Own::Process, i), Instant{} + (replayed ? Duration{} : spec.start));
        if (spec.lifetime) {
            arm(own(Own::Lifetime, i), Instant{} + spec.start + *spec.lifetime);
        }
    }
}

}  // namespace synq
