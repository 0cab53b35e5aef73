// Guards: statements about a step, true or false, without side effects. A table row names one; the
// last row of every (state, event) says `otherwise`.
#pragma once

#include "model/fsm/step.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace synq::guard {

// NOLINTBEGIN(readability-identifier-naming): tables read these types as words.

/// Each guard is a type with a name in the field's notation and a test. The macro spells the one
/// line that all share; the tests live in guards.cpp.
#define SYNQ_GUARD(identifier, text)                   \
    struct identifier {                                \
        static constexpr std::string_view name = text; \
        static bool test(const Step& step);            \
    }

struct otherwise {
    static constexpr std::string_view name = "otherwise";
    static bool test(const Step& /*step*/) { return true; }
};

/// Both guards hold.
template <class A, class B>
struct both {
    static constexpr std::string_view first = A::name;
    static constexpr std::string_view second = B::name;
    static bool test(const Step& step) { return A::test(step) && B::test(step); }
};

/// A rule of the profile (model/profile/profile.h): known before anything happens, so that a
/// profile's tables can be printed without the rows that it never takes.
#define SYNQ_RULE(identifier, text)                    \
    struct identifier {                                \
        static constexpr std::string_view name = text; \
        static bool holds(const Profile& profile) {    \
            return profile.rules.identifier;           \
        }                                              \
        static bool test(const Step& step) {           \
            return holds(*step.stack.profile);         \
        }                                              \
    }

/// The guard does not hold, or the profile has not got the rule.
template <class Rule>
struct without {
    static constexpr std::string_view rule = Rule::name;
    static bool holds(const Profile& profile)
        requires requires { Rule::holds(profile); }
    {
        return !Rule::holds(profile);
    }
    static bool test(const Step& step) { return !Rule::test(step); }
};

SYNQ_RULE(lenient_simultaneous_open, "lenient simultaneous open (D7, D8)");
SYNQ_RULE(light_fin_wait_2, "FIN-WAIT-2 after CLOSE is light (D10)");
SYNQ_RULE(listener_drops_syn_fin, "listener drops SYN+FIN (D12)");
SYNQ_RULE(unreadable_text_resets, "unreadable text resets wherever it lies (D13)");
SYNQ_RULE(ack_above_nxt_answered, "ACK above SND.NXT is answered");
SYNQ_RULE(syn_answered, "SYN in a synchronized state is answered");
SYNQ_RULE(window_reset_challenged, "RST in the window is challenged (RFC 5961)");
SYNQ_RULE(request_reset_challenged, "RST in a request's window is challenged");
SYNQ_RULE(second_fin_counts, "a second FIN counts, behind old text");
SYNQ_RULE(request_echo_checked, "a request's timestamp echoes are checked");
SYNQ_RULE(old_acks_dropped, "old pure ACKs are dropped");
SYNQ_RULE(icmp_ends_open, "ICMP errors end an open");
SYNQ_RULE(clients_reuse_time_wait, "clients take over TIME-WAIT");
SYNQ_RULE(abort_ends_time_wait, "ABORT ends TIME-WAIT");
SYNQ_RULE(fast_open, "listeners may do Fast Open");
SYNQ_RULE(listener_stays_passive, "listening sockets stay passive");

/// What the profile's listeners do when they are full (model/profile/listen_policy.h).
#define SYNQ_POLICY(identifier, text, condition)         \
    struct identifier {                                  \
        static constexpr std::string_view name = text;   \
        static bool holds(const Profile& profile) {      \
            const ListenPolicy& listen = profile.listen; \
            return condition;                            \
        }                                                \
        static bool test(const Step& step) {             \
            return holds(*step.stack.profile);           \
        }                                                \
    }

SYNQ_POLICY(requests_have_a_queue, "requests are counted by themselves",
            listen.bound != RequestBound::None && listen.bound != RequestBound::Shared &&
                listen.gives_way == GivesWay::Nobody);
SYNQ_POLICY(oldest_request_gives_way, "the oldest request gives way",
            listen.gives_way != GivesWay::Nobody);
SYNQ_POLICY(full_queue_resets_syn, "a full queue resets SYNs",
            listen.full_queue == FullQueue::ResetsSyn);
SYNQ_POLICY(full_queue_drops_syn, "a full queue drops SYNs",
            listen.full_queue == FullQueue::DropsSyn);
SYNQ_POLICY(full_queue_answers_while_few_are_young, "a full queue answers while few are young",
            listen.full_queue == FullQueue::DropsSynUnlessYoung);
SYNQ_POLICY(final_ack_needs_room, "a final ACK needs room", !listen.final_ack_fits);
SYNQ_POLICY(places_kept_for_known_peers, "places are kept for known peers", listen.keeps_reserve);

/// A refused SYN is repeated after a pause.
struct refusal_is_not_final {
    static constexpr std::string_view name = "a refused SYN is repeated";
    static bool holds(const Profile& profile) { return profile.refused_repeats != 0; }
    static bool test(const Step& step) { return holds(*step.stack.profile); }
};

// The segment itself.
SYNQ_GUARD(has_rst, "RST set");
SYNQ_GUARD(has_syn, "SYN set");
SYNQ_GUARD(has_fin, "FIN set");
SYNQ_GUARD(has_ack, "ACK set");
SYNQ_GUARD(has_no_ack, "ACK not set");

// Listener (linux.md 2.2).
SYNQ_GUARD(request_queue_full_without_cookies, "request queue full, tcp_syncookies = 0");
SYNQ_GUARD(request_queue_full, "request queue full");
SYNQ_GUARD(accept_queue_full, "accept queue full");
SYNQ_GUARD(accept_queue_full_of_young, "accept queue full, two requests without a timeout");
SYNQ_GUARD(request_could_go, "requests fill their room, and one of them may go");
SYNQ_GUARD(cookie_wanted, "request queue full, or tcp_syncookies = 2");
SYNQ_GUARD(reserved_for_known_peers,
           "tcp_syncookies = 0 and fewer than a quarter of tcp_max_syn_backlog left");
SYNQ_GUARD(cookie_valid, "SEG.ACK - 1 is a cookie sent within two minutes");
SYNQ_GUARD(cookie_of_refused_options, "SEG.ACK - 1 is a cookie, its options are switched off");
SYNQ_GUARD(cookie_invalid_but_sent, "a cookie was sent within 120 s, but not this one");

SYNQ_GUARD(fast_open_overflow, "text or Fast Open option, TCP_FASTOPEN children wait already");
SYNQ_GUARD(fast_open_granted, "text or Fast Open option, cookie valid or not asked for");
SYNQ_GUARD(fast_open_cookie_wrong, "Fast Open cookie, but not this peer's");
SYNQ_GUARD(fast_open_cookie_wanted, "Fast Open option without a cookie");

// Half-open request (linux.md 2.3).
SYNQ_GUARD(duplicate_syn, "SYN again (SEG.SEQ = IRS)");
SYNQ_GUARD(reset_at_rcv_nxt, "RST, SEG.SEQ = RCV.NXT");
SYNQ_GUARD(reset_in_window, "RST, SEG.SEQ in the window");
SYNQ_GUARD(ack_is_not_of_syn_ack, "ACK set, SEG.ACK /= ISS+1");
SYNQ_GUARD(older_timestamp_of_request, "timestamp older than the SYN's");
SYNQ_GUARD(echo_not_of_syn_ack, "TSecr of no SYN,ACK sent");
SYNQ_GUARD(outside_window, "SEG.SEQ outside the window");
SYNQ_GUARD(syn_in_window, "SYN set, SEG.SEQ /= IRS");
SYNQ_GUARD(abort_on_overflow, "tcp_abort_on_overflow = 1");
SYNQ_GUARD(data_is_waited_for, "no text or FIN, timeouts < those of TCP_DEFER_ACCEPT");
SYNQ_GUARD(request_expired, "no SYN-ACK retransmission left, or listener gone");
SYNQ_GUARD(acked_and_deferred, "ACK came, timeouts + 1 < those of TCP_DEFER_ACCEPT");

// Child of a Fast Open (linux.md 2.11).
SYNQ_GUARD(final_ack_of_fast_open, "no final ACK of the Fast Open before");
SYNQ_GUARD(fast_open_shut, "no final ACK of the Fast Open before, SHUTDOWN(WR) was called");
SYNQ_GUARD(fast_open_accepted, "no final ACK of the Fast Open yet, accepted");
SYNQ_GUARD(fast_open_used_up, "SYN-ACK retransmissions used up (tcp_synack_retries + 1)");

// SYN-SENT.
SYNQ_GUARD(ack_unacceptable_for_syn, "SEG.ACK =< ISS or SEG.ACK > SND.NXT");
SYNQ_GUARD(echo_not_of_syn, "TSecr of no SYN sent");
SYNQ_GUARD(bad_first_ack, "SEG.ACK =< ISS or SEG.ACK > SND.NXT, no timeout so far");

SYNQ_GUARD(refused_syn_has_tries_left, "ACK set, refused SYN may be repeated");

// Synchronized states.
SYNQ_GUARD(crossing_syn_ack, "SYN,ACK of a simultaneous open (SEG.SEQ = IRS, SEG.ACK = SND.NXT)");
SYNQ_GUARD(reset_exact, "SEG.SEQ = RCV.NXT (RCV.NXT-1 after a FIN)");
SYNQ_GUARD(ack_of_nothing_sent, "SEG.ACK > SND.NXT");
SYNQ_GUARD(ack_too_old, "SEG.ACK < SND.UNA - MAX.SND.WND");
SYNQ_GUARD(old_pure_ack, "no text or FIN, SEG.SEQ < RCV.NXT");
SYNQ_GUARD(ack_of_nothing_new, "SEG.ACK =< SND.UNA");
SYNQ_GUARD(fin_queued_for_later, "SHUTDOWN(WR) was called");
SYNQ_GUARD(ack_not_of_our_syn, "SEG.ACK < SND.UNA or SEG.ACK > SND.NXT");
SYNQ_GUARD(fin_acknowledged, "our FIN is acknowledged");
SYNQ_GUARD(orphan_acknowledged, "our FIN is acknowledged, no descriptor left");
SYNQ_GUARD(orphan_with_new_text,
           "our FIN is acknowledged, no descriptor left, text beyond RCV.NXT");
SYNQ_GUARD(orphan_without_linger, "our FIN is acknowledged, no descriptor left, TCP_LINGER2 < 0");
SYNQ_GUARD(orphan_stays_full,
           "our FIN is acknowledged, no descriptor left, FIN set or tcp_fin_timeout > TIME-WAIT");
SYNQ_GUARD(new_text_unreadable, "reading shut, text beyond RCV.NXT");
SYNQ_GUARD(next_text_unreadable, "reading shut, SEG.SEQ =< RCV.NXT < SEG.SEQ+SEG.LEN");
SYNQ_GUARD(text_in_order, "SEG.SEQ =< RCV.NXT < SEG.SEQ+SEG.LEN");
SYNQ_GUARD(text_after_gap, "SEG.SEQ > RCV.NXT");
SYNQ_GUARD(text_beyond_window, "SEG.SEQ >= RCV.NXT+RCV.WND");
SYNQ_GUARD(only_fin_is_new, "text received before, FIN at RCV.NXT");
SYNQ_GUARD(at_or_after_rcv_nxt, "SEG.SEQ >= RCV.NXT");
SYNQ_GUARD(fin_in_order, "FIN at RCV.NXT");

// Light records after close (linux.md 5.3, 5.4).
SYNQ_GUARD(assassination_forbidden, "RST, tcp_rfc1337 = 1, SEG.SEQ = RCV.NXT");
SYNQ_GUARD(reset_of_time_wait, "RST, SEG.SEQ = RCV.NXT, timestamp not older");
SYNQ_GUARD(time_wait_full, "tcp_max_tw_buckets reached");
SYNQ_GUARD(ack_not_of_our_fin, "SEG.ACK /= SND.NXT");
SYNQ_GUARD(tw_older_timestamp, "older timestamp");
SYNQ_GUARD(plain_syn_to_listener, "SYN only, to a listening port");
SYNQ_GUARD(pure_at_rcv_nxt, "no data, SEG.SEQ = RCV.NXT");
SYNQ_GUARD(syn_may_reuse, "SYN only to a listening port, SEG.SEQ > RCV.NXT or newer timestamp");
SYNQ_GUARD(tw_outside_window, "outside the window");
SYNQ_GUARD(syn_at_or_after_rcv_nxt, "SYN, SEG.SEQ >= RCV.NXT");
SYNQ_GUARD(nothing_new, "no ACK, or nothing beyond RCV.NXT");
SYNQ_GUARD(exactly_fin, "FIN at RCV.NXT, no data");
SYNQ_GUARD(client_may_take_over,
           "timestamps, and a port bound by hand or as tcp_tw_reuse and its delay say");

// ICMP (linux.md 2.3, 3, 4).
SYNQ_GUARD(icmp_number_stale, "quoted SEG.SEQ not in flight");
SYNQ_GUARD(icmp_ignored, "no error for TCP (source quench, redirect, fragmentation needed)");
SYNQ_GUARD(icmp_narrows_path, "fragmentation needed, for an MTU below ours");
SYNQ_GUARD(icmp_hard, "protocol or port unreachable");
SYNQ_GUARD(errors_wanted, "IP_RECVERR");
SYNQ_GUARD(icmp_spares_request, "not network or host unreachable, time exceeded, bad parameter");

// Calls and timers.
SYNQ_GUARD(unread_data, "received data not read");
SYNQ_GUARD(unsent, "text or FIN not sent yet");
SYNQ_GUARD(probe_outstanding, "the last probe is not acknowledged");
SYNQ_GUARD(no_linger_2, "TCP_LINGER2 < 0");
SYNQ_GUARD(fin_timeout_long, "tcp_fin_timeout > TIME-WAIT");
SYNQ_GUARD(keepalive_not_due, "heard within the interval, or something outstanding");
SYNQ_GUARD(keepalive_used_up, "probes used up (tcp_keepalive_probes, TCP_USER_TIMEOUT)");
SYNQ_GUARD(too_many_orphans, "more than tcp_max_orphans");
SYNQ_GUARD(orphan_must_go, "no descriptor left, more than tcp_max_orphans (half, or a quarter)");
SYNQ_GUARD(probing_orphan_must_go,
           "no descriptor left, more than tcp_max_orphans (half, or a quarter), probes not over");
SYNQ_GUARD(syn_retries_used_up, "SYN retransmissions used up");
SYNQ_GUARD(window_probes_exhausted,
           "probes of the window used up (tcp_retries2, tcp_orphan_retries)");
SYNQ_GUARD(data_retries_used_up, "retransmissions used up (tcp_retries2, tcp_orphan_retries)");

#undef SYNQ_GUARD
#undef SYNQ_POLICY
#undef SYNQ_RULE

// NOLINTEND(readability-identifier-naming)

}  // namespace synq::guard

namespace synq {

/// RCV.NXT and RCV.WND of the step's record, of whichever kind.
struct ReceiveEdge {
    Seq nxt;
    std::uint32_t wnd = 0;
};
ReceiveEdge receive_edge(const Step& step);

namespace guard {
/// The SYN wants Fast Open, and its listener does that.
bool fast_open_asked(const Step& step);
}  // namespace guard

/// The MSS in the cookie that the step's ACK returns to its listener; nullopt: not a cookie of
/// ours.
std::optional<std::uint16_t> cookie_mss(const Step& step);

}  // namespace synq
