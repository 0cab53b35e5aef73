#include "sim/cli/commands.h"
#include "sim/cli/print.h"
#include "sim/cli/report.h"
#include "sim/scenario/embedded.h"
#include "sim/trace/text_table.h"

#include <fmt/format.h>

namespace synq {
namespace {

int list_scenarios() {
    TextTable table({"scenario", "cases", "title"});
    table.align_right(1);
    for (const EmbeddedScenario& shipped : embedded_scenarios()) {
        const std::string name(shipped.name);
        const auto scenario = parse_scenario(shipped.text, name, {});
        if (!scenario) {
            return report_error(scenario.error());
        }
        table.add({name, fmt::format("{}", scenario->cases.size()), scenario->title});
    }
    return print(table.text());
}

int list_cases(const std::string& name) {
    const auto scenario = load_scenario(name, {});
    if (!scenario) {
        return report_error(scenario.error());
    }
    if (scenario->cases.empty()) {
        return print(fmt::format("{} has no cases\n", name));
    }
    TextTable table({"case", "title"});
    for (const CaseInfo& info : scenario->cases) {
        table.add({info.name, info.title});
    }
    return print(table.text());
}

}  // namespace

int list(const ListCommand& command) {
    return command.scenario.empty() ? list_scenarios() : list_cases(command.scenario);
}

}  // namespace synq
