// Actions of a half-open request (linux.md 2.3, 2.4).
#include "model/fsm/actions.h"
#include "model/fsm/birth.h"
#include "model/fsm/guards.h"
#include "model/fsm/limits.h"
#include "model/fsm/migration.h"
#include "model/fsm/output.h"
#include "model/fsm/segments.h"

#include <algorithm>

namespace synq::action {
namespace {

void remove(Step& step) {
    if (step.stack.report) {
        step.stack.out->emplace_back(StateChanged{step.flow, State::HalfOpen, State::Closed});
    }
    step.stack.cancel(TimerKind::Request, step.request.value);
    step.stack.store.remove_request(step.request);
    if (!step.lis().closed) {
        step.stack.report_queues(step.listener);
    }
    step.request = {};
}

}  // namespace

void repeat_syn_ack::run(Step& step) {
    if (!reply_allowed(step, Mib::TCPACKSkippedSynRecv)) {
        return;
    }
    send_request_syn_ack(step, true);
    step.stack.arm(TimerKind::Request, step.request.value, step.now + until_request_timeout(step));
    step.done = true;
}
void remove_reset_request::run(Step& step) {
    step.count(Mib::EmbryonicRsts);
    step.count(Mib::AttemptFails);
    remove(step);
    step.done = true;
}
void challenge_request::run(Step& step) {
    send_request_ack(step);
    step.count(Mib::TCPChallengeACK);
    step.discard(Drop::BadReset);
}
void discard_bad_reset::run(Step& step) {
    step.discard(Drop::BadReset);
}
void reset_bad_ack::run(Step& step) {
    send_reset_for(step);
    step.discard(Drop::BadAck);
}
void discard_older_reset::run(Step& step) {
    step.count(Mib::PAWSEstab);
    step.discard(Drop::OldTimestamp);
}
void discard_wrong_echo::run(Step& step) {
    step.count(Mib::TSEcrRejected);
    step.discard(Drop::BadReset);
}
void acknowledge_older::run(Step& step) {
    step.count(Mib::PAWSEstab);
    acknowledge_outside::run(step);
}
void acknowledge_wrong_echo::run(Step& step) {
    step.count(Mib::TSEcrRejected);
    acknowledge_outside::run(step);
}
void return_to_listen::run(Step& step) {
    remove(step);
    step.done = true;
}
void remove_unreachable_request::run(Step& step) {
    step.count(Mib::ListenDrops);
    remove(step);
}
void acknowledge_outside::run(Step& step) {
    if (may_loop(step.seg()) && !reply_allowed(step, Mib::TCPACKSkippedSynRecv)) {
        return;
    }
    send_request_ack(step);
    step.discard(Drop::Unacceptable);
}
void reset_request_on_syn::run(Step& step) {
    send_reset_for(step);
    step.count(Mib::EmbryonicRsts);
    step.count(Mib::AttemptFails);
    remove(step);
    step.done = true;
}
void discard_no_ack::run(Step& step) {
    step.discard(Drop::NoAckBit);
}
// A cookie from before there was room for a request: the child that it makes finds its place taken.
void drop_second_cookie::run(Step& step) {
    step.count(Mib::SyncookiesRecv);
    if (step.lis().accept_queue_full()) {
        step.count(Mib::ListenOverflows);
        step.count(Mib::ListenDrops);
        step.discard(Drop::CookieAcceptQueueFull);
        return;
    }
    step.count(Mib::PassiveOpens);
    step.discard(Drop::BadAck);
}
void wait_for_data::run(Step& step) {
    step.req().acked = true;
    step.count(Mib::TCPDeferAcceptDrop);
    step.discard(Drop::DeferAccept);
}
void hold_request::run(Step& step) {
    step.req().acked = true;
    step.count(Mib::ListenOverflows);
    step.count(Mib::ListenDrops);
    count_failed_migration(step);
    step.discard(Drop::AckAcceptQueueFull);
}
void abort_request::run(Step& step) {
    send_reset_for(step);
    step.count(Mib::ListenOverflows);
    step.count(Mib::ListenDrops);
    step.count(Mib::EmbryonicRsts);
    count_failed_migration(step);
    remove(step);
    step.discard(Drop::AckAcceptQueueReset);
}

void complete_request::run(Step& step) {
    const Request request = step.req();  // a copy: the record goes away
    if (request.listener != step.listener) {
        step.count(Mib::TCPMigrateReqSuccess);
    }
    step.stack.cancel(TimerKind::Request, step.request.value);
    step.connection = step.stack.store.turn_into_connection(step.request);
    step.request = {};
    // The final ACK renews TS.Recent unless it is ahead of a gap, whether timestamps were agreed on
    // or not (Linux tcp_check_req).
    const Segment& seg = step.seg();
    const bool renew =
        seg.options.timestamps && step.sysctl().timestamps != 0 && !after(seg.seq, request.irs + 1);
    be_born_from_handshake(step, request.agreed, request.iss, request.irs,
                           renew ? seg.options.ts_val : request.ts_recent);
    // The handshake is the first RTT sample: from the SYN-ACK unless it was sent more than once
    // (Karn), else from the echo (linux.md 6).
    if (!request.resent) {
        sample_round_trip(step, step.now - request.syn_ack_at);
    } else if (request.agreed.timestamps && step.seg().options.timestamps) {
        sample_timestamp_echo(step);
    }
}

void resend_syn_ack::run(Step& step) {
    send_request_syn_ack(step, true);
    let_request_wait::run(step);
}
void let_request_wait::run(Step& step) {
    step.count(Mib::TCPTimeouts);
    if (step.req().timeouts == 0) {
        step.stack.store.age_request(step.request);
    }
    ++step.req().timeouts;
    step.stack.arm(TimerKind::Request, step.request.value, step.now + until_request_timeout(step));
}
void expire_request::run(Step& step) {
    // A request whose listener is gone vanishes before its timeout is counted.
    if (!step.lis().closed) {
        step.count(Mib::TCPTimeouts);
    }
    remove(step);
}

}  // namespace synq::action
