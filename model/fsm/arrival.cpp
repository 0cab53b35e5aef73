#include "model/fsm/arrival.h"

#include "model/fsm/acks.h"
#include "model/fsm/guards.h"
#include "model/fsm/machine.h"
#include "model/fsm/output.h"
#include "model/fsm/prediction.h"
#include "model/fsm/receive_queue.h"
#include "model/fsm/window.h"
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
    return step.seg().flags.fin() || step.held_fin;
}

/// PAWS (RFC 7323 5.3 R1); an RST is exempt. A duplicate of the last ACK may be late, too (Linux
/// tcp_disordered_ack).
/// (7323-RST)
bool old_timestamp(const Step& step) {
    const Segment& seg = step.seg();
    if (seg.flags.rst()) {
        return false;
    }
    if (!step.connection.valid()) {
        return step.request.valid() ? guard::older_timestamp_of_request::test(step)
                                    : guard::tw_older_timestamp::test(step);
    }
    const Connection& conn = step.conn();
    if (!older_timestamp(seg.options, conn.agreed.timestamps, conn.ts_recent, 1)) {
        return false;
    }
    const std::uint32_t window = std::uint32_t{seg.window} << conn.agreed.send_scale;
    const bool updates_window = after(seg.seq, conn.snd.wl1) ||
                                (seg.seq == conn.snd.wl1 && (window > conn.snd.wnd || window == 0));
    const bool late_duplicate = seg.flags.ack() && seg.length() == 0 && seg.seq == conn.rcv.nxt &&
                                seg.ack == conn.snd.una && !updates_window;
    const auto age = static_cast<std::int64_t>(conn.ts_recent - seg.options.ts_val);
    return !late_duplicate || milliseconds(age) > conn.rto * 6 / 5;
}

bool unacceptable(const Step& step) {
    const ReceiveEdge edge = receive_edge(step);
    if (!step.rules().wide_window_test || !step.connection.valid()) {
        return !rfc_acceptable(step.seg().seq, step.seg().length(), edge.nxt, edge.wnd);
    }
    // After a FIN an RST one before RCV.NXT counts: the peer sent it before its FIN (Linux
    // tcp_reset_check, deviation D9).
    if (step.seg().flags.rst() && step.conn().fin_received && step.rules().reset_before_fin &&
        step.seg().seq == edge.nxt - 1) {
        return false;
    }
    // A FIN lies in the receive queue like text until its owner has read it, or has gone.
    const Connection& conn = step.conn();
    return !linux_acceptable(step.seg(), conn.rcv.acked, edge.nxt, edge.wnd,
                             receive_queue_empty(conn));
}

/// RFC 9293 3.10.7.4, with PAWS in front. (Third is the security check, which nobody has.)
constexpr std::array kSynchronized{
    Check{Event::OldTimestampArrives, old_timestamp},
    Check{Event::UnacceptableArrives, unacceptable},      // first
    Check{Event::RstArrives, rst},                        // second
    Check{Event::SynArrives, syn},                        // fourth
    Check{Event::NoAckArrives, neither_ack_rst_nor_syn},  // fifth
    Check{Event::AckArrives, always},                     // fifth
    Check{Event::TextArrives, text},                      // seventh
    Check{Event::FinArrives, fin},                        // eighth
};

/// Linux throws away a segment with neither ACK, RST nor SYN before it looks at anything else
/// (deviation D1).
constexpr std::array kLinuxSynchronized{
    Check{Event::NoAckArrives, neither_ack_rst_nor_syn},
    Check{Event::OldTimestampArrives, old_timestamp},
    Check{Event::UnacceptableArrives, unacceptable},
    Check{Event::RstArrives, rst},
    Check{Event::SynArrives, syn},
    Check{Event::AckArrives, always},
    Check{Event::TextArrives, text},
    Check{Event::FinArrives, fin},
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

/// The checks in their order, as far as the segment gets.
template <class Checks>
void go_through(const Checks& checks, Step& step) {
    for (const Check& check : checks) {
        if (check.applies(step)) {
            run(step, check.event);
        }
        if (step.done || gone(step)) {
            return;
        }
    }
}

/// To a request or a light record: its one list of rules, or in a profile without light records the
/// checks, of which the fifth settles the segment's fate at the latest.
State arrive_at_light(State state, Step& step) {
    if (is_light(state, step.rules())) {
        return dispatch_connection(state, Event::SegmentArrives, step);
    }
    for (const Check& check : kSynchronized) {
        if (check.applies(step)) {
            const State after = dispatch_connection(state, check.event, step);
            if (step.done || after != state) {
                return after;
            }
        }
    }
    return state;
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

namespace {

/// Text, then the ACK, which may be old, if it says anything; a bare one pays no ACK that is owed.
void arrive_as_predicted(Step& step) {
    const bool has_text = text(step);
    take_predicted_timestamp(step);
    if (has_text) {
        run(step, Event::TextArrives);
    }
    if (!has_text || step.seg().ack != step.conn().snd.una) {
        run(step, Event::AckArrives);
        transmit(step);
    } else {
        step.conn().snd.wl1 = step.seg().seq;
    }
    if (has_text) {
        step.drop = Drop::None;
        settle_acks(step);
    }
}

/// Before a Fast Open's final ACK the request has the first word (Linux tcp_rcv_state_process).
void arrive_at_fast_open(Step& step) {
    step.request = step.stack.store.extras[step.conn().extra].fast_open;
    run(step, Event::FastOpenSegmentArrives);
    step.request = {};
}

}  // namespace

void arrive_at_connection(Step& step) {
    if (step.conn().fast_open) {
        arrive_at_fast_open(step);
        if (step.done) {
            return;
        }
    }
    if (takes_short_way(step)) {
        arrive_as_predicted(step);
        return;
    }
    if (step.conn().state == State::SynSent) {
        go_through(kSynSent, step);
    } else if (step.rules().no_ack_dropped_first) {
        go_through(kLinuxSynchronized, step);
    } else {
        go_through(kSynchronized, step);
    }
    // Only a segment whose ACK was taken pays what is owed (Linux tcp_ack_snd_check).
    if (step.may_transmit && !gone(step) && !step.time_wait.valid()) {
        transmit(step);
        settle_acks(step);
    }
}

namespace {

/// The segment that completed a handshake goes on in the child. A listener that was shut for
/// writing has children that end the stream at once (Linux tcp_rcv_state_process).
void go_on_in_child(Step& step) {
    step.done = false;
    if (step.write_shut()) {
        run(step, Event::ShutdownCall);
    }
    arrive_at_connection(step);
}

}  // namespace

void arrive_at_request(Step& step) {
    const State after = arrive_at_light(State::HalfOpen, step);
    if (step.connection.valid()) {
        step.conn().state = after;
        report_change(step, step.flow, State::HalfOpen, after);
        go_on_in_child(step);
    }
}

void arrive_at_time_wait(Step& step) {
    const State before = step.tw().state;
    const State after = arrive_at_light(before, step);
    report_change(step, step.flow, before, after);
}

void icmp_arrives(Step& step) {
    if (step.connection.valid()) {
        run(step, Event::IcmpArrives);
        if (step.timeout_due) {
            run(step, Event::RetransmissionTimeout);
        }
        return;
    }
    const State state = step.request.valid() ? State::HalfOpen : step.tw().state;
    dispatch_connection(state, Event::IcmpArrives, step);
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
        const State born = step.conn().state;
        report_change(step, step.flow, State::Listen, born);
        if (born == State::Established) {
            go_on_in_child(step);
        }
    }
}

}  // namespace synq
