// What a simulated number must agree with a closed form by: confidence intervals of independent
// replications, and how wide they may be for the test to mean something.
#pragma once

#include "tests/catch.h"

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fmt/format.h>
#include <string>
#include <vector>

namespace synq {

/// Student's t for a two-sided interval of 99 %, by degrees of freedom.
inline double student_99(std::size_t freedom) {
    switch (freedom) {
        case 4:
            return 4.604;
        case 7:
            return 3.499;
        case 9:
            return 3.250;
        case 19:
            return 2.861;
        default:
            FAIL("no quantile for " << freedom << " degrees of freedom");
            return 0;
    }
}

struct Interval {
    double mean = 0;
    double half = 0;  // of the width

    [[nodiscard]] bool contains(double x) const { return std::abs(x - mean) <= half; }
};

/// Of the mean of independent replications, 99 %.
inline Interval interval_of(const std::vector<double>& samples) {
    const auto n = static_cast<double>(samples.size());
    double sum = 0;
    for (const double sample : samples) {
        sum += sample;
    }
    const double mean = sum / n;
    double squares = 0;
    for (const double sample : samples) {
        squares += (sample - mean) * (sample - mean);
    }
    const double deviation = std::sqrt(squares / (n - 1));
    return {mean, student_99(samples.size() - 1) * deviation / std::sqrt(n)};
}

/// Prints the comparison. The interval must contain the closed form and reach no further than
/// `widest` of it: then a model that is wrong by twice as much fails.
inline void check_against(const std::string& what, const Interval& found, double closed_form,
                          double widest) {
    const std::string line = fmt::format("{}: {:.5f} +- {:.5f}, closed form {:.5f}\n", what,
                                         found.mean, found.half, closed_form);
    std::fputs(line.c_str(), stdout);
    INFO(line);
    CHECK(found.contains(closed_form));
    CHECK(found.half <= widest * closed_form);
}

}  // namespace synq
