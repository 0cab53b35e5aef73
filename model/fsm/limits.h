// When to give up: retry limits of SYN, SYN-ACK, data, FIN and silence (linux.md 2.4, 3, 5.3, 6).
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// SYN-ACK retransmissions that the step's request may have, aging included: when the request
/// queue is more than half full, old requests give way to young ones.
int synack_retries_allowed(const Step& step);

/// The SYN-ACK interval in force: the initial one, doubled at each timeout.
Duration syn_ack_interval(const Step& step);
/// Until the request's next timeout: that interval, or what is left of the request's life.
Duration until_request_timeout(const Step& step);
/// The profile allows requests no longer life.
bool request_outlived(const Step& step);

/// A SYN (or the SYN-ACK of a simultaneous open) has been repeated often and long enough.
bool syn_gives_up(const Step& step);

/// What the timeout after this one of a SYN, or of a SYN-ACK, doubles.
Duration doubled_base(const Step& step);

/// Data or a FIN has been repeated long enough.
bool data_gives_up(const Step& step);

/// An orphan's timeout has grown to the limit, and so has the time (Linux tcp_write_timeout,
/// do_reset).
bool orphan_given_up(const Step& step);

/// Until the next timeout: the RTO, cut short by TCP_USER_TIMEOUT (Linux
/// tcp_clamp_rto_to_user_timeout).
Duration until_retransmission(const Step& step);

/// The closed window has been probed long enough: TCP_USER_TIMEOUT is over, or an orphan's interval
/// has grown to the limit (RFC 9293 3.8.6.1; Linux tcp_probe_timer).
bool window_probed_too_long(const Step& step);
/// It has been probed often enough.
bool window_probes_used_up(const Step& step);
/// The RTO with the doublings that probes of the window add.
Duration backed_off(const Step& step);
/// Until the next probe of the window: backed_off(), cut short by TCP_USER_TIMEOUT.
Duration until_window_probe(const Step& step);

/// How long an orphan stays in FIN-WAIT-2: tcp_fin_timeout or TCP_LINGER2, at least 3.5 RTO.
Duration fin_wait_2_life(const Step& step);

/// 3.5 RTO, in whole ticks.
Duration least_fin_wait_2(const Step& step);

/// Silence that a keepalive probe waits for, and the time between two probes.
Duration keepalive_idle(const Step& step);
Duration keepalive_interval(const Step& step);
/// Since the peer was last heard, in whole ticks (Linux keepalive_time_elapsed).
Duration silence(const Step& step);
/// Enough probes, or enough time with TCP_USER_TIMEOUT, without an answer.
bool keepalive_gives_up(const Step& step);

}  // namespace synq
