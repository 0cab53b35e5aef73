// Strong 32-bit identifiers: indices into arenas, never pointers, so that a world can be copied.
#pragma once

#include <cstdint>
#include <functional>

namespace synq {

template <class Tag>
struct Id {
    static constexpr std::uint32_t kNone = 0xffff'ffff;

    std::uint32_t value = kNone;

    [[nodiscard]] constexpr bool valid() const { return value != kNone; }
    friend constexpr bool operator==(Id, Id) = default;
};

using HostId = Id<struct HostTag>;              // a host of the world
using ConnectionId = Id<struct ConnectionTag>;  // a full connection record of one host
using RequestId = Id<struct RequestTag>;        // a half-open request record
using TimeWaitId = Id<struct TimeWaitTag>;      // a TIME-WAIT record
using ExtraId = Id<struct ExtraTag>;            // what few connections need
using HeldId = Id<struct HeldTag>;              // text received ahead of a gap
using QueuedId = Id<struct QueuedTag>;          // a packet of a queue, behind its first
using ListenerId = Id<struct ListenerTag>;      // a listening socket's queues
using SocketId = Id<struct SocketTag>;          // what a descriptor refers to
using ProcessId = Id<struct ProcessTag>;        // a process of the world

}  // namespace synq
