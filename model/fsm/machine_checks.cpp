#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct CheckTable {
    using Rows = table::rows_of_class<table::ConnectionRows, EventClass::Check>;
};

}  // namespace

State dispatch_check(State state, Event event, Step& step) {
    return detail::Machine<CheckTable>::dispatch(state, event, step);
}

}  // namespace synq
