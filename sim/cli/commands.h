// The commands; each returns the program's exit code and has a file of its own.
#pragma once

#include "sim/cli/command_line.h"

namespace synq {

/// synq run: the scenario on the model.
int run(const RunArguments& arguments);
/// synq run --cases: every case of the scenario.
int run_cases(const RunArguments& arguments);
/// synq diff: the scenario on model and kernel.
int diff(const RunArguments& arguments);
/// synq list: the shipped scenarios, or the cases of one.
int list(const ListCommand& command);
/// synq profiles: the stacks that hosts can have, side by side or one of them.
int profiles(const ProfilesCommand& command);
/// synq states: the state tables.
int states(const StatesCommand& command);
/// synq peer: the model behind a line protocol.
int peer(const PeerCommand& command);

}  // namespace synq
