// title, seed, [clock] and [run].
#pragma once

#include "sim/scenario/scenario.h"
#include "sim/scenario/section.h"

#include <optional>
#include <string_view>

namespace synq {

/// "exact" or "wheel"; fails, and yields nothing, for other words.
std::optional<ClockMode> parse_clock_mode(LoadContext& context, SourcePos pos,
                                          std::string_view word);

/// As the file has them.
void load_settings(LoadContext& context, Section& top, Scenario& scenario);

}  // namespace synq
