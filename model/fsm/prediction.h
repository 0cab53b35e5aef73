// Header prediction: a segment like the last one takes a shorter way (Linux tcp_rcv_established).
//
// What differs for the peer is the order: such a segment's timestamp and text are taken before its
// ACK is looked at, however old that is, and a bare ACK pays no ACK that is owed.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// Nothing is out of order, and there is room (Linux tcp_fast_path_check).
bool may_predict(const Step& step);

/// The step's segment takes the shorter way, and that shows.
bool takes_short_way(const Step& step);
/// Its timestamp.
void take_predicted_timestamp(const Step& step);

}  // namespace synq
