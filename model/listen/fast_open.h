// TCP Fast Open of a listener: cookies, and how many children may be without their final ACK
// (RFC 7413 4.1.2, 4.2; linux.md 2.11).
#pragma once

#include "model/listen/listener.h"
#include "model/tcb/secret.h"
#include "model/wire/segment.h"

namespace synq {

/// Bits of tcp_fastopen.
inline constexpr std::int64_t kFastOpenServer = 0x2;
inline constexpr std::int64_t kFastOpenWithoutCookie = 0x200;
inline constexpr std::int64_t kFastOpenEveryListener = 0x400;

/// The cookie of the flow's peer: its address and ours decide, ports do not.
FastOpenCookie make_fast_open_cookie(const Secret& secret, const FlowKey& flow);

/// A place for one more child: where none is free, that of the oldest reset one, which has held it
/// long enough.
void take_fast_open_place(Listener& listener);

/// A child that somebody had accepted was reset: who forged its address may have done so.
/// It keeps its place for a minute (Linux reqsk_fastopen_remove).
void hold_fast_open_place(Listener& listener, Instant now);

}  // namespace synq
