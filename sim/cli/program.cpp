#include "sim/cli/program.h"

#include "sim/cli/command_line.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/print.h"
#include "sim/cli/report.h"

#include <exception>
#include <span>

namespace synq {
namespace {

struct Execute {
    int operator()(const RunCommand& command) const {
        return command.all_cases ? run_cases(command.arguments) : run(command.arguments);
    }
    int operator()(const DiffCommand& command) const { return diff(command.arguments); }
    int operator()(const ListCommand& command) const { return list(command); }
    int operator()(const ProfilesCommand& command) const { return profiles(command); }
    int operator()(const StatesCommand& command) const { return states(command); }
    int operator()(const PeerCommand& command) const { return peer(command); }
    int operator()(const PrintCommand& command) const { return print(command.text); }
    int operator()(const UsageError& error) const { return report_error(error.problem); }
};

}  // namespace

int run_program(int argc, const char* const* argv) {
    try {
        prepare_process();
        const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
        return std::visit(Execute{}, parse_command_line(all.subspan(all.empty() ? 0 : 1)));
    } catch (const std::exception& error) {
        return report_error(error.what());  // out of memory, for one
    }
}

}  // namespace synq
