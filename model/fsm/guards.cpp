#include "model/fsm/guards.h"

#include "model/fsm/limits.h"
#include "model/fsm/segments.h"
#include "model/listen/cookie.h"
#include "model/listen/fast_open.h"
#include "model/tcb/acceptability.h"

#include <algorithm>

namespace synq {

ReceiveEdge receive_edge(const Step& step) {
    if (step.request.valid()) {
        // A request's window is what its SYN-ACK offered, at most 65535 (linux.md 2.3 step 4).
        const std::uint16_t mss = step.stack.mss_towards(step.flow.remote.address);
        const Seq nxt = step.connection.valid() ? step.conn().rcv.nxt : step.req().irs + 1;
        return {nxt, initial_window(mss, step.req().agreed.timestamps)};
    }
    if (step.connection.valid()) {
        return {step.conn().rcv.nxt, step.conn().rcv.left()};
    }
    return {step.tw().rcv_nxt, step.tw().rcv_wnd};
}

std::optional<std::uint16_t> cookie_mss(const Step& step) {
    const Segment& seg = step.seg();
    return check_cookie(step.stack.secret, step.flow, seg.ack - 1, seg.seq - 1, step.now);
}

}  // namespace synq

namespace synq::guard {
namespace {

/// ICMP makes no path narrower (Linux net.ipv4.route.min_pmtu).
constexpr std::uint16_t kLeastPathMtu = 552;

Seq rcv_nxt(const Step& step) {
    return receive_edge(step).nxt;
}

/// The segment has text or a FIN, and text that we do not have yet.
bool text_beyond_rcv_nxt(const Step& step) {
    const Segment& seg = step.seg();
    return seg.length() != 0 && after(seg.seq + seg.len, step.conn().rcv.nxt);
}

bool tw_older(const Step& step) {
    return older_timestamp(step.seg().options, step.tw().timestamps, step.tw().ts_recent);
}

bool in_request_window(const Step& step) {
    const Segment& seg = step.seg();
    const ReceiveEdge edge = receive_edge(step);
    return linux_light_acceptable(seg.seq, seg.end(), edge.nxt, edge.wnd);
}

}  // namespace

bool has_rst::test(const Step& step) {
    return step.seg().flags.rst();
}
bool has_syn::test(const Step& step) {
    return step.seg().flags.syn();
}
bool has_fin::test(const Step& step) {
    return step.seg().flags.fin();
}
bool has_ack::test(const Step& step) {
    return step.seg().flags.ack();
}
bool has_no_ack::test(const Step& step) {
    return !step.seg().flags.ack();
}

bool request_queue_full::test(const Step& step) {
    return step.lis().request_queue_full(step.stack.profile->listen, step.sysctl().max_syn_backlog);
}
bool request_queue_full_without_cookies::test(const Step& step) {
    return !step.reuse_time_wait && step.sysctl().syncookies == 0 && request_queue_full::test(step);
}
bool accept_queue_full::test(const Step& step) {
    return step.lis().accept_queue_full(step.stack.profile->listen);
}
bool accept_queue_full_of_young::test(const Step& step) {
    return accept_queue_full::test(step) && step.lis().young > 1;
}
bool request_could_go::test(const Step& step) {
    const ListenPolicy& policy = step.stack.profile->listen;
    const Listener& listener = step.lis();
    const bool repeated_only = policy.gives_way == GivesWay::OldestRepeated;
    const std::uint32_t candidates = listener.request_queue - (repeated_only ? listener.young : 0);
    const bool shared = policy.bound == RequestBound::Shared;
    const bool taken = listener.accept_queue >= accept_room(policy, listener.backlog);
    return candidates != 0 && !taken &&
           (shared ? accept_queue_full::test(step) : request_queue_full::test(step));
}
bool cookie_wanted::test(const Step& step) {
    return !step.reuse_time_wait &&
           (step.sysctl().syncookies == 2 ||
            (step.sysctl().syncookies == 1 && request_queue_full::test(step)));
}
bool reserved_for_known_peers::test(const Step& step) {
    const std::int64_t limit = step.sysctl().max_syn_backlog;
    return step.sysctl().syncookies == 0 && !step.reuse_time_wait &&
           limit - step.lis().request_queue < (limit >> 2);
}
bool cookie_valid::test(const Step& step) {
    return !step.seg().flags.syn() && cookies_recent(step.lis(), step.now) &&
           cookie_mss(step).has_value();
}
bool cookie_of_refused_options::test(const Step& step) {
    const Options& options = step.seg().options;
    // With tcp_timestamps = 0 Linux does not see that there is a timestamp.
    if (!options.timestamps || step.sysctl().timestamps == 0 || !cookie_valid::test(step)) {
        return false;
    }
    const CookieOptions stored = options_of_timestamp(options.ts_ecr);
    return (stored.sack && step.sysctl().sack == 0) ||
           (stored.window_scale != Options::kNoScale && step.sysctl().window_scaling == 0);
}
bool cookie_invalid_but_sent::test(const Step& step) {
    return !step.seg().flags.syn() && cookies_recent(step.lis(), step.now) &&
           !cookie_mss(step).has_value();
}

bool fast_open_asked(const Step& step) {
    const Segment& seg = step.seg();
    return step.rules().fast_open && (step.sysctl().fastopen & kFastOpenServer) != 0 &&
           step.lis().options.fast_open != 0 && (seg.len != 0 || seg.options.fast_open.present());
}

bool fast_open_overflow::test(const Step& step) {
    return fast_open_asked(step) && step.lis().fast_open_full(step.now);
}
bool fast_open_granted::test(const Step& step) {
    return fast_open_asked(step) &&
           ((step.sysctl().fastopen & kFastOpenWithoutCookie) != 0 ||
            step.seg().options.fast_open == make_fast_open_cookie(step.stack.secret, step.flow));
}
bool fast_open_cookie_wrong::test(const Step& step) {
    const FastOpenCookie& cookie = step.seg().options.fast_open;
    return fast_open_asked(step) && cookie.present() && !cookie.requested();
}
bool fast_open_cookie_wanted::test(const Step& step) {
    return fast_open_asked(step) && step.seg().options.fast_open.requested();
}
bool final_ack_of_fast_open::test(const Step& step) {
    return step.conn().fast_open;
}
bool fast_open_shut::test(const Step& step) {
    return step.conn().fast_open && step.conn().fin_queued;
}
bool fast_open_accepted::test(const Step& step) {
    return step.conn().fast_open && step.conn().socket.valid();
}
bool fast_open_used_up::test(const Step& step) {
    const int asked = step.options().syn_count;
    const int allowed = asked != 0 ? asked : static_cast<int>(step.sysctl().synack_retries) + 1;
    return step.req().timeouts >= allowed;
}

bool duplicate_syn::test(const Step& step) {
    const Flags flags = step.seg().flags;
    return flags.syn() && !flags.ack() && !flags.rst() && step.seg().seq == step.req().irs &&
           !older_timestamp_of_request::test(step);
}
bool reset_at_rcv_nxt::test(const Step& step) {
    return step.seg().flags.rst() && step.seg().seq == rcv_nxt(step);
}
bool reset_in_window::test(const Step& step) {
    return step.seg().flags.rst() && in_request_window(step);
}
bool ack_is_not_of_syn_ack::test(const Step& step) {
    return step.seg().flags.ack() && step.seg().ack != step.req().iss + 1;
}
bool older_timestamp_of_request::test(const Step& step) {
    const Request& request = step.req();
    return older_timestamp(step.seg().options, request.agreed.timestamps, request.ts_recent);
}
bool echo_not_of_syn_ack::test(const Step& step) {
    const Request& request = step.req();
    const Options& options = step.seg().options;
    return request.agreed.timestamps && options.timestamps && options.ts_ecr != 0 &&
           options.ts_ecr - request.ts_first > request.ts_last - request.ts_first;
}
bool outside_window::test(const Step& step) {
    return !in_request_window(step);
}
bool syn_in_window::test(const Step& step) {
    return step.seg().flags.syn() && step.seg().seq != step.req().irs;
}
bool abort_on_overflow::test(const Step& step) {
    return step.sysctl().abort_on_overflow != 0;
}
bool data_is_waited_for::test(const Step& step) {
    return step.req().timeouts < step.lis().options.defer_timeouts &&
           step.seg().end() == rcv_nxt(step);
}
bool request_expired::test(const Step& step) {
    if (step.lis().closed || request_outlived(step)) {
        return true;
    }
    // A client that waits for data to send gets its whole time (Linux syn_ack_recalc).
    const Request& request = step.req();
    return request.timeouts >= synack_retries_allowed(step) &&
           (!request.acked || request.timeouts >= step.lis().options.defer_timeouts);
}
bool acked_and_deferred::test(const Step& step) {
    return step.req().acked && step.req().timeouts + 1 < step.lis().options.defer_timeouts;
}

bool ack_unacceptable_for_syn::test(const Step& step) {
    const SendSequence& snd = step.conn().snd;
    return !after(step.seg().ack, snd.iss) || after(step.seg().ack, snd.nxt);
}
bool echo_not_of_syn::test(const Step& step) {
    // An echo must be of a SYN that we sent: of the first, the last, or in between.
    const Segment& seg = step.seg();
    const Connection& conn = step.conn();
    const std::uint32_t first = step.stack.timestamp(conn.retransmitting_since);
    const std::uint32_t since_first = step.stack.timestamp(step.now) - first;
    return seg.options.timestamps && step.sysctl().timestamps != 0 && seg.options.ts_ecr != 0 &&
           seg.options.ts_ecr - first > since_first;
}

bool refused_syn_has_tries_left::test(const Step& step) {
    return step.seg().flags.ack() && step.conn().retransmits < step.stack.profile->refused_repeats;
}
bool bad_first_ack::test(const Step& step) {
    return step.rules().bad_ack_hastens_syn && step.conn().retransmits == 0 &&
           ack_unacceptable_for_syn::test(step);
}

bool crossing_syn_ack::test(const Step& step) {
    const Segment& seg = step.seg();
    const Connection& conn = step.conn();
    // Nobody waits for a child that was not accepted (Linux tcp_validate_incoming).
    return conn.state == State::SynReceived && conn.socket.valid() && seg.flags.syn() &&
           seg.flags.ack() && !seg.flags.rst() && seg.length() == 1 && seg.end() == conn.rcv.nxt &&
           seg.ack == conn.snd.nxt;
}
bool reset_exact::test(const Step& step) {
    const Connection& conn = step.conn();
    const Seq seq = step.seg().seq;
    if (seq == conn.rcv.nxt ||
        (conn.fin_received && step.rules().reset_before_fin && seq == conn.rcv.nxt - 1)) {
        return true;
    }
    // A peer that sent text ahead of a gap may take its end for our RCV.NXT (Linux, with SACK).
    return conn.agreed.sack && seq == step.stack.store.held_end(conn, conn.rcv.nxt);
}
bool ack_of_nothing_sent::test(const Step& step) {
    return after(step.seg().ack, step.conn().snd.nxt);
}
bool ack_too_old::test(const Step& step) {
    // RFC 5961 5.2; Linux bounds the range by what has been acknowledged so far.
    const SendSequence& snd = step.conn().snd;
    // A listener's child is born with its SYN acknowledged, and Linux does not count that.
    const std::uint32_t syn = step.conn().passive ? 1 : 0;
    const auto acknowledged = static_cast<std::uint32_t>(snd.una - snd.iss) - syn;
    const std::uint32_t back = step.rules().old_ack_bounded_by_acknowledged
                                   ? std::min(snd.wnd_max, acknowledged)
                                   : snd.wnd_max;
    return before(step.seg().ack, snd.una - back);
}
bool old_pure_ack::test(const Step& step) {
    return step.seg().length() == 0 && before(step.seg().seq, step.conn().rcv.nxt);
}
bool ack_of_nothing_new::test(const Step& step) {
    return at_or_before(step.seg().ack, step.conn().snd.una);
}
bool fin_queued_for_later::test(const Step& step) {
    return step.conn().fin_queued;
}
bool ack_not_of_our_syn::test(const Step& step) {
    const SendSequence& snd = step.conn().snd;
    return before(step.seg().ack, snd.una) || after(step.seg().ack, snd.nxt);
}
bool fin_acknowledged::test(const Step& step) {
    const Connection& conn = step.conn();
    return conn.fin_sent && at_or_after(step.seg().ack, conn.send_end());
}
bool orphan_acknowledged::test(const Step& step) {
    return fin_acknowledged::test(step) && step.conn().orphan;
}
bool orphan_without_linger::test(const Step& step) {
    return orphan_acknowledged::test(step) && no_linger_2::test(step);
}
bool orphan_with_new_text::test(const Step& step) {
    return orphan_acknowledged::test(step) && text_beyond_rcv_nxt(step);
}
bool orphan_stays_full::test(const Step& step) {
    return orphan_acknowledged::test(step) &&
           (step.seg().flags.fin() || fin_timeout_long::test(step));
}
bool new_text_unreadable::test(const Step& step) {
    return step.conn().read_shut && text_beyond_rcv_nxt(step);
}
bool text_in_order::test(const Step& step) {
    const Seq nxt = step.conn().rcv.nxt;
    return at_or_before(step.seg().seq, nxt) && after(step.seg().seq + step.seg().len, nxt);
}
bool text_after_gap::test(const Step& step) {
    return after(step.seg().seq, step.conn().rcv.nxt);
}
bool text_beyond_window::test(const Step& step) {
    const ReceiveEdge edge = receive_edge(step);
    return at_or_after(step.seg().seq, edge.nxt + edge.wnd);
}
bool only_fin_is_new::test(const Step& step) {
    return step.seg().flags.fin() && fin_in_order::test(step);
}
bool at_or_after_rcv_nxt::test(const Step& step) {
    return at_or_after(step.seg().seq, step.conn().rcv.nxt);
}
bool fin_in_order::test(const Step& step) {
    return step.held_fin || step.seg().end() == step.conn().rcv.nxt + 1;
}

bool assassination_forbidden::test(const Step& step) {
    return step.sysctl().rfc1337 != 0 && step.seg().flags.rst();
}
bool reset_of_time_wait::test(const Step& step) {
    return reset_at_rcv_nxt::test(step) && !tw_older(step);
}
bool ack_not_of_our_fin::test(const Step& step) {
    return step.seg().ack != step.tw().snd_nxt;
}
bool tw_older_timestamp::test(const Step& step) {
    return tw_older(step);
}
bool plain_syn_to_listener::test(const Step& step) {
    const Flags flags = step.seg().flags;
    return step.listener.valid() && flags.syn() && !flags.rst() && !flags.ack();
}
// (LX-TWMAX)
bool time_wait_full::test(const Step& step) {
    return static_cast<std::int64_t>(step.stack.store.time_waits.live()) >=
           step.sysctl().max_tw_buckets;
}
bool pure_at_rcv_nxt::test(const Step& step) {
    return !tw_older(step) && step.seg().seq == step.tw().rcv_nxt && step.seg().length() == 0;
}
bool syn_may_reuse::test(const Step& step) {
    const TimeWait& tw = step.tw();
    const Segment& seg = step.seg();
    const bool newer = tw.timestamps && seg.options.timestamps &&
                       static_cast<std::int32_t>(seg.options.ts_val - tw.ts_recent) > 0;
    return plain_syn_to_listener::test(step) && !tw_older(step) &&
           (after(seg.seq, tw.rcv_nxt) || newer);
}
bool tw_outside_window::test(const Step& step) {
    const TimeWait& tw = step.tw();
    return tw_older(step) ||
           !linux_light_acceptable(step.seg().seq, step.seg().end(), tw.rcv_nxt, tw.rcv_wnd);
}
bool syn_at_or_after_rcv_nxt::test(const Step& step) {
    return step.seg().flags.syn() && at_or_after(step.seg().seq, step.tw().rcv_nxt);
}
bool nothing_new::test(const Step& step) {
    const Segment& seg = step.seg();
    return !seg.flags.ack() || !after(seg.end(), step.tw().rcv_nxt) || seg.length() == 0;
}
bool exactly_fin::test(const Step& step) {
    return step.seg().flags.fin() && step.seg().end() == step.tw().rcv_nxt + 1;
}

bool unread_data::test(const Step& step) {
    return step.conn().rcv.unread != 0;
}
bool unsent::test(const Step& step) {
    return step.conn().snd.nxt != step.conn().send_end();
}
bool probe_outstanding::test(const Step& step) {
    return step.conn().probe_sent;
}
bool icmp_number_stale::test(const Step& step) {
    if (step.request.valid()) {
        return step.icmp->seq != step.req().iss;
    }
    const SendSequence& snd = step.conn().snd;
    const Seq oldest = step.conn().fast_open ? snd.iss : snd.una;
    return before(step.icmp->seq, oldest) || after(step.icmp->seq, snd.nxt);
}
bool icmp_ignored::test(const Step& step) {
    return icmp_errno(*step.icmp) == Errno::None;
}
bool icmp_narrows_path::test(const Step& step) {
    const IcmpError& icmp = *step.icmp;
    return icmp.type == kIcmpUnreachable && icmp.code == kIcmpFragmentationNeeded &&
           icmp.mtu >= kLeastPathMtu &&
           step.stack.mss_towards(step.flow.remote.address, icmp.mtu) < own_mss(step);
}
bool icmp_hard::test(const Step& step) {
    return step.icmp->type == kIcmpUnreachable && (step.icmp->code == 2 || step.icmp->code == 3);
}
bool icmp_spares_request::test(const Step& step) {
    const IcmpError& icmp = *step.icmp;
    const bool unreachable = icmp.type == kIcmpUnreachable && icmp.code <= 1;
    const bool expired = icmp.type == kIcmpTimeExceeded && icmp.code == 0;
    return !unreachable && !expired && icmp.type != kIcmpParameterProblem;
}

bool no_linger_2::test(const Step& step) {
    return step.options().linger2_s < 0;
}
bool fin_timeout_long::test(const Step& step) {
    return fin_wait_2_life(step) > step.stack.profile->time_wait;
}
bool keepalive_not_due::test(const Step& step) {
    const Connection& conn = step.conn();
    return conn.unacknowledged() || conn.snd.nxt != conn.send_end() ||
           silence(step) < keepalive_idle(step);
}
bool keepalive_used_up::test(const Step& step) {
    return keepalive_gives_up(step);
}
bool syn_retries_used_up::test(const Step& step) {
    return syn_gives_up(step);
}
bool window_probes_exhausted::test(const Step& step) {
    return window_probes_used_up(step);
}
bool data_retries_used_up::test(const Step& step) {
    return data_gives_up(step);
}

}  // namespace synq::guard
