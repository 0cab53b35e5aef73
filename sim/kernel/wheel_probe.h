// Where the kernel's timer wheel stands: what decides into which bucket each TCP timer falls.
//
// A receive timeout sits in the same wheel, so the moment at which it ends is the start of a
// bucket. One sleeper for each level of the wheel tells how the wheel's cycle lies to
// CLOCK_MONOTONIC, whose whole jiffies are the kernel's (since Linux 6.4). A bucket of a level
// cannot run before the first sleeper of that level has ended, so however short the run, what
// mattered to it is known.
#pragma once

#include "model/base/time.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace synq {

/// Ends of sleeps that one level of the wheel ended.
struct BucketStarts {
    std::int64_t granule = 1;           // of the level, in jiffies
    std::vector<std::int64_t> jiffies;  // of CLOCK_MONOTONIC; some may be a little late
};

/// How long before `start_ns` a jiffy began at which all these levels have a bucket; nullopt when
/// nothing was seen. Finest level first.
std::optional<Duration> wheel_phase(const std::vector<BucketStarts>& levels, std::int64_t start_ns,
                                    int hz);

class WheelProbe {
  public:
    /// Starts sleepers on that CPU. They are never joined: the process must end with the run.
    WheelProbe(int hz, int cpu);

    /// As wheel_phase(), from what the sleepers have seen so far.
    [[nodiscard]] std::optional<Duration> phase_at(std::int64_t start_ns) const;

  private:
    struct Shared {
        std::mutex mutex;
        std::vector<BucketStarts> levels;
    };
    static void sleep_on(Shared& shared, std::size_t level, int hz);

    int hz_;
    std::shared_ptr<Shared> shared_;
};

}  // namespace synq
