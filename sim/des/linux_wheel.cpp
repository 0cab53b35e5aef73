#include "sim/des/linux_wheel.h"

#include <cassert>

namespace synq {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

// The distance, in jiffies, from which on a level is used (Linux LVL_START). One bucket of 64 is
// given away so that rounding up stays within the level.
constexpr std::int64_t level_start(int level) {
    return level == 0 ? 0 : std::int64_t{63} << detail::granule_bits(level - 1);
}

}  // namespace

JiffyClock::JiffyClock(int hz, Duration phase) : hz_(hz), phase_(phase) {
    assert(hz > 0 && phase.ns >= 0);
}

std::int64_t JiffyClock::jiffy_at(Instant t) const {
    const std::int64_t since_zero = (t + phase_).ns;
    const std::int64_t whole = since_zero / kNanosecondsPerSecond;
    const std::int64_t rest = since_zero % kNanosecondsPerSecond;
    return whole * hz_ + rest * hz_ / kNanosecondsPerSecond;
}

Instant JiffyClock::start_of(std::int64_t jiffy) const {
    const std::int64_t whole = jiffy / hz_;
    const std::int64_t rest = jiffy % hz_;
    const std::int64_t nanoseconds_of_rest = (rest * kNanosecondsPerSecond + hz_ - 1) / hz_;
    return Instant{whole * kNanosecondsPerSecond + nanoseconds_of_rest} - phase_;
}

detail::WheelBucket detail::wheel_bucket(std::int64_t expires, std::int64_t clk, int levels) {
    std::int64_t delta = expires - clk;
    if (delta < 0) {
        return {.level = 0, .number = clk};
    }
    const std::int64_t capacity = level_start(levels);
    if (delta >= capacity) {
        delta = capacity - (std::int64_t{1} << granule_bits(levels - 1));
        expires = clk + delta;
    }
    int level = levels - 1;
    while (delta < level_start(level)) {
        --level;
    }
    return {.level = level, .number = (expires >> granule_bits(level)) + 1};
}

}  // namespace synq
