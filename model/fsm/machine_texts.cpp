#include "model/fsm/machine.h"
#include "model/fsm/machine_impl.h"
#include "model/fsm/tables/tables.h"

namespace synq {
namespace {

struct TextTable {
    using Rows = table::rows_of_class<table::ConnectionRows, EventClass::Text>;
};

}  // namespace

State dispatch_text(State state, Event event, Step& step) {
    return detail::Machine<TextTable>::dispatch(state, event, step);
}

}  // namespace synq
