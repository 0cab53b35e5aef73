#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct AckTable {
    using Rows = table::rows_of_class<table::ConnectionRows, EventClass::Ack>;
};

}  // namespace

State dispatch_ack(State state, Event event, Step& step) {
    return detail::Machine<AckTable>::dispatch(state, event, step);
}

}  // namespace synq
