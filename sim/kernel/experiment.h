// A run as its child process lives it: enter the namespace, set it up, execute, collect.
#pragma once

#include "sim/kernel/kernel_record.h"
#include "sim/kernel/kernel_run.h"
#include "sim/scenario/scenario.h"

namespace synq {

/// For a forked child without threads, once. Threads may still be blocked in calls when it returns,
/// so the only thing to do afterwards is to hand the record on and _exit().
/// `stop`: a descriptor that becomes readable when the run shall end early.
KernelRecord run_experiment(const Scenario& scenario, const KernelOptions& options, int stop);

}  // namespace synq
