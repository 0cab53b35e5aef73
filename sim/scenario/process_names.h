// The names of processes: of a group, or of one of its instances ("clients.3").
#pragma once

#include "sim/scenario/processes.h"
#include "sim/scenario/section.h"

#include <string>

namespace synq {

/// Fails unless there is such a process or group. How many instances there are depends on
/// parameters: what was not chosen is not held to it.
void check_process_name(LoadContext& context, SourcePos pos, const Processes& processes,
                        const std::string& wanted, bool chosen);

}  // namespace synq
