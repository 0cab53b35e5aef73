// [[process]]: groups of processes that run the same program.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"
#include "sim/scenario/topology.h"

#include <cstdint>
#include <string>
#include <vector>

namespace synq {

inline constexpr std::int64_t kMaxCount = 100'000;

/// One per instance, in the order of the file. A group with `count` has instances "name.0",
/// "name.1" ...; a group without is one process by its own name.
struct Processes {
    std::vector<ProcessSpec> all;
    std::vector<std::string> groups;  // those without an instance, too
};
Processes load_processes(LoadContext& context, const Section& top, const Topology& topology,
                         std::uint64_t seed);

}  // namespace synq
