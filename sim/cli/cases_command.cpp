// synq run --cases: a table of promises.
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/output.h"
#include "sim/cli/progress.h"
#include "sim/cli/report.h"
#include "sim/trace/text_table.h"
#include "sim/world/expect.h"
#include "sim/world/world.h"

#include <algorithm>
#include <expected>
#include <fmt/format.h>
#include <vector>

namespace synq {
namespace {

/// One case, run.
struct CaseRun {
    std::vector<ExpectationResult> results;
    bool interrupted = false;
};

std::expected<CaseRun, Diagnostic> run_case(const RunArguments& arguments,
                                            const std::string& name) {
    Overrides overrides = arguments.overrides;
    overrides.case_name = name;
    const auto scenario = load_scenario(arguments.scenario, overrides);
    if (!scenario) {
        return std::unexpected(scenario.error());
    }
    const Progress progress(name);
    const auto trace = run_scenario(*scenario, {.stop = &watch_interrupts()});
    if (!trace) {
        return std::unexpected(trace.error());
    }
    if (trace->interrupted) {
        return CaseRun{.results = {}, .interrupted = true};
    }
    return CaseRun{.results = check_expectations(*scenario, *trace)};
}

std::size_t kept(const CaseRun& run) {
    return static_cast<std::size_t>(
        std::count_if(run.results.begin(), run.results.end(),
                      [](const ExpectationResult& result) { return result.passed; }));
}

}  // namespace

int run_cases(const RunArguments& arguments) {
    const auto scenario = load_scenario(arguments.scenario, arguments.overrides);
    if (!scenario) {
        return report_error(scenario.error());
    }
    if (scenario->cases.empty()) {
        return report_error(fmt::format("{} has no cases ([[case]])", arguments.scenario));
    }
    auto output = Output::open(arguments.out);
    if (!output) {
        return report_error(output.error());
    }
    TextTable table({"case", "kept", "of", "title"});
    table.align_right(1);
    table.align_right(2);
    std::string broken;
    bool interrupted = false;
    for (const CaseInfo& info : scenario->cases) {
        const auto run = run_case(arguments, info.name);
        if (!run) {
            return report_error(run.error());
        }
        if (interrupted = run->interrupted; interrupted) {
            break;
        }
        table.add({info.name, fmt::format("{}", kept(*run)), fmt::format("{}", run->results.size()),
                   info.title});
        for (const ExpectationResult& result : run->results) {
            if (!result.passed) {
                broken += fmt::format("{}: {}\n", info.name, to_string(result));
            }
        }
    }
    output->write((arguments.quiet ? "" : table.text()) + broken);
    if (const auto finished = output->finish(); !finished) {
        return report_error(finished.error());
    }
    if (interrupted) {
        report_note("interrupted: the other cases were not run");
        return kInterrupted;
    }
    return broken.empty() ? kDone : kDifferent;
}

}  // namespace synq
