// How the tests of mistakes in scenario files say what they expect.
#pragma once

#include "sim/scenario/scenario.h"
#include "tests/catch.h"

#include <fmt/format.h>
#include <string>
#include <string_view>

namespace synq {

/// "line:column problem (remedy)"; "" when all is well.
inline std::string mistake(std::string_view text, const Overrides& overrides = {}) {
    const auto scenario = parse_scenario(text, "f.toml", overrides);
    if (scenario) {
        return "";
    }
    const Diagnostic& error = scenario.error();
    CHECK(error.file == "f.toml");
    return fmt::format("{}:{} {}{}", error.pos.line, error.pos.column, error.problem,
                       error.remedy.empty() ? "" : " (" + error.remedy + ")");
}

inline constexpr std::string_view kRest = R"toml([[host]]
name = "server"
[[host]]
name = "client"
[[process]]
name = "p"
host = "server"
program = "sleep(1s)"
)toml";

/// `text` from line 1 on, then two hosts and a process.
inline std::string before_rest(std::string_view text, const Overrides& overrides = {}) {
    return mistake(std::string(text) + "\n" + std::string(kRest), overrides);
}
/// The two hosts and the process (8 lines), then `text` from line 9 on.
inline std::string after_rest(std::string_view text) {
    return mistake(std::string(kRest) + std::string(text));
}

}  // namespace synq
