#include "model/fsm/output.h"

#include "model/fsm/acks.h"

#include <algorithm>

namespace synq {
namespace {

constexpr std::uint32_t kTimestampOctets = 12;  // the option and its padding
/// Added to two round trips when several segments are in flight (measured: 2 ms).
constexpr Duration kMinimumProbeWait = milliseconds(2);

/// Payload that fits in one segment.
std::uint32_t segment_payload(const Connection& conn) {
    return conn.agreed.mss - (conn.agreed.timestamps ? kTimestampOctets : 0U);
}

/// Rounded up, so that scaling never shrinks what was offered.
std::uint16_t scaled(std::uint32_t window, std::uint8_t scale) {
    const std::uint32_t unit = 1U << scale;
    return static_cast<std::uint16_t>(std::min((window + unit - 1) >> scale, 0xffffU));
}

std::uint16_t advertised_window(const Connection& conn) {
    const std::uint32_t room = conn.rcv.wnd > conn.rcv.unread ? conn.rcv.wnd - conn.rcv.unread : 0U;
    return scaled(room, conn.agreed.receive_scale);
}

/// A segment of a synchronized connection, timestamps included.
Segment connection_segment(const Step& step, Seq seq, Flags flags, std::uint32_t len) {
    const Connection& conn = step.conn();
    Segment out{.seq = seq, .ack = conn.rcv.nxt, .flags = flags, .len = len};
    out.window = advertised_window(conn);
    if (conn.agreed.timestamps) {
        out.options.timestamps = true;
        out.options.ts_val = step.stack.timestamp(step.now);
        out.options.ts_ecr = conn.ts_recent;
    }
    return out;
}

/// What a SYN offers: everything that the host's settings allow (linux.md 3).
Options syn_options(const Step& step) {
    const Sysctls& sysctl = step.sysctl();
    Options out;
    out.mss = step.stack.mss_towards(step.flow.remote.address);
    out.sack_permitted = sysctl.sack != 0;
    if (sysctl.window_scaling != 0) {
        out.window_scale = kWindowScale;
    }
    if (sysctl.timestamps != 0) {
        out.timestamps = true;
        out.ts_val = step.stack.timestamp(step.now);
    }
    return out;
}

/// What a SYN-ACK repeats of the peer's offer.
Options syn_ack_options(const Step& step, const Negotiated& agreed, std::uint32_t ts_recent) {
    Options out;
    out.mss = step.stack.mss_towards(step.flow.remote.address);
    out.sack_permitted = agreed.sack;
    if (agreed.scaling) {
        out.window_scale = kWindowScale;
    }
    if (agreed.timestamps) {
        out.timestamps = true;
        out.ts_val = step.stack.timestamp(step.now);
        out.ts_ecr = ts_recent;
    }
    return out;
}

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

void start_timing(const Step& step) {
    Connection& conn = step.conn();
    if (conn.timed_at == kNever) {
        conn.timed_at = step.now;
        conn.timed_end = conn.snd.nxt;
    }
}

void count_retransmission(const Step& step) {
    step.conn().timed_at = kNever;  // Karn: an acknowledgment would be ambiguous
    step.count(Mib::RetransSegs);
}

}  // namespace

std::uint16_t initial_window(std::uint16_t mss, bool timestamps) {
    const std::uint32_t unit = mss - (timestamps ? kTimestampOctets : 0U);
    return static_cast<std::uint16_t>(0xffffU / unit * unit);
}

void send_reset_for(const Step& step) {
    const Segment& seg = step.seg();
    Segment out;
    if (seg.flags.ack()) {
        out.seq = seg.ack;
        out.flags = kRst;
    } else {
        out.ack = seg.end();
        out.flags = kRst | kAck;
    }
    step.count(Mib::OutRsts);
    step.stack.send(step.flow, out);
}

void send_syn(const Step& step, bool retransmission) {
    Connection& conn = step.conn();
    Segment out{.seq = conn.snd.iss, .flags = kSyn};
    out.options = syn_options(step);
    out.window = initial_window(out.options.mss, false);
    conn.rcv.wnd = out.window;
    if (retransmission) {
        count_retransmission(step);
        step.count(Mib::TCPSynRetrans);
    } else {
        start_timing(step);
    }
    step.stack.send(step.flow, out, retransmission);
}

void send_syn_ack(const Step& step, bool retransmission) {
    Connection& conn = step.conn();
    Segment out{.seq = conn.snd.iss, .ack = conn.rcv.nxt, .flags = kSyn | kAck};
    out.options = syn_ack_options(step, conn.agreed, conn.ts_recent);
    out.window = initial_window(out.options.mss, conn.agreed.timestamps);
    if (retransmission) {
        count_retransmission(step);
        step.count(Mib::TCPSynRetrans);
    }
    step.stack.send(step.flow, out, retransmission);
}

void send_request_syn_ack(const Step& step, bool retransmission) {
    Request& request = step.req();
    Segment out{.seq = request.iss, .ack = request.irs + 1, .flags = kSyn | kAck};
    out.options = syn_ack_options(step, request.agreed, request.ts_recent);
    out.window = initial_window(out.options.mss, request.agreed.timestamps);
    request.syn_ack_at = step.now;
    if (retransmission) {
        request.resent = true;
        step.count(Mib::RetransSegs);
        step.count(Mib::TCPSynRetrans);
    }
    step.stack.send(step.flow, out, retransmission);
}

void send_ack(const Step& step) {
    const Connection& conn = step.conn();
    step.stack.send(step.flow, connection_segment(step, conn.snd.nxt, kAck, 0));
    note_ack_sent(step);
}

void send_request_ack(const Step& step) {
    const Request& request = step.req();
    Segment out{.seq = request.iss + 1, .ack = request.irs + 1, .flags = kAck};
    out.window =
        static_cast<std::uint16_t>(initial_window(step.stack.mss_towards(step.flow.remote.address),
                                                  request.agreed.timestamps) >>
                                   (request.agreed.scaling ? kWindowScale : 0));
    if (request.agreed.timestamps) {
        out.options.timestamps = true;
        out.options.ts_val = step.stack.timestamp(step.now);
        out.options.ts_ecr = request.ts_recent;
    }
    step.stack.send(step.flow, out);
}

void send_time_wait_ack(const Step& step) {
    const TimeWait& tw = step.tw();
    Segment out{.seq = tw.snd_nxt, .ack = tw.rcv_nxt, .flags = kAck};
    out.window = scaled(tw.rcv_wnd, tw.receive_scale);
    if (tw.timestamps) {
        out.options.timestamps = true;
        out.options.ts_val = step.stack.timestamp(step.now);
        out.options.ts_ecr = tw.ts_recent;
    }
    step.stack.send(step.flow, out);
}

void send_reset(const Step& step) {
    const Connection& conn = step.conn();
    step.count(Mib::OutRsts);
    step.stack.send(step.flow, connection_segment(step, conn.snd.nxt, kRst | kAck, 0));
}

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
        if (small && !conn.fin_queued && after(conn.snd.small, conn.snd.una)) {
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
    if (!conn.agreed.sack || conn.retransmits != 0 || !conn.rtt.has_sample()) {
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
