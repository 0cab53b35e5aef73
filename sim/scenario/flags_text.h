// Segment flags as scenario files name them.
#pragma once

#include "model/wire/segment.h"
#include "sim/scenario/section.h"

#include <optional>
#include <string_view>

namespace synq {

/// "SYN", "SYN+ACK", "FIN+ACK": FIN, SYN, RST, PSH and ACK joined by '+', in any order. Fails for
/// anything else, and for no flag at all.
std::optional<Flags> parse_flags(LoadContext& context, SourcePos pos, std::string_view text);

}  // namespace synq
