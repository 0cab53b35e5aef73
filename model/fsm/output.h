// What may be sent now, what is sent again, and when: transmission and its timer.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// The application sends: what has room leaves at once.
void send_text(const Step& step, std::uint32_t octets);
/// Sends what window and Nagle allow, the FIN behind it.
void transmit(const Step& step);
/// Sends the oldest unacknowledged segment again.
void retransmit_head(const Step& step);
/// Of a segment that no window of late would hold, sends what fits. False: nothing does.
bool send_what_fits(const Step& step);
/// An ACK came while the window is probed: it has opened, or the next probe waits as long again
/// (Linux tcp_ack_probe).
void hear_of_window(const Step& step);
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
