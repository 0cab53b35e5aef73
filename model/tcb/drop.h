// Why a segment had no effect. One reason per rule, so that a trace can say it.
#pragma once

#include <cstdint>
#include <string_view>

namespace synq {

enum class Drop : std::uint8_t {
    None,
    AcceptQueueFull,        // SYN: ListenOverflows, ListenDrops
    RequestQueueFull,       // SYN with syncookies=0: TCPReqQFullDrop, ListenDrops
    ReservedForKnownPeers,  // SYN, the 3/4 rule of tcp_max_syn_backlog: ListenDrops
    DeferAccept,            // bare final ACK, data is waited for: TCPDeferAcceptDrop
    AckAcceptQueueFull,     // final ACK or data of a request: ListenOverflows, ListenDrops
    CookieAcceptQueueFull,  // valid cookie, no room: ListenOverflows
    NotASyn,                // LISTEN: neither SYN, ACK nor RST, or SYN+FIN
    Unacceptable,           // outside the window
    OldTimestamp,           // PAWS
    NoAckBit,
    BadAck,
    BadReset,
    OutOfOrder,
    AfterFin,
    RateLimited,
    NoSocket,             // answered by RST, or a RST itself
    StaleIcmp,            // about a number that is not in flight: OutOfWindowIcmps
    Link,                 // a link's rule took it
    AckAcceptQueueReset,  // as AckAcceptQueueFull, but answered by RST (tcp_abort_on_overflow)
};

/// One line for people, e.g. "accept queue full (ListenOverflows)"; empty for None.
std::string_view describe(Drop reason);

}  // namespace synq
