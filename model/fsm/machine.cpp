#include "model/fsm/machine.h"

namespace synq {

State dispatch_connection(State state, Event event, Step& step) {
    switch (event_class(event)) {
        case EventClass::Call:
            return dispatch_call(state, event, step);
        case EventClass::Check:
            return dispatch_check(state, event, step);
        case EventClass::Ack:
            return dispatch_ack(state, event, step);
        case EventClass::Text:
            return dispatch_text(state, event, step);
        case EventClass::Whole:
            return dispatch_whole(state, event, step);
        case EventClass::Timer:
            break;
    }
    return dispatch_timer(state, event, step);
}

}  // namespace synq
