// Actions of TCP Fast Open on a listener and of its children (RFC 7413; linux.md 2.11).
#include "model/fsm/acks.h"
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/fast_open.h"
#include "model/fsm/guards.h"
#include "model/fsm/limits.h"
#include "model/fsm/output.h"
#include "model/fsm/receive_queue.h"
#include "model/fsm/segments.h"
#include "model/fsm/window.h"
#include "model/listen/fast_open.h"

#include <algorithm>

namespace synq {
namespace {

void arm_syn_ack_timer(const Step& step) {
    const Duration wait = backed_off(step.stack.profile->initial_rto, step.req().timeouts,
                                     milliseconds(step.sysctl().rto_max_ms));
    step.conn().timer_role = TimerRole::SynAck;
    step.stack.arm(TimerKind::Retransmission, step.connection.value, step.now + wait);
}

/// The SYN's text is received; nothing is owed for it, since the SYN,ACK acknowledges it.
void take_text_of_syn(Step& step) {
    Connection& conn = step.conn();
    const Segment& syn = step.seg();
    if (syn.len == 0) {
        return;
    }
    Segment text = syn;
    text.seq = syn.seq + 1;
    text.flags = kAck;
    step.segment = &text;
    occupy_memory(step);
    step.segment = &syn;
    step.stack.store.extra(step.connection).syn_text = true;
    conn.rcv.unread = syn.len;
    conn.rcv.nxt = conn.rcv.nxt + syn.len;
    conn.rcv.acked = conn.rcv.nxt;
}

}  // namespace

void note_fast_open_syn(const Step& step) {
    if (step.seg().options.fast_open.requested()) {
        step.count(Mib::TCPFastOpenCookieReqd);
    }
    if (guard::fast_open_asked(step) && !step.lis().fast_open_full(step.now)) {
        take_fast_open_place(step.lis());
    }
}

void suspect_path(const Step& step, bool last) {
    constexpr std::uint8_t kThird = 2;
    const Connection& conn = step.conn();
    if (conn.extra.valid() && step.stack.store.extras[conn.extra].syn_text &&
        (conn.retransmits == kThird || (conn.retransmits < kThird && last))) {
        step.count(Mib::TCPFastOpenActiveFail);
    }
}

void leave_fast_open(const Step& step) {
    step.stack.store.remove_fast_open(step.connection);
    restart_retransmission_timer(step);
}

}  // namespace synq

namespace synq::action {

void open_request_past_fast_open::run(Step& step) {
    step.count(Mib::TCPFastOpenListenOverflow);
    open_request::run(step);
}
void open_request_refusing_cookie::run(Step& step) {
    step.count(Mib::TCPFastOpenPassiveFail);
    open_request_giving_cookie::run(step);
}
void open_request_giving_cookie::run(Step& step) {
    note_fast_open_syn(step);
    open_request_with(step, make_fast_open_cookie(step.stack.secret, step.flow));
}

void open_fast::run(Step& step) {
    const Segment& syn = step.seg();
    note_fast_open_syn(step);
    Store& store = step.stack.store;
    step.connection = store.add_connection(step.flow);
    step.request = store.add_fast_open(step.connection, step.listener);
    fill_request(step);
    const Request request = step.req();
    fill_child(step, request.agreed, request.iss, request.irs, request.ts_recent);
    Connection& conn = step.conn();
    conn.state = State::SynReceived;
    conn.snd.wnd = syn.window;  // a SYN's window is never scaled (RFC 7323 2.2)
    conn.snd.wnd_max = syn.window;
    conn.mss_of_syn = true;  // the MSS is made before that is corrected (Linux mss_cache)
    conn.fin_queued = step.write_shut();
    take_text_of_syn(step);
    arm_syn_ack_timer(step);
    send_request_syn_ack(step, false);
    step.count(Mib::TCPFastOpenPassive);
    step.request = {};
    queue_child(step);
    step.done = true;
}

void repeat_fast_open_syn_ack::run(Step& step) {
    if (reply_allowed(step, Mib::TCPACKSkippedSynRecv)) {
        send_request_syn_ack(step, true);
        step.done = true;
    }
}
void reset_fast_open::run(Step& step) {
    const Connection& conn = step.conn();
    Listener& listener = step.stack.store.listeners[step.req().listener];
    const bool accepted = conn.socket.valid() || conn.orphan;
    const bool punished = accepted && !listener.closed;
    step.count(Mib::AttemptFails);  // the attempt's end counts it once more
    step.stack.store.remove_fast_open(step.connection);
    if (punished) {
        hold_fast_open_place(listener, step.now);
    }
    reset_connection::run(step);
}
void refuse_fast_open_syn::run(Step& step) {
    send_reset_for(step);
    step.count(Mib::AttemptFails);
    step.discard(Drop::Unacceptable);
}

void complete_fast_open::run(Step& step) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    const Request request =
        step.stack.store.requests[step.stack.store.extras[conn.extra].fast_open];
    take_ack::run(step);
    offer_window(conn, static_cast<std::uint32_t>(seg.window) << conn.agreed.send_scale);
    conn.snd.wl1 = seg.seq;
    conn.snd.wl2 = seg.ack;
    // The handshake is the first RTT sample, unless text of ours was (Linux tcp_synack_rtt_meas).
    if (!conn.rtt.has_sample()) {
        if (!request.resent) {
            sample_round_trip(step, step.now - request.syn_ack_at);
        } else if (request.agreed.timestamps && seg.options.timestamps) {
            sample_timestamp_echo(step);
        }
        restart_retransmission_timer(step);
    }
    conn.rcv.mss = initial_receive_mss(conn);
    wake(step);
    transmit(step);
}

void resend_fast_open_syn_ack::run(Step& step) {
    step.count(Mib::TCPTimeouts);
    send_request_syn_ack(step, true);
    ++step.req().timeouts;
    arm_syn_ack_timer(step);
}
void give_up_fast_open::run(Step& step) {
    step.count(Mib::TCPTimeouts);
    time_out(step);
}

}  // namespace synq::action
