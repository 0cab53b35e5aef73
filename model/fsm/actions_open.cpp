// Actions of active and simultaneous open (RFC 9293 3.10.1, 3.10.7.3; linux.md 3).
#include "model/fsm/acks.h"
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/limits.h"
#include "model/fsm/output.h"
#include "model/fsm/receive_queue.h"
#include "model/fsm/segments.h"
#include "model/fsm/send_queue.h"

#include <algorithm>

namespace synq::action {
namespace {

/// The peer's SYN, alone or with an ACK: IRS, options, first window.
void learn_from_syn(const Step& step) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    conn.agreed = negotiate(step);
    conn.rcv.irs = seg.seq;
    conn.rcv.nxt = seg.seq + 1;
    conn.rcv.acked = seg.seq + 1;
    conn.ts_recent = conn.agreed.timestamps ? seg.options.ts_val : 0;
    conn.snd.wnd = seg.window;  // a SYN's window is never scaled (RFC 7323 2.2)
    conn.snd.wnd_max = std::max(conn.snd.wnd_max, conn.snd.wnd);
    conn.snd.wl1 = seg.seq;
    conn.snd.wl2 = seg.ack;
    conn.rcv.mss = initial_receive_mss(conn);
    begin_kept_buffer(step);
}

void arm_retransmission(const Step& step, Duration after) {
    step.conn().timer_role = TimerRole::Retransmission;
    step.stack.arm(TimerKind::Retransmission, step.connection.value, step.now + after);
}

/// Our SYN is acknowledged: RTT sample, retry counters start afresh.
void handshake_acknowledged(const Step& step) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    acknowledge_text(step, conn.snd.iss + 1);
    if (!conn.rtt.has_sample()) {
        conn.rto = step.stack.profile->rto_without_sample;
    }
    if (conn.timed_at != kNever) {
        sample_round_trip(step, step.now - conn.timed_at);
        conn.timed_at = kNever;
    } else if (!conn.rtt.has_sample() && conn.agreed.timestamps && seg.options.ts_ecr != 0) {
        sample_timestamp_echo(step);
    }
    conn.retransmits = 0;
    conn.timeouts = 0;
    conn.retransmitting_since = kNever;
    note_heard(step);
    restart_retransmission_timer(step);
}

void back_off(const Step& step) {
    Connection& conn = step.conn();
    conn.rto = std::min(doubled_base(step) * 2, milliseconds(step.sysctl().rto_max_ms));
}

}  // namespace

void begin_active_open::run(Step& step) {
    Connection& conn = step.conn();
    conn.snd.iss = step.reuse_time_wait ? step.forced_iss
                                        : initial_sequence(step.stack.secret, step.flow, step.now);
    conn.ts_recent = step.known_timestamp;
    conn.snd.una = conn.snd.iss;
    conn.snd.nxt = conn.snd.iss + 1;
    conn.snd.queued = conn.snd.nxt;
    conn.snd.small = conn.snd.iss;
    conn.rto = step.stack.profile->initial_rto;
    conn.retransmitting_since = step.now;  // Linux counts a SYN's time from its first copy
    step.count(Mib::ActiveOpens);
    send_syn(step, false);
    arm_retransmission(step, conn.rto);
}

void refuse_connection::run(Step& step) {
    fail(step, Errno::Econnrefused);
    step.done = true;
}

void complete_active_open::run(Step& step) {
    learn_from_syn(step);
    step.conn().ack.last_data = step.ticks();
    step.conn().text_ticks = step.ticks();
    handshake_acknowledged(step);
    step.conn().predicts = step.conn().agreed.send_scale == 0;
    start_keepalive(step);
    if (step.options().defer_timeouts != 0) {
        postpone_first_ack(step);
    } else {
        send_ack(step);
    }
    wake(step);
    transmit(step);    // what the application queued meanwhile
    step.done = true;  // text and FIN of a SYN,ACK are ignored (linux.md 3)
}

void begin_simultaneous_open::run(Step& step) {
    learn_from_syn(step);
    // Linux goes on scaling its windows as offered, though the peer may have agreed to nothing.
    if (step.rules().lenient_simultaneous_open && step.sysctl().window_scaling != 0) {
        step.conn().agreed.receive_scale = step.stack.window_scale;
    }
    send_syn_ack(step, false);
    step.conn().fin_queued = step.write_shut();
    step.done = true;
}

// Linux counts no AttemptFails when the application itself gives up (measured).
void abandon_open::run(Step& step) {
    bury(step);
}
void abort_silently::run(Step& step) {
    step.count(Mib::TCPAbortOnData);
    bury(step);
}
void abort_open::run(Step& step) {
    step.conn().error = Errno::Econnreset;
    bury(step);
}

void hasten_syn::run(Step& step) {
    arm_retransmission(step, step.stack.profile->tick * 2);  // Linux TCP_TIMEOUT_MIN
    if (step.seg().flags.rst()) {
        step.discard(Drop::BadReset);
    } else {
        reset_bad_ack::run(step);
    }
}
void discard_bad_echo::run(Step& step) {
    step.count(Mib::PAWSActive);
    step.discard(Drop::BadReset);
}
void reset_bad_echo::run(Step& step) {
    step.count(Mib::PAWSActive);
    reset_bad_ack::run(step);
}

void resend_syn::run(Step& step) {
    Connection& conn = step.conn();
    step.count(Mib::TCPTimeouts);
    send_syn(step, true);
    ++conn.retransmits;
    ++conn.timeouts;
    if (conn.timeouts > step.sysctl().syn_linear_timeouts) {
        back_off(step);
    }
    arm_retransmission(step, until_retransmission(step));
}
void resend_full_syn_ack::run(Step& step) {
    Connection& conn = step.conn();
    step.count(Mib::TCPTimeouts);
    send_syn_ack(step, true);
    ++conn.retransmits;
    back_off(step);
    arm_retransmission(step, until_retransmission(step));
}
void give_up_open::run(Step& step) {
    give_up::run(step);
}

void complete_simultaneous_open::run(Step& step) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    conn.snd.wnd = static_cast<std::uint32_t>(seg.window)
                   << (seg.flags.syn() ? 0 : conn.agreed.send_scale);
    conn.snd.wnd_max = std::max(conn.snd.wnd_max, conn.snd.wnd);
    conn.snd.wl1 = seg.seq;
    conn.snd.wl2 = seg.ack;
    conn.predicts = true;
    begin_kept_buffer(step);
    conn.text_ticks = step.ticks();
    remember_timestamp(step);
    if (!conn.rtt.has_sample()) {  // a child has one
        conn.rto = step.stack.profile->rto_without_sample;
    }
    // Linux takes ACK = ISS as well, and goes on repeating the SYN,ACK (deviation D7).
    if (after(seg.ack, conn.snd.iss)) {
        handshake_acknowledged(step);
    }
    wake(step);
    transmit(step);
    step.may_transmit = true;
    if (seg.flags.syn()) {
        acknowledge_duplicate::run(step);  // its SYN came before
    }
}

}  // namespace synq::action
