// Timers in exact order: by deadline to the nanosecond, equal deadlines in the order of arming.
//
// A hierarchical wheel with 6-bit digits. A timer lies at the level of the highest digit in which
// its deadline differs from the clock, in the slot of that digit's value. Hence:
//   - every timer of a level comes before every timer of a higher level, and slots of one level are
//     in order of time;
//   - a slot of level 0 holds one deadline only, in arming order, and two timers of one deadline
//     are always in the same slot;
//   - when the clock enters a slot, its timers move to lower levels (a cascade), in order.
// Arming and cancelling take constant time. A timer cascades at most once per level. No allocation;
// copying the wheel copies 11 KiB and no timer, since the links live in the timers' records.
#pragma once

#include "model/base/time.h"
#include "model/base/timer_node.h"
#include "sim/des/timer_list.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace synq {

/// `Nodes` is callable: `TimerNode& operator()(TimerRef)`, for every timer that was ever armed and
/// not cancelled or popped since. Instants are not negative.
template <class Nodes>
class TimingWheel {
  public:
    [[nodiscard]] Instant now() const { return {static_cast<std::int64_t>(now_)}; }
    [[nodiscard]] bool empty() const { return occupied_levels_ == 0; }

    /// Arms or re-arms: an armed timer loses its place and goes behind its equals. A deadline in
    /// the past means now; kNever means cancel.
    void arm(Nodes& nodes, TimerRef timer, Instant deadline) {
        TimerNode& node = nodes(timer);
        if (node.armed()) {
            remove(nodes, node);
        }
        if (deadline == kNever) {
            return;
        }
        node.deadline = std::max(deadline, now());
        insert(nodes, timer, node);
    }

    /// Does nothing when the timer is not armed.
    void cancel(Nodes& nodes, TimerRef timer) {
        TimerNode& node = nodes(timer);
        if (node.armed()) {
            remove(nodes, node);
        }
    }

    /// No timer is due before this instant; kNever when there is none. It is the first deadline
    /// itself within 64 ns of it, and before that the start of the first deadline's slot: then
    /// pop_due() at this instant yields nothing and brings the next bound closer. O(1).
    [[nodiscard]] Instant next_deadline() const {
        if (empty()) {
            return kNever;
        }
        const Place first = first_place();
        return {static_cast<std::int64_t>(start_of(first))};
    }

    /// Moves the clock to `limit`, or to the first deadline if that is earlier: the clock never
    /// passes a timer. Returns the clock. A limit in the past means now; kNever without timers
    /// leaves the clock alone.
    Instant advance(Nodes& nodes, Instant limit) {
        if (empty() && limit == kNever) {
            return now();
        }
        const std::uint64_t target = static_cast<std::uint64_t>(std::max(limit, now()).ns);
        while (!empty()) {
            const Place first = first_place();
            const std::uint64_t start = start_of(first);
            if (start > target) {
                break;
            }
            if (first.level == 0) {
                now_ = start;
                return now();
            }
            // Nothing is earlier than this slot, so the clock may enter it.
            now_ = std::min(target, earliest_of_few(nodes, first, start));
            cascade(nodes, first);
        }
        now_ = target;
        return now();
    }

    /// Takes the earliest timer that is due at or before `limit` and sets the clock to its
    /// deadline; the timer is no longer armed. When there is none: an invalid reference, and the
    /// clock stands at `limit` (at its old place for kNever).
    [[nodiscard]] TimerRef pop_due(Nodes& nodes, Instant limit) {
        advance(nodes, limit);
        const std::size_t slot = slot_of({.level = 0, .digit = now_ & kDigitMask});
        const TimerRef timer = lists_.first(slot);
        if (timer.valid()) {
            remove(nodes, nodes(timer));
        }
        return timer;
    }

  private:
    static constexpr unsigned kDigitBits = 6;
    static constexpr std::size_t kDigits = 1U << kDigitBits;
    static constexpr std::uint64_t kDigitMask = kDigits - 1;
    static constexpr std::size_t kLevels = 11;  // 63 bits of nanoseconds
    static constexpr int kFew = 16;

    struct Place {
        std::size_t level = 0;
        std::uint64_t digit = 0;
    };

    static std::size_t slot_of(Place place) { return place.level * kDigits + place.digit; }

    [[nodiscard]] Place place_of(std::uint64_t deadline) const {
        const std::uint64_t differs = deadline ^ now_;
        const auto level = static_cast<std::size_t>(std::bit_width(differs | 1U) - 1) / kDigitBits;
        return {.level = level, .digit = (deadline >> (level * kDigitBits)) & kDigitMask};
    }

    // The slot of the earliest timers; there must be one.
    [[nodiscard]] Place first_place() const {
        const auto level = static_cast<std::size_t>(std::countr_zero(occupied_levels_));
        return {.level = level,
                .digit = static_cast<std::uint64_t>(std::countr_zero(occupied_[level]))};
    }

    // The first instant of a slot: the clock's digits above it, its own, zeros below.
    [[nodiscard]] std::uint64_t start_of(Place place) const {
        const std::size_t shift = place.level * kDigitBits;
        return (((now_ >> shift) & ~kDigitMask) | place.digit) << shift;
    }

    void insert(Nodes& nodes, TimerRef timer, TimerNode& node) {
        const Place place = place_of(static_cast<std::uint64_t>(node.deadline.ns));
        lists_.push_back(nodes, slot_of(place), timer, node);
        occupied_[place.level] |= std::uint64_t{1} << place.digit;
        occupied_levels_ |= 1U << place.level;
    }

    void remove(Nodes& nodes, TimerNode& node) {
        if (const auto emptied = lists_.unlink(nodes, node)) {
            mark_empty({.level = *emptied / kDigits, .digit = *emptied % kDigits});
        }
        node = TimerNode{};
    }

    void mark_empty(Place place) {
        occupied_[place.level] &= ~(std::uint64_t{1} << place.digit);
        if (occupied_[place.level] == 0) {
            occupied_levels_ &= ~(1U << place.level);
        }
    }

    // The earliest deadline of a slot with few timers, which spares them the levels in between;
    // for others the slot's start, since a long list is dearer to walk twice.
    [[nodiscard]] std::uint64_t earliest_of_few(Nodes& nodes, Place place,
                                                std::uint64_t start) const {
        Instant earliest = kNever;
        TimerRef timer = lists_.first(slot_of(place));
        for (int i = 0; i < kFew && timer.valid(); ++i) {
            const TimerNode& node = nodes(timer);
            earliest = std::min(earliest, node.deadline);
            timer = node.next;
        }
        return timer.valid() ? start : static_cast<std::uint64_t>(earliest.ns);
    }

    // Distributes a slot that the clock has entered.
    void cascade(Nodes& nodes, Place place) {
        TimerRef timer = lists_.detach(slot_of(place));
        mark_empty(place);
        while (timer.valid()) {
            TimerNode& node = nodes(timer);
            const TimerRef next = node.next;
            insert(nodes, timer, node);
            timer = next;
        }
    }

    std::uint64_t now_ = 0;
    std::uint32_t occupied_levels_ = 0;
    std::array<std::uint64_t, kLevels> occupied_{};
    TimerLists<kLevels * kDigits> lists_;
};

}  // namespace synq
