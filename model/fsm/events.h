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
    // Checks of an arriving segment, in the order of RFC 9293 3.10.7 (see arrival.cpp)
    UnacceptableArrives,
    RstArrives,
    SynArrives,
    NoAckArrives,
    AckArrives,
    TextArrives,
    FinArrives,
    OtherArrives,
    SegmentArrives,  // to a light record: one list of rules instead of the RFC's checks
    // Timers
    RetransmissionTimeout,
    ProbeTimeout,
    RequestTimeout,
    TimeWaitTimeout,
};
inline constexpr int kEventCount = 18;

enum class EventClass : std::uint8_t { Call, Segment, Timer };

constexpr EventClass event_class(Event event) {
    if (event <= Event::CloseCall) {
        return EventClass::Call;
    }
    return event <= Event::SegmentArrives ? EventClass::Segment : EventClass::Timer;
}

/// "SYN arrives", "retransmission timeout", "CLOSE call".
std::string_view name(Event event);

}  // namespace synq
