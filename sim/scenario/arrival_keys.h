// rate, every and arrivals: how things follow one another in [[flood]] and [[process]].
#pragma once

#include "sim/des/arrivals.h"
#include "sim/scenario/section.h"

#include <array>
#include <optional>
#include <string_view>

namespace synq {

inline constexpr std::array<std::string_view, 3> kArrivalKeys{"rate", "every", "arrivals"};

/// nullopt without 'rate' and 'every'. Fails when both are there, or 'arrivals' alone.
std::optional<ArrivalLaw> load_arrivals(LoadContext& context, Section& section);

}  // namespace synq
