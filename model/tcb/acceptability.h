// Is a segment inside the receive window? (RFC 9293 3.10.7.4, first check)
#pragma once

#include "model/base/seq.h"

#include <cstdint>

namespace synq {

/// Segment of `length` octets at `seq` against a window of `wnd` octets at `nxt`. The four cases of
/// RFC 9293 table 6.
constexpr bool rfc_acceptable(Seq seq, std::uint32_t length, Seq nxt, std::uint32_t wnd) {
    if (length == 0) {
        return wnd == 0 ? seq == nxt : in_window(seq, nxt, wnd);
    }
    return wnd != 0 && (in_window(seq, nxt, wnd) || in_window(seq + (length - 1), nxt, wnd));
}

/// Linux's test: not entirely left of the last advertised RCV.NXT, not starting right of the
/// window. The right edge itself counts as inside (deviation D2).
constexpr bool linux_acceptable(Seq seq, Seq end, Seq told, Seq nxt, std::uint32_t wnd) {
    return at_or_after(end, told) && at_or_before(seq, nxt + wnd);
}

}  // namespace synq
