// Which listener a flow belongs to, and listeners that share an address by SO_REUSEPORT
// (linux.md 1.3, 2.7).
//
// A group spreads its flows by a keyed hash of the four-tuple. Linux draws that key at boot, so
// what can be compared with it is how flows are distributed, not which listener gets a given one.
#pragma once

#include "model/listen/store.h"
#include "model/tcb/secret.h"

namespace synq {

/// The listener for segments that arrive with this flow: one at the very address before one at
/// IPv4's wildcard, and that before one at IPv6's. Invalid: nobody listens.
ListenerId find_listener(const Store& store, const Secret& secret, const FlowKey& flow);

/// The member of a listener's group, other than itself, to which the flow passes when it is gone.
/// Invalid: it has no group, or nobody is left.
ListenerId find_sibling(const Store& store, const Secret& secret, ListenerId gone,
                        const FlowKey& flow);

/// A SYN cookie leaves: the listener, and its whole group, will look for cookies from now on.
void note_cookie_sent(Store& store, ListenerId id, Instant now);

/// A listener with SO_REUSEPORT joins those at its address, or begins a group. A group ends with
/// its last listener: whoever comes later is no heir of what that one left.
void join_group(Store& store, ListenerId id);

}  // namespace synq
