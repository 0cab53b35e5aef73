#include "sim/diff/diff_scenario.h"

#include <utility>

namespace synq {
namespace {

/// The programs ended the run, rather than a limit on its time.
bool ended_by_itself(const Scenario& scenario, const Trace& kernel) {
    const bool until_passed = scenario.until && kernel.end >= Instant{} + *scenario.until;
    return !kernel.interrupted && !until_passed;
}

}  // namespace

std::expected<DiffOutcome, DiffFailure> diff_scenario(const Scenario& scenario,
                                                      const ModelRunner& model,
                                                      const DiffRunOptions& options) {
    DiffOutcome outcome;
    for (outcome.attempts = 1;; ++outcome.attempts) {
        auto kernel = options.kernel_runner ? options.kernel_runner(scenario)
                                            : run_on_kernel(scenario, options.kernel);
        if (!kernel) {
            return std::unexpected(DiffFailure{std::move(kernel.error())});
        }
        outcome.kernel = std::move(*kernel);
        outcome.invalid = why_invalid(scenario, outcome.kernel, options.slack);
        if (!outcome.invalid || outcome.attempts >= options.attempts ||
            outcome.kernel.interrupted) {
            break;
        }
    }
    Replay replay = replay_of(outcome.kernel);
    Scenario bounded = scenario;
    DiffOptions compare = options.compare;
    compare.hz = kernel_hz();
    bounded.clock.hz = compare.hz;
    compare.cut_by_clock = !ended_by_itself(scenario, outcome.kernel);
    if (compare.cut_by_clock) {
        bounded.until = outcome.kernel.end - Instant{};
    } else {
        replay.drain = drain_of(scenario, options.kernel);
    }
    auto trace = model(bounded, replay);
    if (!trace) {
        return std::unexpected(DiffFailure{std::move(trace.error())});
    }
    outcome.model = std::move(*trace);
    outcome.report = compare_traces(outcome.model, outcome.kernel, compare);
    return outcome;
}

}  // namespace synq
