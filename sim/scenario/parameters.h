// [parameters] and --set: the names that the rest of a file may use.
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"

namespace synq {

/// Fills context.parameters with the file's values.
void load_parameters(LoadContext& context, const Section& top);

/// Puts what the command line says in their place. A value keeps its kind (number or duration).
void override_parameters(LoadContext& context, const Overrides& overrides);

/// Puts one value of a file in the place of the parameter of that name in `parameters`.
void set_parameter(LoadContext& context, const Node& node, ParameterMap& parameters);

}  // namespace synq
