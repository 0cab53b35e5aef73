// What happens to connections without a descriptor when there are too many (linux.md 5.3).
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// More than tcp_max_orphans, this one included: it is not to become an orphan.
bool too_many_orphans(const Step& step);

/// The same at a timeout: one that has long been silent, or that ICMP speaks ill of, counts twice,
/// or four times (Linux tcp_out_of_resources).
bool orphan_must_go(const Step& step);

/// Its peer is to be told so.
bool orphan_resets(const Step& step);

}  // namespace synq
