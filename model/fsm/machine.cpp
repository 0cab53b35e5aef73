#include "model/fsm/machine.h"

namespace synq {

State dispatch_connection(State state, Event event, Step& step) {
    switch (event_class(event)) {
        case EventClass::Call:
            return dispatch_call(state, event, step);
        case EventClass::Segment:
            return dispatch_segment(state, event, step);
        case EventClass::Timer:
            break;
    }
    return dispatch_timer(state, event, step);
}

}  // namespace synq
