// The receive buffer and the window that it offers (Linux tcp_select_window, tcp_grow_window,
// tcp_measure_rcv_mss; docs/notes/2026-11-segments-against-the-kernel.md).
//
// Memory decides, not text (model/fsm/receive_queue.h).
#pragma once

#include "model/fsm/step.h"

namespace synq {

/// Text in order of less than this says nothing of the peer's segments.
inline constexpr std::uint32_t kGrowsWindow = 128;

/// What the next segment says of the window. Its right edge never moves left.
std::uint16_t advertise_window(const Step& step);
/// The window that would be offered now, were there none before.
std::uint32_t select_window(const Step& step);

/// Text ahead of a gap enlarges the buffer, so that the gap can be filled.
void grow_buffer(const Step& step);
/// Its text adapts the estimate of the peer's segments and the share of text in memory.
void measure_segment(const Step& step);
/// It shows how much text memory holds: the window may grow.
void grow_window(const Step& step);
/// The largest that it can become.
std::uint32_t window_limit(const Step& step);

}  // namespace synq
