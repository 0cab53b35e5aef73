// Connection states (RFC 9293 3.3.2) and the light states that Linux keeps beside them.
#pragma once

#include <cstdint>
#include <string_view>

namespace synq {

enum class State : std::uint8_t {
    Closed,
    Listen,
    SynSent,
    SynReceived,  // a full record: simultaneous open (the active SYN-RECEIVED)
    HalfOpen,     // a light request record: passive open (Linux TCP_NEW_SYN_RECV)
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
    FinWait2Orphan,  // a light record: FIN-WAIT-2 after close() (deviation D10)
};
inline constexpr int kStateCount = 13;

/// RFC 9293 spelling, "SYN-RECEIVED" for both kinds of half-open connection.
std::string_view rfc_name(State state);
/// `ss` spelling: "SYN-RECV", "ESTAB", "FIN-WAIT-1".
std::string_view ss_name(State state);

}  // namespace synq
