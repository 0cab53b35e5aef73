#include "model/fsm/birth.h"

#include "model/fsm/acks.h"
#include "model/fsm/limits.h"
#include "model/fsm/segments.h"
#include "model/tcb/acceptability.h"

#include <algorithm>

namespace synq {
namespace {

/// A peer cannot make us send smaller segments, options included (Linux tcp_min_snd_mss).
constexpr std::uint16_t kLeastMss = 48;

}  // namespace

Negotiated negotiate(const Step& step) {
    const Options& offer = step.seg().options;
    const Sysctls& sysctl = step.sysctl();
    Negotiated out;
    const std::uint16_t ours = own_mss(step);
    // An absent MSS option means 536 (RFC 9293 3.7.1) for both families (MUST-15).
    out.mss = std::max(std::min(offer.mss == 0 ? std::uint16_t{536} : offer.mss, ours), kLeastMss);
    out.sack = offer.sack_permitted && sysctl.sack != 0;
    out.timestamps = offer.timestamps && sysctl.timestamps != 0;
    if (offer.window_scale != Options::kNoScale && sysctl.window_scaling != 0) {
        out.scaling = true;
        out.send_scale = std::min<std::uint8_t>(offer.window_scale, 14);
        out.receive_scale = step.stack.window_scale;
    }
    return out;
}

void be_born_from_handshake(Step& step, const Negotiated& agreed, Seq iss, Seq irs,
                            std::uint32_t ts_recent) {
    fill_child(step, agreed, iss, irs, ts_recent);
    queue_child(step);
}

void fill_child(Step& step, const Negotiated& agreed, Seq iss, Seq irs, std::uint32_t ts_recent) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    conn.state = State::Established;
    conn.passive = true;
    conn.predicts = true;
    conn.read_shut = step.lis().read_shut;
    if (step.lis().write_shut) {
        step.stack.store.extra(step.connection).write_shut = true;
    }
    conn.agreed = agreed;
    conn.snd.iss = iss;
    conn.snd.una = iss + 1;
    conn.snd.nxt = iss + 1;
    conn.snd.queued = iss + 1;
    conn.snd.small = iss + 1;
    conn.snd.wnd = static_cast<std::uint32_t>(seg.window) << agreed.send_scale;
    conn.snd.wnd_max = conn.snd.wnd;
    conn.snd.wl1 = seg.seq;
    conn.snd.wl2 = seg.ack;
    conn.rcv.irs = irs;
    conn.rcv.nxt = irs + 1;
    conn.rcv.acked = irs + 1;
    conn.rcv.wnd =
        initial_window(step.stack.mss_towards(step.flow.remote.address), agreed.timestamps);
    conn.rcv.mss = initial_receive_mss(conn);
    conn.ts_recent = ts_recent;
    conn.rto = step.stack.profile->rto_without_sample;
    conn.heard_ticks = step.ticks();
    conn.ack.last_data = step.ticks();
    conn.text_ticks = step.ticks();
    conn.sharing = step.lis().sharing;
    if (const SocketOptions options = step.lis().options.inherited(); options != SocketOptions{}) {
        step.stack.store.extra(step.connection).options = options;
        start_keepalive(step);
    }
}

void queue_child(const Step& step) {
    step.stack.store.push_accept_queue(step.listener, step.connection);
    step.count(Mib::PassiveOpens);
    step.stack.report_queues(step.listener);
    step.stack.out->emplace_back(WakeSocket{step.lis().socket});
}

void start_keepalive(const Step& step) {
    if (step.options().keepalive) {
        step.stack.arm(TimerKind::Keepalive, step.connection.value,
                       step.now + keepalive_idle(step));
    }
}

void sample_timestamp_echo(const Step& step) {
    const std::uint32_t echo = step.seg().options.ts_ecr;
    if (echo == 0) {
        return;  // no echo (Linux tcp_ack_update_rtt)
    }
    const std::uint32_t age_ms = std::max<std::uint32_t>(step.stack.timestamp(step.now) - echo, 1);
    sample_round_trip(step, milliseconds(age_ms));
}

void sample_round_trip(const Step& step, Duration measured) {
    Connection& conn = step.conn();
    const bool first = !conn.rtt.has_sample();
    const bool ends_round = after(step.seg().ack, conn.variation_end);
    conn.rtt.sample(measured, ends_round, step.rules(), step.sysctl());
    if (first || ends_round) {
        conn.variation_end = conn.snd.nxt;
    }
    conn.back_off = 0;
    conn.rto = conn.rtt.rto(*step.stack.profile, step.sysctl());
}

void cancel_timers(const Step& step) {
    step.stack.cancel(TimerKind::Retransmission, step.connection.value);
    step.stack.cancel(TimerKind::DelayedAck, step.connection.value);
    cancel_keepalive(step);
}

void cancel_keepalive(const Step& step) {
    if (step.conn().extra.valid()) {
        step.stack.cancel(TimerKind::Keepalive, step.connection.value);
    }
}

void bury(const Step& step) {
    Connection& conn = step.conn();
    cancel_timers(step);
    conn.timer_role = TimerRole::None;
    if (conn.fast_open) {
        step.stack.store.remove_fast_open(step.connection);
    }
    if (step.stack.report && conn.state != State::Closed) {
        step.stack.out->emplace_back(StateChanged{conn.flow, conn.state, State::Closed});
    }
    conn.state = State::Closed;
    step.stack.store.detach(step.connection);
    wake(step);
}

void fail(const Step& step, Errno error) {
    Connection& conn = step.conn();
    conn.error = error;
    if (conn.state == State::SynSent || conn.state == State::SynReceived) {
        step.count(Mib::AttemptFails);
    } else if (conn.state == State::Established || conn.state == State::CloseWait) {
        step.count(Mib::EstabResets);
    }
    bury(step);
}

void time_out(const Step& step) {
    step.count(Mib::TCPAbortOnTimeout);
    const ExtraId extra = step.conn().extra;
    const Errno soft = extra.valid() ? step.stack.store.extras[extra].soft_error : Errno::None;
    fail(step, soft == Errno::None ? Errno::Etimedout : soft);
}

void remember_timestamp(const Step& step) {
    Connection& conn = step.conn();
    const Segment& seg = step.seg();
    // RFC 7323 4.3: only a segment that covers the last ACK we sent updates TS.Recent, and only to
    // a later time.
    if (conn.agreed.timestamps && seg.options.timestamps && at_or_before(seg.seq, conn.rcv.acked) &&
        !older_timestamp(seg.options, true, conn.ts_recent)) {
        conn.ts_recent = seg.options.ts_val;
    }
}

void note_heard(const Step& step) {
    Connection& conn = step.conn();
    conn.heard_ticks = step.ticks();
    if (conn.extra.valid()) {
        Extra& extra = step.stack.store.extras[conn.extra];
        extra.soft_error = Errno::None;
        extra.probes = 0;
    }
}

void wake(const Step& step) {
    const Connection& conn = step.conn();
    if (conn.socket.valid()) {
        step.stack.out->emplace_back(WakeSocket{conn.socket});
    }
}

}  // namespace synq
