// title, seed, [clock] and [run].
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"

namespace synq {

void load_settings(LoadContext& context, Section& top, const Overrides& overrides,
                   Scenario& scenario);

}  // namespace synq
