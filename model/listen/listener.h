// A listening socket: two queues, one backlog (linux.md 2.1).
//
// Both queues are full when they hold MORE than the backlog, so each has room for backlog + 1.
#pragma once

#include "model/base/ids.h"
#include "model/base/time.h"
#include "model/tcb/socket_options.h"
#include "model/wire/address.h"

#include <cstdint>

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
    Instant last_cookie = kNever;  // when a SYN cookie was last sent; kNever: never
    SocketOptions options;         // its children inherit them
    bool read_shut = false;        // by shutdown() before listen(); children inherit it
    bool write_shut = false;       // and send a FIN at once
    bool closed = false;           // stopped; its descriptor may revive it, requests and all

    [[nodiscard]] bool accept_queue_full() const { return accept_queue > backlog; }
    [[nodiscard]] bool request_queue_full() const { return request_queue > backlog; }
};

}  // namespace synq
