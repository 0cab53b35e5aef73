#include "sim/cli/commands.h"
#include "sim/cli/print.h"
#include "sim/cli/report.h"
#include "sim/scenario/embedded.h"
#include "sim/trace/text_table.h"

namespace synq {

int list() {
    TextTable table({"scenario", "title"});
    for (const EmbeddedScenario& shipped : embedded_scenarios()) {
        const std::string name(shipped.name);
        const auto scenario = parse_scenario(shipped.text, name, {});
        if (!scenario) {
            return report_error(scenario.error());
        }
        table.add({name, scenario->title});
    }
    return print(table.text());
}

}  // namespace synq
