#include "model/fsm/output.h"

#include "model/fsm/acks.h"
#include "model/fsm/segments.h"

#include <algorithm>

namespace synq {
namespace {

/// Added to two round trips when several segments are in flight (measured: 2 ms).
constexpr Duration kMinimumProbeWait = milliseconds(2);

/// Sends payload and FIN from `seq` on, up to `end`; returns where it stopped.
Seq send_range(const Step& step, Seq seq, Seq end, bool retransmission) {
    Connection& conn = step.conn();
    const bool with_fin = conn.fin_queued && end == conn.send_end();
    const Seq text_end = with_fin ? end - 1 : end;
    const auto len = static_cast<std::uint32_t>(text_end - seq);
    Flags flags = kAck;
    if (len != 0 && text_end == conn.snd.queued) {
        flags = flags | kPsh;  // the end of what the application has sent
    }
    if (with_fin) {
        flags = flags | kFin;
        conn.fin_sent = true;
    }
    step.stack.send(step.flow, connection_segment(step, seq, flags, len), retransmission);
    note_data_sent(step, len);
    return end;
}

/// The end of the segment that starts at `seq`.
Seq segment_end(const Connection& conn, Seq seq, Seq limit) {
    const Seq full = seq + segment_payload(conn);
    const Seq end = before(full, limit) ? full : limit;
    // A FIN rides on the last text, unless that had left before it.
    const bool fin_rides = conn.fin_queued && (!conn.fin_alone || seq == conn.fin_seq());
    return fin_rides && end == conn.fin_seq() ? conn.send_end() : end;
}

/// True when the FIN is in flight as a segment of its own.
bool lone_fin_in_flight(const Connection& conn) {
    return conn.fin_alone && conn.snd.nxt == conn.send_end();
}

/// Whether all that is outstanding left in one segment.
bool one_segment_in_flight(const Connection& conn) {
    if (lone_fin_in_flight(conn)) {
        return conn.snd.una == conn.fin_seq();
    }
    return static_cast<std::uint32_t>(conn.snd.nxt - conn.snd.una) <= segment_payload(conn);
}

}  // namespace

void transmit(const Step& step) {
    Connection& conn = step.conn();
    bool sent = false;
    while (conn.snd.nxt != conn.send_end()) {
        const Seq limit = conn.snd.una + conn.snd.wnd;
        const bool only_fin = conn.fin_queued && conn.snd.nxt == conn.fin_seq();
        if (!only_fin && !before(conn.snd.nxt, limit)) {
            break;  // the window is closed
        }
        const Seq queued = only_fin || before(conn.snd.queued, limit) ? conn.snd.queued : limit;
        const Seq end = segment_end(conn, conn.snd.nxt, queued);
        const auto len = static_cast<std::uint32_t>(end - conn.snd.nxt);
        const bool small = len < segment_payload(conn);
        // Nagle with Minshall's change: one small segment in flight, unless a FIN ends the stream.
        if (small && !conn.fin_queued && !step.options().nodelay &&
            after(conn.snd.small, conn.snd.una)) {
            break;
        }
        conn.fin_alone = conn.fin_alone || only_fin;
        send_range(step, conn.snd.nxt, end, false);
        conn.snd.nxt = end;
        if (small) {
            conn.snd.small = end;
        }
        start_timing(step);
        step.count(Mib::TCPOrigDataSent);
        sent = true;
    }
    if (sent) {
        schedule_probe_or_timeout(step);
    }
}

void retransmit_head(const Step& step) {
    Connection& conn = step.conn();
    // The time until giving up runs from the first timeout, not from a probe before it.
    if (conn.retransmitting_since == kNever) {
        conn.retransmitting_since = step.now;
    }
    if (conn.snd.una == conn.snd.iss) {
        send_syn_ack(step, true);  // of a simultaneous open, left before it was acknowledged
        return;
    }
    count_retransmission(step);
    const Seq limit = before(conn.snd.nxt, conn.snd.queued) ? conn.snd.nxt : conn.snd.queued;
    send_range(step, conn.snd.una, segment_end(conn, conn.snd.una, limit), true);
}

void retransmit_tail(const Step& step) {
    const Connection& conn = step.conn();
    count_retransmission(step);
    const auto outstanding = static_cast<std::uint32_t>(conn.snd.nxt - conn.snd.una);
    const std::uint32_t tail =
        lone_fin_in_flight(conn) ? 1 : std::min(outstanding, segment_payload(conn));
    send_range(step, conn.snd.nxt - tail, conn.snd.nxt, true);
}

void restart_retransmission_timer(const Step& step) {
    Connection& conn = step.conn();
    if (conn.unacknowledged()) {
        conn.timer_role = TimerRole::Retransmission;
        step.stack.arm(TimerKind::Retransmission, step.connection.value, step.now + conn.rto);
    } else {
        conn.timer_role = TimerRole::None;
        step.stack.cancel(TimerKind::Retransmission, step.connection.value);
    }
}

void schedule_probe_or_timeout(const Step& step) {
    Connection& conn = step.conn();
    // Linux tcp_schedule_loss_probe: two round trips, plus the delayed ACK that a single segment
    // may meet; never later than the timeout itself.
    if (!step.rules().tail_loss_probe || !conn.agreed.sack || conn.retransmits != 0 ||
        !conn.rtt.has_sample()) {
        restart_retransmission_timer(step);
        return;
    }
    Duration wait = conn.rtt.srtt() * 2;
    wait = wait + (one_segment_in_flight(conn) ? microseconds(step.sysctl().rto_min_us)
                                               : kMinimumProbeWait);
    wait = std::min(round_up(wait, step.stack.profile->tick), conn.rto);
    conn.timer_role = TimerRole::TailLossProbe;
    step.stack.arm(TimerKind::Retransmission, step.connection.value, step.now + wait);
}

// (LX-OOWRL, 5961-7)
bool reply_allowed(Step& step, Mib skipped) {
    const auto take_turn = [&](Instant& last) {
        if (last != kNever && step.now - last < milliseconds(step.sysctl().invalid_ratelimit_ms)) {
            return false;
        }
        last = step.now;
        return true;
    };
    bool allowed = false;
    if (step.connection.valid()) {
        allowed = take_turn(step.conn().last_reply);
    } else if (step.request.valid()) {
        allowed = take_turn(step.req().last_reply);
    } else {
        allowed = take_turn(step.tw().last_reply);
    }
    if (!allowed) {
        step.count(skipped);
        step.discard(Drop::RateLimited);
    }
    return allowed;
}

}  // namespace synq
