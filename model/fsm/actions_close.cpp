// Actions of closing, and of the light records that remain (linux.md 5).
#include "model/fsm/acks.h"
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
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
    step.stack.cancel(TimerKind::Retransmission, step.connection.value);
    step.stack.cancel(TimerKind::DelayedAck, step.connection.value);
    step.time_wait = step.stack.store.turn_into_time_wait(step.connection);
    TimeWait& tw = step.tw();
    tw.state = state;
    tw.snd_nxt = conn.snd.nxt;
    tw.rcv_nxt = conn.rcv.nxt;
    tw.rcv_wnd = conn.rcv.wnd;
    tw.receive_scale = conn.agreed.receive_scale;
    tw.timestamps = conn.agreed.timestamps;
    tw.ts_recent = conn.ts_recent;
    step.stack.arm(TimerKind::TimeWait, step.time_wait.value, step.now + life);
    if (life > kShortTimeWait) {
        step.count(Mib::TW);
    }
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

}  // namespace

void send_fin::run(Step& step) {
    step.conn().fin_queued = true;
    transmit(step);
}
void close_again::run(Step& /*step*/) {}
void reset_on_close::run(Step& step) {
    step.count(Mib::TCPAbortOnClose);
    send_reset(step);
    fail(step, Errno::None);
}

void orphan_fin_wait_2::run(Step& step) {
    const Duration life =
        std::max(seconds(step.sysctl().fin_timeout_s), step.conn().rto * 7 / 2);  // linux.md 5.3
    shrink(step, State::FinWait2Orphan, life);
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

void restart_time_wait::run(Step& step) {
    restart(step);
    step.done = true;
}
void kill_time_wait::run(Step& step) {
    remove(step);
    step.done = true;
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
    const TimeWait& tw = step.tw();
    if (step.seg().flags.ack() ||
        older_timestamp(step.seg().options, tw.timestamps, tw.ts_recent)) {
        restart(step);
    }
    acknowledge_light::run(step);
}
void acknowledge_light::run(Step& step) {
    if (!may_loop(step.seg()) || reply_allowed(step, Mib::TCPACKSkippedTimeWait)) {
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
