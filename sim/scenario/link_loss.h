// loss_ppm of [[link]]: packets that get lost by chance.
#pragma once

#include "sim/scenario/section.h"
#include "sim/scenario/topology.h"

namespace synq {

/// Reads one number for both directions, or a table with a number for each host that sends.
void load_loss(LoadContext& context, const Section& section, const Topology& topology,
               LinkSpec& link);

}  // namespace synq
