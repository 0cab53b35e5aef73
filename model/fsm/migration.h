// What a closed listener leaves to its SO_REUSEPORT group: tcp_migrate_req (linux.md 2.7).
//
// Queued children move at once, above the heir's backlog if need be. Requests stay with the closed
// listener until something happens to them: a timer moves the request, a final ACK the child.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// Who takes over the step's flow from its closed or closing listener. Invalid: nobody, and if that
/// is for want of another listener it is counted.
ListenerId find_heir(const Step& step);

/// The child of a closing listener joins the heir's accept queue.
void move_child(const Step& child, ListenerId heir);

/// The listener that answers for a request; invalid: its own is gone without an heir.
ListenerId listener_for(const Step& step);

/// The request's timer has run out. If its listener is gone the heir takes it over and decides.
void request_timeout(Step& step);

/// An heir had no room for the request's child.
void count_failed_migration(const Step& step);

}  // namespace synq
