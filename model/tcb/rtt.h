// Round-trip estimation and the retransmission timeout (RFC 6298, by the letter or as Linux does
// it).
//
// Values are microseconds. Linux's floor of 200 ms applies to the variation term, not to the sum,
// so the timeout of a path of 1 us is 204 ms at HZ=250, and exactly 200 ms only when the round trip
// took no time at all (docs/notes/2026-11-loopback-handshake.md).
#pragma once

#include "model/base/time.h"
#include "model/profile/profile.h"

#include <cstdint>

namespace synq {

class RttEstimator {
  public:
    /// Feeds one measured round trip. Below 1 us it counts as zero. On Linux the variation term
    /// grows at once, and shrinks only by a sample that ends a round trip's worth of them.
    void sample(Duration measured, bool ends_round, const Rules& rules, const Sysctls& sysctl);

    [[nodiscard]] bool has_sample() const { return srtt_us_ != 0; }
    /// Smoothed round trip; zero before the first sample.
    [[nodiscard]] Duration srtt() const { return microseconds(srtt_us_ >> 3); }
    /// Timeout before back-off, rounded up to the profile's tick.
    [[nodiscard]] Duration rto(const Profile& profile, const Sysctls& sysctl) const;

  private:
    std::uint32_t srtt_us_ = 0;      // eight times the smoothed round trip
    std::uint32_t mdev_us_ = 0;      // four times the mean deviation
    std::uint32_t mdev_max_us_ = 0;  // the largest of this round
    std::uint32_t rttvar_us_ = 0;    // the variation term of the timeout
};

/// `base` doubled `times` times, at most `most`; never overflows.
Duration backed_off(Duration base, int times, Duration most);

/// Time during which `boundary` doublings of `base` fit (linux.md 0.3, T(N, base)).
Duration modelled_timeout(int boundary, Duration base, Duration rto_max);

}  // namespace synq
