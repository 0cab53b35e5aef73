// Of segments to connections: SYN-SENT and the synchronized states.
#include "model/fsm/guards.h"

#include "model/fsm/segments.h"

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

}  // namespace synq

namespace synq::guard {
namespace {

/// The segment has text or a FIN, and text that we do not have yet.
bool text_beyond_rcv_nxt(const Step& step) {
    const Segment& seg = step.seg();
    return seg.length() != 0 && after(seg.seq + seg.len, step.conn().rcv.nxt);
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
bool next_text_unreadable::test(const Step& step) {
    return step.conn().read_shut && text_in_order::test(step);
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

}  // namespace synq::guard
