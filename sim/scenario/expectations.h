// [[expect]]: what a scenario promises.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"
#include "sim/scenario/topology.h"

#include <vector>

namespace synq {

/// Those whose `when` holds. The others are checked, too, except for what depends on parameters:
/// limits that exclude each other, instances that do not exist.
std::vector<Expectation> load_expectations(LoadContext& context, const Section& top,
                                           const Topology& topology,
                                           const std::vector<ProcessSpec>& processes,
                                           const std::vector<FloodSpec>& floods);

}  // namespace synq
