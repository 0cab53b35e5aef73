// What a flood gets in: with aging, as kernels were measured; without, Erlang's loss formula.
#include "tests/theory/flooded.h"
#include "tests/theory/statistics.h"

#include <array>
#include <cmath>
#include <cstdint>
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
double blocking(int backlog, const char* every, std::uint64_t seed) {
    const std::string text = in_exact_time(kFlooded) + "arrivals = \"poisson\"\n";
    const Between seen =
        between(text, {{"backlog", std::to_string(backlog)}, {"retries", "2"}, {"every", every}}, 0,
                seed, "20s", "320s");
    return 1 - seen.admitted / seen.sent;
}

}  // namespace

TEST_CASE("Erlang's formula has the values that textbooks give", "[erlang]") {
    CHECK(erlang_b(1, 1) == Approx(0.5));
    CHECK(erlang_b(10, 5) == Approx(0.018385).epsilon(1e-4));
    CHECK(erlang_b(129, 2 * 63) == Approx(0.0540).epsilon(1e-3));
    CHECK(erlang_b(129, 2.5 * 63) == Approx(0.2032).epsilon(1e-3));
    CHECK(erlang_b(129, 5 * 63) == Approx(0.5926).epsilon(1e-3));
}

TEST_CASE("without aging the request queue blocks as Erlang's loss system", "[erlang]") {
    struct Row {
        int backlog;
        const char* every;
        double rate;
    };
    // Offered loads in erlangs: 14, 24.5, 126, 315.
    constexpr std::array<Row, 4> kRows{
        {{16, "500ms", 2}, {16, "1s * 2 / 7", 3.5}, {128, "1s / 18", 18}, {128, "1s / 45", 45}}};
    for (const Row& row : kRows) {
        std::vector<double> samples;
        for (std::uint64_t seed = 1; seed <= kReplications; ++seed) {
            samples.push_back(blocking(row.backlog, row.every, seed));
        }
        check_against(fmt::format("blocking, backlog {}, {} SYNs a second", row.backlog, row.rate),
                      interval_of(samples), erlang_b(row.backlog + 1, row.rate * 7), 0.15);
    }
}

}  // namespace synq
