#include "model/fsm/segments.h"

#include "model/fsm/acks.h"
#include "model/fsm/guards.h"
#include "model/fsm/receive_queue.h"
#include "model/fsm/window.h"

#include <algorithm>

namespace synq {
namespace {

/// The number of a segment without text: SND.NXT, unless the peer has shrunk its window below that
/// by more than scaling may cost (Linux tcp_acceptable_seq).
Seq acceptable_seq(const Step& step) {
    const Connection& conn = step.conn();
    const Seq edge = conn.snd.una + conn.snd.wnd;
    const std::int32_t beyond = conn.snd.nxt - edge;
    const bool lost_by_scaling =
        conn.agreed.scaling && beyond < (std::int32_t{1} << conn.agreed.receive_scale);
    return beyond <= 0 || lost_by_scaling ? conn.snd.nxt : edge;
}

/// Without a window there is no bound.
std::uint32_t bound_to_half(const Connection& conn, std::uint32_t window, std::uint32_t octets) {
    constexpr std::uint32_t kLeast = 68 - 20;  // of a packet without options
    const std::uint32_t half = window > kDefaultMss ? window / 2 : window;
    const std::uint32_t options = conn.agreed.timestamps ? kTimestampOctets : 0U;
    return half != 0 && octets > half ? std::max(half, kLeast - options) : octets;
}

/// What a SYN offers: everything that the host's settings allow (linux.md 3).
/// Nothing but a SYN carries an MSS (MUST-14, SHLD-5, MUST-65).
Options syn_options(const Step& step) {
    const Sysctls& sysctl = step.sysctl();
    Options out;
    out.mss = own_mss(step);
    out.sack_permitted = sysctl.sack != 0;
    if (sysctl.window_scaling != 0) {
        out.window_scale = step.stack.window_scale;
    }
    if (sysctl.timestamps != 0) {
        out.timestamps = true;
        out.ts_val = step.stack.timestamp(step.now);
    }
    return out;
}

/// What a SYN-ACK repeats of the peer's offer.
/// (7323-2.2a, 7323-3.2a)
Options syn_ack_options(const Step& step, const Negotiated& agreed, std::uint32_t ts_recent) {
    Options out;
    out.mss = step.stack.mss_towards(step.flow.remote.address);
    out.sack_permitted = agreed.sack;
    if (agreed.scaling) {
        out.window_scale = step.stack.window_scale;
    }
    if (agreed.timestamps) {
        out.timestamps = true;
        out.ts_val = step.stack.timestamp(step.now);
        out.ts_ecr = ts_recent;
    }
    return out;
}

}  // namespace

std::uint16_t own_mss(const Step& step) {
    const IpAddress& remote = step.flow.remote.address;
    const bool told = step.connection.valid() && step.conn().extra.valid();
    const std::uint16_t path = told ? step.stack.store.extras[step.conn().extra].path_mtu : 0;
    return path == 0 ? step.stack.mss_towards(remote) : step.stack.mss_towards(remote, path);
}

// (MUST-16)
std::uint32_t segment_payload(const Connection& conn) {
    const std::uint32_t most = conn.agreed.mss - (conn.agreed.timestamps ? kTimestampOctets : 0U);
    return bound_to_half(conn, conn.snd.wnd_max << (conn.mss_of_syn ? conn.agreed.send_scale : 0U),
                         most);
}

std::uint32_t half_window(const Connection& conn, std::uint32_t octets) {
    return bound_to_half(conn, conn.snd.wnd_max, octets);
}

void offer_window(Connection& conn, std::uint32_t window) {
    conn.snd.wnd = window;
    if (window > conn.snd.wnd_max) {
        conn.snd.wnd_max = window;
        conn.mss_of_syn = false;
    }
}

// (7323-3.2b)
Segment connection_segment(const Step& step, Seq seq, Flags flags, std::uint32_t len) {
    const Connection& conn = step.conn();
    Segment out{.seq = seq, .ack = conn.rcv.nxt, .flags = flags, .len = len};
    out.window = advertise_window(step);
    if (conn.agreed.timestamps) {
        out.options.timestamps = true;
        out.options.ts_val = step.stack.timestamp(step.now);
        out.options.ts_ecr = conn.ts_recent;
    }
    return out;
}

void start_timing(const Step& step) {
    Connection& conn = step.conn();
    if (conn.timed_at == kNever) {
        conn.timed_at = step.now;
        conn.timed_end = conn.snd.nxt;
    }
}

// (6298-3)
void count_retransmission(const Step& step, Seq begin) {
    if (after(step.conn().timed_end, begin)) {
        step.conn().timed_at = kNever;  // Karn: an acknowledgment would be ambiguous
    }
    step.count(Mib::RetransSegs);
}

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

// Its window is not scaled (7323-2.2b).
void send_syn(const Step& step, bool retransmission) {
    Connection& conn = step.conn();
    Segment out{.seq = conn.snd.iss, .flags = kSyn};
    out.options = syn_options(step);
    if (out.options.timestamps) {
        out.options.ts_ecr = conn.ts_recent;  // known only where this open took over TIME-WAIT
    }
    conn.rcv.wnd = first_window(step);
    out.window = static_cast<std::uint16_t>(std::min(conn.rcv.wnd, 0xffffU));
    if (retransmission) {
        count_retransmission(step, conn.snd.iss);
        step.count(Mib::TCPSynRetrans);
    } else {
        start_timing(step);
    }
    step.stack.send(step.flow, out, retransmission);
}

void send_syn_ack(const Step& step, bool retransmission) {
    Connection& conn = step.conn();
    // The SYN once more, with an ACK: it offers what the SYN offered (measured).
    Segment out{.seq = conn.snd.iss, .ack = conn.rcv.nxt, .flags = kSyn | kAck};
    out.options = syn_options(step);  // the SYN's offer once more, whatever the peer's says
    if (out.options.timestamps) {
        out.options.ts_ecr = conn.ts_recent;
    }
    out.window = static_cast<std::uint16_t>(std::min(conn.rcv.wnd, 0xffffU));
    if (retransmission) {
        count_retransmission(step, conn.snd.iss);
        step.count(Mib::TCPSynRetrans);
    }
    // Not counted as sent: it is no further than SND.NXT.
    step.stack.out->emplace_back(
        SendPacket{{step.flow.local, step.flow.remote, out}, retransmission});
}

void send_request_syn_ack(const Step& step, bool retransmission, const FastOpenCookie& cookie) {
    Request& request = step.req();
    Segment out{.seq = request.iss, .ack = receive_edge(step).nxt, .flags = kSyn | kAck};
    out.options = syn_ack_options(step, request.agreed, request.ts_recent);
    out.options.fast_open = cookie;
    out.window = initial_window(out.options.mss, request.agreed.timestamps);
    request.syn_ack_at = step.now;
    request.ts_last = step.stack.timestamp(step.now);
    if (!retransmission) {
        request.ts_first = request.ts_last;
    } else {
        request.resent = true;
        step.count(Mib::OutSegs);  // which Linux otherwise spares for new segments
        step.count(Mib::RetransSegs);
        step.count(Mib::TCPSynRetrans);
    }
    step.stack.send(step.flow, out, retransmission);
}

void send_ack(const Step& step) {
    step.stack.send(step.flow, connection_segment(step, acceptable_seq(step), kAck, 0));
    note_ack_sent(step);
}

void send_request_ack(const Step& step) {
    const Request& request = step.req();
    Segment out{.seq = step.connection.valid() ? step.conn().snd.nxt : request.iss + 1,
                .ack = receive_edge(step).nxt,
                .flags = kAck};
    out.window =
        static_cast<std::uint16_t>(initial_window(step.stack.mss_towards(step.flow.remote.address),
                                                  request.agreed.timestamps) >>
                                   (request.agreed.scaling ? step.stack.window_scale : 0));
    if (request.ts_recent != 0) {  // a light record's sign of timestamps (Linux tcp_v4_send_ack)
        out.options.timestamps = true;
        out.options.ts_val = step.stack.timestamp(step.now);
        out.options.ts_ecr = request.ts_recent;
    }
    step.stack.send(step.flow, out);
}

void send_time_wait_ack(const Step& step) {
    const TimeWait& tw = step.tw();
    Segment out{.seq = tw.snd_nxt, .ack = tw.rcv_nxt, .flags = kAck};
    out.window = static_cast<std::uint16_t>(tw.rcv_wnd >> tw.receive_scale);
    if (tw.ts_recent != 0) {
        out.options.timestamps = true;
        out.options.ts_val = step.stack.timestamp(step.now);
        out.options.ts_ecr = tw.ts_recent;
    }
    step.stack.send(step.flow, out);
}

void send_reset(const Step& step) {
    step.count(Mib::OutRsts);
    step.stack.send(step.flow, connection_segment(step, acceptable_seq(step), kRst | kAck, 0));
}

}  // namespace synq
