#include "sim/kernel/real_clock.h"

#include "sim/kernel/kernel_run.h"

#include <cerrno>
#include <ctime>
#include <limits>

namespace synq {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t read_clock(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<std::int64_t>(now.tv_sec) * kSecond + now.tv_nsec;
}

}  // namespace

std::int64_t monotonic_ns() {
    return read_clock(CLOCK_MONOTONIC);
}

std::int64_t realtime_offset_ns() {
    constexpr std::int64_t good_enough = 2'000;
    constexpr int tries = 16;
    std::int64_t narrowest = std::numeric_limits<std::int64_t>::max();
    std::int64_t offset = 0;
    for (int i = 0; i < tries && narrowest > good_enough; ++i) {
        const std::int64_t before = read_clock(CLOCK_MONOTONIC);
        const std::int64_t real = read_clock(CLOCK_REALTIME);
        const std::int64_t after = read_clock(CLOCK_MONOTONIC);
        if (after - before < narrowest) {
            narrowest = after - before;
            offset = real - (before + (after - before) / 2);
        }
    }
    return offset;
}

void sleep_until_ns(std::int64_t deadline) {
    const timespec when{.tv_sec = static_cast<time_t>(deadline / kSecond),
                        .tv_nsec = static_cast<long>(deadline % kSecond)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr) == EINTR) {
    }
}

int kernel_hz() {
    timespec resolution{};
    if (clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) != 0 || resolution.tv_nsec <= 0) {
        return 250;
    }
    return static_cast<int>((kSecond + resolution.tv_nsec / 2) / resolution.tv_nsec);
}

}  // namespace synq
