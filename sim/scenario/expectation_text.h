// An expectation as one line for people.
#pragma once

#include "sim/scenario/scenario.h"

#include <span>
#include <string>
#include <string_view>

namespace synq {

/// "ListenOverflows of server == 27"; "connect of client, result 0, ends 0s..1ms: == 3 calls".
std::string expectation_text(const Expectation& expectation);

/// "host, equals, min, max": empty entries are left out.
std::string joined_keys(std::span<const std::string_view> keys);

}  // namespace synq
