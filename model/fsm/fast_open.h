// Opening requests and Fast Open children (linux.md 2.2 step 6, 2.8), shared by the actions.
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// The step's SYN as its request keeps it.
void fill_request(const Step& step);

/// A request for the step's SYN; the SYN,ACK carries the cookie, if there is one.
void open_request_with(Step& step, const FastOpenCookie& cookie);

/// A SYN that wants Fast Open counts, and ends the punishment of an old reset one, whatever becomes
/// of it (Linux tcp_try_fastopen).
void note_fast_open_syn(const Step& step);

/// A timeout of a connection that began with text in its SYN: the third in a row, or the one that
/// ends it, makes Linux suspect the path, on the listener's side as well
/// (tcp_fastopen_active_detect_blackhole).
void suspect_path(const Step& step, bool last);

}  // namespace synq
