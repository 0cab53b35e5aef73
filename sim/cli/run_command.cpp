#include "model/profile/profile.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/output.h"
#include "sim/cli/report.h"
#include "sim/cli/version.h"
#include "sim/trace/json.h"
#include "sim/trace/ladder.h"
#include "sim/trace/nstat_table.h"
#include "sim/trace/pcapng.h"
#include "sim/trace/ss_table.h"
#include "sim/trace/summary.h"
#include "sim/world/expect.h"
#include "sim/world/world.h"

#include <cstdlib>
#include <fmt/format.h>
#include <string_view>

namespace synq {
namespace {

using Results = std::vector<ExpectationResult>;

bool wants_color(const RunArguments& arguments, const Output& output) {
    // https://no-color.org: set to anything but nothing.
    const char* const refused = std::getenv("NO_COLOR");
    const char* const kind = std::getenv("TERM");
    return arguments.color && output.terminal() && (refused == nullptr || *refused == '\0') &&
           kind != nullptr && std::string_view(kind) != "dumb";
}

void write_text(const RunArguments& arguments, const Trace& trace, const Results& results,
                Output& output) {
    if (!arguments.quiet) {
        write_ladder(trace, {.color = wants_color(arguments, output)},
                     [&output](std::string_view piece) { output.write(piece); });
        output.write("\n");
        if (!trace.socket_tables.empty()) {
            output.write(ss_tables(trace) + "\n");
        }
        output.write(nstat_table(trace) + "\n");
    }
    output.write(summary(trace));
    for (const ExpectationResult& result : results) {
        if (!arguments.quiet || !result.passed) {
            output.write(to_string(result) + "\n");
        }
    }
}

void write_json(const RunArguments& arguments, const Trace& trace, const Results& results,
                Output& output) {
    output.write(json_text(trace, {.segments = arguments.segments}));
    for (const ExpectationResult& result : results) {
        if (!result.passed) {
            report_note(to_string(result));
        }
    }
}

void write_capture(const Trace& trace, Output& capture) {
    write_pcapng(trace, fmt::format("synq {}", kVersion),
                 [&capture](std::string_view piece) { capture.write(piece); });
}

/// A scenario may set what a profile has no choice about.
void note_fixed_settings(const Scenario& scenario) {
    for (const HostSpec& host : scenario.hosts) {
        const Profile& profile = *find_profile(host.profile);
        for (const auto& [name, value] : host.sysctls) {
            const SysctlInfo& info = *find_sysctl(name);
            const std::int64_t kept = profile.sysctl.*info.field;
            if (is_fixed(profile, name) && kept != value) {
                report_note(fmt::format("{}: {} stays {} with profile {}, not {}", host.name, name,
                                        setting_text(info, kept), profile.name,
                                        setting_text(info, value)));
            }
        }
    }
}

}  // namespace

int run(const RunArguments& arguments) {
    const auto scenario = load_scenario(arguments.scenario, arguments.overrides);
    if (!scenario) {
        return report_error(scenario.error());
    }
    auto output = Output::open(arguments.out);
    if (!output) {
        return report_error(output.error());
    }
    // No path is standard output, which is taken: without --pcap nothing is written to this one.
    auto capture = Output::open(arguments.pcap);
    if (!capture) {
        return report_error(capture.error());
    }
    note_fixed_settings(*scenario);
    const auto trace = run_scenario(*scenario, {.stop = &watch_interrupts()});
    if (!trace) {
        return report_error(trace.error());
    }
    if (!arguments.pcap.empty()) {
        write_capture(*trace, *capture);
        if (const auto finished = capture->finish(); !finished) {
            return report_error(finished.error());
        }
    }
    // Half a run has kept no promise and broken none.
    const Results results = trace->interrupted ? Results{} : check_expectations(*scenario, *trace);
    if (arguments.format == OutputFormat::Json) {
        write_json(arguments, *trace, results, *output);
    } else {
        write_text(arguments, *trace, results, *output);
    }
    if (const auto finished = output->finish(); !finished) {
        return report_error(finished.error());
    }
    if (trace->interrupted) {
        report_note("interrupted: this is what had happened by then");
        return kInterrupted;
    }
    return all_passed(results) ? kDone : kDifferent;
}

}  // namespace synq
