// The scenarios that ship inside the program (the files of sim/scenarios, by name without .toml).
// The definition is generated when the project is built: see sim/cmake/SynqScenarios.cmake.
#pragma once

#include <span>
#include <string_view>

namespace synq {

struct EmbeddedScenario {
    std::string_view name;  // "six-clients"
    std::string_view text;  // the file as it is, byte for byte
};

/// All of them, ordered by name. They live as long as the program.
std::span<const EmbeddedScenario> embedded_scenarios();

}  // namespace synq
