// Records of timers for tests of the wheels: timer i lies in slot i.
#pragma once

#include "model/base/timer_node.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace synq {

struct TimerNodes {
    std::vector<TimerNode> nodes;

    explicit TimerNodes(std::size_t count) : nodes(count) {}

    TimerNode& operator()(TimerRef timer) { return nodes.at(timer.index); }

    /// The kind is there to see that references come back whole.
    static TimerRef ref(std::uint32_t index) {
        return {.index = index, .owner = static_cast<std::uint16_t>(index % 3), .kind = 2};
    }
};

}  // namespace synq
