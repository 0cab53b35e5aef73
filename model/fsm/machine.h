// The only door to the state machines. Boost.MSM lives behind it, in machine_*.cpp.
//
// Machines are stateless: a record holds one byte of state, a dispatch points a machine at it, runs
// the row that applies and returns the next state (docs/decisions/0002).
#pragma once

#include "model/fsm/events.h"
#include "model/fsm/step.h"
#include "model/tcb/state.h"

namespace synq {

/// Runs the first row of (state, event) whose guard holds; returns its target. An event for which
/// the state has no row leaves everything as it is.
State dispatch_listener(State state, Event event, Step& step);
State dispatch_connection(State state, Event event, Step& step);

// The parts of the connection's machine, by class of event; one translation unit each.
State dispatch_call(State state, Event event, Step& step);
State dispatch_check(State state, Event event, Step& step);
State dispatch_ack(State state, Event event, Step& step);
State dispatch_text(State state, Event event, Step& step);
State dispatch_whole(State state, Event event, Step& step);
State dispatch_timer(State state, Event event, Step& step);

}  // namespace synq
