// What people read for states, timers and drops.
#include "model/tcb/drop.h"
#include "model/tcb/state.h"
#include "model/tcb/timer_kind.h"

#include <array>
#include <cstddef>

namespace synq {
namespace {

struct StateNames {
    std::string_view rfc;
    std::string_view ss;
};

constexpr std::array<StateNames, kStateCount> kStates{{
    {"CLOSED", "UNCONN"},
    {"LISTEN", "LISTEN"},
    {"SYN-SENT", "SYN-SENT"},
    {"SYN-RECEIVED", "SYN-RECV"},
    {"SYN-RECEIVED", "SYN-RECV"},
    {"ESTABLISHED", "ESTAB"},
    {"FIN-WAIT-1", "FIN-WAIT-1"},
    {"FIN-WAIT-2", "FIN-WAIT-2"},
    {"CLOSE-WAIT", "CLOSE-WAIT"},
    {"CLOSING", "CLOSING"},
    {"LAST-ACK", "LAST-ACK"},
    {"TIME-WAIT", "TIME-WAIT"},
    {"FIN-WAIT-2", "FIN-WAIT-2"},
}};

constexpr std::array<std::string_view, 5> kTimers{"retransmission", "delayed-ACK", "request",
                                                  "TIME-WAIT", "keepalive"};
static_assert(kTimers.size() == static_cast<std::size_t>(TimerKind::Keepalive) + 1);

constexpr std::array<std::string_view, 20> kDrops{
    "",
    "accept queue full (ListenOverflows)",
    "request queue full (TCPReqQFullDrop)",
    "kept for known peers (ListenDrops)",
    "ACK ignored until data comes (TCPDeferAcceptDrop)",
    "ACK ignored, accept queue full (ListenOverflows)",
    "cookie valid, accept queue full (ListenOverflows)",
    "LISTEN takes plain SYNs only",
    "outside the receive window",
    "older timestamp (PAWS)",
    "no ACK bit",
    "ACK number out of range",
    "reset with a wrong number",
    "out of order",
    "beyond the peer's FIN",
    "reply rate limited",
    "no socket",
    "not about a segment in flight (OutOfWindowIcmps)",
    "lost on the link",
    "ACK refused, accept queue full (ListenOverflows)",
};
static_assert(kDrops.size() == static_cast<std::size_t>(Drop::AckAcceptQueueReset) + 1);

}  // namespace

std::string_view rfc_name(State state) {
    return kStates[static_cast<std::size_t>(state)].rfc;
}

std::string_view ss_name(State state) {
    return kStates[static_cast<std::size_t>(state)].ss;
}

std::string_view name(TimerKind kind) {
    return kTimers[static_cast<std::size_t>(kind)];
}

std::string_view describe(Drop reason) {
    return kDrops[static_cast<std::size_t>(reason)];
}

}  // namespace synq
