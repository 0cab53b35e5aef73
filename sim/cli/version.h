// The version that the program prints; tests/cli/cli_test.sh holds it against the build's.
#pragma once

#include <string_view>

namespace synq {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace synq
