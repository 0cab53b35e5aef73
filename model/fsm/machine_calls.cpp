#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct CallTable {
    using Rows = table::rows_of_class<table::ConnectionRows, EventClass::Call>;
};

}  // namespace

State dispatch_call(State state, Event event, Step& step) {
    return detail::Machine<CallTable>::dispatch(state, event, step);
}

}  // namespace synq
