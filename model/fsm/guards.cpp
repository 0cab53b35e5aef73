#include "model/fsm/guards.h"

#include "model/fsm/limits.h"
#include "model/fsm/segments.h"
#include "model/listen/cookie.h"
#include "model/tcb/acceptability.h"

#include <algorithm>

namespace synq {

std::optional<std::uint16_t> cookie_mss(const Step& step) {
    const Segment& seg = step.seg();
    return check_cookie(step.stack.secret, step.flow, seg.ack - 1, seg.seq - 1, step.now);
}

}  // namespace synq

namespace synq::guard {
namespace {

/// RCV.NXT of the step's record, of whichever kind.
Seq rcv_nxt(const Step& step) {
    if (step.connection.valid()) {
        return step.conn().rcv.nxt;
    }
    return step.request.valid() ? step.req().irs + 1 : step.tw().rcv_nxt;
}

/// A request's window is what its SYN-ACK offered, at most 65535 (linux.md 2.3 step 4).
bool in_request_window(const Step& step) {
    const Segment& seg = step.seg();
    const std::uint16_t offered = initial_window(step.stack.mss_towards(step.flow.remote.address),
                                                 step.req().agreed.timestamps);
    return linux_light_acceptable(seg.seq, seg.end(), rcv_nxt(step), offered);
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

bool request_queue_full_without_cookies::test(const Step& step) {
    return !step.reuse_time_wait && step.sysctl().syncookies == 0 &&
           step.lis().request_queue_full();
}
bool accept_queue_full::test(const Step& step) {
    return step.lis().accept_queue_full();
}
bool cookie_wanted::test(const Step& step) {
    return !step.reuse_time_wait &&
           (step.sysctl().syncookies == 2 ||
            (step.sysctl().syncookies == 1 && step.lis().request_queue_full()));
}
bool reserved_for_known_peers::test(const Step& step) {
    const std::int64_t limit = step.sysctl().max_syn_backlog;
    return step.sysctl().syncookies == 0 && !step.reuse_time_wait &&
           limit - step.lis().request_queue < (limit >> 2);
}
bool cookie_valid::test(const Step& step) {
    return cookies_recent(step.lis(), step.now) && cookie_mss(step).has_value();
}
bool cookie_invalid_but_sent::test(const Step& step) {
    return cookies_recent(step.lis(), step.now) && !cookie_mss(step).has_value();
}

bool duplicate_syn::test(const Step& step) {
    const Flags flags = step.seg().flags;
    return flags.syn() && !flags.ack() && !flags.rst() && step.seg().seq == step.req().irs;
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
bool outside_window::test(const Step& step) {
    const Request& request = step.req();
    return older_timestamp(step.seg().options, request.agreed.timestamps, request.ts_recent) ||
           !in_request_window(step);
}
bool abort_on_overflow::test(const Step& step) {
    return step.sysctl().abort_on_overflow != 0;
}
bool request_expired::test(const Step& step) {
    return step.lis().closed || step.req().timeouts >= synack_retries_allowed(step);
}

bool ack_unacceptable_for_syn::test(const Step& step) {
    const Segment& seg = step.seg();
    const Connection& conn = step.conn();
    if (!after(seg.ack, conn.snd.iss) || after(seg.ack, conn.snd.nxt)) {
        return true;
    }
    // An echo must be of a SYN that we sent: of the first, the last, or in between.
    const std::uint32_t first = step.stack.timestamp(conn.retransmitting_since);
    const std::uint32_t since_first = step.stack.timestamp(step.now) - first;
    return seg.options.timestamps && step.sysctl().timestamps != 0 && seg.options.ts_ecr != 0 &&
           seg.options.ts_ecr - first > since_first;
}

bool crossing_syn_ack::test(const Step& step) {
    const Segment& seg = step.seg();
    const Connection& conn = step.conn();
    return conn.state == State::SynReceived && seg.flags.syn() && seg.flags.ack() &&
           !seg.flags.rst() && seg.length() == 1 && seg.end() == conn.rcv.nxt &&
           seg.ack == conn.snd.nxt;
}
bool reset_exact::test(const Step& step) {
    const Connection& conn = step.conn();
    const Seq seq = step.seg().seq;
    return seq == conn.rcv.nxt || (conn.fin_received && seq == conn.rcv.nxt - 1);
}
bool ack_of_nothing_sent::test(const Step& step) {
    return after(step.seg().ack, step.conn().snd.nxt);
}
bool ack_too_old::test(const Step& step) {
    // RFC 5961 5.2; Linux bounds the range by what has been acknowledged so far.
    const SendSequence& snd = step.conn().snd;
    const auto acknowledged = static_cast<std::uint32_t>(snd.una - snd.iss);
    return before(step.seg().ack, snd.una - std::min(snd.wnd_max, acknowledged));
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
bool orphan_without_fin::test(const Step& step) {
    return fin_acknowledged::test(step) && step.conn().orphan && !step.seg().flags.fin() &&
           step.seg().len == 0;
}
bool orphan_and_new_text::test(const Step& step) {
    return step.conn().orphan && after(step.seg().seq + step.seg().len, step.conn().rcv.nxt);
}
bool text_in_order::test(const Step& step) {
    const Seq nxt = step.conn().rcv.nxt;
    return at_or_before(step.seg().seq, nxt) && after(step.seg().seq + step.seg().len, nxt);
}
bool text_after_gap::test(const Step& step) {
    return after(step.seg().seq, step.conn().rcv.nxt);
}
bool at_or_after_rcv_nxt::test(const Step& step) {
    return at_or_after(step.seg().seq, step.conn().rcv.nxt);
}
bool fin_in_order::test(const Step& step) {
    return step.seg().end() == step.conn().rcv.nxt + 1;
}

bool pure_at_rcv_nxt::test(const Step& step) {
    const TimeWait& tw = step.tw();
    return !older_timestamp(step.seg().options, tw.timestamps, tw.ts_recent) &&
           step.seg().seq == tw.rcv_nxt && step.seg().length() == 0;
}
bool syn_may_reuse::test(const Step& step) {
    const TimeWait& tw = step.tw();
    const Segment& seg = step.seg();
    const bool newer = tw.timestamps && seg.options.timestamps &&
                       static_cast<std::int32_t>(seg.options.ts_val - tw.ts_recent) > 0;
    return step.listener.valid() && seg.flags.syn() && !seg.flags.rst() && !seg.flags.ack() &&
           !older_timestamp(seg.options, tw.timestamps, tw.ts_recent) &&
           (after(seg.seq, tw.rcv_nxt) || newer);
}
bool tw_outside_window::test(const Step& step) {
    const TimeWait& tw = step.tw();
    return older_timestamp(step.seg().options, tw.timestamps, tw.ts_recent) ||
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
bool syn_retries_used_up::test(const Step& step) {
    return syn_gives_up(step);
}
bool data_retries_used_up::test(const Step& step) {
    return data_gives_up(step);
}

}  // namespace synq::guard
