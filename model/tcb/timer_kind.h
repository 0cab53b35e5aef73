// The timers of a host's records, one kernel timer each (Linux icsk_retransmit_timer,
// icsk_delack_timer, sk_timer, rsk_timer, tw_timer).
#pragma once

#include <cstdint>
#include <string_view>

namespace synq {

enum class TimerKind : std::uint8_t {
    Retransmission,  // of a connection: SYN, data, FIN, tail-loss probe
    DelayedAck,      // of a connection
    Request,         // of a half-open request: SYN-ACK retransmission
    TimeWait,        // of a TIME-WAIT record (also an orphan's FIN-WAIT-2)
    Keepalive,       // of a connection with SO_KEEPALIVE
};

/// "retransmission", "delayed-ACK", "request", "TIME-WAIT", "keepalive".
std::string_view name(TimerKind kind);

}  // namespace synq
