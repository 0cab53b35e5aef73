// What a flood gets into the request queue, as kernels were measured.
#include "tests/catch.h"
#include "tests/theory/flooded.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <fmt/format.h>
#include <string>

namespace synq {

TEST_CASE("a flood gets in what Linux was measured to admit") {
    struct Row {
        int backlog;
        const char* every;
        double a_second;  // measured in real time, over minutes
        double in_120_s;  // measured in virtual time, mean over phases of the timer wheel
        std::uint64_t in_726_s_min;  // likewise, over eight phases
        std::uint64_t in_726_s_max;
    };
    // docs/notes/2026-11-syn-flood.md
    constexpr std::array<Row, 5> kRows{{{4, "200ms", 0.47, 56.0, 318, 324},
                                        {16, "500ms", 1.99, 240.0, 1'452, 1'452},
                                        {16, "200ms", 1.88, 224.3, 1'337, 1'376},
                                        {16, "50ms", 2.12, 243.6, 1'663, 1'694},
                                        {128, "25ms", 13.44, 1'632.9, 9'373, 10'333}}};
    const auto mean_admitted = [](const Row& row, const char* until, std::uint64_t phases) {
        double sum = 0;
        for (std::uint64_t seed = 1; seed <= phases; ++seed) {
            const Settings parameters{
                {"backlog", std::to_string(row.backlog)}, {"every", row.every}, {"until", until}};
            sum += static_cast<double>(flooded(kFlooded, parameters, seed).admitted);
        }
        return sum / static_cast<double>(phases);
    };
    for (const Row& row : kRows) {
        const double early = mean_admitted(row, "120s", 20);
        const double late = mean_admitted(row, "726s", 4);
        const std::string line = fmt::format(
            "admitted, backlog {}, every {}: in 120 s {:.1f}, kernel {:.1f}; in 726 s {:.1f}, "
            "kernel {} to {}\n",
            row.backlog, row.every, early, row.in_120_s, late, row.in_726_s_min, row.in_726_s_max);
        std::fputs(line.c_str(), stdout);
        INFO(line);
        CHECK(early == Approx(row.in_120_s).epsilon(0.02));
        CHECK(early / 120 == Approx(row.a_second).epsilon(0.1));
        CHECK(late >= static_cast<double>(row.in_726_s_min));
        CHECK(late <= static_cast<double>(row.in_726_s_max));
        // Between the life of a request that is never pruned and that of one that always is.
        const double places = row.backlog + 1;
        CHECK(late / 726 > places / 63);
        CHECK(late / 726 < places / 7);
    }
}

}  // namespace synq
