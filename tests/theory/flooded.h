// A flood at a listener that nobody else talks to.
#pragma once

#include "tests/theory/experiment.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace synq {

inline constexpr std::string_view kFlooded = R"toml(
[parameters]
backlog = 16
every = "50ms"
count = 1000000
until = "1000s"
retries = 5
max_syn_backlog = 100000

[run]
until = "until"

[[host]]
name = "server"
[host.sysctl]
"net.ipv4.tcp_syncookies" = 0
"net.ipv4.tcp_synack_retries" = "retries"
"net.ipv4.tcp_max_syn_backlog" = "max_syn_backlog"

[[host]]
name = "attacker"

[[link]]
between = ["server", "attacker"]
delay = "1ms"

[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, 8000)
listen(fd, backlog)
loop { sleep(1min) }
"""

[[flood]]
name = "attack"
from = "attacker"
to = "server:8000"
every = "every"
count = "count"
)toml";

/// One way of the link above.
inline constexpr Duration kFloodDelay = milliseconds(1);

inline std::string in_exact_time(std::string_view text) {
    return "clock.mode = \"exact\"\n" + std::string(text);
}

inline FloodRecord flooded(std::string_view text, const Settings& parameters,
                           std::uint64_t seed = 1) {
    return run_experiment(text, seed, parameters).floods.at(0);
}

}  // namespace synq
