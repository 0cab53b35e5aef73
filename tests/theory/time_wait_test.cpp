// TIME-WAIT: 60 s of every connection, hence N = 60 lambda, and what bounds lambda.
#include "tests/theory/experiment.h"
#include "tests/theory/statistics.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace synq {
namespace {

/// Clients that close first, one after another.
constexpr std::string_view kClosing = R"toml(
[parameters]
every = "50ms"
clients = 2800
buckets = 131072
until = "140s"

[clock]
mode = "exact"

[run]
until = "until"
tables = ["59s", "139s"]

[[host]]
name = "server"

[[host]]
name = "client"
[host.sysctl]
"net.ipv4.tcp_max_tw_buckets" = "buckets"

[[link]]
between = ["client", "server"]
rtt = "2ms"

[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, 8000)
listen(fd, 128)
loop {
    c = accept(fd)
    recv(c, 1)
    close(c)
}
"""

[[process]]
name = "client"
host = "client"
count = "clients"
every = "every"
program = """
fd = socket(AF_INET, SOCK_STREAM)
connect(fd, server:8000)
close(fd)
"""
)toml";

std::size_t in_time_wait(const Trace& trace, Instant t) {
    std::size_t count = 0;
    for (const SocketTable& table : trace.socket_tables) {
        if (table.t != t || table.host != 1) {
            continue;
        }
        for (const SocketRow& row : table.rows) {
            count += row.state == State::TimeWait ? 1U : 0U;
        }
    }
    return count;
}

std::string with_poisson(std::string_view text) {
    std::string out(text);
    const std::string_view key = "every = \"every\"\n";
    return out.insert(out.find(key), "arrivals = \"poisson\"\n");
}

}  // namespace

TEST_CASE("connections in TIME-WAIT are 60 lambda") {
    const Trace trace = run_experiment(kClosing, 1, {});
    CHECK(in_time_wait(trace, Instant{} + seconds(59)) == 59 * 20);
    CHECK(in_time_wait(trace, Instant{} + seconds(139)) == 60 * 20);
    const Trace faster = run_experiment(kClosing, 1, {{"every", "1s / 40"}, {"clients", "5600"}});
    CHECK(in_time_wait(faster, Instant{} + seconds(139)) == 60 * 40);
}

TEST_CASE("with Poisson arrivals TIME-WAIT is the M/D/infinity queue") {
    std::vector<double> samples;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Trace trace = run_experiment(with_poisson(kClosing), seed, {{"clients", "3200"}});
        samples.push_back(static_cast<double>(in_time_wait(trace, Instant{} + seconds(139))));
    }
    check_against("connections in TIME-WAIT at 20/s", interval_of(samples), 60 * 20, 0.1);
}

TEST_CASE("M buckets overflow beyond M / 60 connections a second") {
    const auto overflows = [](const char* every) {
        const Trace trace = run_experiment(
            kClosing, 1, {{"every", every}, {"clients", "1000"}, {"buckets", "300"}});
        return counter(trace, 1, "TCPTimeWaitOverflow");
    };
    CHECK(overflows("1s / 5") == 0);
    CHECK(overflows("1s * 10 / 51") > 0);  // 5.1 a second
}

}  // namespace synq
