// When to give up: retry limits of SYN, SYN-ACK, data and FIN (linux.md 2.4, 3, 5.3).
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// SYN-ACK retransmissions that the step's request may have, aging included: when the request
/// queue is more than half full, old requests give way to young ones.
int synack_retries_allowed(const Step& step);

/// A SYN (or the SYN-ACK of a simultaneous open) has been repeated often and long enough.
bool syn_gives_up(const Step& step);

/// Data or a FIN has been repeated long enough.
bool data_gives_up(const Step& step);

}  // namespace synq
