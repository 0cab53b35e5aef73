// A segment arrives: the checks of RFC 9293 3.10.7, in its order, each handed to the tables as one
// event. What a check concludes stands in the tables; which checks apply, and in which order,
// stands in arrival.cpp; nothing else changes a state.
#pragma once

#include "model/fsm/events.h"
#include "model/fsm/step.h"

namespace synq {

/// To a full connection (the step's connection).
void arrive_at_connection(Step& step);
/// To a half-open request. When it completes the handshake the segment goes on in the child.
void arrive_at_request(Step& step);
/// To a light record. When it ends for a new SYN, `step.reuse_time_wait` is set.
void arrive_at_time_wait(Step& step);
/// To a listener (the step's listener), or to nobody when the step has none.
void arrive_at_listener(Step& step);

/// An ICMP error about a segment of the step's record.
void icmp_arrives(Step& step);

/// A light record answers any segment by one list of rules, not by the checks.
constexpr bool is_light(State state, const Rules& rules) {
    return (state == State::HalfOpen && rules.light_requests) ||
           (state == State::TimeWait && rules.light_time_wait) || state == State::FinWait2Orphan;
}
/// Whether a record in `state` ever meets `event`.
constexpr bool arises(State state, Event event, const Rules& rules) {
    if (event == Event::SegmentArrives) {
        return is_light(state, rules);
    }
    if (event == Event::FastOpenSegmentArrives) {
        return rules.fast_open && (state == State::SynReceived || state == State::FinWait1);
    }
    if (event == Event::FinWait2Timeout) {
        return rules.light_fin_wait_2;
    }
    return !is_light(state, rules) || event < Event::OldTimestampArrives ||
           event > Event::OtherArrives;
}

/// Runs one event on the step's connection and keeps its state byte; reports the change.
void run(Step& step, Event event);

}  // namespace synq
