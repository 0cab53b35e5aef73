// [[expect]]: what a scenario promises.
#pragma once

#include "sim/scenario/processes.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"
#include "sim/scenario/topology.h"

#include <vector>

namespace synq {

/// What expectations may speak of.
struct ExpectationScope {
    const Topology& topology;
    const Processes& processes;
    const std::vector<FloodSpec>& floods;
    const std::vector<Duration>& table_times;
    bool active = true;  // false: they belong to a case that was not chosen
};

/// Appends those of [[expect]] in `section` that are active and whose `when` holds. The others are
/// checked, too, except for what depends on parameters: limits that exclude each other, instances
/// that do not exist.
void load_expectations(LoadContext& context, const Section& section, const ExpectationScope& scope,
                       std::vector<Expectation>& out);

}  // namespace synq
