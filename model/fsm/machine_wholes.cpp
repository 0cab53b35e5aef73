#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct WholeTable {
    using Rows = table::rows_of_class<table::ConnectionRows, EventClass::Whole>;
};

}  // namespace

State dispatch_whole(State state, Event event, Step& step) {
    return detail::Machine<WholeTable>::dispatch(state, event, step);
}

}  // namespace synq
