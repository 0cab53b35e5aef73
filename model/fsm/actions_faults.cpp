// Actions of keepalive and of ICMP errors (RFC 9293 3.8.4, 3.9.2.2; linux.md 3, 4, 6).
#include "model/fsm/acks.h"
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/limits.h"
#include "model/fsm/output.h"
#include "model/fsm/segments.h"

#include <algorithm>

namespace synq::action {
namespace {

void arm_keepalive(const Step& step, Duration after) {
    step.stack.arm(TimerKind::Keepalive, step.connection.value, step.now + after);
}

/// A host that is unreachable for the moment is no reason to wait longer: one doubling is taken
/// back, and what has passed of the shorter timeout counts (RFC 6069; Linux tcp_ld_RTO_revert).
void take_back_off_back(Step& step) {
    Connection& conn = step.conn();
    const bool unreachable = step.icmp->type == kIcmpUnreachable && step.icmp->code <= 1;
    if (!unreachable || step.icmp->seq != conn.snd.una || conn.retransmits == 0 ||
        conn.back_off == 0 || conn.timer_role != TimerRole::Retransmission) {
        return;
    }
    --conn.back_off;
    Extra& extra = step.stack.store.extra(step.connection);
    if (extra.resent_at == kNever) {
        extra.resent_at = conn.retransmission_timer.deadline - conn.rto;
    }
    const Duration base = conn.rtt.rto(*step.stack.profile, step.sysctl());
    conn.rto = backed_off(base, conn.back_off, milliseconds(step.sysctl().rto_max_ms));
    const Duration left = conn.rto - round_up(step.now - extra.resent_at, step.stack.profile->tick);
    step.timeout_due = left.ns <= 0;
    if (!step.timeout_due) {
        step.stack.arm(TimerKind::Retransmission, step.connection.value, step.now + left);
    }
}

}  // namespace

void wait_for_silence::run(Step& step) {
    const Connection& conn = step.conn();
    const bool outstanding = conn.unacknowledged() || conn.snd.nxt != conn.send_end();
    const Duration idle = keepalive_idle(step);
    arm_keepalive(step, outstanding ? idle : idle - silence(step));
}

// One before SND.UNA, without text (SHLD-12).
void send_keepalive::run(Step& step) {
    ++step.stack.store.extra(step.connection).probes;
    step.count(Mib::TCPKeepAlive);
    step.stack.send(step.flow, connection_segment(step, step.conn().snd.una - 1, kAck, 0));
    note_ack_sent(step);
    arm_keepalive(step, keepalive_interval(step));
}

void give_up_silent_peer::run(Step& step) {
    send_reset(step);
    time_out(step);
}

void discard_stale_icmp::run(Step& step) {
    step.count(Mib::OutOfWindowIcmps);
    step.discard(Drop::StaleIcmp);
}
void ignore_icmp::run(Step& /*step*/) {}
void narrow_path::run(Step& step) {
    step.stack.store.extra(step.connection).path_mtu = step.icmp->mtu;
}
void end_by_icmp::run(Step& step) {
    fail(step, icmp_errno(*step.icmp));
}
// An error that the application reads once; the connection goes on (Linux tcp_v4_err).
void report_icmp::run(Step& step) {
    step.conn().error = icmp_errno(*step.icmp);
    take_back_off_back(step);
    wake(step);
}
void remember_icmp::run(Step& step) {
    step.stack.store.extra(step.connection).soft_error = icmp_errno(*step.icmp);
    take_back_off_back(step);
}

}  // namespace synq::action
