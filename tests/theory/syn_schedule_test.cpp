// How long connect() takes when packets get lost: P(latency > t_k) = (1 - (1 - p)(1 - q))^(k + 1).
#include "tests/theory/experiment.h"
#include "tests/theory/statistics.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace synq {
namespace {

constexpr std::string_view kLossy = R"toml(
[parameters]
clients = 4000
forward_ppm = 0
back_ppm = 0
synack_retries = 5
linear = 4

[clock]
mode = "exact"

[run]
until = "140s"

[[host]]
name = "server"
[host.sysctl]
"net.ipv4.tcp_synack_retries" = "synack_retries"

[[host]]
name = "client"
[host.sysctl]
"net.ipv4.tcp_syn_linear_timeouts" = "linear"

[[link]]
between = ["client", "server"]
rtt = "10ms"
loss_ppm = {client = "forward_ppm", server = "back_ppm"}

[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, 8000)
listen(fd, 4096)
loop { sleep(1min) }
"""

[[process]]
name = "client"
host = "client"
count = "clients"
every = "1ms"
program = """
fd = socket(AF_INET, SOCK_STREAM)
connect(fd, server:8000)
sleep(10min)
"""
)toml";

constexpr Duration kRtt = milliseconds(10);

/// When SYNs are sent after the first one: since 6.5 four steps of one second come first.
const std::vector<Duration> kLinear{seconds(0),  seconds(1),  seconds(2), seconds(3),
                                    seconds(4),  seconds(5),  seconds(7), seconds(11),
                                    seconds(19), seconds(35), seconds(67)};
const std::vector<Duration> kDoubling{seconds(0),  seconds(1),  seconds(3), seconds(7),
                                      seconds(15), seconds(31), seconds(63)};

std::vector<Duration> latencies(const Trace& trace) {
    std::vector<Duration> out;
    for (const CallRecord& call : trace.calls) {
        if (call.kind == CallKind::Connect) {
            out.push_back(call.returned() && call.error == Errno::None ? call.end - call.start
                                                                       : seconds(1'000'000));
        }
    }
    return out;
}

double share_later_than(const std::vector<Duration>& all, Duration t) {
    std::size_t later = 0;
    for (const Duration latency : all) {
        later += latency > t ? 1U : 0U;
    }
    return static_cast<double>(later) / static_cast<double>(all.size());
}

struct Loss {
    double forward = 0;
    double back = 0;
};

Settings settings(const Loss& loss, const char* synack_retries) {
    return {{"forward_ppm", fmt::format("{:.0f}", loss.forward * 1e6)},
            {"back_ppm", fmt::format("{:.0f}", loss.back * 1e6)},
            {"synack_retries", synack_retries}};
}

/// For k = 0, 1, 2: the share of latencies beyond the k-th SYN and a round trip.
std::array<std::vector<double>, 3> tails(const Loss& loss, const char* synack_retries) {
    std::array<std::vector<double>, 3> out;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto all = latencies(
            run_experiment(kLossy, seed, settings(loss, synack_retries), Recording::Calls));
        for (std::size_t k = 0; k < out.size(); ++k) {
            out[k].push_back(share_later_than(all, kLinear[k] + kRtt));
        }
    }
    return out;
}

}  // namespace

TEST_CASE("a client whose SYNs all get lost sends them on the schedule of its version") {
    const auto times = [](const char* linear, Duration& gave_up) {
        const Trace trace = run_experiment(
            kLossy, 1, {{"clients", "1"}, {"forward_ppm", "1000000"}, {"linear", linear}},
            Recording::Everything);
        std::vector<Duration> out;
        out.reserve(trace.segments.size());
        for (const SegmentRecord& record : trace.segments) {
            out.push_back(record.t - Instant{});
        }
        for (const CallRecord& call : trace.calls) {
            if (call.kind == CallKind::Connect) {
                CHECK(call.error == Errno::Etimedout);
                gave_up = call.end - call.start;
            }
        }
        return out;
    };
    Duration gave_up;
    CHECK(times("4", gave_up) == kLinear);
    CHECK(gave_up == seconds(131));
    CHECK(times("0", gave_up) == kDoubling);
    CHECK(gave_up == seconds(127));
}

TEST_CASE("latency has the tail of independent losses") {
    // Without SYN-ACK retries: a server that repeats them gives a client more chances than its own
    // SYNs do, see below.
    constexpr Loss kLoss{.forward = 0.2, .back = 0.1};
    const double fails = 1 - (1 - kLoss.forward) * (1 - kLoss.back);
    const auto found = tails(kLoss, "0");
    for (std::size_t k = 0; k < found.size(); ++k) {
        check_against(fmt::format("P(connect > t_{}), p = 0.2, q = 0.1", k), interval_of(found[k]),
                      std::pow(fails, static_cast<double>(k + 1)),
                      0.05 * std::pow(2.0, static_cast<double>(k)));
    }
}

TEST_CASE("without loss on the way back SYN-ACK retries change nothing") {
    const auto found = tails({.forward = 0.3}, "5");
    for (std::size_t k = 0; k < found.size(); ++k) {
        check_against(fmt::format("P(connect > t_{}), p = 0.3, q = 0", k), interval_of(found[k]),
                      std::pow(0.3, static_cast<double>(k + 1)),
                      0.05 * std::pow(2.0, static_cast<double>(k)));
    }
}

TEST_CASE("a server that repeats its SYN-ACKs cuts the tail below the closed form") {
    // Its request remembers a SYN whose SYN-ACK got lost, and at 1 s both ends try again. The first
    // attempt is as before.
    constexpr Loss kLoss{.forward = 0.2, .back = 0.3};
    const double fails = 1 - (1 - kLoss.forward) * (1 - kLoss.back);
    const auto found = tails(kLoss, "5");
    check_against("P(connect > t_0) with SYN-ACK retries", interval_of(found[0]), fails, 0.05);
    const Interval second = interval_of(found[1]);
    CHECK(second.mean + second.half < fails * fails);
}

}  // namespace synq
