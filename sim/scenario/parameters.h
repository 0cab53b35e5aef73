// [parameters] and --set: the names that the rest of a file may use.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"

namespace synq {

/// Fills context.parameters: the file's values, then what the command line puts in their place. A
/// value keeps its kind (number or duration).
void load_parameters(LoadContext& context, const Section& top, const Overrides& overrides);

}  // namespace synq
