// The program behind main(): reads the command line and does what it says.
#pragma once

namespace synq {

/// Returns the exit code (sim/cli/exit_code.h). Throws nothing.
int run_program(int argc, const char* const* argv);

}  // namespace synq
