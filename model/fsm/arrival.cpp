#include "model/fsm/arrival.h"

#include "model/fsm/acks.h"
#include "model/fsm/guards.h"
#include "model/fsm/machine.h"
#include "model/tcb/acceptability.h"

#include <array>

namespace synq {
namespace {

/// One check: the event, and whether this segment is subject to it.
struct Check {
    Event event;
    bool (*applies)(const Step& step);
};

bool always(const Step& /*step*/) {
    return true;
}
bool rst(const Step& step) {
    return step.seg().flags.rst();
}
bool syn(const Step& step) {
    return step.seg().flags.syn();
}
bool ack(const Step& step) {
    return step.seg().flags.ack();
}
bool neither_ack_rst_nor_syn(const Step& step) {
    const Flags flags = step.seg().flags;
    return !flags.ack() && !flags.rst() && !flags.syn();
}
bool text(const Step& step) {
    return step.seg().len != 0;
}
bool fin(const Step& step) {
    return step.seg().flags.fin();
}
bool unacceptable(const Step& step) {
    const Connection& conn = step.conn();
    const ReceiveSequence& rcv = conn.rcv;
    // After a FIN an RST one before RCV.NXT counts: the peer sent it before its FIN (Linux
    // tcp_reset_check, deviation D9).
    if (step.seg().flags.rst() && guard::reset_exact::test(step)) {
        return false;
    }
    // PAWS comes first (RFC 7323 5.3 R1); an RST is exempt.
    if (!step.seg().flags.rst() &&
        older_timestamp(step.seg().options, conn.agreed.timestamps, conn.ts_recent)) {
        return true;
    }
    // A FIN lies in the receive queue like text until its owner is gone.
    const bool nothing_unread = rcv.unread == 0 && (!conn.fin_received || conn.orphan);
    return !linux_acceptable(step.seg(), rcv.acked, rcv.nxt, rcv.wnd, nothing_unread);
}

/// RFC 9293 3.10.7.4. (Third is the security check, which Linux does not have.) Linux throws away
/// a segment with neither ACK, RST nor SYN before it looks at its number (deviation D1).
constexpr std::array kSynchronized{
    Check{Event::NoAckArrives, neither_ack_rst_nor_syn},  // fifth
    Check{Event::UnacceptableArrives, unacceptable},      // first
    Check{Event::RstArrives, rst},                        // second
    Check{Event::SynArrives, syn},                        // fourth
    Check{Event::AckArrives, always},                     // fifth
    Check{Event::TextArrives, text},                      // seventh
    Check{Event::FinArrives, fin},                        // eighth
};

/// RFC 9293 3.10.7.3.
constexpr std::array kSynSent{
    Check{Event::AckArrives, ack},       // first
    Check{Event::RstArrives, rst},       // second
    Check{Event::SynArrives, syn},       // fourth
    Check{Event::OtherArrives, always},  // fifth
};

/// RFC 9293 3.10.7.2, and 3.10.7.1 where there is no listener.
constexpr std::array kListening{
    Check{Event::RstArrives, rst},       // first
    Check{Event::AckArrives, ack},       // second
    Check{Event::SynArrives, syn},       // third
    Check{Event::OtherArrives, always},  // fourth
};

bool gone(const Step& step) {
    return !step.connection.valid() || step.conn().state == State::Closed;
}

void report_change(const Step& step, const FlowKey& flow, State from, State to) {
    if (step.stack.report && from != to) {
        step.stack.out->emplace_back(StateChanged{flow, from, to});
    }
}

}  // namespace

void run(Step& step, Event event) {
    Connection& conn = step.conn();
    const State before = conn.state;
    const State after = dispatch_connection(before, event, step);
    // Burying a connection closes it, and reports that, before its row has ended.
    if (step.conn().state != State::Closed) {
        step.conn().state = after;
        report_change(step, step.flow, before, after);
    } else if (before == State::Closed && after != State::Closed) {
        step.conn().state = after;
        report_change(step, step.flow, before, after);
    }
}

void arrive_at_connection(Step& step) {
    if (step.conn().state == State::SynSent) {
        for (const Check& check : kSynSent) {
            if (check.applies(step)) {
                run(step, check.event);
            }
            if (step.done) {
                break;
            }
        }
    } else {
        for (const Check& check : kSynchronized) {
            if (check.applies(step)) {
                run(step, check.event);
            }
            if (step.done || gone(step)) {
                break;
            }
        }
    }
    if (!gone(step) && !step.time_wait.valid()) {
        settle_acks(step);
    }
}

void arrive_at_request(Step& step) {
    const State after = dispatch_connection(State::HalfOpen, Event::SegmentArrives, step);
    if (after == State::Established && step.connection.valid()) {
        report_change(step, step.flow, State::HalfOpen, after);
        arrive_at_connection(step);
    }
}

void arrive_at_time_wait(Step& step) {
    const State before = step.tw().state;
    const State after = dispatch_connection(before, Event::SegmentArrives, step);
    report_change(step, step.flow, before, after);
}

void arrive_at_listener(Step& step) {
    const State state = step.listener.valid() ? State::Listen : State::Closed;
    for (const Check& check : kListening) {
        if (check.applies(step)) {
            dispatch_listener(state, check.event, step);
            break;  // each of these checks settles the segment's fate
        }
    }
    if (step.request.valid()) {
        report_change(step, step.flow, State::Listen, State::HalfOpen);
    } else if (step.connection.valid()) {
        report_change(step, step.flow, State::Listen, State::Established);
        step.done = false;
        arrive_at_connection(step);
    }
}

}  // namespace synq
