// A timer's place inside the record that owns it.
//
// The model only says "arm this timer for that instant". Whoever drives the model keeps the timers
// in order, and keeps its list links here, so that one cache line serves both (measured: from 1e5
// timers up, cache misses decide the speed of an event loop).
#pragma once

#include "model/base/time.h"

#include <cstdint>

namespace synq {

/// Which timer of which record. `owner` is a host, or kWorldOwner for the driver's own timers.
struct TimerRef {
    static constexpr std::uint16_t kNoOwner = 0xffff;
    static constexpr std::uint16_t kWorldOwner = 0xfffe;

    std::uint32_t index = 0;
    std::uint16_t owner = kNoOwner;
    std::uint8_t kind = 0;   // meaning belongs to the owner; for hosts: TimerKind
    std::uint8_t spare = 0;  // zero; engines may mark list heads here

    [[nodiscard]] constexpr bool valid() const { return owner != kNoOwner; }
    friend constexpr bool operator==(TimerRef, TimerRef) = default;
};
static_assert(sizeof(TimerRef) == 8);

/// Links of one timer. `deadline == kNever` means: not armed.
struct TimerNode {
    Instant deadline = kNever;
    TimerRef next;
    TimerRef prev;

    [[nodiscard]] constexpr bool armed() const { return deadline != kNever; }
};
static_assert(sizeof(TimerNode) == 24);

}  // namespace synq
