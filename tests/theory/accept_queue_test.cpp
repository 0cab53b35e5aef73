// The accept queue and its one server: M/M/1/K and M/D/1/K with K = backlog + 2, Little's law, and
// how long those wait that get in.
//
// Clients do not retry: they are killed before their first retransmission. A millisecond of service
// makes a second long enough for a thousand of them.
#include "tests/theory/experiment.h"
#include "tests/theory/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <string>
#include <vector>

namespace synq {
namespace {

constexpr std::string_view kServed = R"toml(
[parameters]
backlog = 4
every = "1250us"
service = "1ms"
clients = 2000

[[host]]
name = "server"
[host.sysctl]
"net.ipv4.tcp_syncookies" = 0

[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, 8000)
listen(fd, backlog)
loop {
    c = accept(fd)
    sleep(exponential(service))
    close(c)
}
"""

[[process]]
name = "client"
host = "server"
count = "clients"
every = "every"
arrivals = "poisson"
start = "1us"
lifetime = "900ms"
program = """
fd = socket(AF_INET, SOCK_STREAM)
connect(fd, server:8000)
while recv(fd, 1) > 0 { }
"""
)toml";

constexpr Duration kService = milliseconds(1);
constexpr Duration kStart = microseconds(1);

/// As kServed, with another law of service.
std::string with_constant_service(std::string_view text) {
    std::string out(text);
    const std::string_view random = "sleep(exponential(service))";
    return out.replace(out.find(random), random.size(), "sleep(service)");
}

Settings load(int backlog, const char* every, int clients = 2'000) {
    return {{"backlog", std::to_string(backlog)},
            {"every", every},
            {"clients", std::to_string(clients)}};
}

/// M/G/1/K by its definition, with the random numbers that the simulated clients and their server
/// draw: customer n arrives, finds K in the system and is lost, or is served after those before it.
std::uint64_t lost_by_definition(std::size_t places, const ArrivalLaw& law, bool random_service,
                                 std::uint64_t customers, std::uint64_t seed) {
    Arrivals arrivals(law, RandomStream(seed, "arrivals", "client"));
    RandomStream services(seed, "sleep", "server");
    std::deque<Duration> departures;
    Duration last{};
    std::uint64_t lost = 0;
    for (std::uint64_t n = 0; n < customers; ++n) {
        const Duration now = kStart + arrivals.next();
        while (!departures.empty() && departures.front() <= now) {
            departures.pop_front();
        }
        if (departures.size() == places) {
            ++lost;
            continue;
        }
        const Duration service = random_service ? services.exponential(kService) : kService;
        last = std::max(now, last) + service;
        departures.push_back(last);
    }
    return lost;
}

double mm1k_blocking(int k, double rho) {
    return rho == 1 ? 1.0 / (k + 1) : (1 - rho) * std::pow(rho, k) / (1 - std::pow(rho, k + 1));
}

/// Mean wait before service of those that get in, in units of the mean service.
double mm1k_wait(int k, double rho) {
    double weight = 0;
    double waiting = 0;
    for (int n = 0; n < k; ++n) {
        weight += std::pow(rho, n);
        waiting += n * std::pow(rho, n);
    }
    return waiting / weight;
}

/// Blocking of M/D/1/K from the chain that is embedded at departures: q[n] is the share of
/// departures that leave n behind, a[j] the probability of j arrivals during a service.
double md1k_blocking(int k, double rho) {
    const auto size = static_cast<std::size_t>(k);
    std::vector<double> a(size + 1);
    a[0] = std::exp(-rho);
    for (std::size_t j = 1; j <= size; ++j) {
        a[j] = a[j - 1] * rho / static_cast<double>(j);
    }
    std::vector<double> q(size);
    q[0] = 1;
    for (std::size_t n = 0; n + 1 < size; ++n) {
        double next = q[n] - a[n] * q[0];
        for (std::size_t j = 1; j <= n; ++j) {
            next -= q[j] * a[n - j + 1];
        }
        q[n + 1] = next / a[0];
    }
    double sum = 0;
    for (const double each : q) {
        sum += each;
    }
    return 1 - 1 / (q[0] / sum + rho);
}

double share_lost(const Trace& trace, int clients) {
    return static_cast<double>(counter(trace, 0, "ListenOverflows")) / clients;
}

/// From the completed handshake to accept(), of everyone who was accepted.
std::vector<Duration> waits(const Trace& trace) {
    std::map<std::uint16_t, Instant> connected;
    std::vector<Duration> out;
    for (const CallRecord& call : trace.calls) {
        if (call.kind == CallKind::Connect && call.returned() && call.error == Errno::None) {
            connected[call.client.port] = call.end;
        }
    }
    for (const CallRecord& call : trace.calls) {
        if (call.kind == CallKind::Accept && call.returned()) {
            out.push_back(call.end - connected.at(call.client.port));
        }
    }
    return out;
}

struct Row {
    int backlog = 0;
    const char* every = "";
    Duration gap;
    double rho = 0;
};
constexpr std::array<Row, 3> kRows{{{4, "1250us", microseconds(1'250), 0.8},
                                    {4, "1ms", microseconds(1'000), 1.0},
                                    {16, "1ms * 5 / 6", nanoseconds(833'333), 1.2}}};

}  // namespace

TEST_CASE("the accept queue has room for backlog + 1, whatever the backlog") {
    for (const int backlog : {0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 63, 127, 128}) {
        Settings parameters = load(backlog, "10us", backlog + 20);
        parameters.emplace_back("service", "1min");
        const Trace trace = run_experiment(kServed, 1, parameters);
        INFO("backlog " << backlog);
        REQUIRE(trace.listeners.size() == 1);
        CHECK(trace.listeners[0].accept_queue_max == static_cast<std::uint32_t>(backlog) + 1);
        CHECK(counter(trace, 0, "ListenOverflows") == 18);  // and one is being served
    }
}

TEST_CASE("the closed forms of M/M/1/K and M/D/1/K have their published values") {
    CHECK(mm1k_blocking(6, 0.8) == Approx(0.0663).epsilon(1e-3));
    CHECK(mm1k_blocking(6, 1) == Approx(1.0 / 7));
    CHECK(mm1k_blocking(18, 1.2) == Approx(0.172).epsilon(3e-3));
    CHECK(md1k_blocking(6, 0.8) == Approx(0.0219).epsilon(3e-3));
    CHECK(md1k_blocking(6, 20) == Approx(1 - 1.0 / 20).epsilon(1e-6));
    CHECK(mm1k_wait(6, 1000) == Approx(5).epsilon(2e-3));
}

TEST_CASE("accept queue and server lose exactly the customers that M/G/1/K loses") {
    for (const Row& row : kRows) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            const ArrivalLaw law{row.gap, ArrivalLaw::Gaps::Exponential};
            const auto places = static_cast<std::size_t>(row.backlog) + 2;
            const Settings parameters = load(row.backlog, row.every);
            INFO("backlog " << row.backlog << ", rho " << row.rho << ", seed " << seed);
            CHECK(counter(run_experiment(kServed, seed, parameters), 0, "ListenOverflows") ==
                  lost_by_definition(places, law, true, 2'000, seed));
            CHECK(counter(run_experiment(with_constant_service(kServed), seed, parameters), 0,
                          "ListenOverflows") ==
                  lost_by_definition(places, law, false, 2'000, seed));
        }
    }
}

TEST_CASE("M/G/1/K by its definition has the closed forms' blocking") {
    constexpr std::uint64_t kCustomers = 150'000;
    for (const Row& row : kRows) {
        const ArrivalLaw law{row.gap, ArrivalLaw::Gaps::Exponential};
        const auto places = static_cast<std::size_t>(row.backlog) + 2;
        for (const bool random : {true, false}) {
            std::vector<double> samples;
            for (std::uint64_t seed = 1; seed <= 10; ++seed) {
                samples.push_back(
                    static_cast<double>(lost_by_definition(places, law, random, kCustomers, seed)) /
                    static_cast<double>(kCustomers));
            }
            check_against(
                fmt::format("M/{}/1/{} by definition, rho {}", random ? 'M' : 'D', places, row.rho),
                interval_of(samples),
                random ? mm1k_blocking(row.backlog + 2, row.rho)
                       : md1k_blocking(row.backlog + 2, row.rho),
                0.06);
        }
    }
}

TEST_CASE("a simulated accept queue blocks as M/M/1/K") {
    std::vector<double> samples;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        samples.push_back(share_lost(run_experiment(kServed, seed, load(4, "1ms")), 2'000));
    }
    check_against("blocking, backlog 4, rho 1, simulated", interval_of(samples),
                  mm1k_blocking(6, 1), 0.1);
}

TEST_CASE("under overload the share that gets in is what the server can do") {
    std::vector<double> samples;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        samples.push_back(share_lost(run_experiment(kServed, seed, load(4, "250us")), 2'000));
    }
    check_against("blocking, backlog 4, rho 4", interval_of(samples), mm1k_blocking(6, 4), 0.05);
    CHECK(mm1k_blocking(6, 4) == Approx(1 - 1.0 / 4).epsilon(1e-3));
}

TEST_CASE("Little's law holds to the nanosecond") {
    const Trace trace = run_experiment(kServed, 1, load(16, "1ms"), Recording::Everything);
    Duration waited{};
    for (const Duration wait : waits(trace)) {
        waited = waited + wait;
    }
    Duration area{};  // under the length of the queue
    for (std::size_t i = 0; i + 1 < trace.queues.size(); ++i) {
        const QueueRecord& now = trace.queues[i];
        area = area + (trace.queues[i + 1].t - now.t) * now.accept_queue;
    }
    CHECK(trace.queues.back().accept_queue == 0);
    CHECK(waited == area);
    CHECK(to_seconds(waited) > 1);
}

TEST_CASE("those that get into M/M/1/K wait as long as its formula says") {
    std::vector<double> samples;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto all = waits(run_experiment(kServed, seed, load(4, "1ms"), Recording::Calls));
        double sum = 0;
        for (const Duration wait : all) {
            sum += to_seconds(wait) / to_seconds(kService);
        }
        samples.push_back(sum / static_cast<double>(all.size()));
    }
    check_against("wait in services, backlog 4, rho 1", interval_of(samples), mm1k_wait(6, 1),
                  0.08);
}

TEST_CASE("behind a queue that is never empty one waits (backlog + 1) / mu") {
    constexpr int kBacklog = 4;
    const auto all = waits(run_experiment(with_constant_service(kServed), 1,
                                          load(kBacklog, "10us", 4'000), Recording::Calls));
    REQUIRE(all.size() > 40);
    // The first ones come before the queue is full, and nobody comes after the last client. A place
    // is taken by the first arrival after it is given: here some ten microseconds later.
    for (std::size_t i = 10; i < 40; ++i) {
        INFO("customer " << i << " waited " << to_seconds(all[i]) << " s");
        CHECK(all[i] <= kService * (kBacklog + 1));
        CHECK(all[i] > kService * (kBacklog + 1) - microseconds(120));
    }
}

}  // namespace synq
