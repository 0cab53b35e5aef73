// Segments that leave: building them, and deciding what may be sent now.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// Window to advertise in a SYN or SYN-ACK: 65535 rounded down to whole segments.
std::uint16_t initial_window(std::uint16_t mss, bool timestamps);

/// What an RST says (RFC 9293 3.10.7.1): SEG.ACK as its sequence number, or an acknowledgment of
/// everything in the segment when that has no ACK.
void send_reset_for(const Step& step);

void send_syn(const Step& step, bool retransmission);
/// SYN-ACK of a full record (simultaneous open).
void send_syn_ack(const Step& step, bool retransmission);
/// SYN-ACK of a request.
void send_request_syn_ack(const Step& step, bool retransmission);

/// An ACK with nothing else; what was owed is paid.
void send_ack(const Step& step);
/// An ACK for a request or a light record.
void send_request_ack(const Step& step);
void send_time_wait_ack(const Step& step);
/// RST,ACK at SND.NXT.
void send_reset(const Step& step);

/// Sends what window and Nagle allow, the FIN behind it.
void transmit(const Step& step);
/// Sends the oldest unacknowledged segment again.
void retransmit_head(const Step& step);
/// Sends the newest segment again (tail-loss probe).
void retransmit_tail(const Step& step);

/// Arms the retransmission timer for whatever is outstanding, or cancels it.
void restart_retransmission_timer(const Step& step);
/// After new data went out: a tail-loss probe where one is allowed, else the timeout.
void schedule_probe_or_timeout(const Step& step);

/// Replies to such a segment could start a loop of ACKs, so they are limited: it has neither
/// payload nor FIN, or it has a SYN (Linux tcp_oow_rate_limited).
[[nodiscard]] constexpr bool may_loop(const Segment& segment) {
    return segment.length() == 0 || segment.flags.syn();
}
/// At most one such reply per tcp_invalid_ratelimit and connection: true when this one may go, and
/// the next must wait; otherwise the segment is discarded and `skipped` counts.
bool reply_allowed(Step& step, Mib skipped);

}  // namespace synq
