// Scenarios of the theory tests: a server, what comes at it, and one number that is read off.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/world/world.h"
#include "tests/catch.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synq {

using Setting = std::pair<std::string, std::string>;
using Settings = std::vector<Setting>;

inline Scenario read_experiment(std::string_view text, std::uint64_t seed = 1,
                                const Settings& parameters = {}) {
    Overrides overrides;
    overrides.seed = seed;
    overrides.parameters = parameters;
    const auto scenario = parse_scenario(text, "experiment.toml", overrides);
    INFO((scenario ? "" : to_string(scenario.error())));
    REQUIRE(scenario.has_value());
    return *scenario;
}

inline Trace run_experiment(const Scenario& scenario, Recording recording) {
    const auto trace = run_scenario(scenario, {.recording = recording});
    INFO((trace ? "" : to_string(trace.error())));
    REQUIRE(trace.has_value());
    return *trace;
}

inline Trace run_experiment(std::string_view text, std::uint64_t seed, const Settings& parameters,
                            Recording recording = Recording::Counters) {
    return run_experiment(read_experiment(text, seed, parameters), recording);
}

inline std::uint64_t counter(const Trace& trace, std::size_t host, const std::string& name) {
    const auto found = trace.counters.at(host).find(name);
    return found == trace.counters.at(host).end() ? 0 : found->second;
}

}  // namespace synq
