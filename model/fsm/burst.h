// How much text leaves at once, and in what portions.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// Payload of a segment that leaves now: SACK blocks, which every segment repeats, take their
/// share.
std::uint32_t payload(const Step& step);
/// Most octets of one packet of the send queue (Linux tcp_xmit_size_goal).
std::uint32_t packet_size(const Step& step);

/// How the application's text is let go.
struct Letting {
    bool nagle = true;   // what is small may have to wait
    bool one = false;    // a single packet
    bool pushed = true;  // the last packet ends with PSH
};

/// Octets that leave at once at most (Linux tcp_cwnd_test, tcp_tso_autosize): half of the first
/// congestion window, or what a thousandth of a second carries, but two segments.
std::uint32_t largest_burst(const Step& step);

/// How much leaves at once (Linux tcp_mss_split_point): as much of a packet as the window takes,
/// but a last segment that is small waits for the one before it (Nagle with Minshall's change).
std::uint32_t burst_length(const Step& step, const Letting& letting);

}  // namespace synq
