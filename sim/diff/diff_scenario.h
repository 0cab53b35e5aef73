// One scenario in both worlds: run on the kernel, replay its times in the model, compare.
#pragma once

#include "sim/diff/diff.h"
#include "sim/kernel/kernel_run.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/scenario.h"
#include "sim/trace/replay.h"
#include "sim/trace/trace.h"

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace synq {

/// Runs the model with the times of a recorded run, and ends it as that one ended: at
/// scenario.until, or replay.drain after the last of the processes that can end.
using ModelRunner = std::function<std::expected<Trace, Diagnostic>(const Scenario&, const Replay&)>;
using KernelRunner = std::function<std::expected<Trace, KernelUnavailable>(const Scenario&)>;

struct DiffRunOptions {
    KernelOptions kernel;
    /// hz and cut_by_clock are filled in by the run.
    DiffOptions compare;
    /// A call may start, and a waiting process wake up, this much late.
    Duration slack = milliseconds(20);
    int attempts = 3;
    /// What runs the scenario on the kernel; empty: run_on_kernel with `kernel`.
    KernelRunner kernel_runner;
};

struct DiffOutcome {
    Trace model;
    Trace kernel;
    DiffReport report;
    int attempts = 1;  // kernel runs made
    /// Why the last kernel run proves nothing, when none of the attempts was valid.
    std::optional<std::string> invalid;
};

using DiffFailure = std::variant<KernelUnavailable, Diagnostic>;

/// Why a run on the kernel proves nothing: one of its processes made a call more than `slack` later
/// than its program says, was held up in it, or woke up that much later than it could, so that it
/// may have crossed a timer. nullopt: it is valid.
std::optional<std::string> why_invalid(const Scenario& scenario, const Trace& kernel,
                                       Duration slack);

std::expected<DiffOutcome, DiffFailure> diff_scenario(const Scenario& scenario,
                                                      const ModelRunner& model,
                                                      const DiffRunOptions& options = {});

}  // namespace synq
