// Events: what happens to a machine. Names are those of RFC 9293 3.10.
#pragma once

#include <cstdint>
#include <string_view>

namespace synq {

enum class Event : std::uint8_t {
    // Calls
    PassiveOpen,
    ActiveOpen,
    SendCall,
    ShutdownCall,  // of the sending direction
    CloseCall,
    AbortCall,       // close() with SO_LINGER {1, 0}
    DisconnectCall,  // connect() with AF_UNSPEC
    // Checks of an arriving segment, in the order of RFC 9293 3.10.7 (see arrival.cpp)
    OldTimestampArrives,  // PAWS (RFC 7323 5.3)
    UnacceptableArrives,
    RstArrives,
    SynArrives,
    NoAckArrives,
    AckArrives,
    TextArrives,
    FinArrives,
    OtherArrives,
    SegmentArrives,          // to a light record: one list of rules instead of the RFC's checks
    FastOpenSegmentArrives,  // before the final ACK of a Fast Open, and before the RFC's checks
    IcmpArrives,             // an error about a segment of ours
    // Timers
    RetransmissionTimeout,
    ProbeTimeout,
    RequestTimeout,
    TimeWaitTimeout,
    FinWait2Timeout,  // of a full record
    KeepaliveTimeout,
    PersistTimeout,  // the window stayed shut
};
inline constexpr int kEventCount = 26;

enum class EventClass : std::uint8_t { Call, Segment, Timer };

constexpr EventClass event_class(Event event) {
    if (event <= Event::DisconnectCall) {
        return EventClass::Call;
    }
    return event <= Event::IcmpArrives ? EventClass::Segment : EventClass::Timer;
}

/// "SYN arrives", "retransmission timeout", "CLOSE call".
std::string_view name(Event event);

}  // namespace synq
