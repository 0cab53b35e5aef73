#include "model/fsm/output.h"

#include "model/fsm/acks.h"
#include "model/fsm/burst.h"
#include "model/fsm/limits.h"
#include "model/fsm/segments.h"
#include "model/fsm/send_queue.h"

#include <algorithm>

namespace synq {
namespace {

/// Added to two round trips when several segments are in flight (measured: 2 ms).
constexpr Duration kMinimumProbeWait = milliseconds(2);

/// Sends payload and FIN from `seq` on, up to `end`.
void send_range(const Step& step, Seq seq, Seq end, bool pushes, bool retransmission) {
    Connection& conn = step.conn();
    const bool with_fin = conn.fin_queued && end == conn.send_end();
    const Seq text_end = with_fin ? end - 1 : end;
    const auto len = static_cast<std::uint32_t>(text_end - seq);
    Flags flags = kAck;
    if (pushes) {
        flags = flags | kPsh;
    }
    if (with_fin) {
        flags = flags | kFin;
        conn.fin_sent = true;
    }
    step.stack.send(step.flow, connection_segment(step, seq, flags, len), retransmission);
    note_data_sent(step, len);
}

/// The end of what the application has sent, now or with an earlier call; of a segment whose text
/// was acknowledged, the FIN keeps its PSH.
bool ends_call(const Connection& conn, Seq seq, Seq end) {
    const Seq text_end = conn.fin_queued && end == conn.send_end() ? end - 1 : end;
    return text_end != seq ? text_end == conn.snd.queued || text_end == conn.snd.small
                           : before(conn.snd.tail, conn.fin_seq());
}

void send_again(const Step& step, Seq seq, Seq end) {
    send_range(step, seq, end, ends_call(step.conn(), seq, end), true);
}

/// The end of the segment that starts at `seq`; a FIN rides on the last text.
Seq segment_end(const Step& step, Seq seq) {
    const Connection& conn = step.conn();
    const Seq full = seq + payload(step);
    return before(full, conn.snd.queued) || !conn.fin_queued
               ? (before(full, conn.snd.queued) ? full : conn.snd.queued)
               : conn.send_end();
}

/// Whether all that is outstanding left in one segment.
bool one_segment_in_flight(const Connection& conn) {
    return at_or_after(conn.snd.una, conn.snd.tail);
}

void send_new(const Step& step, Seq end, bool pushes) {
    Connection& conn = step.conn();
    const bool small = static_cast<std::uint32_t>(end - conn.snd.nxt) < payload(step);
    conn.snd.tail = conn.snd.nxt;
    if (small) {
        conn.snd.small = end;
    }
    send_range(step, conn.snd.nxt, end, pushes, false);
    conn.snd.nxt = end;
    start_timing(step);
    step.count(Mib::TCPOrigDataSent);
}

/// Sends so much text in segments. Of several that leave at once the last has PSH.
void send_burst(const Step& step, std::uint32_t len, const Letting& letting) {
    Connection& conn = step.conn();
    const std::uint32_t mss = payload(step);
    const Seq end = conn.snd.nxt + len;
    const bool pushed =
        len > mss || (end == conn.snd.queued ? letting.pushed : ends_with_push(step, end));
    send_as_packet(step, conn.snd.nxt, end);
    while (conn.snd.nxt != end) {
        const bool last = static_cast<std::uint32_t>(end - conn.snd.nxt) <= mss;
        const bool all = last && end == conn.snd.queued;
        const Seq segment_end = last ? (all ? conn.send_end() : end) : conn.snd.nxt + mss;
        send_new(step, segment_end, last && pushed);
        if (last) {
            return;
        }
    }
}

bool probe_allowed(const Step& step) {
    const Connection& conn = step.conn();
    return step.rules().tail_loss_probe && conn.agreed.sack && conn.retransmits == 0 &&
           conn.rtt.has_sample();
}

}  // namespace

namespace {

void transmit(const Step& step, const Letting& letting) {
    Connection& conn = step.conn();
    const bool idle = !conn.unacknowledged();
    bool sent = false;
    bool window_shut = false;
    while (conn.snd.nxt != conn.send_end() && !(sent && letting.one)) {
        // After a timeout the congestion window holds what is repeated, and nothing else.
        if (conn.retransmitting_since != kNever && conn.snd.una != conn.snd.iss) {
            break;
        }
        if (conn.snd.nxt != conn.snd.queued) {
            grow_next_packet(step, largest_burst(step));
        }
        Seq end = segment_end(step, conn.snd.nxt);
        if (const Seq packet = next_packet_end(step); before(packet, end)) {
            end = conn.snd.nxt != conn.snd.queued && packet != conn.snd.queued ? packet : end;
        }
        window_shut = after(end, conn.snd.una + conn.snd.wnd);
        if (window_shut) {
            break;
        }
        if (conn.snd.nxt == conn.snd.queued) {
            send_new(step, end, false);  // a FIN alone
        } else if (const std::uint32_t len = burst_length(step, letting); len != 0) {
            send_burst(step, len, letting);
        } else {
            break;
        }
        sent = true;
    }
    if (conn.fast_open) {
        return;  // the timer is the SYN,ACK's
    }
    if (sent && (idle || probe_allowed(step))) {
        schedule_probe_or_timeout(step);
    } else if (window_shut && !conn.unacknowledged() && conn.timer_role != TimerRole::Persist) {
        conn.timer_role = TimerRole::Persist;
        step.stack.arm(TimerKind::Retransmission, step.connection.value, step.now + conn.rto);
    }
}

}  // namespace

void transmit(const Step& step) {
    transmit(step, Letting{});
}

// As Linux tcp_sendmsg_locked: what exceeds half of the peer's window is pushed.
void send_text(const Step& step, std::uint32_t octets) {
    const Connection& conn = step.conn();
    const std::uint32_t most = packet_size(step);
    Seq told = conn.snd.queued;
    bool pushed = true;  // the last packet, by the call before
    while (octets != 0) {
        const std::uint32_t room = room_in_last_packet(step, most);
        const std::uint32_t part = std::min(octets, room == 0 ? most : room);
        if (room != 0) {
            extend_last_packet(step, part);
        } else {
            add_packet(step, part, pushed);
        }
        octets -= part;
        if (octets == 0) {
            break;
        }
        pushed = static_cast<std::uint32_t>(conn.snd.queued - told) > conn.snd.wnd_max / 2;
        if (pushed) {
            told = conn.snd.queued;
            transmit(step, {.nagle = false});
        } else if (last_packet(step) == conn.snd.nxt) {
            transmit(step, {.nagle = false, .one = true, .pushed = false});
        }
    }
    transmit(step);
}

bool send_what_fits(const Step& step) {
    Connection& conn = step.conn();
    const Seq limit = conn.snd.una + conn.snd.wnd;
    if (!before(conn.snd.nxt, limit)) {
        return false;
    }
    const Seq end = segment_end(step, conn.snd.nxt);
    const Seq sent_to = before(limit, end) ? limit : end;
    if (!after(sent_to, conn.snd.queued)) {
        send_as_packet(step, conn.snd.nxt, sent_to);
    }
    send_new(step, sent_to, conn.snd.nxt != conn.snd.queued);  // a probe asks for an answer
    restart_retransmission_timer(step);
    return true;
}

void hear_of_window(const Step& step) {
    Connection& conn = step.conn();
    if (after(segment_end(step, conn.snd.nxt), conn.snd.una + conn.snd.wnd)) {
        step.stack.arm(TimerKind::Retransmission, step.connection.value,
                       step.now + until_window_probe(step));
        return;
    }
    conn.timer_role = TimerRole::None;
    conn.back_off = 0;
    step.stack.cancel(TimerKind::Retransmission, step.connection.value);
    if (conn.extra.valid()) {
        step.stack.store.extras[conn.extra].probing_since = kNever;
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
    count_retransmission(step, conn.snd.una);
    // What fits into one segment goes as one from now on (Linux tcp_retrans_try_collapse).
    Seq end = conn.snd.una + payload(step);
    if (!before(end, before(conn.snd.nxt, conn.snd.queued) ? conn.snd.nxt : conn.snd.queued)) {
        end = conn.snd.nxt;
        conn.snd.tail = before(conn.snd.una, conn.snd.tail) ? conn.snd.una : conn.snd.tail;
    }
    send_again(step, conn.snd.una, end);
}

void retransmit_tail(const Step& step) {
    const Connection& conn = step.conn();
    const Seq begin = one_segment_in_flight(conn) ? conn.snd.una : conn.snd.tail;
    count_retransmission(step, begin);
    send_again(step, begin, conn.snd.nxt);
}

void restart_retransmission_timer(const Step& step) {
    Connection& conn = step.conn();
    if (conn.fast_open) {
        return;  // the timer is the SYN,ACK's
    }
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
    if (conn.fast_open || !probe_allowed(step)) {
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
    const auto take_turn = [&](auto& record) {
        const Duration since = step.stack.profile->tick * (step.ticks() - record.replied_ticks);
        if (record.replied && since < milliseconds(step.sysctl().invalid_ratelimit_ms)) {
            return false;
        }
        record.replied = true;
        record.replied_ticks = step.ticks();
        return true;
    };
    bool allowed = false;
    if (step.request.valid()) {
        allowed = take_turn(step.req());
    } else if (step.connection.valid()) {
        allowed = take_turn(step.conn());
    } else {
        allowed = take_turn(step.tw());
    }
    if (!allowed) {
        step.count(skipped);
        step.discard(Drop::RateLimited);
    }
    return allowed;
}

}  // namespace synq
