// Signals of a program that people run from a terminal.
#pragma once

#include <atomic>

namespace synq {

/// Once, before anything is opened: descriptors 0 to 2 exist, so that no file of ours can be taken
/// for standard output; writing to a reader that went away is an error code, not a death.
void prepare_process();

/// From now on the first SIGINT or SIGTERM sets the flag, and the second one ends the program.
const std::atomic<bool>& watch_interrupts();

}  // namespace synq
