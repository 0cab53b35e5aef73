// What differs between stacks and versions, as data. A rule that only one stack has is a named
// member here and a guard of that name in the tables, never a copy of a table.
#pragma once

#include "model/base/time.h"
#include "model/profile/listen_policy.h"
#include "model/profile/provenance.h"
#include "model/profile/sysctl.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace synq {

/// Rules in which stacks differ, true where a stack has the rule. "Deviation" numbers are the
/// classes by which tests/data/state_event.csv tells Linux from RFC 9293.
struct Rules {
    /// A segment with neither ACK, RST nor SYN is dropped before its number is looked at (D1).
    bool no_ack_dropped_first = true;
    /// The right edge of the window counts as inside, a segment that ends at RCV.NXT as new (D2,
    /// D3).
    bool wide_window_test = true;
    /// Half-open passive connections are requests with an order of checks of their own (D4-D6).
    bool light_requests = true;
    /// In a simultaneous open ACK = ISS completes it, and so does a crossing SYN,ACK (D7, D8).
    bool lenient_simultaneous_open = true;
    /// After a FIN an RST at RCV.NXT-1 resets, too (D9).
    bool reset_before_fin = true;
    /// FIN-WAIT-2 after close() is a light record that lives for tcp_fin_timeout (D10).
    bool light_fin_wait_2 = true;
    /// TIME-WAIT is a light record that acknowledges nearly everything (D11).
    bool light_time_wait = true;
    /// A listener drops SYN+FIN (D12).
    bool listener_drops_syn_fin = true;
    /// New text where nobody can read any more is answered by RST (D13; RFC 9293 SHLD-3).
    bool unreadable_text_resets = true;
    /// After the peer's FIN one more FIN at RCV.NXT counts if it follows old text.
    bool second_fin_counts = true;
    /// In ESTABLISHED a segment whose header was predicted escapes the fifth check: its text and
    /// its timestamp are taken before its ACK is looked at (Linux tcp_rcv_established).
    bool header_prediction = true;
    /// A window in a segment with nothing newer counts only if it is larger, or zero.
    bool window_shrinks_late = true;
    /// How far back an ACK may lie is bounded by what has been acknowledged, too (RFC 5961 5.2).
    bool old_ack_bounded_by_acknowledged = true;
    /// An ACK above SND.NXT is answered (Linux since 6.18.35; before it was dropped silently).
    bool ack_above_nxt_answered = true;
    /// An old pure ACK with an old timestamp is dropped unanswered (Linux since 6.15).
    bool old_acks_dropped = true;
    /// A SYN in a synchronized state is answered by a challenge ACK (RFC 5961 4.2; Linux since
    /// 3.6). Before, one in the window reset the connection (RFC 793).
    bool syn_answered = true;
    /// An RST in the window, but not at RCV.NXT, is answered by a challenge ACK (RFC 5961 3.2;
    /// Linux since 3.6). Before, it reset the connection.
    bool window_reset_challenged = true;
    /// An RST inside a request's window, but not at RCV.NXT, is answered (Linux 6.18.44, 6.12.117,
    /// 6.1.192; before it removed the request).
    bool request_reset_challenged = true;
    /// A request drops a segment whose timestamp echoes none of its SYN-ACKs (Linux after 6.12).
    bool request_echo_checked = true;
    /// tcp_rto_max_ms bounds the interval of a SYN,ACK, too (in the source, not on 6.18.44).
    bool syn_ack_interval_bounded = false;
    /// An unacceptable ACK before the first SYN timeout brings that timeout forward.
    bool bad_ack_hastens_syn = true;
    /// An ICMP error about a SYN ends the attempt (RFC 5461; RFC 9293 MUST-56 for soft errors).
    bool icmp_ends_open = true;
    /// RST in the SYN-RECEIVED of a simultaneous open says ECONNRESET, in CLOSE-WAIT EPIPE.
    bool linux_reset_errors = true;
    /// Listeners take text in a SYN with a cookie (RFC 7413).
    bool fast_open = true;
    /// connect() on a listening socket is refused.
    bool listener_stays_passive = true;
    /// connect() may take over a four-tuple in TIME-WAIT (linux.md 5.5).
    bool clients_reuse_time_wait = true;
    /// An ABORT ends TIME-WAIT, too (RFC 9293 3.10.5); elsewhere close() cannot reach it any more.
    bool abort_ends_time_wait = false;
    /// A tail-loss probe precedes the first timeout when SACK is on (RFC 8985).
    bool tail_loss_probe = true;
    /// tcp_rto_min_us bounds the variation, not the sum, and falling samples weigh less.
    bool linux_rto = true;
};

struct Profile {
    std::string_view name;
    Provenance provenance;
    Rules rules;
    ListenPolicy listen;
    Sysctls sysctl;
    /// Settings that stay as they are here, by name: the stack has none of that name, or the
    /// profile is named after its value.
    std::span<const std::string_view> fixed;
    /// Unit of timer arithmetic: Linux's jiffy (HZ=250 on the measured machines).
    Duration tick;
    /// Timeout of a SYN and of a SYN-ACK before any sample (RFC 6298 2.1; Linux TCP_TIMEOUT_INIT).
    /// (6298-2.1)
    Duration initial_rto;
    /// What the first timeout of a SYN and of a SYN-ACK doubles, where that is not the one before.
    Duration second_rto;
    /// connect() fails when it has taken this long; zero: when its retransmissions are used up.
    Duration connect_limit;
    /// A refused SYN is repeated as long as fewer than this many repetitions have been made...
    std::uint8_t refused_repeats = 0;
    /// ... after this time.
    Duration refused_pause;
    /// Timeout after a handshake that yielded no RTT sample (RFC 6298 5.7; linux.md 6).
    /// (6298-5.7)
    Duration rto_without_sample;
    /// How often the number of orphans is looked at; zero: whenever it is asked for.
    Duration orphan_count_period;
    /// TIME-WAIT, twice the MSL (Linux TCP_TIMEWAIT_LEN; RFC 9293 asks for 240 s).
    /// (MUST-13)
    Duration time_wait;
    /// Delayed-ACK interval (Linux TCP_ATO_MIN).
    Duration delayed_ack;
    /// Distance between the closed connection's SND.NXT and the ISS of one that reuses its
    /// TIME-WAIT (linux.md 2.2 step 1).
    std::uint32_t time_wait_iss_step;
};

/// By name or alias; nullptr when there is no such profile.
const Profile* find_profile(std::string_view name);
/// The default one first.
std::span<const std::string_view> profile_names();
/// The setting stays as the profile has it.
bool is_fixed(const Profile& profile, std::string_view sysctl);

}  // namespace synq
