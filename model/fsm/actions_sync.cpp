// Actions of the synchronized states (RFC 9293 3.10.7.4; linux.md 4).
#include "model/fsm/acks.h"
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/fast_open.h"
#include "model/fsm/guards.h"
#include "model/fsm/limits.h"
#include "model/fsm/output.h"
#include "model/fsm/prediction.h"
#include "model/fsm/receive_queue.h"
#include "model/fsm/segments.h"
#include "model/fsm/send_queue.h"
#include "model/fsm/window.h"
#include "model/tcb/acceptability.h"

#include <algorithm>

namespace synq::action {
namespace {

/// SND.WND follows the newest segment that carries news (RFC 9293 3.10.7.4, fifth check; Linux
/// tcp_may_update_window).
void update_window(const Step& step) {
    SendSequence& snd = step.conn().snd;
    const Segment& seg = step.seg();
    const std::uint32_t window = static_cast<std::uint32_t>(seg.window)
                                 << step.conn().agreed.send_scale;
    const bool again = step.rules().window_shrinks_late ? window > snd.wnd || window == 0
                                                        : at_or_after(seg.ack, snd.wl2);
    if (after(seg.ack, snd.una) || after(seg.seq, snd.wl1) || (seg.seq == snd.wl1 && again)) {
        if (snd.wnd != window) {
            step.conn().predicts = may_predict(step);
        }
        offer_window(step.conn(), window);
        snd.wl1 = seg.seq;
        snd.wl2 = seg.ack;
    }
}

/// One RTT sample where the acknowledgment is unambiguous (Karn), else from the echo.
void measure(const Step& step) {
    Connection& conn = step.conn();
    if (conn.timed_at != kNever && at_or_after(step.seg().ack, conn.timed_end)) {
        sample_round_trip(step, step.now - conn.timed_at);
        conn.timed_at = kNever;
    } else if ((conn.probe_sent || conn.retransmitting_since != kNever) && conn.agreed.timestamps &&
               step.seg().options.ts_ecr != 0) {
        sample_timestamp_echo(step);
    }
}

/// Starts, restarts or stops the timer (6298-5.1).
void advance(const Step& step) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    update_window(step);
    note_heard(step);
    if (conn.timer_role == TimerRole::Persist) {
        hear_of_window(step);
    }
    if (!after(seg.ack, conn.snd.una)) {
        return;
    }
    // A part of the newest segment proves little: the timer stays as it is (Linux
    // tcp_clean_rtx_queue).
    if (after(seg.ack, conn.snd.tail) && before(seg.ack, conn.snd.nxt)) {
        acknowledge_text(step, seg.ack);
        conn.retransmits = 0;
        return;
    }
    measure(step);
    acknowledge_text(step, seg.ack);
    conn.retransmits = 0;
    conn.retransmitting_since = kNever;
    if (conn.probe_sent && at_or_after(seg.ack, step.stack.store.extras[conn.extra].probe_end)) {
        conn.probe_sent = false;
    }
    if (conn.unacknowledged()) {
        schedule_probe_or_timeout(step);
    } else {
        restart_retransmission_timer(step);
    }
}

/// What the application sees of a reset (Linux tcp_reset; RFC 9293 3.10.7.4 second).
Errno reset_error(const Step& step) {
    const State state = step.conn().state;
    if (step.rules().linux_reset_errors) {
        return state == State::CloseWait ? Errno::Epipe : Errno::Econnreset;
    }
    return state == State::SynReceived ? Errno::Econnrefused : Errno::Econnreset;
}

/// Text that closed the gap in front of it, and the FIN behind it, are received now.
void take_held(Step& step) {
    Connection& conn = step.conn();
    const Store& store = step.stack.store;
    for (const Held* first = store.first_held(conn);
         first != nullptr && at_or_before(first->begin, conn.rcv.nxt);
         first = store.first_held(conn)) {
        const Held held = *first;
        take_first_held(step);
        if (after(held.stop(), conn.rcv.nxt)) {
            conn.rcv.unread += static_cast<std::uint32_t>(held.end - conn.rcv.nxt);
            conn.rcv.nxt = held.end;
            step.held_fin = held.fin;
        }
        if (store.first_held(conn) == nullptr) {
            conn.ack.now = true;  // the last gap is closed (RFC 5681 4.2)
        }
        if (step.held_fin) {
            return;
        }
    }
}

void keep(Step& step) {
    step.count(Mib::TCPOFOQueue);
    measure_segment(step);
    if (step.conn().agreed.sack) {
        grow_window(step);
    }
    hold_segment(step);
    step.conn().predicts = false;
    grow_buffer(step);
    owe_ack_now(step);
    step.done = true;
}

/// An ACK at once; text received twice says that the peer lost an ACK (Linux tcp_send_dupack).
void acknowledge_old_text(const Step& step) {
    if (step.seg().length() != 0 && before(step.seg().seq, step.conn().rcv.nxt)) {
        step.count(Mib::DelayedACKLost);
        enter_quick_ack_mode(step);
    }
    send_ack(step);
}

/// RFC 5961: the segment is ignored, but a peer that means it learns the right numbers.
void send_challenge(Step& step, Drop reason) {
    if (reply_allowed(step, Mib::TCPACKSkippedChallenge)) {
        step.count(Mib::TCPChallengeACK);
        send_ack(step);
        step.discard(reason);
    }
}

}  // namespace

void discard_unacceptable::run(Step& step) {
    step.discard(Drop::Unacceptable);
}
void discard_old_ack::run(Step& step) {
    step.count(Mib::PAWSOldAck);
    step.discard(Drop::OldTimestamp);
}
void acknowledge_old_timestamp::run(Step& step) {
    step.count(Mib::PAWSEstab);
    if (may_loop(step.seg()) && !reply_allowed(step, Mib::TCPACKSkippedPAWS)) {
        return;
    }
    acknowledge_old_text(step);
    step.discard(Drop::OldTimestamp);
}
void discard_bad_ack::run(Step& step) {
    step.discard(Drop::BadAck);
}
void acknowledge_unacceptable::run(Step& step) {
    if (may_loop(step.seg()) && !reply_allowed(step, Mib::TCPACKSkippedSeq)) {
        return;
    }
    acknowledge_old_text(step);
    step.discard(Drop::Unacceptable);
}
void challenge::run(Step& step) {
    send_challenge(step, Drop::BadReset);
}
void challenge_syn::run(Step& step) {
    step.count(Mib::TCPSYNChallenge);
    if (step.conn().state == State::Established) {
        step.count(Mib::InErrs);  // nowhere else (Linux tcp_validate_incoming, syn_inerr)
    }
    send_challenge(step, Drop::Unacceptable);
}

void reset_connection::run(Step& step) {
    fail(step, reset_error(step));
    step.done = true;
}

void reset_on_syn::run(Step& step) {
    send_reset_for(step);
    reset_connection::run(step);
}

void take_ack::run(Step& step) {
    step.may_transmit = true;
    // An ACK of what was acknowledged before says nothing: neither window nor timestamp.
    if (before(step.seg().ack, step.conn().snd.una)) {
        return;
    }
    remember_timestamp(step);
    advance(step);
    if (step.conn().fast_open) {
        leave_fast_open(step);
    }
}
void acknowledge_our_fin::run(Step& step) {
    take_ack::run(step);
    wake(step);
}
void challenge_ack_number::run(Step& step) {
    send_challenge(step, Drop::BadAck);
}

void take_text::run(Step& step) {
    Connection& conn = step.conn();
    const Seq text_end = step.seg().seq + step.seg().len;
    occupy_memory(step);
    conn.rcv.unread += static_cast<std::uint32_t>(text_end - conn.rcv.nxt);
    conn.rcv.nxt = text_end;
    note_data_received(step);
    if (!step.seg().flags.fin()) {
        take_held(step);
    }
    conn.predicts = conn.predicts || may_predict(step);
    wake(step);
}
void acknowledge_duplicate::run(Step& step) {
    step.count(Mib::DelayedACKLost);
    enter_quick_ack_mode(step);
    owe_ack_now(step);
    step.done = true;
}
void acknowledge_beyond::run(Step& step) {
    enter_quick_ack_mode(step);
    owe_ack_now(step);
    step.done = true;
}
void hold_text::run(Step& step) {
    keep(step);
}
void hold_fin::run(Step& step) {
    // A FIN below RCV.NXT is an old segment, not one ahead of a gap (Linux tcp_data_queue).
    if (!after(step.seg().end(), step.conn().rcv.nxt)) {
        acknowledge_duplicate::run(step);
        return;
    }
    if (guard::text_beyond_window::test(step)) {
        acknowledge_beyond::run(step);
        return;
    }
    keep(step);
}
void abort_on_data::run(Step& step) {
    step.count(Mib::TCPAbortOnData);
    send_reset_for(step);
    fail(step, reset_error(step));
    step.done = true;
}
void discard_after_fin::run(Step& step) {
    step.discard(Drop::AfterFin);
}
void take_old_text::run(Step& step) {
    occupy_memory(step);
    note_data_received(step);
}
void take_fin::run(Step& step) {
    Connection& conn = step.conn();
    if (step.seg().len == 0 && !step.held_fin) {
        occupy_memory(step);
    }
    conn.rcv.nxt = conn.rcv.nxt + 1;
    conn.fin_received = true;
    conn.fin_read = false;
    conn.read_shut = true;
    drop_held_segments(step);
    note_fin_received(step);
    conn.ack.now = conn.ack.now || step.held_fin;  // it closed the last gap
    wake(step);
}

void queue_text::run(Step& step) {
    send_text(step, step.octets);
}
void queue_text_for_later::run(Step& step) {
    add_packet(step, step.octets, true);
}
void queue_fin_for_later::run(Step& step) {
    step.conn().fin_queued = true;
}

// (6298-5.4, MUST-19)
void resend_head::run(Step& step) {
    Connection& conn = step.conn();
    step.count(Mib::TCPTimeouts);
    suspect_path(step, false);
    retransmit_head(step);
    if (conn.extra.valid()) {
        step.stack.store.extras[conn.extra].resent_at = step.now;
    }
    conn.probe_sent = false;
    ++conn.retransmits;
    ++conn.back_off;
    conn.rto = std::min(conn.rto * 2, milliseconds(step.sysctl().rto_max_ms));
    step.stack.arm(TimerKind::Retransmission, step.connection.value,
                   step.now + until_retransmission(step));
}
void send_probe::run(Step& step) {
    step.count(Mib::TCPLossProbes);
    retransmit_tail(step);
    Connection& conn = step.conn();
    Extra& extra = step.stack.store.extra(step.connection);
    conn.probe_sent = true;
    extra.probe_end = conn.snd.nxt;
    extra.resent_at = step.now;
    restart_retransmission_timer(step);
}
void await_timeout::run(Step& step) {
    const Connection& conn = step.conn();
    const Duration tick = step.stack.profile->tick;
    const Instant resent = step.stack.store.extra(step.connection).resent_at;
    const Duration since = resent == kNever ? Duration{} : step.now - resent;
    const Duration left = std::max(round_up(conn.rto - since, tick), tick);
    step.conn().timer_role = TimerRole::Retransmission;
    step.stack.arm(TimerKind::Retransmission, step.connection.value, step.now + left);
}
void probe_window::run(Step& step) {
    Connection& conn = step.conn();
    Extra& extra = step.stack.store.extra(step.connection);
    if (send_what_fits(step)) {
        conn.back_off = 0;
        extra.probes = 0;
        extra.probing_since = kNever;
        return;
    }
    if (extra.probing_since == kNever) {
        extra.probing_since = step.now;
    }
    ++extra.probes;
    step.count(Mib::TCPWinProbe);
    step.stack.send(step.flow, connection_segment(step, conn.snd.una - 1, kAck, 0));
    note_ack_sent(step);
    conn.back_off = static_cast<std::uint8_t>(
        std::min<std::int64_t>(conn.back_off + 1, step.sysctl().retries2));
    step.stack.arm(TimerKind::Retransmission, step.connection.value,
                   step.now + until_window_probe(step));
}
void give_up_window::run(Step& step) {
    time_out(step);
}
void give_up::run(Step& step) {
    step.count(Mib::TCPTimeouts);
    suspect_path(step, true);
    time_out(step);
}

}  // namespace synq::action
