// A listening socket: two queues, one backlog (linux.md 2.1). What the backlog has room for is the
// profile's policy; on Linux each queue holds backlog + 1.
#pragma once

#include "model/base/ids.h"
#include "model/base/time.h"
#include "model/profile/listen_policy.h"
#include "model/tcb/socket_options.h"
#include "model/wire/address.h"

#include <cstdint>
#include <vector>

namespace synq {

struct Listener {
    Endpoint local;
    SocketId socket;                  // invalid: its descriptor is gone
    std::uint32_t backlog = 0;        // as handed to listen(), bounded by somaxconn
    std::uint32_t accept_queue = 0;   // connections completed and not yet accepted
    std::uint32_t request_queue = 0;  // half-open requests
    std::uint32_t young = 0;          // requests that have had no timeout yet
    std::uint32_t accept_queue_max = 0;
    std::uint32_t request_queue_max = 0;
    ConnectionId first;  // accept queue, in order of handshake completion
    ConnectionId last;
    Instant last_cookie = kNever;  // when SYN cookies were last sent, to the second; kNever: never
    SocketOptions options;         // its children inherit most of them
    PortSharing sharing;           // so do they this
    bool read_shut = false;        // by shutdown() before listen(); children inherit it
    bool write_shut = false;       // and send a FIN at once
    std::uint32_t group = 0;       // of listeners that share the address; 0: it shares with none
    bool closed = false;           // stopped; its descriptor may revive it, requests and all
    std::int32_t fast_open_queue = 0;       // Fast Open children without a final ACK, and resets
    std::uint32_t fast_open_records = 0;    // requests of such children, whatever the count says
    std::vector<Instant> fast_open_resets;  // when a place that a reset child holds is free again

    /// No more Fast Open children, unless the oldest reset one has held its place long enough.
    [[nodiscard]] bool fast_open_full(Instant now) const {
        return fast_open_queue >= static_cast<std::int64_t>(options.fast_open) &&
               (fast_open_resets.empty() || now < fast_open_resets.front());
    }
    [[nodiscard]] bool accept_queue_full(const ListenPolicy& policy = {}) const {
        const bool shared = policy.bound == RequestBound::Shared;
        return accept_queue + (shared ? request_queue : 0) >= accept_room(policy, backlog);
    }
    [[nodiscard]] bool request_queue_full(const ListenPolicy& policy = {},
                                          std::int64_t max_syn_backlog = 0) const {
        return request_queue >= request_room(policy, backlog, max_syn_backlog);
    }
};

}  // namespace synq
