#include "sim/trace/time_text.h"

#include "tests/catch.h"

#include <limits>

namespace synq {

TEST_CASE("exact seconds have the digits that matter and no others") {
    CHECK(exact_seconds(Instant{}) == "0");
    CHECK(exact_seconds(seconds(20)) == "20");
    CHECK(exact_seconds(milliseconds(35'600)) == "35.6");
    CHECK(exact_seconds(nanoseconds(1)) == "0.000000001");
    CHECK(exact_seconds(nanoseconds(-1'500'000'000)) == "-1.5");
    CHECK(exact_seconds(nanoseconds(100'000'000'000'000'001)) == "100000000.000000001");
}

TEST_CASE("exact seconds hold at the ends of the range") {
    CHECK(exact_seconds(Duration{std::numeric_limits<std::int64_t>::max()}) ==
          "9223372036.854775807");
    CHECK(exact_seconds(Duration{std::numeric_limits<std::int64_t>::min()}) ==
          "-9223372036.854775808");
}

TEST_CASE("fixed seconds cut off what they do not show") {
    const Instant t{.ns = 1'999'999'999};
    CHECK(fixed_seconds(t, 9) == "1.999999999");
    CHECK(fixed_seconds(t, 6) == "1.999999");
    CHECK(fixed_seconds(t, 3) == "1.999");
    CHECK(fixed_seconds(t, 0) == "1");
    CHECK(fixed_seconds(Instant{.ns = 20'000'000'000}, 3) == "20.000");
}

TEST_CASE("rough durations keep three digits and a unit that fits") {
    CHECK(rough_duration(Duration{}) == "0 s");
    CHECK(rough_duration(nanoseconds(999)) == "999 ns");
    CHECK(rough_duration(microseconds(60)) == "60 us");
    CHECK(rough_duration(microseconds(52'149)) == "52.1 ms");
    CHECK(rough_duration(milliseconds(5'036)) == "5.04 s");
    CHECK(rough_duration(milliseconds(35'588)) == "35.6 s");
    CHECK(rough_duration(milliseconds(134'660)) == "135 s");
    CHECK(rough_duration(milliseconds(1'050)) == "1.05 s");
    CHECK(rough_duration(milliseconds(9'999)) == "10 s");
    CHECK(rough_duration(seconds(-2)) == "-2 s");
}

}  // namespace synq
