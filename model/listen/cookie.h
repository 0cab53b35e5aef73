// SYN cookies: a SYN-ACK whose ISS carries what a request would have stored (RFC 4987 3.6,
// linux.md 2.6).
#pragma once

#include "model/base/seq.h"
#include "model/base/time.h"
#include "model/listen/listener.h"
#include "model/tcb/secret.h"
#include "model/wire/segment.h"

#include <cstdint>
#include <optional>

namespace synq {

/// The ISS for a SYN with sequence number `irs` and this MSS (rounded down to one of four).
Seq make_cookie(const Secret& secret, const FlowKey& flow, Seq irs, std::uint16_t mss, Instant now);

/// The MSS that the cookie carries; nullopt when it is not one of ours of this or the last minute.
std::optional<std::uint16_t> check_cookie(const Secret& secret, const FlowKey& flow, Seq cookie,
                                          Seq irs, Instant now);

/// Options that a cookie cannot hold ride in the low six bits of the SYN-ACK's TSval: window scale
/// (15: none) and SACK. The result is never later than `ts`.
std::uint32_t timestamp_with_options(std::uint32_t ts, std::uint8_t window_scale, bool sack);
struct CookieOptions {
    std::uint8_t window_scale = Options::kNoScale;
    bool sack = false;
};
CookieOptions options_of_timestamp(std::uint32_t ts_ecr);

/// Linux looks at a cookie only while one may be out: sent by this listener within 120 s.
bool cookies_recent(const Listener& listener, Instant now);

}  // namespace synq
