// [[flood]]: SYNs from addresses that are not the sender's own.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"
#include "sim/scenario/topology.h"

#include <vector>

namespace synq {

/// `until` is when the run ends at the latest: without it a flood must end by itself.
std::vector<FloodSpec> load_floods(LoadContext& context, const Section& top,
                                   const Topology& topology, const std::optional<Duration>& until);

}  // namespace synq
