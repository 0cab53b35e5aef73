#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/output.h"
#include "sim/cli/progress.h"
#include "sim/cli/report.h"
#include "sim/diff/diff_scenario.h"
#include "sim/trace/time_text.h"
#include "sim/world/world.h"

#include <fmt/format.h>

namespace synq {
namespace {

std::expected<Trace, KernelUnavailable> on_kernel(const Scenario& scenario) {
    const Progress progress("on the kernel, in real time");
    return run_on_kernel(scenario);
}

std::expected<Trace, Diagnostic> on_model(const Scenario& scenario, const Replay& replay) {
    return run_scenario(scenario, {.replay = &replay, .stop = &watch_interrupts()});
}

struct ReportFailure {
    int operator()(const KernelUnavailable& why) const {
        return report_error(fmt::format("the kernel half cannot run here: {}", why.reason));
    }
    int operator()(const Diagnostic& diagnostic) const { return report_error(diagnostic); }
};

// What a comparison is worth depends on the kernel run that it rests on.
int verdict_of(const DiffOutcome& outcome) {
    if (outcome.kernel.interrupted || outcome.model.interrupted) {
        report_note(fmt::format("cut off at {} s: only what came before was compared",
                                exact_seconds(outcome.kernel.end)));
        return kInterrupted;
    }
    if (outcome.invalid && !outcome.report.agree) {
        return report_error(fmt::format("none of {} kernel runs was punctual enough to compare: {}",
                                        outcome.attempts, *outcome.invalid));
    }
    return outcome.report.agree ? kDone : kDifferent;
}

}  // namespace

int diff(const RunArguments& arguments) {
    const auto scenario = load_scenario(arguments.scenario, arguments.overrides);
    if (!scenario) {
        return report_error(scenario.error());
    }
    auto output = Output::open(arguments.out);
    if (!output) {
        return report_error(output.error());
    }
    const auto outcome = diff_scenario(*scenario, on_model, {.kernel_runner = on_kernel});
    if (!outcome) {
        return std::visit(ReportFailure{}, outcome.error());
    }
    const DiffReport& report = outcome->report;
    if (arguments.format == OutputFormat::Json) {
        output->write(to_json(report));
    } else {
        output->write(arguments.quiet ? summary(report) + "\n" : to_table(report));
    }
    if (const auto finished = output->finish(); !finished) {
        return report_error(finished.error());
    }
    return verdict_of(*outcome);
}

}  // namespace synq
