// What a listener has room for, and what it does when it has none, as data (linux.md 2.9, 2.10).
#pragma once

#include "model/base/time.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace synq {

/// What a SYN meets that finds no room in the accept queue.
enum class FullQueue : std::uint8_t {
    DropsSyn,
    DropsSynUnlessYoung,  // answered as long as at most one request has had no timeout yet
    AnswersSyn,           // the final ACK will find out
    ResetsSyn,
};

/// What bounds the half-open requests of one listener.
enum class RequestBound : std::uint8_t {
    Backlog,  // the backlog plus `requests_extra`
    Table,    // a table of 16 places or more, a power of two
    Shared,   // they take room of the accept queue, each from its SYN on
    None,     // one cache for all listeners, too large to matter here
};

/// Which half-open request goes when another SYN comes and they fill their room.
enum class GivesWay : std::uint8_t { Nobody, Oldest, OldestRepeated };

/// From how many requests on old ones get fewer SYN,ACKs (linux.md 2.4).
enum class Aging : std::uint8_t { Never, HalfOfBacklog, HalfOfTable };

struct ListenPolicy {
    /// The accept queue holds `halves` halves of the backlog, rounded down, plus `extra`.
    std::uint32_t halves = 2;
    std::uint32_t extra = 1;
    RequestBound bound = RequestBound::Backlog;
    std::uint32_t requests_extra = 1;
    FullQueue full_queue = FullQueue::DropsSyn;
    GivesWay gives_way = GivesWay::Nobody;
    Aging aging = Aging::HalfOfBacklog;
    /// A final ACK makes a connection whatever the accept queue holds.
    bool final_ack_fits = false;
    /// Without cookies the last quarter of tcp_max_syn_backlog is kept for known peers.
    bool keeps_reserve = true;
    /// A half-open request ends at this age, whatever its retransmissions; zero: there is no such
    /// limit.
    Duration request_life;

    // What listen() makes of its argument.
    bool negative_is_most = true;
    bool zero_is_most = false;
    std::uint32_t least = 0;
};

/// The backlog in force after listen(asked).
constexpr std::uint32_t backlog_in_force(const ListenPolicy& policy, std::int64_t asked,
                                         std::int64_t somaxconn) {
    const auto most = static_cast<std::uint32_t>(somaxconn);
    if ((asked < 0 && policy.negative_is_most) || (asked <= 0 && policy.zero_is_most)) {
        return most;
    }
    const auto wanted = static_cast<std::uint32_t>(std::clamp<std::int64_t>(asked, 0, UINT32_MAX));
    return std::min(std::max(wanted, policy.least), most);
}

/// How many connections wait for accept() at most, half-open ones included where they share.
constexpr std::uint32_t accept_room(const ListenPolicy& policy, std::uint32_t backlog) {
    const std::uint64_t room = std::uint64_t{backlog} * policy.halves / 2 + policy.extra;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(room, UINT32_MAX));
}

/// Places of Linux's table of requests before 4.3: it is full when all are taken.
constexpr std::uint32_t request_table(std::uint32_t backlog, std::int64_t max_syn_backlog) {
    constexpr std::int64_t kLeast = 8;
    const auto entries =
        std::clamp<std::int64_t>(max_syn_backlog, kLeast, std::max<std::int64_t>(backlog, kLeast));
    return std::bit_ceil(static_cast<std::uint32_t>(entries) + 1);
}

/// How many half-open requests one listener has at most; those that share are bounded by
/// accept_room().
constexpr std::uint32_t request_room(const ListenPolicy& policy, std::uint32_t backlog,
                                     std::int64_t max_syn_backlog) {
    switch (policy.bound) {
        case RequestBound::Backlog:
            return backlog + policy.requests_extra < backlog ? UINT32_MAX
                                                             : backlog + policy.requests_extra;
        case RequestBound::Table:
            return request_table(backlog, max_syn_backlog);
        case RequestBound::Shared:
            return accept_room(policy, backlog);
        case RequestBound::None:
            break;
    }
    return UINT32_MAX;
}

/// From this many requests on the listener's old ones age faster.
constexpr std::uint32_t aging_from(const ListenPolicy& policy, std::uint32_t backlog,
                                   std::int64_t max_syn_backlog) {
    switch (policy.aging) {
        case Aging::HalfOfBacklog:
            return std::max<std::uint32_t>(8, backlog) / 2 + 1;  // 2 requests > max(8, backlog)
        case Aging::HalfOfTable:
            return request_table(backlog, max_syn_backlog) / 2;
        case Aging::Never:
            break;
    }
    return UINT32_MAX;
}

}  // namespace synq
