#include "model/fsm/acks.h"

#include "model/fsm/receive_queue.h"
#include "model/fsm/segments.h"
#include "model/fsm/window.h"

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

/// Octets received that the peer has not been told of.
std::uint32_t owed(const Connection& conn) {
    return static_cast<std::uint32_t>(conn.rcv.nxt - conn.rcv.acked);
}

/// More than a segment is owed, and the window is ready to move: until then recv() will say so.
bool owes_segment(const Step& step) {
    const Connection& conn = step.conn();
    return owed(conn) > conn.rcv.mss &&
           (receive_queue_empty(conn) || select_window(step) >= conn.rcv.wnd);
}

}  // namespace

std::uint16_t initial_receive_mss(const Connection& conn) {
    constexpr std::uint32_t kLeast = 88;
    return static_cast<std::uint16_t>(
        std::max(kLeast, std::min(kDefaultMss, segment_payload(conn))));
}

void note_data_received(const Step& step) {
    Connection& conn = step.conn();
    AckPolicy& ack = conn.ack;
    const Duration floor = step.stack.profile->delayed_ack;
    owe(conn);
    measure_segment(step);
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
    if (step.seg().len >= kGrowsWindow) {
        grow_window(step);
    }
}

void note_fin_received(const Step& step) {
    Connection& conn = step.conn();
    owe(conn);
    // Later no FIN of ours is left that could carry the ACK (Linux tcp_fin).
    if (conn.state == State::Established) {
        conn.ack.pingpong = kPingpongThreshold;
    } else if (conn.state == State::FinWait1) {
        send_ack(step);
    }
}

void note_ack_sent(const Step& step) {
    Connection& conn = step.conn();
    conn.rcv.acked = conn.rcv.nxt;
    if (conn.ack.quick > 0 && conn.ack.scheduled) {
        --conn.ack.quick;
        if (conn.ack.quick == 0) {
            conn.ack.interval = step.stack.profile->delayed_ack;
        }
    }
    conn.ack.scheduled = false;
    conn.ack.now = false;
    conn.ack.pushed = false;
    conn.ack.pushed_twice = false;
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
        conn.text_ticks = step.ticks();
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
    Connection& conn = step.conn();
    const AckPolicy& ack = conn.ack;
    const bool pushed = ack.pushed_twice || (ack.pushed && !conversation(ack));
    if (ack.scheduled &&
        (owed(conn) > conn.rcv.mss || (octets != 0 && pushed && memory_free(step)))) {
        send_ack(step);
        return;
    }
    // A window that has opened to twice its size is news (Linux tcp_cleanup_rbuf).
    const std::uint32_t left = conn.rcv.left();
    if (octets != 0 && !conn.read_shut && 2 * left <= window_limit(step)) {
        const std::uint32_t window = select_window(step);
        if (window != 0 && window >= 2 * left) {
            send_ack(step);
        }
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
    // Linux looks at the window first, and looking may end quick acknowledgments.
    if (owes_segment(step) || (conn.ack.quick > 0 && !conversation(conn.ack)) || conn.ack.now ||
        step.stack.store.first_held(conn) != nullptr) {
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
