#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct ListenerTable {
    using Rows = table::ListenerRows;
};

}  // namespace

State dispatch_listener(State state, Event event, Step& step) {
    return detail::Machine<ListenerTable>::dispatch(state, event, step);
}

}  // namespace synq
