// What the model wants done: an ordered list of values (design decision 1).
//
// A host is on_segment, on_timer and call; each appends to an outbox that its driver executes in
// order. Counters are not here: they are numbers inside the host.
#pragma once

#include "model/base/ids.h"
#include "model/base/time.h"
#include "model/base/timer_node.h"
#include "model/tcb/state.h"
#include "model/tcb/timer_kind.h"
#include "model/wire/segment.h"

#include <cstdint>
#include <variant>
#include <vector>

namespace synq {

/// Put a packet on the network.
struct SendPacket {
    Packet packet;
    bool retransmission = false;
};
/// Arm, or re-arm, a timer of a record.
struct ArmTimer {
    TimerRef timer;
    Instant deadline;
};
struct CancelTimer {
    TimerRef timer;
};
/// A call blocked on this socket may get further if it is tried again.
struct WakeSocket {
    SocketId socket;
};
/// For people: a connection changed state. Only when the host is told to report.
struct StateChanged {
    FlowKey flow;
    State from = State::Closed;
    State to = State::Closed;
};
/// For people: a listener's queues changed. Only when the host is told to report.
struct QueuesChanged {
    Endpoint local;
    std::uint32_t accept_queue = 0;
    std::uint32_t request_queue = 0;
};

using Effect =
    std::variant<SendPacket, ArmTimer, CancelTimer, WakeSocket, StateChanged, QueuesChanged>;

/// Reused by its driver: clear() keeps the memory, so a segment allocates nothing.
using Outbox = std::vector<Effect>;

}  // namespace synq
