// Actions of closing, and of the light records that remain (linux.md 5).
#include "model/fsm/acks.h"
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/limits.h"
#include "model/fsm/orphans.h"
#include "model/fsm/output.h"
#include "model/fsm/segments.h"
#include "model/tcb/acceptability.h"

#include <algorithm>

namespace synq::action {
namespace {

/// Linux counts records that live no longer as TWKilled.
constexpr Duration kShortTimeWait = seconds(4);

/// The full record becomes a light one; its descriptor, if any, sees a closed connection.
void shrink(Step& step, State state, Duration life) {
    const Connection& conn = step.conn();
    cancel_timers(step);
    if (conn.fast_open) {
        step.stack.store.remove_fast_open(step.connection);
    }
    step.time_wait = step.stack.store.turn_into_time_wait(step.connection);
    TimeWait& tw = step.tw();
    tw.state = state;
    tw.snd_nxt = conn.snd.nxt;
    tw.rcv_nxt = conn.rcv.nxt;
    tw.rcv_wnd = conn.rcv.left();
    tw.receive_scale = conn.agreed.receive_scale;
    tw.timestamps = conn.agreed.timestamps;
    tw.ts_recent = conn.ts_recent;
    tw.entered_ms = step.milliseconds_now();
    step.stack.arm(TimerKind::TimeWait, step.time_wait.value, step.now + life);
    step.count(life > kShortTimeWait ? Mib::TW : Mib::TWKilled);
    wake(step);
}

void restart(const Step& step) {
    step.stack.arm(TimerKind::TimeWait, step.time_wait.value,
                   step.now + step.stack.profile->time_wait);
}

void remove(Step& step) {
    step.stack.cancel(TimerKind::TimeWait, step.time_wait.value);
    step.stack.store.remove_time_wait(step.time_wait);
    step.time_wait = {};
}

/// The application wants it no more: an attempt has not failed by that.
void give_up_connection(const Step& step) {
    if (step.conn().state == State::SynReceived) {
        bury(step);
    } else {
        fail(step, Errno::None);
    }
}

}  // namespace

void send_fin::run(Step& step) {
    step.conn().fin_queued = true;
    transmit(step);
}
void close_again::run(Step& /*step*/) {}
void reset_on_close::run(Step& step) {
    step.count(Mib::TCPAbortOnClose);
    send_reset(step);
    give_up_connection(step);
}
// The FIN leaves first (Linux __tcp_close).
void refuse_orphan::run(Step& step) {
    step.conn().fin_queued = true;
    transmit(step);
    step.count(Mib::TCPAbortOnMemory);
    send_reset(step);
    bury(step);
}
void drop_orphan::run(Step& step) {
    step.count(Mib::TCPAbortOnMemory);
    if (orphan_resets(step)) {
        send_reset(step);
    }
    bury(step);
}
void drop_orphan_at_timeout::run(Step& step) {
    step.count(Mib::TCPTimeouts);
    drop_orphan::run(step);
}
// The side that sends the RST keeps no TIME-WAIT (RST-TW).
void abort_connection::run(Step& step) {
    step.count(Mib::TCPAbortOnData);
    send_reset(step);
    give_up_connection(step);
}
void disconnect::run(Step& step) {
    send_reset(step);
    give_up_connection(step);
    step.conn().error = Errno::Econnreset;
}

void orphan_fin_wait_2::run(Step& step) {
    shrink(step, State::FinWait2Orphan, fin_wait_2_life(step));
}
void abort_on_linger::run(Step& step) {
    step.count(Mib::TCPAbortOnData);
    send_reset_for(step);
    fail(step, Errno::None);
    step.done = true;
}
void reset_without_linger::run(Step& step) {
    step.count(Mib::TCPAbortOnLinger);
    send_reset(step);
    fail(step, Errno::None);
}
void time_fin_wait_2::run(Step& step) {
    // Only the part beyond TIME-WAIT is spent in the full record, and the same again in the light
    // one: a timeout of F above 60 s lasts 2(F - 60) (linux.md 5.3).
    Connection& conn = step.conn();
    const Duration life = fin_wait_2_life(step);
    const Duration time_wait = step.stack.profile->time_wait;
    conn.timer_role = TimerRole::FinWait2;
    cancel_keepalive(step);
    step.stack.arm(TimerKind::Retransmission, step.connection.value,
                   step.now + (life > time_wait ? life - time_wait : life));
}
void start_fin_wait_2::run(Step& step) {
    take_ack::run(step);
    time_fin_wait_2::run(step);
}
void spend_rest_of_fin_wait_2::run(Step& step) {
    const Duration rest = fin_wait_2_life(step) - step.stack.profile->time_wait;
    shrink(step, State::FinWait2Orphan, std::max(rest, least_fin_wait_2(step)));
}
void reset_fin_wait_2::run(Step& step) {
    send_reset(step);
    bury(step);
}
void leave_fin_wait_2::run(Step& step) {
    take_ack::run(step);
    orphan_fin_wait_2::run(step);
    step.done = true;
}
void enter_time_wait::run(Step& step) {
    take_ack::run(step);
    shrink(step, State::TimeWait, step.stack.profile->time_wait);
    step.done = true;
}
void acknowledge_and_enter_time_wait::run(Step& step) {
    take_fin::run(step);
    send_ack(step);
    shrink(step, State::TimeWait, step.stack.profile->time_wait);
    step.done = true;
}
void finish::run(Step& step) {
    bury(step);
    step.done = true;
}
void finish_without_time_wait::run(Step& step) {
    step.count(Mib::TCPTimeWaitOverflow);
    finish::run(step);
}
void acknowledge_and_finish::run(Step& step) {
    take_fin::run(step);
    send_ack(step);
    finish_without_time_wait::run(step);
}

void restart_time_wait::run(Step& step) {
    if (step.tw().timestamps && step.seg().options.timestamps) {
        step.tw().ts_recent = step.seg().options.ts_val;
    }
    restart(step);
    step.done = true;
}
void take_over::run(Step& step) {
    step.count(Mib::TWRecycled);
    step.forced_iss = step.tw().snd_nxt + step.stack.profile->time_wait_iss_step;
    step.known_timestamp = step.tw().ts_recent;
    step.reuse_time_wait = true;
    remove(step);
}
void refuse_address::run(Step& step) {
    step.error = Errno::Eaddrnotavail;
}
void kill_time_wait::run(Step& step) {
    remove(step);
    step.done = true;
}
void discard_old_reset::run(Step& step) {
    step.count(Mib::PAWSTimewait);
    step.discard(Drop::OldTimestamp);
}
void discard_in_time_wait::run(Step& step) {
    step.discard(Drop::BadReset);
}
void reuse_time_wait::run(Step& step) {
    step.reuse_time_wait = true;
    step.forced_iss = step.tw().snd_nxt + step.stack.profile->time_wait_iss_step;
    remove(step);
}
void acknowledge_in_time_wait::run(Step& step) {
    if (step.seg().flags.ack()) {
        restart(step);
    }
    acknowledge_light::run(step);
}
void acknowledge_old_in_time_wait::run(Step& step) {
    step.count(Mib::PAWSTimewait);
    acknowledge_and_restart::run(step);
}
void acknowledge_and_restart::run(Step& step) {
    restart(step);
    acknowledge_light::run(step);
}
void acknowledge_light::run(Step& step) {
    const Mib skipped = step.tw().state == State::TimeWait ? Mib::TCPACKSkippedTimeWait
                                                           : Mib::TCPACKSkippedFinWait2;
    if (!may_loop(step.seg()) || reply_allowed(step, skipped)) {
        send_time_wait_ack(step);
        step.discard(Drop::Unacceptable);
    }
}
void reset_and_kill::run(Step& step) {
    send_reset_for(step);
    remove(step);
    step.done = true;
}
void take_fin_light::run(Step& step) {
    TimeWait& tw = step.tw();
    tw.rcv_nxt = step.seg().end();
    tw.state = State::TimeWait;
    tw.entered_ms = step.milliseconds_now();
    if (tw.timestamps && step.seg().options.timestamps) {
        tw.ts_recent = step.seg().options.ts_val;
    }
    restart(step);
    send_time_wait_ack(step);
    step.done = true;
}
void ignore_nothing_new::run(Step& step) {
    step.done = true;
}
void expire_time_wait::run(Step& step) {
    remove(step);
}

}  // namespace synq::action
