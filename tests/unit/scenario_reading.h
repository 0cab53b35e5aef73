// How the tests of scenario files read one.
#pragma once

#include "sim/scenario/scenario.h"
#include "tests/catch.h"

#include <string>
#include <string_view>

namespace synq {

inline constexpr std::string_view kOneProcess = R"toml(
[[process]]
name = "p"
host = "server"
program = "sleep(1s)"
)toml";
inline constexpr std::string_view kTwoHosts = R"toml(
[[host]]
name = "server"
[[host]]
name = "client"
)toml";

inline Scenario read_scenario(std::string_view text, const Overrides& overrides = {}) {
    const auto scenario = parse_scenario(text, "dir/some.toml", overrides);
    INFO(text);
    INFO((scenario ? "" : to_string(scenario.error())));
    REQUIRE(scenario.has_value());
    return *scenario;
}

/// With one host "server" and one process "p".
inline Scenario with_host(std::string_view text, const Overrides& overrides = {}) {
    return read_scenario(
        std::string(text) + "\n[[host]]\nname = \"server\"\n" + std::string(kOneProcess),
        overrides);
}
/// With hosts "server" and "client" and one process "p".
inline Scenario with_hosts(std::string_view text) {
    return read_scenario(std::string(kTwoHosts) + std::string(text) + std::string(kOneProcess));
}

}  // namespace synq
