#include "model/fsm/acks.h"

#include "model/fsm/segments.h"

#include <algorithm>

namespace synq {
namespace {

constexpr std::uint8_t kMaxQuickAcks = 16;
constexpr std::uint8_t kPingpongThreshold = 1;  // 6.18; 3 before 6.4

bool conversation(const AckPolicy& ack) {
    return ack.pingpong >= kPingpongThreshold;
}

/// Acknowledge the next segments at once, as many as half a window holds.
void raise_quick_acks(Connection& conn) {
    const std::uint32_t unit = 2U * std::max<std::uint32_t>(conn.rcv.mss, 1);
    const std::uint32_t wanted = std::clamp<std::uint32_t>(conn.rcv.wnd / unit, 2, kMaxQuickAcks);
    conn.ack.quick = std::max(conn.ack.quick, static_cast<std::uint8_t>(wanted));
}

/// How long an ACK may wait. Before any data the interval is zero, which on Linux means the next
/// tick: later than this instant. A grown interval never exceeds the round trip.
Duration delay(const Step& step) {
    const Connection& conn = step.conn();
    const Duration floor = step.stack.profile->delayed_ack;
    if (conn.ack.interval.ns == 0) {
        return nanoseconds(1);
    }
    return conn.ack.interval <= floor
               ? conn.ack.interval
               : std::min(conn.ack.interval, std::max(conn.rtt.srtt(), floor));
}

void owe(Connection& conn) {
    conn.ack.scheduled = true;
}

}  // namespace

void note_data_received(const Step& step) {
    Connection& conn = step.conn();
    AckPolicy& ack = conn.ack;
    const Duration floor = step.stack.profile->delayed_ack;
    owe(conn);
    ack.pushed = ack.pushed || step.seg().flags.psh();
    const std::uint32_t ours = step.stack.mss_towards(step.flow.remote.address) -
                               (conn.agreed.timestamps ? kTimestampOctets : 0U);
    conn.rcv.mss = static_cast<std::uint16_t>(
        std::max<std::uint32_t>(conn.rcv.mss, std::min(step.seg().len, ours)));
    if (ack.interval.ns == 0) {
        raise_quick_acks(conn);
        ack.interval = floor;
    } else {
        const Duration gap = step.stack.profile->tick * (step.ticks() - ack.last_data);
        if (gap <= floor / 2) {
            ack.interval = ack.interval / 2 + floor / 2;
        } else if (gap < ack.interval) {
            ack.interval = std::min(ack.interval / 2 + gap, conn.rto);
        } else if (gap > conn.rto) {
            raise_quick_acks(conn);
        }
    }
    ack.last_data = step.ticks();
}

void note_fin_received(const Step& step) {
    Connection& conn = step.conn();
    owe(conn);
    if (conn.state == State::Established) {
        conn.ack.pingpong = kPingpongThreshold;
    } else {
        conn.ack.now = true;  // no FIN of ours is left that could carry it (Linux tcp_fin)
    }
}

void note_ack_sent(const Step& step) {
    Connection& conn = step.conn();
    conn.rcv.acked = conn.rcv.nxt;
    if (conn.ack.quick > 0) {
        --conn.ack.quick;
        if (conn.ack.quick == 0) {
            conn.ack.interval = step.stack.profile->delayed_ack;
        }
    }
    if (conn.ack.scheduled) {
        conn.ack.scheduled = false;
        conn.ack.now = false;
        conn.ack.pushed = false;
    }
    if (conn.ack.delayed) {
        conn.ack.delayed = false;
        step.stack.cancel(TimerKind::DelayedAck, step.connection.value);
    }
}

void note_data_sent(const Step& step, std::uint32_t len) {
    Connection& conn = step.conn();
    if (len != 0) {
        const Duration gap = step.stack.profile->tick * (step.ticks() - conn.ack.last_data);
        if (conn.ack.interval.ns != 0 && gap < conn.ack.interval &&
            conn.ack.pingpong < kPingpongThreshold) {
            ++conn.ack.pingpong;
        }
    }
    note_ack_sent(step);
}

void owe_ack_now(const Step& step) {
    owe(step.conn());
    step.conn().ack.now = true;
}

void enter_quick_ack_mode(const Step& step) {
    raise_quick_acks(step.conn());
    step.conn().ack.pingpong = 0;
    step.conn().ack.interval = step.stack.profile->delayed_ack;
}

void note_read(const Step& step, std::uint32_t octets) {
    const Connection& conn = step.conn();
    if (octets != 0 && conn.ack.scheduled && conn.ack.pushed && !conversation(conn.ack) &&
        conn.rcv.unread == 0) {
        send_ack(step);
    }
}

void set_quick_ack(const Step& step, bool on) {
    Connection& conn = step.conn();
    conn.ack.pingpong = on ? 0 : kPingpongThreshold;
    if (on && conn.ack.scheduled &&
        (conn.state == State::Established || conn.state == State::CloseWait)) {
        send_ack(step);
    }
}

void postpone_first_ack(const Step& step) {
    constexpr Duration kLongest = milliseconds(200);  // Linux TCP_DELACK_MAX
    owe(step.conn());
    enter_quick_ack_mode(step);
    step.conn().ack.delayed = true;
    step.stack.arm(TimerKind::DelayedAck, step.connection.value, step.now + kLongest);
}

void settle_acks(const Step& step) {
    Connection& conn = step.conn();
    if (!conn.ack.scheduled) {
        return;
    }
    const auto owed = static_cast<std::uint32_t>(conn.rcv.nxt - conn.rcv.acked);
    const bool quick = conn.ack.quick > 0 && !conversation(conn.ack);
    if (owed > conn.rcv.mss || quick || conn.ack.now) {
        send_ack(step);
        return;
    }
    const Duration wait = delay(step);
    const std::int64_t tick = step.stack.profile->tick.ns;
    if (conn.ack.delayed) {
        // What is due within a quarter of the interval goes now; nothing is put off (Linux
        // tcp_send_delayed_ack).
        const Instant due = conn.delayed_ack_timer.deadline;
        if (due.ns / tick <= (step.now.ns + wait.ns / 4) / tick) {
            send_ack(step);
            return;
        }
        if (step.now + wait >= due) {
            return;
        }
    }
    conn.ack.delayed = true;
    step.stack.arm(TimerKind::DelayedAck, step.connection.value, step.now + wait);
}

void delayed_ack_expired(const Step& step) {
    Connection& conn = step.conn();
    conn.ack.delayed = false;
    if (!conn.ack.scheduled) {
        return;
    }
    if (conversation(conn.ack)) {
        conn.ack.pingpong = 0;
        conn.ack.interval = step.stack.profile->delayed_ack;
    } else {
        conn.ack.interval = std::min(conn.ack.interval * 2, conn.rto);
    }
    step.count(Mib::DelayedACKs);
    send_ack(step);
}

}  // namespace synq
