// Time: integer nanoseconds. The model never reads a clock; every instant is handed to it.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace synq {

/// A span of time in nanoseconds; may be negative.
struct Duration {
    std::int64_t ns = 0;

    friend constexpr auto operator<=>(Duration, Duration) = default;
    friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
    friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
    friend constexpr Duration operator*(Duration d, std::int64_t k) { return {d.ns * k}; }
    friend constexpr Duration operator/(Duration d, std::int64_t k) { return {d.ns / k}; }
    friend constexpr std::int64_t operator/(Duration a, Duration b) { return a.ns / b.ns; }
};

/// A point on the virtual clock, in nanoseconds since the run began.
struct Instant {
    std::int64_t ns = 0;

    friend constexpr auto operator<=>(Instant, Instant) = default;
    friend constexpr Instant operator+(Instant t, Duration d) { return {t.ns + d.ns}; }
    friend constexpr Instant operator-(Instant t, Duration d) { return {t.ns - d.ns}; }
    friend constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
};

/// Later than anything that happens: "no deadline", "never returned".
inline constexpr Instant kNever{std::numeric_limits<std::int64_t>::max()};

constexpr Duration nanoseconds(std::int64_t n) {
    return {n};
}
constexpr Duration microseconds(std::int64_t n) {
    return {n * 1'000};
}
constexpr Duration milliseconds(std::int64_t n) {
    return {n * 1'000'000};
}
constexpr Duration seconds(std::int64_t n) {
    return {n * 1'000'000'000};
}

/// d rounded up to a whole number of ticks; a tick of zero leaves d alone.
constexpr Duration round_up(Duration d, Duration tick) {
    if (tick.ns <= 0) {
        return d;
    }
    return {(d.ns + tick.ns - 1) / tick.ns * tick.ns};
}

/// Seconds as a floating-point number, for printing only.
constexpr double to_seconds(Duration d) {
    return static_cast<double>(d.ns) / 1e9;
}
constexpr double to_seconds(Instant t) {
    return static_cast<double>(t.ns) / 1e9;
}

}  // namespace synq
