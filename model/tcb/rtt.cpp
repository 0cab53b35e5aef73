#include "model/tcb/rtt.h"

#include <algorithm>

namespace synq {

// (6298-2.2, 6298-2.3)
void RttEstimator::sample(Duration measured, bool ends_round, const Rules& rules,
                          const Sysctls& sysctl) {
    const auto m =
        static_cast<std::int64_t>(std::clamp<std::int64_t>(measured.ns / 1'000, 0, 1U << 28U));
    const auto floor_us =
        rules.linux_rto ? static_cast<std::uint32_t>(sysctl.rto_min_us) : std::uint32_t{0};
    if (srtt_us_ == 0) {
        srtt_us_ = std::max(1U, static_cast<std::uint32_t>(m << 3));
        mdev_us_ = static_cast<std::uint32_t>(m << 1);
        rttvar_us_ = std::max(mdev_us_, floor_us);
        mdev_max_us_ = rttvar_us_;
        return;
    }
    // Jacobson's estimator in fixed point: srtt gains 1/8 of the error, mdev 1/4 of its size. When
    // a sample falls below the average by more than the deviation the gain is cut to 1/32, so that
    // a shrinking path does not inflate the timeout (Linux tcp_rtt_estimator).
    std::int64_t error = m - (srtt_us_ >> 3);
    srtt_us_ = static_cast<std::uint32_t>(std::max<std::int64_t>(1, srtt_us_ + error));
    if (error < 0) {
        error = -error - (mdev_us_ >> 2);
        if (error > 0 && rules.linux_rto) {
            error >>= 3;
        }
    } else {
        error -= mdev_us_ >> 2;
    }
    mdev_us_ = static_cast<std::uint32_t>(mdev_us_ + error);
    if (!rules.linux_rto) {
        rttvar_us_ = mdev_us_;
        return;
    }
    mdev_max_us_ = std::max(mdev_max_us_, mdev_us_);
    rttvar_us_ = std::max(rttvar_us_, mdev_max_us_);
    if (ends_round) {
        rttvar_us_ -= (rttvar_us_ - mdev_max_us_) >> 2;
        mdev_max_us_ = floor_us;
    }
}

// (MUST-18, 6298-2.4, 6298-2.5)
Duration RttEstimator::rto(const Profile& profile, const Sysctls& sysctl) const {
    if (!has_sample()) {
        return profile.rto_without_sample;
    }
    Duration raw = round_up(srtt() + microseconds(rttvar_us_), profile.tick);
    if (!profile.rules.linux_rto) {
        // RFC 6298 2.2, 2.4: the clock's granularity bounds the variation, one second the sum.
        raw = std::max(srtt() + std::max(profile.tick, microseconds(rttvar_us_)),
                       microseconds(sysctl.rto_min_us));
    }
    return std::min(raw, milliseconds(sysctl.rto_max_ms));
}

Duration backed_off(Duration base, int times, Duration most) {
    Duration out = base;
    for (; times > 0 && out < most; --times) {
        out = out * 2;
    }
    return std::min(out, most);
}

Duration modelled_timeout(int boundary, Duration base, Duration rto_max) {
    int doublings = 0;
    while (doublings < 62 && (base * (std::int64_t{1} << (doublings + 1))) <= rto_max) {
        ++doublings;
    }
    if (boundary <= doublings) {
        return base * ((std::int64_t{1} << (boundary + 1)) - 1);
    }
    return base * ((std::int64_t{1} << (doublings + 1)) - 1) + rto_max * (boundary - doublings);
}

}  // namespace synq
