// Is a segment inside the receive window? (RFC 9293 3.10.7.4, first check)
#pragma once

#include "model/base/seq.h"
#include "model/wire/segment.h"

#include <cstdint>

namespace synq {

/// Segment of `length` octets at `seq` against a window of `wnd` octets at `nxt`. The four cases of
/// RFC 9293 table 6.
/// (T6-1, T6-2, T6-3, T6-4)
constexpr bool rfc_acceptable(Seq seq, std::uint32_t length, Seq nxt, std::uint32_t wnd) {
    if (length == 0) {
        return wnd == 0 ? seq == nxt : in_window(seq, nxt, wnd);
    }
    return wnd != 0 && (in_window(seq, nxt, wnd) || in_window(seq + (length - 1), nxt, wnd));
}

/// Linux's test for full connections (tcp_sequence): not entirely left of the last advertised
/// RCV.NXT, not starting right of the window, whose edge itself counts as inside (deviation D2).
/// Its text may end beyond the window only while nothing waits to be read; a FIN always may.
/// (T6-2, T6-3, A.2)
constexpr bool linux_acceptable(const Segment& seg, Seq told, Seq nxt, std::uint32_t wnd,
                                bool nothing_unread) {
    const Seq text_end = seg.end() - (seg.flags.fin() ? 1U : 0U);
    return at_or_after(seg.end(), told) &&
           at_or_before(nothing_unread ? seg.seq : text_end, nxt + wnd);
}

/// Linux's test for requests and light records (tcp_in_window): what begins at RCV.NXT, what
/// overlaps the window, and an empty segment at its right edge.
constexpr bool linux_light_acceptable(Seq seq, Seq end, Seq nxt, std::uint32_t wnd) {
    const Seq edge = nxt + wnd;
    return seq == nxt || (after(end, nxt) && before(seq, edge)) || (seq == edge && end == edge);
}

/// PAWS (RFC 7323 5): the timestamp is more than `slack` units older than one already seen. Linux
/// grants full connections one unit, and trusts no TS.Recent of zero (tcp_paws_check).
/// A segment without one passes (7323-5.3R1, 7323-3.2c, 1337-F2).
constexpr bool older_timestamp(const Options& options, bool agreed, std::uint32_t ts_recent,
                               std::int32_t slack = 0) {
    return agreed && options.timestamps && ts_recent != 0 &&
           static_cast<std::int32_t>(ts_recent - options.ts_val) > slack;
}

}  // namespace synq
