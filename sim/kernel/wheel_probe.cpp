#include "sim/kernel/wheel_probe.h"

#include "sim/kernel/cpu.h"
#include "sim/kernel/real_clock.h"
#include "sim/kernel/unique_fd.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>

namespace synq {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr int kLevels = 4;  // of 8, 64, 512 and 4096 jiffies; connections use no coarser ones

constexpr std::int64_t granule_of(int level) {
    return std::int64_t{8} << (3 * level);
}

/// Well inside the level's range of delays, which begins at 63 granules of the level below.
constexpr std::int64_t sleep_of(int level) {
    return granule_of(level) / 8 * 63 + granule_of(level);
}

std::int64_t remainder_of(std::int64_t value, std::int64_t modulus) {
    return (value % modulus + modulus) % modulus;
}

/// The smallest value modulo `modulus`, all being close together on that circle.
std::int64_t earliest(const std::vector<std::int64_t>& values, std::int64_t modulus) {
    std::int64_t best = values.front();
    for (const std::int64_t value : values) {
        if (remainder_of(value - best, modulus) > modulus / 2) {
            best = value;
        }
    }
    return remainder_of(best, modulus);
}

/// Two descriptors of which the first is never readable.
std::array<UniqueFd, 2> silent_pair() {
    std::array<int, 2> ends{-1, -1};
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
    return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

}  // namespace

std::optional<Duration> wheel_phase(const std::vector<BucketStarts>& levels, std::int64_t start_ns,
                                    int hz) {
    const std::int64_t jiffy_ns = kSecond / hz;
    std::optional<std::int64_t> start;  // of a bucket of all levels so far
    std::int64_t granule = 1;
    for (const BucketStarts& level : levels) {
        if (level.jiffies.empty() || kSecond % hz != 0) {
            break;
        }
        std::int64_t here = earliest(level.jiffies, level.granule);
        if (start) {
            // Whoever saw it later was late.
            const std::int64_t late = remainder_of(here - *start, granule);
            here -= late < granule / 2 ? late : 0;
        }
        start = here;
        granule = level.granule;
    }
    if (!start) {
        return std::nullopt;
    }
    const std::int64_t jiffies = remainder_of(start_ns / jiffy_ns - *start, granule);
    return nanoseconds(jiffies * jiffy_ns + start_ns % jiffy_ns);
}

WheelProbe::WheelProbe(int hz, int cpu) : hz_(hz), shared_(std::make_shared<Shared>()) {
    for (int level = 0; level < kLevels; ++level) {
        shared_->levels.push_back({.granule = granule_of(level), .jiffies = {}});
    }
    for (std::size_t level = 0; level < kLevels && kSecond % hz == 0; ++level) {
        std::thread{[shared = shared_, level, hz, cpu] {
            settle_thread(cpu);
            sleep_on(*shared, level, hz);
        }}.detach();
    }
}

void WheelProbe::sleep_on(Shared& shared, std::size_t level, int hz) {
    const auto ends = silent_pair();
    const std::int64_t jiffy_ns = kSecond / hz;
    const std::int64_t sleep_ns = sleep_of(static_cast<int>(level)) * jiffy_ns;
    const timeval timeout{.tv_sec = static_cast<time_t>(sleep_ns / kSecond),
                          .tv_usec = static_cast<suseconds_t>(sleep_ns % kSecond / 1'000)};
    setsockopt(ends[0].get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    for (;;) {
        char nothing = 0;
        if (recv(ends[0].get(), &nothing, 1, 0) >= 0 || errno != EAGAIN) {
            return;
        }
        const std::int64_t jiffy = monotonic_ns() / jiffy_ns;
        const std::scoped_lock lock{shared.mutex};
        shared.levels[level].jiffies.push_back(jiffy);
    }
}

std::optional<Duration> WheelProbe::phase_at(std::int64_t start_ns) const {
    const std::scoped_lock lock{shared_->mutex};
    return wheel_phase(shared_->levels, start_ns, hz_);
}

}  // namespace synq
