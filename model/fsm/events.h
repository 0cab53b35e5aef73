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

/// What arrives is four classes, so that no part of the machine is large (machine_impl.h).
enum class EventClass : std::uint8_t {
    Call,
    Check,  // timestamp, sequence number, RST
    Ack,    // SYN, no ACK, ACK
    Text,   // text, FIN, and what is neither
    Whole,  // a segment to a light record, an ICMP error
    Timer
};

constexpr EventClass event_class(Event event) {
    if (event <= Event::DisconnectCall) {
        return EventClass::Call;
    }
    if (event <= Event::RstArrives) {
        return EventClass::Check;
    }
    if (event <= Event::AckArrives) {
        return EventClass::Ack;
    }
    if (event <= Event::OtherArrives) {
        return EventClass::Text;
    }
    return event <= Event::IcmpArrives ? EventClass::Whole : EventClass::Timer;
}

/// "SYN arrives", "retransmission timeout", "CLOSE call".
std::string_view name(Event event);

}  // namespace synq
