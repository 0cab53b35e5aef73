#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct TimerTable {
    using Rows = table::rows_of_class<table::ConnectionRows, EventClass::Timer>;
};

}  // namespace

State dispatch_timer(State state, Event event, Step& step) {
    return detail::Machine<TimerTable>::dispatch(state, event, step);
}

}  // namespace synq
