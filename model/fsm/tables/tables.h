// The two machines' tables, joined.
#pragma once

#include "model/fsm/tables/closing.h"
#include "model/fsm/tables/half_open.h"
#include "model/fsm/tables/listener.h"
#include "model/fsm/tables/opening.h"
#include "model/fsm/tables/synchronized.h"

#include <type_traits>

namespace synq::table {

template <EventClass Class>
struct InClass {
    template <class R>
    using fn = std::bool_constant<event_class(R::event) == Class>;
};

using ConnectionRows = mp_append<ClosedRows, SynSentRows, SynReceivedRows, HalfOpenRows,
                                 EstablishedRows, FinWait1Rows, FinWait2Rows, CloseWaitRows,
                                 ClosingRows, LastAckRows, TimeWaitRows, FinWait2OrphanRows>;

/// The rows whose event is of one class, in their order.
template <class Rows, EventClass Class>
using rows_of_class = boost::mp11::mp_copy_if_q<Rows, InClass<Class>>;

}  // namespace synq::table
