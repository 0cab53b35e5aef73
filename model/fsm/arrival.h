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

/// Runs one event on the step's connection and keeps its state byte; reports the change.
void run(Step& step, Event event);

}  // namespace synq
