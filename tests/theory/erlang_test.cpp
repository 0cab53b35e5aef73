// Without aging the request queue is a loss system, and blocks as Erlang's formula says.
#include "sim/des/arrivals.h"
#include "tests/theory/flooded.h"
#include "tests/theory/statistics.h"

#include <array>
#include <cstdint>
#include <deque>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace synq {
namespace {

constexpr std::size_t kReplications = 10;

/// Blocking of M/G/Q/Q: how often all of `places` are taken under a load in erlangs.
double erlang_b(int places, double load) {
    double blocking = 1;
    for (int n = 1; n <= places; ++n) {
        blocking = load * blocking / (n + load * blocking);
    }
    return blocking;
}

/// Counts up to two instants of the same run: what happened between them.
struct Between {
    double sent = 0;
    double admitted = 0;
};
Between between(std::string_view text, const Settings& parameters, std::size_t flood,
                std::uint64_t seed, const char* from, const char* to) {
    const auto until = [&](const char* end) {
        Settings all = parameters;
        all.emplace_back("until", end);
        return run_experiment(text, seed, all).floods.at(flood);
    };
    const FloodRecord early = until(from);
    const FloodRecord late = until(to);
    return {static_cast<double>(late.sent - early.sent),
            static_cast<double>(late.admitted - early.admitted)};
}

/// Two SYN-ACK retries: a request lives 7 s, and aging, which stops at two, takes nothing.
constexpr Duration kLife = seconds(7);

/// A Poisson flood of short-lived requests.
Settings offered(int backlog, const char* every) {
    return {{"backlog", std::to_string(backlog)}, {"retries", "2"}, {"every", every}};
}
std::string poisson_flood() {
    return in_exact_time(kFlooded) + "arrivals = \"poisson\"\n";
}

/// The loss system by its definition, with the random numbers that the flood draws: who finds all
/// places taken is lost, everyone else keeps one for the same time.
std::uint64_t admitted_by_definition(int backlog, Duration gap, std::uint64_t customers,
                                     std::uint64_t seed) {
    Arrivals arrivals({gap, ArrivalLaw::Gaps::Exponential},
                      RandomStream(seed, "arrivals", "attack"));
    std::deque<Duration> departures;
    std::uint64_t admitted = 0;
    for (std::uint64_t n = 0; n < customers; ++n) {
        const Duration now = arrivals.next();
        while (!departures.empty() && departures.front() <= now) {
            departures.pop_front();
        }
        if (departures.size() <= static_cast<std::size_t>(backlog)) {
            departures.push_back(now + kLife);
            ++admitted;
        }
    }
    return admitted;
}

struct Load {
    int backlog = 0;
    const char* every = "";
    Duration gap;
};
// Offered loads of 14, 24.5, 126 and 315 erlangs.
constexpr std::array<Load, 4> kLoads{{{16, "500ms", milliseconds(500)},
                                      {16, "1s * 2 / 7", seconds(2) / 7},
                                      {128, "1s / 18", seconds(1) / 18},
                                      {128, "1s / 45", seconds(1) / 45}}};

double closed_form(const Load& load) {
    return erlang_b(load.backlog + 1, to_seconds(kLife) / to_seconds(load.gap));
}

}  // namespace

TEST_CASE("Erlang's formula has the values that textbooks give") {
    CHECK(erlang_b(1, 1) == Approx(0.5));
    CHECK(erlang_b(10, 5) == Approx(0.018385).epsilon(1e-4));
    CHECK(erlang_b(129, 2 * 63) == Approx(0.0540).epsilon(1e-3));
    CHECK(erlang_b(129, 2.5 * 63) == Approx(0.2032).epsilon(1e-3));
    CHECK(erlang_b(129, 5 * 63) == Approx(0.5926).epsilon(1e-3));
}

TEST_CASE("without aging the request queue loses exactly the SYNs that a loss system loses") {
    for (const Load& load : kLoads) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            Settings parameters = offered(load.backlog, load.every);
            parameters.emplace_back("count", "5000");
            parameters.emplace_back("until", "10000s");
            INFO("backlog " << load.backlog << ", every " << load.every << ", seed " << seed);
            CHECK(flooded(poisson_flood(), parameters, seed).admitted ==
                  admitted_by_definition(load.backlog, load.gap, 5'000, seed));
        }
    }
}

TEST_CASE("a loss system by its definition blocks as Erlang's formula says") {
    constexpr std::uint64_t kCustomers = 200'000;
    for (const Load& load : kLoads) {
        std::vector<double> samples;
        for (std::uint64_t seed = 1; seed <= kReplications; ++seed) {
            const auto admitted = admitted_by_definition(load.backlog, load.gap, kCustomers, seed);
            samples.push_back(1 - static_cast<double>(admitted) / double{kCustomers});
        }
        check_against(
            fmt::format("loss system of {} by definition, every {}", load.backlog + 1, load.every),
            interval_of(samples), closed_form(load), 0.04);
    }
}

TEST_CASE("a simulated request queue blocks as Erlang's formula says") {
    for (const Load& load : kLoads) {
        const bool heavy = closed_form(load) > 0.3;  // a rare loss needs a longer look
        std::vector<double> samples;
        for (std::uint64_t seed = 1; seed <= kReplications; ++seed) {
            const Between seen = between(poisson_flood(), offered(load.backlog, load.every), 0,
                                         seed, "20s", heavy ? "220s" : "1220s");
            samples.push_back(1 - seen.admitted / seen.sent);
        }
        check_against(fmt::format("blocking, backlog {}, every {}", load.backlog, load.every),
                      interval_of(samples), closed_form(load), 0.15);
    }
}

TEST_CASE("two floods of unequal lives block as one with the mean life") {
    // One is silent, the other's hosts answer with RST after a round trip of 2 s: a law of holding
    // times that is no constant, with the same formula.
    const std::string text = poisson_flood() + R"toml(
[[host]]
name = "far"
[[link]]
between = ["server", "far"]
rtt = "2s"
[[flood]]
name = "answered"
from = "far"
to = "server:8000"
sources = "203.0.113.0/24"
every = "every"
arrivals = "poisson"
reply = "reset"
)toml";
    const double load = 2 * (7 + 2);
    for (const std::size_t flood : {std::size_t{0}, std::size_t{1}}) {
        std::vector<double> samples;
        for (std::uint64_t seed = 1; seed <= kReplications; ++seed) {
            const Between seen = between(text, offered(16, "500ms"), flood, seed, "20s", "1220s");
            samples.push_back(1 - seen.admitted / seen.sent);
        }
        check_against(
            fmt::format("blocking of the {} flood, backlog 16", flood == 0 ? "silent" : "answered"),
            interval_of(samples), erlang_b(17, load), 0.15);
    }
}

}  // namespace synq
