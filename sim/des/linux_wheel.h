// The timer wheel of one Linux host (kernel/time/timer.c since 4.8): timers are late, never early,
// and run in an order that is neither that of their deadlines nor that of their arming.
//
// Time is counted in jiffies. Level n has 64 buckets of 8^n jiffies; a timer goes to the level that
// its distance selects and into the bucket that begins after its deadline, and stays there: nothing
// cascades. A bucket is a stack, newest first. When a jiffy is reached, the buckets due run from
// the highest level down (linux.md 0.1).
//
// What is not modelled: the wheel is one per host, not one per processor; other users of the
// kernel's wheel do not exist.
#pragma once

#include "model/base/time.h"
#include "model/base/timer_node.h"
#include "sim/des/timer_list.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace synq {

/// Jiffies of a machine whose HZ need not divide a second: exact in both directions.
class JiffyClock {
  public:
    /// `phase`: how long before the run's start jiffy 0 began; not negative.
    JiffyClock(int hz, Duration phase);

    /// The jiffy that has begun at `t`; `t` is not negative.
    [[nodiscard]] std::int64_t jiffy_at(Instant t) const;
    /// The instant at which a jiffy begins, rounded up to a nanosecond.
    [[nodiscard]] Instant start_of(std::int64_t jiffy) const;
    [[nodiscard]] int hz() const { return static_cast<int>(hz_); }

  private:
    std::int64_t hz_;
    Duration phase_;
};

namespace detail {

/// A bucket, and the jiffy at which it runs.
struct WheelBucket {
    int level = 0;
    std::int64_t number = 0;  // expiry in units of the level's granule
};

/// Linux calc_wheel_index: where a timer for jiffy `expires` goes while the wheel stands at `clk`.
WheelBucket wheel_bucket(std::int64_t expires, std::int64_t clk, int levels);

constexpr int granule_bits(int level) {
    return 3 * level;
}

}  // namespace detail

/// `Nodes` is callable: `TimerNode& operator()(TimerRef)`, as for TimingWheel. A node keeps the
/// deadline that was asked for until its timer is popped or cancelled.
template <class Nodes>
class LinuxWheel {
  public:
    LinuxWheel(int hz, Duration phase) : clock_(hz, phase), levels_(hz > 100 ? 9 : 8) {}

    [[nodiscard]] const JiffyClock& clock() const { return clock_; }

    /// Arms or re-arms (mod_timer). A deadline in the past counts as now, which runs at the next
    /// jiffy; one beyond the wheel is shortened to its capacity (48 days at HZ=250); kNever means
    /// cancel. Returns when it will run.
    Instant arm(Nodes& nodes, TimerRef timer, Instant now, Instant deadline) {
        TimerNode& node = nodes(timer);
        if (node.armed()) {
            remove(nodes, node);
        }
        if (deadline == kNever) {
            return kNever;
        }
        forward(clock_.jiffy_at(now));
        const std::int64_t expires = clock_.jiffy_at(std::max(deadline, now));
        const auto bucket = detail::wheel_bucket(expires, clk_, levels_);
        node.deadline = deadline;
        lists_.push_front(nodes, slot_of(bucket), timer, node);
        occupied_[index(bucket.level)] |= bit(bucket.number);
        return clock_.start_of(bucket.number << detail::granule_bits(bucket.level));
    }

    /// Does nothing when the timer is not armed. Also takes back an expired timer that has not
    /// been popped yet.
    void cancel(Nodes& nodes, TimerRef timer) {
        TimerNode& node = nodes(timer);
        if (node.armed()) {
            remove(nodes, node);
        }
    }

    /// The instant at which the next bucket runs; kNever when all are empty. Expired timers do not
    /// count.
    [[nodiscard]] Instant next_deadline() const {
        const std::int64_t jiffy = next_expiry();
        return jiffy == kNoJiffy ? kNever : clock_.start_of(jiffy);
    }

    /// Moves what is due at or before `now` to the expired list, in the order in which it runs.
    /// Called at each next_deadline(); a caller that is late gets several jiffies' worth at once.
    void collect(Nodes& nodes, Instant now) {
        const std::int64_t jiffy = clock_.jiffy_at(now);
        for (std::int64_t due = next_expiry(); due <= jiffy; due = next_expiry()) {
            for (int level = levels_ - 1; level >= 0; --level) {
                collect_level(nodes, level, due);
            }
            clk_ = due + 1;
        }
    }

    /// The next expired timer, no longer armed; invalid when there is none.
    [[nodiscard]] TimerRef pop_expired(Nodes& nodes) {
        const TimerRef timer = lists_.first(kExpired);
        if (timer.valid()) {
            remove(nodes, nodes(timer));
        }
        return timer;
    }

  private:
    static constexpr int kMaxLevels = 9;
    static constexpr std::int64_t kBuckets = 64;
    static constexpr std::size_t kExpired = kMaxLevels * kBuckets;
    static constexpr std::int64_t kNoJiffy = std::numeric_limits<std::int64_t>::max();

    static std::size_t index(int level) { return static_cast<std::size_t>(level); }
    static unsigned bucket_index(std::int64_t number) {
        return static_cast<unsigned>(number & (kBuckets - 1));
    }
    static std::uint64_t bit(std::int64_t number) {
        return std::uint64_t{1} << bucket_index(number);
    }
    static std::size_t slot_of(detail::WheelBucket bucket) {
        return index(bucket.level) * kBuckets + bucket_index(bucket.number);
    }

    // Linux forward_timer_base: the wheel stands at the current jiffy, before it when buckets wait
    // to be collected, or one beyond it when this jiffy's buckets have run, so that a timer armed
    // by a timer cannot run in the same jiffy.
    void forward(std::int64_t jiffy) {
        if (jiffy > clk_) {
            clk_ = std::min(jiffy, next_expiry());
        }
    }

    // The earliest jiffy at which a bucket runs. A level's buckets are those numbered from the
    // wheel's place, rounded up, to 63 further: so a bucket's bit tells its number.
    [[nodiscard]] std::int64_t next_expiry() const {
        std::int64_t earliest = kNoJiffy;
        for (int level = 0; level < levels_; ++level) {
            const std::uint64_t occupied = occupied_[index(level)];
            if (occupied == 0) {
                continue;
            }
            const int bits = detail::granule_bits(level);
            const std::int64_t from = (clk_ + (std::int64_t{1} << bits) - 1) >> bits;
            const auto rotation = static_cast<int>(bucket_index(from));
            const std::int64_t number = from + std::countr_zero(std::rotr(occupied, rotation));
            earliest = std::min(earliest, number << bits);
        }
        return earliest;
    }

    void collect_level(Nodes& nodes, int level, std::int64_t jiffy) {
        const int bits = detail::granule_bits(level);
        const std::int64_t number = jiffy >> bits;
        if ((number << bits) != jiffy || (occupied_[index(level)] & bit(number)) == 0) {
            return;
        }
        lists_.append(nodes, kExpired, slot_of({.level = level, .number = number}));
        occupied_[index(level)] &= ~bit(number);
    }

    void remove(Nodes& nodes, TimerNode& node) {
        const auto emptied = lists_.unlink(nodes, node);
        if (emptied && *emptied != kExpired) {
            occupied_[*emptied / kBuckets] &= ~bit(static_cast<std::int64_t>(*emptied));
        }
        node = TimerNode{};
    }

    JiffyClock clock_;
    int levels_;
    std::int64_t clk_ = 0;
    std::array<std::uint64_t, kMaxLevels> occupied_{};
    TimerLists<kExpired + 1> lists_;
};

}  // namespace synq
