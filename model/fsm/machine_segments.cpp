#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct SegmentTable {
    using Rows = table::rows_of_class<table::ConnectionRows, EventClass::Segment>;
};

}  // namespace

State dispatch_segment(State state, Event event, Step& step) {
    return detail::Machine<SegmentTable>::dispatch(state, event, step);
}

}  // namespace synq
