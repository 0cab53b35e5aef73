// Runs a scenario on the model: hosts, links, processes and the virtual clock.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/trace/replay.h"
#include "sim/trace/trace.h"

#include <atomic>
#include <cstdint>
#include <expected>

namespace synq {

/// How much of what happens is kept.
enum class Recording : std::uint8_t {
    Counters,    // counters, listeners, floods only: a run allocates nothing per event
    Calls,       // and calls
    Everything,  // calls, segments, states, queues, and their order
};

struct RunOptions {
    /// Act at the times that another run recorded instead of the programs' own sleeps.
    const Replay* replay = nullptr;
    /// Set from outside to end the run early with what has happened so far.
    const std::atomic<bool>* stop = nullptr;
    Recording recording = Recording::Everything;
};

/// The whole run. A Diagnostic when a program does what no C program could get away with: a
/// descriptor that is not open, a loop in which no time passes.
std::expected<Trace, Diagnostic> run_scenario(const Scenario& scenario, const RunOptions& options);

}  // namespace synq
