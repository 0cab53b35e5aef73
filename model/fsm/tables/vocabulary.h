// The words that tables are written in.
#pragma once

#include "model/fsm/actions.h"
#include "model/fsm/events.h"
#include "model/fsm/guards.h"
#include "model/fsm/row.h"
#include "model/tcb/state.h"

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

namespace synq::table {

using boost::mp11::mp_append;
using boost::mp11::mp_list;
// A table is written in these words alone, so they are named without their scopes.
using enum State;
using enum Event;
using namespace guard;   // NOLINT(google-build-using-namespace)
using namespace action;  // NOLINT(google-build-using-namespace)

}  // namespace synq::table
