#include "model/fsm/arrival.h"

#include "model/fsm/acks.h"
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
bool no_ack(const Step& step) {
    return !step.seg().flags.ack();
}
bool text(const Step& step) {
    return step.seg().len != 0;
}
bool fin(const Step& step) {
    return step.seg().flags.fin();
}
bool unacceptable(const Step& step) {
    const ReceiveSequence& rcv = step.conn().rcv;
    const Connection& conn = step.conn();
    // PAWS comes first (RFC 7323 5.3 R1); an RST is exempt.
    const Options& options = step.seg().options;
    if (conn.agreed.timestamps && options.timestamps && !step.seg().flags.rst() &&
        static_cast<std::int32_t>(options.ts_val - conn.ts_recent) < 0) {
        return true;
    }
    return !linux_acceptable(step.seg().seq, step.seg().end(), rcv.acked, rcv.nxt, rcv.wnd);
}

/// RFC 9293 3.10.7.4. (Third is the security check, which Linux does not have.)
constexpr std::array kSynchronized{
    Check{Event::UnacceptableArrives, unacceptable},  // first
    Check{Event::RstArrives, rst},                    // second
    Check{Event::SynArrives, syn},                    // fourth
    Check{Event::NoAckArrives, no_ack},               // fifth
    Check{Event::AckArrives, always},                 // fifth
    Check{Event::TextArrives, text},                  // seventh
    Check{Event::FinArrives, fin},                    // eighth
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
